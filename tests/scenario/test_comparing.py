"""Where two scenarios tell different sessions, in words."""

import pytest

from pytest_tiltsession.scenario import comparing, file_format

BASE = """
version: 1
title: x
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s}}
start: 2026-01-01T00:00:00.000000Z
targets:
  a:update: {type: job, resources: [a]}
  b:serve: {type: server, resources: [b]}
steps:
  - {at: 1s, set: {a:update: {waiting: waiting-for-dep}}}
  - {at: 2s, set: {a:update: active}}
  - {at: 3s, set: {b:serve: {active: {ready: false}}}}
  - {at: 4s, set: {b:serve: active}}
  - {at: 5s, set: {a:update: terminated}}
expect: {outcome: succeeded, exit_code: 0}
"""


def told(*changes, with_times=False):
    """Compare the base with a changed copy."""
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    parse = file_format.parse_scenario
    return comparing.differences(parse(BASE), parse(text), with_times=with_times)


def test_the_same_session_at_other_times_is_the_same():
    """Titles, starts and offsets do not count."""
    assert told(("title: x", "title: y"), ("at: 5s", "at: 7s"), ("2026-01-01", "2027-01-01")) == []


def test_times_count_when_asked_for():
    """Each state that came at another instant is named."""
    assert told(("at: 5s", "at: 7s"), with_times=True) == [
        "target a:update is terminated at 5s in A and at 7s in B",
        "the session is done at 5s in A and at 7s in B",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            ("{waiting: waiting-for-dep}", "{waiting: waiting-for-local}"),
            "target a:update waits for 'waiting-for-dep' in A and for 'waiting-for-local' in B",
        ),
        (("timeout: 30m0s", "timeout: 9m0s"), "spec.ci.timeout is 30m0s in A and 9m0s in B"),
        (("exitCondition: ci", "exitCondition: manual"), "spec.exitCondition is ci in A and manual in B"),
        (("[a]", "[a, c]"), "target a:update is a job of a in A and a job of a, c in B"),
        (
            ("  - {at: 3s, set: {b:serve: {active: {ready: false}}}}\n", ""),
            "target b:serve goes waiting (tiltfile-reload) → active (not ready) → active (ready) in A and "
            "waiting (tiltfile-reload) → active (ready) in B: B does not show active (not ready)",
        ),
        (
            ("at: 2s", "at: 3500ms"),
            "a:update starts before b:serve in A and after it in B",
        ),
    ],
)
def test_a_difference_is_a_sentence(change, sentence):
    """What differs, in A and in B."""
    _, new = change
    if "3500ms" in new:
        moved = "  - {at: 2s, set: {a:update: active}}\n"
        found = told((moved, ""), ("  - {at: 4s", moved.replace("2s", new.removeprefix("at: ")) + "  - {at: 4s"))
    else:
        found = told(change)
    assert sentence in found


def test_another_end_is_told_with_its_error():
    """Target, verdict and exit code."""
    assert told(
        ("a:update: terminated", "a:update: {terminated: {error: boom}}"),
        ("outcome: succeeded, exit_code: 0", "outcome: failed, error: boom, exit_code: 1"),
    ) == [
        "target a:update ends well in A and fails with 'boom' in B",
        "the session succeeds in A and fails with 'boom' in B",
        "A has the exit code 0 and B has the exit code 1",
    ]


def test_a_target_of_one_only():
    """It is named with its path."""
    found = told(("  b:serve: {type: server", "  c:serve: {type: server, resources: [c]}\n  b:serve: {type: server"))
    assert found == ["target c:serve is only in B, where it goes waiting (tiltfile-reload)"]


def test_a_session_that_comes_and_goes():
    """Its life is part of the comparison."""
    found = told(("steps:\n", "steps:\n  - {at: 100ms, session: recreated}\n"))
    assert found == ["the session is present in A and present → absent → present in B"]
