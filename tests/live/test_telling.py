"""What a recording can expect of its replay, and what it says that it could not see."""

import dataclasses

import pytest

from pytest_tiltsession.live import sightings, telling
from pytest_tiltsession.scenario import file_format, steps


def seen_of(*, done=False, error="", condition="ci"):
    """Give sightings of a Session that stands as told."""
    seen = sightings.Sightings()
    status = {"pid": 7, "startTime": "2026-01-01T00:00:00.000000Z", "targets": None, "done": done, "error": error}
    metadata = {"name": "Tiltfile", "uid": "u", "resourceVersion": "1"}
    spec = {"tiltfilePath": "/app/Tiltfile", "exitCondition": condition}
    assert seen.take(1, "WATCH", "ADDED", {"metadata": metadata, "spec": spec, "status": status})
    return seen


def told(seen, end):
    """Give what is expected, and the lines of what was not seen."""
    scenario = seen.recorder.scenario("x")
    scenario = dataclasses.replace(scenario, expect=telling.expectation(scenario, end))
    assert file_format.parse_scenario(file_format.write_scenario(scenario)) == scenario
    return scenario.expect, telling.blind_spots(seen, lambda at: at, end)


GONE = telling.End(gone=True)


@pytest.mark.parametrize(
    ("stands", "end", "expected", "line"),
    [
        ({}, telling.End(), steps.Expectation("running"), ""),
        ({}, GONE, None, "the last state: Tilt has ended, and the session was not done when last seen"),
        ({"condition": "manual"}, GONE, steps.Expectation("running"), ""),
        ({"done": True}, telling.End(), steps.Expectation("succeeded"), ""),
        ({"done": True}, GONE, steps.Expectation("succeeded"), "the exit code of Tilt, which only the program"),
        ({}, telling.End(0, own=True, gone=True), None, "the last state: Tilt exited with code 0"),
        ({}, telling.End(2, gone=True), None, "the last state: Tilt has ended"),
        ({}, telling.End(2), steps.Expectation("running"), ""),
        ({"done": True}, telling.End(0, own=True, gone=True), steps.Expectation("succeeded", exit_code=0), ""),
        ({"done": True}, telling.End(3, own=True, gone=True), steps.Expectation(exit_code=3), ""),
        (
            {"done": True, "error": "boom"},
            telling.End(0, own=True, gone=True),
            steps.Expectation(error="boom", exit_code=0),
            "",
        ),
        (
            {"done": True, "error": "boom"},
            telling.End(2, gone=True),
            steps.Expectation("failed", "boom"),
            "why the recorded command ended with code 2",
        ),
    ],
)
def test_only_what_was_seen_is_expected(stands, end, expected, line):
    """The outcome as last seen, Tilt's own exit code as it was; where that is not known, the file says so."""
    found, lines = told(seen_of(**stands), end)
    assert found == expected
    assert line in lines
    assert bool(line) == bool(lines)


def test_spans_in_which_nothing_could_be_seen_are_where_both_were_blind():
    """A poll that failed while a watch told, and a gap that polls saw, are no such spans."""
    seen = seen_of()
    second = 1_000_000
    seen.gaps += [(1 * second, 3 * second), (8 * second, 9 * second)]
    seen.hangs += [(20 * second, 30 * second)]
    seen.outages += [(2 * second, 5 * second, "an answer 500"), (25 * second, 26 * second, "an answer 429")]
    lines = telling.blind_spots(seen, lambda at: at, telling.End())
    assert "anything from 2s to 3s, when no watch told and polls failed (an answer 500)" in lines
    assert "anything from 25s to 26s, when no watch told and polls failed (an answer 429)" in lines
    assert lines.count("anything from") == 2
