"""Waiting by hand, by reads, and in threads."""

import threading

import pytest

from pytest_tiltsession import errors, fake_tilt
from pytest_tiltsession.progress import settling, waiting


@pytest.fixture
def fake():
    """Give a fake that serves nothing, with a server that never gets ready."""
    made = fake_tilt.FakeTilt()
    made.server("api").start()
    return made


def test_a_predicate_stops_the_clock_where_it_holds(fake):
    """``run_until`` gives the Session of which the predicate was true, and the clock stands at its instant."""
    fake.clock.call_at(fake.clock.start + 5, lambda: fake.job("late"))
    found = fake.run_until(lambda session: len(session.status.targets) == 3)
    assert (5, 3) == (fake.clock.elapsed, len(found.status.targets))


def test_run_until_done_gives_the_session_as_it_ended(fake):
    """Timeouts end a wait as scripts do."""
    assert fake.run_until_done().status.error.startswith("Readiness timeout after 5m0s")


def test_a_limit_says_what_was_being_waited_for(fake):
    """The failure names the predicate, the next instant, the limit and the targets in the way; the clock stays."""

    def everything_ready(session):
        return session.status.done

    with pytest.raises(errors.ExpectationFailed) as failed:
        fake.run_until(everything_ready, limit="4m")
    text = str(failed.value)
    assert "expected everything_ready() to be true of the session, but it is still running at 00:00:00" in text
    assert "the next instant (deadline of Tiltfile, in 5m) is beyond the limit of 4m" in text
    assert "not ready  api:serve   active, never ready" in text
    assert "due next   deadline of Tiltfile at 00:05:00.000000, in 5m" in text
    assert 0 == fake.clock.elapsed


def test_a_lambda_is_named_by_where_it_stands(fake):
    """So that the line can be found."""
    with pytest.raises(errors.ExpectationFailed, match=r"expected the lambda of test_waiting.py:\d+ to be true"):
        fake.run_until(lambda _: False)


def test_without_a_limit_the_setting_counts():
    """The setting ``limit`` is how far a wait moves the clock."""
    fake = fake_tilt.FakeTilt(limit="1m")
    fake.server("api").start()
    with pytest.raises(errors.ExpectationFailed, match="beyond the limit of 1m"):
        fake.run_until_done()


def test_a_wait_under_a_hold_is_refused(fake):
    """By hand, a hold keeps a wait from moving the clock, and says who holds it."""
    with fake.clock.hold("me"), pytest.raises(errors.ClockError, match="held by 'me' and cannot move"):
        fake.run_until_done()


def test_notices_that_came_before_are_not_missed():
    """What happened between a look and the wait ends the wait at once."""
    moves = waiting.Moves()
    moves.happened()
    assert 1 == moves.wait_beyond(0, lambda: None, lambda: False)


def test_a_wait_can_be_given_up():
    """Somebody else may end the wait of a thread without anything having happened."""
    moves, given_up, waits = waiting.Moves(), [], threading.Event()
    found = []
    thread = threading.Thread(target=lambda: found.append(moves.wait_beyond(0, waits.set, lambda: bool(given_up))))
    thread.start()
    waits.wait(20)
    before = moves.waiting
    given_up.append(True)
    assert (1, 0) == (before, moves.waiting)
    moves.wake()
    thread.join(20)
    assert [0] == found


def test_under_reads_a_mover_in_another_thread_is_not_waited_for(serve, client_of):
    """The server's thread goes on answering while the clock is moved, with reads that would move it themselves."""
    fake = serve(progress="reads")
    fake.server("api").start()
    client = client_of(fake)
    test, read = threading.current_thread(), []

    def look():
        if threading.current_thread() is test:
            read.extend(client.status()["done"] for _ in range(3))

    fake.clock.on_settled(look)
    fake.clock.advance("1s")
    assert [False] * 3 == read


def test_under_reads_a_hold_keeps_the_clock(serve, client_of):
    """A held clock is read and not moved."""
    fake = serve(progress="reads")
    fake.server("api").start()
    with fake.clock.hold("a look"):
        assert [False] * 3 == [client_of(fake).status()["done"] for _ in range(3)]
        settling.Settling(fake._serving.listener).wait()
    assert [] == fake.problems()
    assert [False, True] == [client_of(fake).status()["done"] for _ in range(2)]


def test_the_end_of_the_process_gives_a_watch_its_last_event(serve, client_of):
    """Under ``reads`` the server's own thread ends the process: what a watch was owed is sent before its end."""
    fake = serve(progress="reads", exit_when_done=True)
    fake.server("api").start()
    with client_of(fake).watch() as events:
        next(events)
        client_of(fake).status()
        *_, last = events
    assert last["object"]["status"]["done"]


def test_the_process_ends_once(serve):
    """Whoever listens for its end is told once, however often the clock moves afterwards."""
    fake = serve(exit_when_done=True)
    told = []
    fake.on_exit(lambda: told.append(fake.exit_code))
    fake.server("api").start()
    fake.run_until_done()
    fake.clock.advance("1h")
    assert [1] == told
