"""A recording that is made anew keeps what people wrote into the older one, or says what it could not keep."""

import dataclasses
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import comments, file_format, recorder, rewriting, steps

OLD = """\
# Why this is here.
version: 1
title: mine  # by hand
description: |
  Words of mine. # no comment

  Not seen: what was before 2s, when the recording found the session
source: tilt ci
# about the session
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-11-24T05:51:05.398147Z
targets:
  # the job
  job:update: {type: job, resources: [job]}  # it echoes
  gone:update: {type: job, resources: [gone]}  # was slow
steps:
  - {at: 0s, session: present, recorded: {resourceVersion: 1}}
  # now it waits
  - at: 500ms # in one go
    set: {job:update: {waiting: tiltfile-reload}, gone:update: {waiting: tiltfile-reload}}
    recorded: {resourceVersion: 2}
  - {at: 529.6ms, set: {job:update: active}, recorded: {resourceVersion: 3}, note: it runs}
  - {at: 600ms, set: {gone:update: terminated}, note: as I like it}  # made up
  - {at: 785.3ms, set: {job:update: terminated}, recorded: {resourceVersion: 4, done: true}}
# as we want it
expect: {outcome: succeeded, exit_code: 0}
# the program
consumer:
  command: [echo, "#no"]   # which
  # how long
  timeout: 20s
faults:
  - {fault: cut-watch,  events: 1}   # once
# the end
"""
NEW = file_format.parse_scenario(
    """\
version: 1
title: new
description: |
  Not seen: why the recorded command ended with code 2
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2027-11-24T05:51:05.398147Z
targets:
  job:update: {type: job, resources: [job]}
steps:
  - {at: 100ms, session: present, recorded: {resourceVersion: 1}}
  - {at: 400ms, set: {tiltfile:update: terminated}, recorded: {resourceVersion: 2}}
  - {at: 450ms, set: {job:update: {waiting: tiltfile-reload}}, recorded: {resourceVersion: 3}}
  - {at: 600ms, set: {job:update: active}, recorded: {resourceVersion: 4}}
  - {at: 700ms, set: {job:update: terminated}, recorded: {resourceVersion: 5, done: true}}
expect: {outcome: succeeded, exit_code: 0}
"""
)
RECORDED = pathlib.Path(__file__).parent.parent / "recorded" / "scenarios"


def failing(error="boom"):
    """Give the new recording with a failure at its end."""
    last = dataclasses.replace(NEW.steps[-1], recorded=steps.Recorded(True, error, 5))
    return dataclasses.replace(
        NEW, steps=(*NEW.steps[:-1], last), expect=steps.Expectation("failed", error, exit_code=1)
    )


def test_what_people_wrote_is_kept():
    """Comments where they stood, the title, the words, the notes, the consumer as it was; the rest is new."""
    assert (
        rewriting.rewrite(OLD, NEW).text
        == """\
# Why this is here.
version: 1
title: mine  # by hand
description: |
  Words of mine. # no comment

  Not seen: why the recorded command ended with code 2
# about the session
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2027-11-24T05:51:05.398147Z
targets:
  # the job
  job:update: {type: job, resources: [job]}  # it echoes
steps:
  - {at: 100ms, session: present, recorded: {resourceVersion: 1}}
  - {at: 400ms, set: {tiltfile:update: terminated}, recorded: {resourceVersion: 2}}
  # now it waits
  - {at: 450ms, set: {job:update: {waiting: tiltfile-reload}}, recorded: {resourceVersion: 3}}  # in one go
  - {at: 600ms, set: {job:update: active}, recorded: {resourceVersion: 4}, note: it runs}
  - {at: 700ms, set: {job:update: terminated}, recorded: {resourceVersion: 5, done: true}}
faults:
  - {fault: cut-watch,  events: 1}   # once
# as we want it
expect: {outcome: succeeded, exit_code: 0}
# the program
consumer:
  command: [echo, "#no"]   # which
  # how long
  timeout: 20s
# the end
"""
    )


def test_what_cannot_be_kept_is_told():
    """What stood at something that is gone, and steps that no recording made, each with its line."""
    assert sorted(rewriting.rewrite(OLD, NEW).lost) == [
        "line 15: # was slow: target gone:update is no longer there",
        "line 23: # made up: its step is no longer there",
        "line 23: the note 'as I like it': its step is no longer there",
        "line 23: the step at 600ms, which was written by hand",
    ]


def test_rewriting_with_the_same_recording_changes_nothing():
    """Neither once nor twice."""
    once = rewriting.rewrite(OLD, NEW).text
    assert rewriting.rewrite(once, NEW) == rewriting.Rewritten(once)


def test_a_title_that_was_asked_for_is_new():
    """And the comment behind it stays."""
    assert "title: new  # by hand\n" in rewriting.rewrite(OLD, NEW, retitled=True).text


@pytest.mark.parametrize(
    ("written", "new", "objection"),
    [
        ("{outcome: succeeded, at: 700ms}", NEW, ""),
        ("{outcome: succeeded, at: 785.3ms}", NEW, "it is now done at 700ms"),
        ("{outcome: succeeded, at: 785.3ms}", failing(), "the session now fails with 'boom'"),
        ("{outcome: failed, match: bo+m}", failing(), ""),
        ("{outcome: failed, match: bam}", failing(), "the session now fails with 'boom'"),
        ("{error: bam}", failing(), "the session now fails with 'boom'"),
        ("{outcome: failed, error: boom, at: 1s}", NEW, "the session now succeeds"),
        ("{exit_code: 1}", NEW, "the exit code is now 0"),
        ("{outcome: running, at: 1s}", NEW, "the session now succeeds"),
    ],
)
def test_an_expectation_written_by_hand_is_kept_where_it_holds(written, new, objection):
    """As it is written; where it does not hold, the new one stands, and the file's owner is told why."""
    old = OLD.replace("{outcome: succeeded, exit_code: 0}", written + "  # mine")
    found = rewriting.rewrite(old, new)
    told = [line for line in found.lost if "expect" in line]
    kept = f"expect: {written}  # mine\n" in found.text
    assert told == ([f"line 26: expect, which was written by hand: {objection}"] if objection else [])
    assert kept == (not objection)


def test_what_the_recorder_expected_is_not_taken_for_a_persons():
    """Another outcome simply takes its place."""
    found = rewriting.rewrite(OLD, failing())
    assert "expect: {outcome: failed, error: boom, exit_code: 1}" in found.text
    assert not [line for line in found.lost if "expect" in line]


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\ntargets: {a:update: }\nsteps: [{at: 1s, set: {a:update: active}}]\n",
        "version: 1\nresources: {a: {job: [active]}}\n",
    ],
)
def test_a_scenario_that_was_written_by_hand_is_not_overwritten(text):
    """It is no recording."""
    with pytest.raises(errors.TiltSessionError, match=r"x\.yaml"):
        rewriting.rewrite(text, NEW, "x.yaml")


def test_a_file_that_cannot_be_read_is_not_overwritten():
    """It may hold what somebody wants to mend."""
    with pytest.raises(errors.InvalidScenario, match=r"x\.yaml:1"):
        rewriting.rewrite("{", NEW, "x.yaml")


def test_what_comes_with_a_tiltfile_replaces_what_came_with_one():
    """A converted run tells its Tiltfile anew; words before it stay."""
    old = OLD.replace("  Not seen", "  Recorded with this Tiltfile:\n\n  old()\n  Not seen")
    new = dataclasses.replace(NEW, description=f"{recorder.WITH_TILTFILE}\n\nnew()\n")
    found = file_format.parse_scenario(rewriting.rewrite(old, new).text)
    assert found.description == f"Words of mine. # no comment\n\n{recorder.WITH_TILTFILE}\n\nnew()\n"


def test_a_file_in_another_layout_is_kept_as_far_as_it_goes():
    """In one line of flow style there is no place for a comment of one step; it is told, and nothing breaks."""
    text = "{version: 1, targets: {job:update: }, steps: [{at: 1s, recorded: {done: true}, note: n}]}  # all\n"
    found = rewriting.rewrite(text, NEW)
    assert file_format.parse_scenario(found.text).steps == NEW.steps
    assert any("the note 'n'" in line for line in found.lost)


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.yaml")), ids=lambda path: path.name.partition(".")[0])
def test_each_recording_is_its_own_rewriting(path):
    """Nothing is lost and nothing changes."""
    text = path.read_text()
    scenario = file_format.parse_scenario(text)
    assert rewriting.rewrite(text, scenario) == rewriting.Rewritten(text)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_comment_is_kept_or_told(data):
    """Wherever comments stand between and behind the lines of a recording, each is in the file or in the list."""
    lines = file_format.write_scenario(NEW).splitlines()
    written = []
    for number, line in enumerate(lines):
        inside = line.startswith("  ") and not lines[number].lstrip().startswith(("-", "job"))
        if not inside and data.draw(st.booleans()):
            written.append(f"# before {number}.")
        behind = "" if inside or line.endswith("|") or not data.draw(st.booleans()) else f"  # behind {number}."
        written.append(line + behind)
    text = "\n".join(written) + "\n"
    assert file_format.parse_scenario(text) == NEW
    wanted = [comment.text for comment in comments.find(text)]
    assert len(wanted) == text.count("#")
    other = dataclasses.replace(failing(), steps=failing().steps[1:])
    found = rewriting.rewrite(text, other)
    merged = file_format.parse_scenario(found.text)
    assert merged.steps == other.steps
    for comment in wanted:
        assert (comment in found.text) != any(comment in line for line in found.lost)
