"""Patience where nobody moves the clock: watches under ``manual``, poll loops under ``reads``."""

import json
import threading
import urllib.error

import pytest

from pytest_tiltsession import Settings, errors
from pytest_tiltsession.progress import polls, stalls


def test_a_watch_under_manual_is_told_where_the_test_asked_for_it(serve, client_of):
    """A synchronous watch that nothing can end gets the ERROR event of the other ways, and the test fails."""
    fake = serve(patience="50ms")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        *_, last = events
    assert ("ERROR", 504, "Timeout") == (last["type"], last["object"]["code"], last["object"]["reason"])
    assert 'the clock of this session stands: under progress="manual" the test moves it' in last["object"]["message"]
    assert "not ready  api:serve" in last["object"]["message"]
    assert [last["object"]["message"]] == fake.problems()


def test_under_manual_nobody_is_told_unless_asked_for():
    """A test may take its time: what is the default elsewhere is none here."""
    assert Settings().patience_seconds is None
    assert Settings(patience="30s").patience_seconds == 30.0
    assert Settings(progress="auto").patience_seconds == 30.0


def test_the_clock_of_a_patient_manual_fake_is_still_the_tests_own(serve, client_of):
    """Neither a watch, nor a process that has ended, moves it; what the test waits for it moves itself."""
    fake = serve(patience="30s")
    with client_of(fake).watch() as events:
        next(events)
        threading.Event().wait(0.02)
        assert fake.clock.elapsed == 0
    fake.crash()
    fake.restart(at="5s")
    threading.Event().wait(0.1)
    assert fake.clock.elapsed == 0
    fake.clock.advance("5s")
    fake.job("migrate").fail("exit status 1")
    assert fake.run_until_done().status.error == "exit status 1"
    assert [] == fake.problems()


def test_a_watch_is_told_as_well_when_a_hold_has_ended(serve, client_of):
    """Patience begins to count again when nobody says any more that he is not ready."""
    fake = serve(patience="20ms")
    with client_of(fake).watch() as events:
        with fake.clock.hold("the browser starts"):
            next(events)
            threading.Event().wait(0.05)
        assert next(events)["type"] == "ERROR"


def test_a_poll_loop_to_which_nothing_can_come_is_told(serve, client_of):
    """Beyond its patience a read is answered with a 500 that says who waits for what, and the test fails."""
    fake = serve(progress="reads", patience="60ms", exit_condition="manual")
    api = fake.server("api").start()
    client = client_of(fake)

    def poll():
        while True:
            client.status()
            threading.Event().wait(0.005)

    with pytest.raises(urllib.error.HTTPError) as refused:
        poll()
    with refused.value as answer:
        status = json.load(answer)
    assert (500, "Status", "InternalError") == (status["code"], status["kind"], status["reason"])
    assert 'under progress="reads" each GET or list brings what is due next' in status["message"]
    assert "not ready  api:serve" in status["message"]
    assert "due next   nothing is planned" in status["message"]
    (problem,) = fake.problems()
    assert problem in status["message"]
    api.ready()
    assert client.status()["done"] is False


def test_a_poll_loop_may_be_allowed_and_a_session_that_is_done_is_at_rest(serve, client_of):
    """Who reads on when all is over gets his answers."""
    fake = serve(progress="reads", patience="0s", timeout=None)
    fake.job("migrate").fail("exit status 1")
    assert [True] * 8 == [client_of(fake).status()["done"] for _ in range(8)]
    assert [] == fake.problems()
    stuck = serve(progress="reads", patience="0s", exit_condition="manual", allow="stalled-watches")
    client_of(stuck).status()
    with pytest.raises(urllib.error.HTTPError) as refused:
        client_of(stuck).status()
    refused.value.close()
    assert [] == stuck.problems()


@pytest.fixture
def machine(monkeypatch):
    """Give the machine's seconds, to be moved by the test."""
    now = [100.0]
    monkeypatch.setattr(polls.wall, "seconds", lambda: now[0])
    return now


class Standing:
    """A clock at which nothing is due."""

    now = 0
    holds = ()

    def next_due(self):
        return None


def test_only_reads_in_a_row_count(machine):
    """A pause counts for a quarter of the patience; a commit, a move and a hold begin anew."""
    told, commits, clock = [], [0], Standing()
    watches = stalls.Stalls(8.0, idle=lambda: False, explain=lambda: "who waits", on_stalled=told.append)
    found = polls.Polls(watches, clock, commits=lambda: commits[0])
    for pause in (100.0, 100.0, 100.0, 1.0):
        assert found.look() == ""
        machine[0] += pause
    assert found.look() == ""
    commits[0] += 1
    for _ in range(5):
        assert found.look() == ""
        machine[0] += 1.9
    clock.now += 1
    for _ in range(4):
        assert found.look() == ""
        machine[0] += 2.0
    assert told == []
    assert found.look().endswith("\nwho waits")
    machine[0] += 50.0
    assert [found.look()] == told


def test_patience_under_wall_is_still_refused():
    """There time stands for nobody."""
    with pytest.raises(errors.InvalidValue, match="progress='manual' or progress='reads' or progress='auto'"):
        Settings(progress="wall", patience="1s")
