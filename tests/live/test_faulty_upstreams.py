"""Recording from an upstream with faults: what can be had is recorded, and what was not seen is told."""

import dataclasses
import itertools
import threading

import pytest

from pytest_tiltsession.api import messages
from pytest_tiltsession.live import client, polling, server_time

STREAMS = {
    "cut": lambda faulty: [faulty.cut_after(2)],
    "cut with RST": lambda faulty: [faulty.cut_after(3, reset=True)],
    "cut in an event": lambda faulty: [faulty.cut_after(2, half=True)],
    "cut at once": lambda faulty: [faulty.cut_after(0, reset=True)],
    "twice": lambda faulty: [faulty.Twice],
    "every second": lambda faulty: [faulty.EverySecond],
    "stalled": lambda faulty: [faulty.stalls_after(1)],
    "babbling": lambda faulty: [faulty.Babbling],
    "no kind": lambda faulty: [faulty.WithoutKind],
}
ANSWERS = {
    "500 every other time": (500, b"internal error", ()),
    "429": (429, b"", (("Retry-After", "1"),)),
    "404 of another server": (404, b"404 page not found", ()),
    "half a document": (200, b'{"kind": "Session", "metadata"', ()),
    "another document": (200, b'{"kind": "Status"}', ()),
    "a list of numbers": (200, b"[1]", ()),
    "401": (401, b'{"kind": "Status", "reason": "Unauthorized"}', ()),
}


def record(played):
    """Play and record; gives the scenario."""
    return played.record().scenario("x", exit_code=played.fake.exit_code)


def failing(answer, when=lambda number: number % 2):
    """Give a function that answers some of the GETs, by their number from 1, with something else."""
    status, body, headers = answer
    numbers = itertools.count(1)

    def answers(request, good):
        if request.method != "GET" or not when(next(numbers)):
            return good
        return dataclasses.replace(good, status=status, body=body, headers=(*good.headers, *headers))

    return answers


@pytest.mark.parametrize("fault", STREAMS)
def test_every_state_is_recorded_in_spite_of(fault, upstream, recorded, replayed, faulty):
    """With a fault in each watch, the polls beside it still see each state, once and in order."""
    answers = faulty.answers_without_kind if fault == "no kind" else None
    played = upstream(
        recorded("ci-flapping-ready"),
        lambda fake: faulty.Faulty(fake, streams=STREAMS[fault](faulty), answers=answers),
        exit_when_done=False,
    )
    with played.recording:
        played.play()
    if not played.recording.seen.latest.status.done:
        pytest.fail("the last state was lost")
    scenario = played.recording.scenario("x", exit_code=0)
    assert replayed(scenario) == played.statuses
    assert scenario.expect.outcome == "succeeded"


@pytest.mark.parametrize("fault", ANSWERS)
def test_polls_that_fail_take_nothing_from_a_watch_that_does_not(fault, upstream, recorded, replayed, faulty):
    """Every state is recorded, and since the watch saw all of it, nothing is said of the polls."""
    answers = failing(ANSWERS[fault])
    played = upstream(recorded("ci-flapping-ready"), lambda fake: faulty.Faulty(fake, answers=answers))
    scenario = record(played)
    assert replayed(scenario) == played.statuses
    assert scenario.expect.outcome == "succeeded"
    assert "Not seen: what was before" not in scenario.description
    assert "polls failed" not in scenario.description


@pytest.mark.parametrize("fault", ["500 every other time", "half a document"])
def test_what_neither_watch_nor_polls_could_see_is_told(fault, upstream, recorded, faulty):
    """While the watch is refused and polls fail, the file has a span of which it knows nothing, with the reason."""
    dark = threading.Event()

    class CutWhenDark(faulty.Stream):
        def passed(self, line):
            if dark.is_set():
                raise messages.BreakOff(b"", reset=True)
            return line

    def stream(inner):
        return messages.Response(503, (), b"") if dark.is_set() else CutWhenDark(inner)

    answers = failing(ANSWERS[fault], lambda _: dark.is_set())
    played = upstream(
        recorded("ci-flapping-ready"),
        lambda fake: faulty.Faulty(fake, streams=[stream], answers=answers),
        exit_when_done=False,
    )
    with played.recording:
        played.watched()
        played.fake.clock.step()
        played.caught_up()
        dark.set()
        played.fake.clock.advance("1h")
        played.until(lambda _: played.recording.blind)
        dark.clear()
        played.caught_up()
    scenario = played.recording.scenario("x")
    assert "when no watch told and polls failed (an answer" in scenario.description
    assert scenario.expect.outcome == "succeeded"


@pytest.mark.parametrize("fault", STREAMS)
def test_a_tilt_that_ends_at_once_is_recorded_to_its_end_or_said_not_to_be(fault, upstream, recorded, faulty):
    """The whole session plays in one move and the server is gone: no state is made up, and none is lost in silence."""
    played = upstream(
        recorded("ci-cmd-only"), lambda fake: faulty.Faulty(fake, streams=STREAMS[fault](faulty)), context="tilt-end"
    )
    with played.recording:
        played.watched()
        played.fake.clock.advance("600ms")
        played.until(lambda seen: seen.events)
        played.fake.clock.advance("1h")
    scenario = played.recording.scenario("x")
    lost = "the last state: Tilt has ended, and the session was not done when last seen" in scenario.description
    assert lost == (scenario.expect is None)
    if not lost:
        assert scenario.expect.outcome == "succeeded"
        assert scenario.expect.exit_code is None
        assert "the exit code of Tilt, which only the program that starts it learns" in scenario.description


def test_a_last_state_that_a_hanging_watch_keeps_back_is_polled(upstream, recorded, faulty):
    """Tilt answers one more read after its verdict and is gone: that read has it."""
    played = upstream(
        recorded("ci-cmd-only"),
        lambda fake: faulty.Faulty(fake, streams=[faulty.stalls_after(1)]),
        exit_when_done=False,
    )
    with played.recording:
        played.watched()
        played.fake.clock.advance("1h")
        played.until(lambda seen: seen.latest and seen.latest.status.done)
        played.fake.stop()
    scenario = played.recording.scenario("x", exit_code=0, own=True)
    assert scenario.expect.outcome == "succeeded"
    assert scenario.expect.exit_code == 0


def test_polls_are_urgent_while_a_watch_keeps_back_what_they_show(upstream, recorded, faulty):
    """And calm again where the watch keeps up."""
    played = upstream(
        recorded("ci-cmd-only"),
        lambda fake: faulty.Faulty(fake, streams=[faulty.stalls_after(1)]),
        exit_when_done=False,
    )
    poller = played.recording._poller
    poller._overdue = 3_600_000_000  # microseconds: no other watch is opened meanwhile
    assert poller._pause() == polling.URGENT
    with played.recording:
        played.watched()
        played.fake.clock.advance("1h")
        played.until(lambda seen: seen.overdue(server_time.now() + 1) is not None)
        until = server_time.seconds() + 20
        while poller._pause() != polling.URGENT:
            assert server_time.seconds() < until


def test_a_tilt_that_asks_for_rest_gets_it(upstream, recorded, faulty):
    """Retry-After is heeded by the polls, while the watch goes on."""
    played = upstream(
        recorded("steady"), lambda fake: faulty.Faulty(fake, answers=failing(ANSWERS["429"], lambda _: True))
    )
    assert played.recording._connected.reach() is not None
    assert played.recording._poller.poll() == 1.0
    with played.recording:
        played.until(lambda seen: seen.events)
        played.play()


def test_a_tilt_whose_reads_fail_for_good_is_recorded_by_its_watch(upstream, recorded, replayed, faulty, monkeypatch):
    """It answers, if strangely, so that no patience with it ends."""
    monkeypatch.setattr(client.Unreachable, "patience", 0.0)
    monkeypatch.setattr(client.Silent, "patience", 0.0)
    number = itertools.count(1)
    answers = failing(ANSWERS["500 every other time"], lambda _: next(number) > 2)
    played = upstream(recorded("ci-flapping-ready"), lambda fake: faulty.Faulty(fake, answers=answers))
    scenario = record(played)
    assert replayed(scenario) == played.statuses
    assert "polls failed" not in scenario.description
