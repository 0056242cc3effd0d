"""Faults through pytest: the marker, the fixture, and the teardown that misses those that were never met."""

import sys

import pytest

CLIENT = """
import urllib.request, urllib.error, ssl
import pytest
from pytest_tiltsession import faults

def status(fake, path="/apis/tilt.dev/v1alpha1/sessions"):
    request = urllib.request.Request(fake.url + path, headers={"Authorization": f"Bearer {fake.token}"})
    try:
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=fake.ca)) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
"""


def test_the_marker_arms_and_the_teardown_misses(pytester):
    """A fault that is met passes; one that is not fails the test at its end, unless that is allowed."""
    pytester.makepyfile(
        CLIENT
        + """
@pytest.mark.tilt_session(faults=faults.Refuse(503, times=1))
def test_met(tilt_session):
    assert [status(tilt_session), status(tilt_session)] == [503, 200]

@pytest.mark.tilt_session(faults=[faults.CutWatch(2)])
def test_unmet(tilt_session):
    assert status(tilt_session) == 200

@pytest.mark.tilt_session(faults=[faults.CutWatch(2)], allow=("unmet-faults",))
def test_allowed(tilt_session):
    assert status(tilt_session) == 200

def test_armed_later(tilt_session):
    refusal, = tilt_session.faults.arm(faults.Refuse(429))
    assert (status(tilt_session), refusal.met) == (429, 1)
"""
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["*the fault cut-watch(events=2) was never met: no watch came; there was 1 list*"])


def test_a_bad_fault_is_a_usage_error(pytester):
    """It names the test."""
    pytester.makepyfile(
        """
import pytest

@pytest.mark.tilt_session(faults="refuse")
def test_it(tilt_session):
    pass
"""
    )
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it*faults: 'refuse' is no fault*"])


CONSUMER = """
import os, pathlib, re, ssl, sys, urllib.error, urllib.request

config = pathlib.Path(os.environ["KUBECONFIG"]).read_text()
server, token = (re.search(rf"{key}: (\\S+)", config)[1] for key in ("server", "token"))
request = urllib.request.Request(server + "/apis/tilt.dev/v1alpha1/sessions")
request.add_header("Authorization", f"Bearer {token}")
try:
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ["NODE_EXTRA_CA_CERTS"]))
except urllib.error.HTTPError as refused:
    print(refused.code, refused.headers["Retry-After"])
"""


def test_a_scenario_file_with_a_consumer_meets_its_faults(pytester):
    """One that the consumer does not meet fails the file's test."""
    pytester.makepyfile(consumer=CONSUMER)
    head = f"version: 1\nconsumer: {{command: [{sys.executable}, consumer.py], expect: {{stdout: 503 2}}}}\n"
    met = "  - {fault: refuse, code: 503, retryAfter: 2s, operation: list}\n"
    pytester.makefile(".tilt.yaml", met=f"{head}faults:\n{met}")
    pytester.makefile(".tilt.yaml", unmet=f"{head}faults:\n{met}  - {{fault: blank-line}}\n")
    result = pytester.runpytest("--tilt-session")
    result.assert_outcomes(passed=1, failed=1)
    said = "*the fault blank-line() was never met: no watch came; there was 1 list; take it out of faults, or limit it*"
    result.stdout.fnmatch_lines([said])
    report, _, _ = result.stdout.str().partition("short test summary info")
    assert report.count("was never met") == 1, "told once"


def test_a_file_that_fails_is_told_of_no_marker(pytester):
    """What else is wrong stands in the timeline's section, in words that the author of a file can follow."""
    pytester.makefile(
        ".tilt.yaml",
        wrong="version: 1\nresources: {migrate: {local: {update: 3s}}}\nfaults: [{fault: blank-line}]\n"
        "consumer: {command: [no-such-program]}\n",
    )
    text = pytester.runpytest("--tilt-session").stdout.str()
    assert text.count("was never met") == 1
    assert "take it out of faults, or limit it" in text
    assert "of the scenario never played" in text
    assert "mark.tilt_session" not in text


def test_what_fails_a_test_at_its_end_is_told_once(pytester):
    """The message is the problem itself; the section of the timeline does not repeat it, and shows it beside others."""
    pytester.makepyfile(
        """
import pytest
from pytest_tiltsession import faults

@pytest.mark.tilt_session(faults=faults.Conflict())
def test_passes(tilt_session):
    pass
"""
    )
    text = pytester.runpytest().stdout.str().partition("short test summary")[0]
    assert text.count("the fault conflict() was never met") == 1


def test_a_wrong_argument_of_a_fault_in_a_marker_ends_in_the_file(pytester):
    """pytest collects no such file; what it says ends in the file's own line, and is whole with --full-trace."""
    pytester.makepyfile(
        """
import pytest
from pytest_tiltsession import faults

@pytest.mark.tilt_session(faults=faults.CutWatch(operation="wach"))
def test_it(tilt_session):
    pass
"""
    )
    text = pytester.runpytest().stdout.str()
    assert "cut-watch: operation='wach': write watch" in text
    assert "in <module>" in text
    assert "__post_init__" not in text
    assert "__post_init__" in pytester.runpytest("--full-trace").stdout.str()
