"""Recording from an upstream with faults: what can be had is recorded, and what was not seen is told."""

import pytest


def record(played):
    """Play and record; gives the scenario."""
    return played.record().scenario("x", exit_code=played.fake.exit_code)


@pytest.mark.parametrize(
    "fault",
    [
        "cut",
        "cut with RST",
        "cut in an event",
        "cut at once",
        "twice",
        "every second",
        "stalled",
        "babbling",
        "no kind",
    ],
)
def test_every_state_is_recorded_in_spite_of(fault, upstream, recorded, replayed, faulty):
    """With a fault in each watch, the polls beside it still see each state, once and in order."""
    streams = {
        "cut": [faulty.cut_after(2)],
        "cut with RST": [faulty.cut_after(3, reset=True)],
        "cut in an event": [faulty.cut_after(2, half=True)],
        "cut at once": [faulty.cut_after(0, reset=True)],
        "twice": [faulty.Twice],
        "every second": [faulty.EverySecond],
        "stalled": [faulty.stalls_after(1)],
        "babbling": [faulty.Babbling],
        "no kind": [faulty.WithoutKind],
    }[fault]
    answers = faulty.answers_without_kind if fault == "no kind" else None
    played = upstream(
        recorded("ci-flapping-ready"),
        lambda fake: faulty.Faulty(fake, streams=streams, answers=answers),
        exit_when_done=False,
    )
    with played.recording:
        played.play()
    if not played.recording.seen.latest.status.done:
        pytest.fail("the last state was lost")
    scenario = played.recording.scenario("x", exit_code=0)
    assert replayed(scenario) == played.statuses
    assert scenario.expect.outcome == "succeeded"
