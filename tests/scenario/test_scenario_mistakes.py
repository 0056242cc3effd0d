"""What is said of mistakes in a scenario file, apart from its steps."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import file_format


def refused(text):
    """Give what is said of a bad file."""
    with pytest.raises(errors.InvalidScenario) as caught:
        file_format.parse_scenario(text, "x.tilt.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x.tilt.yaml:1: the file is empty; a scenario starts with version: 1"),
        ("# only a comment\n", "the file is empty"),
        ("- 1", "a scenario is a list; write a mapping with version, title"),
        ("just text", "a scenario is 'just text'; write a mapping"),
        ("title: x", "x.tilt.yaml:1: a scenario needs version: write version: 1 first"),
        ("version: 2\nfuture: x", "x.tilt.yaml:1: version 2 of the format is not known; this release reads version 1"),
        ("version: one", "version is 'one'; this release reads version: 1"),
        ('version: "1"', "version is '1'; this release reads version: 1"),
        ("version: 1\n---\nversion: 1", "x.tilt.yaml:2: a second document starts here"),
        ("version: 1\nversion: 1", "x.tilt.yaml:2: 'version' stands here twice, first on line 1"),
        ("version: 1\ntitel: x", "x.tilt.yaml:2: 'titel' is no key of a scenario; did you mean title?"),
        ("version: 1\n<<: {a: b}", "'<<' is no key of a scenario; merge keys are not read"),
        ("version: 1\n? [a]\n: b", "a key is a list; a key is a text"),
        ("version: 1\ntitle: yes", "title is 'yes', which YAML reads as true or false; to mean the text"),
        ("version: 1\ntitle: 12:30", "title is '12:30', which YAML reads as a number; to mean the text"),
        ("version: 1\ntitle: 2026-01-01", "which YAML reads as a date; to mean the text, put it between quotes"),
        ("version: 1\ntitle:", "title is nothing; write a text"),
        ("version: 1\ntitle: [x]", "title is a list; write a text"),
        ("version: 1\ntitle: !!int 3", "the tag tag:yaml.org,2002:int: a scenario holds plain texts"),
        ("version: 1\nsteps: !x []", "the tag !x: a scenario holds plain texts"),
        ("version: 1\nstart: 2026-01-01", "start is '2026-01-01', which YAML reads as a date; write an RFC 3339 time"),
        ("version: 1\nstart: 2026-01-01T00:00:00.0000001Z", "write an RFC 3339 time with up to six digits"),
        ("version: 1\nstart: 0001-01-01T00:00:00Z", "a time lies in the years 1 to 9999"),
        ("version: 1\nsession: {exitCondition: CI}", "exitCondition is 'CI'; did you mean ci?"),
        (
            "version: 1\nsession: {exit_condition: ci}",
            "'exit_condition' is no key of session; did you mean exitCondition",
        ),
        ("version: 1\nsession: {tiltfilePath: ''}", "tiltfilePath is ''; write a text"),
        ("version: 1\nsession: {pid: 4.5}", "pid is '4.5', which YAML reads as a number; write a whole number"),
        ("version: 1\nsession: {ci: {timeout: 90}}", "a duration has a unit: write 90s for seconds"),
        ("version: 1\nsession: {ci: {timeout: 1:30}}", "which YAML reads as a number; write 1m30s"),
        ("version: 1\nsession: {ci: {timeout: soon}}", "write a duration as Go does, such as 30m0s, 2.5s or 300ms"),
        ("version: 1\nsession: {labels: {a: 1}}", "labels.a is '1', which YAML reads as a number; to mean the text"),
        ("version: 1\nlabels: {}", "'labels' is no key of a scenario"),
        ("version: 1\ntargets: [a:update]", "targets is a list; write a mapping from each target to what it is"),
        ("version: 1\ntargets: {web: }", "write web: {type: job, resources: [web]}"),
        ("version: 1\ntargets: {':serve': }", "what it is cannot be told from its name"),
        ("version: 1\ntargets: {a:update: {type: Job}}", "type is 'Job'; did you mean job?"),
        ("version: 1\nsteps: {at: 1s}", "steps is a mapping; write a list, one line with a dash for a step"),
        ("version: 1\nexpect: {exitCode: 1}", "'exitCode' is no key of expect; did you mean exit_code?"),
        ("version: 1\nconsumer: {command: a, expect: {exitCode: 1}}", "did you mean exit_code?"),
        (
            "version: 1\nsession:\n  pid: 7\n  labels: {'a b': c}",
            'x.tilt.yaml:4: metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters',
        ),
        ("version: 1\nsession: {labels: {a: b c}}", 'metadata.labels: Invalid value: "b c": a valid label must be'),
        (
            "version: 1\nsession:\n  annotations:\n    /a: b",
            'x.tilt.yaml:3: metadata.annotations: Invalid value: "/a": prefix part must be non-empty',
        ),
        ("version: 1\nexpect: {outcome: fail}", "outcome is 'fail'; did you mean failed?"),
        ("version: 1\nexpect: {match: '('}", "match is '('; it is no regular expression"),
        ("version: 1\nexpect: {error: a, match: b}", "expect has both error and match"),
        ("version: 1\nexpect: {outcome: succeeded, error: a}", "only outcome: failed has one"),
        ("version: 1\nexpect: {outcome: succeeded, exit_code: 1}", "outcome: succeeded; Tilt exits with 0 then"),
        ("version: 1\nexpect: {outcome: running, exit_code: 0}", "outcome: running; Tilt does not exit then"),
        ("version: 1\nconsumer: {timeout: 5s}", "a consumer needs command: write command: [my-tool, wait]"),
        ("version: 1\nconsumer: {command: []}", "command is a list; write the program and its arguments"),
        ('version: 1\nconsumer: {command: "a \'b"}', "it cannot be split into words (No closing quotation)"),
        ("version: 1\nconsumer: {command: [a, 5]}", "an argument of command is '5', which YAML reads as a number"),
        ("version: 1\nconsumer: {command: a, timeout: 0s}", "timeout is '0s'; write a duration above 0s"),
        ("version: 1\nconsumer: {command: a, expect: {stdout: /(/}}", "stdout is '/(/'; it is no regular expression"),
    ],
)
def test_mistakes_are_told_with_what_was_found_and_what_would_do(text, told):
    """Each mistake in the header names file and line, what stands there, and what to write."""
    found = refused(text)
    assert found.startswith("x.tilt.yaml:")
    assert told in found
