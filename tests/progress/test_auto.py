"""``auto``: the clock jumps while everybody waits for it, and for nobody else."""

import contextlib
import dataclasses
import itertools
import threading

import pytest

from pytest_tiltsession import errors, fake_tilt
from pytest_tiltsession.progress import auto, settling, waiting
from pytest_tiltsession.server import host

SITUATION = auto.Situation(
    watches=1, waiting=0, busy=False, met=True, quiet=1.0, restless=0.0, lag=0.0, held=False, due=5, bound=10
)
MOVES = auto.Decision(move=True, look_after=auto.QUIET)
RESTS = auto.Decision()
STANDS = auto.Decision(stands=True)


def situation(**changes):
    """Give the situation of an idle watch, with some things different."""
    return dataclasses.replace(SITUATION, **changes)


@pytest.mark.parametrize(
    ("seen", "decision"),
    [
        pytest.param(situation(), MOVES, id="an idle watch"),
        pytest.param(situation(watches=0, waiting=1), MOVES, id="the test waits"),
        pytest.param(situation(watches=0), RESTS, id="nobody waits"),
        pytest.param(situation(held=True), RESTS, id="held"),
        pytest.param(situation(busy=True), auto.Decision(look_after=auto.QUIET), id="a request in work"),
        pytest.param(situation(busy=True, restless=9.0), auto.Decision(look_after=auto.QUIET), id="in work for long"),
        pytest.param(situation(quiet=0.02), auto.Decision(look_after=auto.QUIET - 0.02), id="a byte has just moved"),
        pytest.param(situation(quiet=0.02, restless=auto.RESTLESS), MOVES, id="a client that is never quiet"),
        pytest.param(
            situation(quiet=0.1, lag=0.05),
            auto.Decision(look_after=pytest.approx(0.15)),
            id="quiet, but the machine lets everybody wait",
        ),
        pytest.param(situation(due=None), STANDS, id="nothing planned"),
        pytest.param(situation(due=10), MOVES, id="due at the limit"),
        pytest.param(situation(due=11), STANDS, id="due beyond the limit"),
        pytest.param(situation(due=11, quiet=0.0), STANDS, id="beyond the limit, and a byte has just moved"),
        pytest.param(
            situation(watches=0, waiting=1, met=False, quiet=0.0),
            auto.Decision(move=True, look_after=0.0),
            id="the test waits and there never was a client",
        ),
    ],
)
def test_when_the_clock_jumps(seen, decision):
    """It jumps where somebody waits, no request is in work and no byte has moved for a while."""
    assert decision == auto.decide(seen)


def test_an_idle_watch_brings_the_timeout(serve, client_of):
    """A client that does nothing but watch sees the whole session, at its exact instants."""
    fake = serve(progress="auto")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        last = next(event for event in events if event["object"]["status"]["done"])
    assert "Readiness timeout after 5m0s: target api:serve not ready" == last["object"]["status"]["error"]
    assert 300_000_000 == fake.clock.elapsed


def test_without_anybody_who_waits_the_clock_stands(serve, client_of):
    """Reads alone move nothing."""
    fake = serve(progress="auto")
    fake.server("api").start()
    client = client_of(fake)
    assert [False] * 3 == [client.status()["done"] for _ in range(3)]
    assert 0 == fake.clock.elapsed


def test_a_request_in_flight_is_never_overtaken(serve, client_of, monkeypatch):
    """While half a request has come the clock stands, however long that takes; it is answered with what was."""
    looked = threading.Semaphore(0)
    decide = auto.decide

    def noting(seen):
        if seen.busy and seen.watches and seen.due is not None:
            looked.release()
        return decide(seen)

    monkeypatch.setattr(auto, "decide", noting)
    monkeypatch.setattr(auto, "QUIET", 0.0)
    fake = serve(progress="auto", tls=False)
    client = client_of(fake)
    request = client.request_bytes()
    with client.raw() as slow:
        slow.sendall(request[:-2])
        settling.Settling(fake._serving.listener).wait()
        with client.watch() as events:
            next(events)
            fake.server("api").start()
            assert [True] * 50 == [looked.acquire(timeout=20) for _ in range(50)]
            assert 0 == fake.clock.elapsed
            slow.sendall(request[-2:])
            assert b'"done":false' in slow.recv(65_536)
            assert any(event["object"]["status"]["done"] for event in events)


def test_a_hold_stops_time_and_its_end_lets_it_go_on(serve, client_of):
    """Under a named hold a watch idles; when the hold ends the clock jumps."""
    fake = serve(progress="auto")
    moved = []
    with client_of(fake).watch() as events:
        with fake.clock.hold("the browser starts"):
            fake.server("api").start()
            fake.clock.on_move(lambda _: moved.append(fake.clock.holds))
            states = [event["object"]["status"] for event in itertools.islice(events, 2)]
            assert "'the browser starts'" in str(fake.blocked())
        assert any(event["object"]["status"]["done"] for event in events)
    assert [1, 2] == [len(status.get("targets", ())) for status in states]
    assert {()} == set(moved)


def test_the_test_waits_while_its_client_reads(serve, client_of):
    """``run_until_done`` waits for the clock, which waits for a client that watches in a thread."""
    fake = serve(progress="auto")
    fake.server("api").start()
    seen = []
    watching = threading.Event()

    def follow():
        with client_of(fake).watch() as events:
            for event in events:
                seen.append(event["object"]["status"]["done"])
                watching.set()
                if seen[-1]:
                    return

    thread = threading.Thread(target=follow)
    with fake.clock.hold("the client starts"):
        thread.start()
        watching.wait(20)
    done = fake.run_until_done()
    thread.join(20)
    assert "Readiness timeout after 5m0s: target api:serve not ready" == done.status.error
    assert [False, True] == seen


def test_a_wait_sees_what_others_do(serve):
    """A wait ends as soon as another thread brings what it waits for; no clock moves for that."""
    fake = serve(progress="auto", exit_condition="manual", timeout=None, readiness_timeout=None)
    api = fake.server("api")
    fake.clock.call_at(fake.clock.start + 10**9, lambda: None, what="far away")
    waits, held, seen = threading.Event(), threading.Event(), threading.Event()

    def predicate(session):
        waits.set()
        return any(target.state.active for target in session.status.targets)

    def work():
        with fake.clock.hold("a thread works"):
            held.set()
            waits.wait(20)
            api.start()
            seen.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    held.wait(20)
    found = fake.run_until(predicate)
    seen.set()
    thread.join(20)
    assert 0 == fake.clock.elapsed
    assert found.status.targets[0].state.active is not None


def test_who_holds_the_clock_does_not_wait_for_it(serve):
    """A wait inside one's own hold would never end: it is refused, with who waits for what."""
    fake = serve(progress="auto")
    fake.server("api").start()
    with fake.clock.hold("me"), pytest.raises(errors.ClockError, match="held by 'me', and whoever took the hold") as no:
        fake.run_until_done()
    assert "not ready  api:serve" in str(no.value)


def test_the_limit_is_said_with_what_was_being_waited_for(serve):
    """What lies beyond the limit is not played, and whoever waits learns of it."""
    fake = serve(progress="auto", limit="1m")
    fake.server("api").start()
    with pytest.raises(errors.ExpectationFailed, match="is beyond the limit of 1m") as failed:
        fake.run_until_done()
    with pytest.raises(errors.ClockError, match="no further than 1m by itself, and what is due next") as refused:
        fake.run_until_done(limit="1h")
    assert 0 == fake.clock.elapsed
    assert "due next   deadline of Tiltfile at 00:05:00.000000, in 5m" in str(failed.value)
    assert "not ready  api:serve" in str(refused.value)


def test_where_nothing_is_planned_whoever_waits_learns_it(serve):
    """Nothing will come by itself, so that the wait ends with an error that names the targets in the way."""
    fake = serve(progress="auto", exit_condition="manual")
    fake.server("api").start()
    with pytest.raises(errors.ExpectationFailed, match="nothing more is planned") as failed:
        fake.run_until_done()
    assert "not ready  api:serve" in str(failed.value)
    with pytest.raises(errors.ExpectationFailed, match="nothing more is planned"):
        fake.eventually().expect_target("api").was("ready")


def test_a_watch_in_vain_is_told_and_ended(serve, client_of):
    """Beyond its patience a watch gets an ERROR event that says why nothing comes, and the test fails at its end."""
    fake = serve(progress="auto", exit_condition="manual", patience="50ms")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        *_, last = events
    assert ("ERROR", 504, "Timeout") == (last["type"], last["object"]["code"], last["object"]["reason"])
    assert "the clock of this session stands: nothing more is planned" in last["object"]["message"]
    assert "not ready  api:serve" in last["object"]["message"]
    assert [last["object"]["message"]] == fake.problems()


def test_a_watch_is_given_time_before_it_is_told(serve, client_of):
    """Within its patience it stays open where the clock stands: somebody may yet act."""
    fake = serve(progress="auto", exit_condition="manual", patience="1h")
    api = fake.server("api").start()
    with client_of(fake).watch() as events:
        next(events)
        fake._drive.nudge()
        settling.Settling(fake._serving.listener).wait()
        api.ready()
        assert "MODIFIED" == next(events)["type"]
    assert [] == fake.problems()


def test_a_watch_beyond_the_limit_is_told_so(serve, client_of):
    """The limit is said to a watch as well; the problem may be allowed."""
    fake = serve(progress="auto", limit="1m", patience="50ms", allow="stalled-watches")
    fake.server("api").start()
    with client_of(fake).watch() as events:
        *_, last = events
    assert "the clock goes no further than 1m by itself" in last["object"]["message"]
    assert [] == fake.problems()


def test_a_session_that_is_done_lets_its_watches_be(serve, client_of):
    """There is nothing to wait for when the session is done: a watch stays open until the end."""
    fake = serve(progress="auto", patience="1ms")
    fake.job("migrate").fail("exit status 1")
    with client_of(fake).watch() as events:
        next(events)
        with client_of(fake).watch() as more:
            next(more)
            fake.stop()
        assert [] == [event["type"] for event in events]
    assert [] == fake.problems()


def test_what_is_planned_later_is_played(serve, client_of):
    """A clock that stood goes on when a driver's call brings a new deadline."""
    fake = serve(progress="auto", timeout=None, patience=None)
    with client_of(fake).watch() as events:
        next(events)
        fake.server("api").start()
        assert any(event["object"]["status"]["done"] for event in events)


def test_a_step_that_fails_is_a_problem_of_the_fake_and_time_goes_on(serve):
    """An exception on the way is told at the test's end; the next instant comes all the same."""
    fake = serve(progress="auto")
    fake.server("api").start()

    def broken():
        raise RuntimeError("impossible")

    fake.clock.call_at(fake.clock.start + 5, broken)
    fake.run_until_done()
    assert ["an error inside the fake: RuntimeError: impossible"] == fake.problems()


def test_a_move_by_hand_is_not_waited_for(serve, client_of, monkeypatch):
    """The server goes on answering while the test moves the clock, even where it would move it itself just then."""
    monkeypatch.setattr(auto, "QUIET", 0.0)
    fake = serve(progress="auto")
    client = client_of(fake)
    step, tried = fake.clock.step_unless_moving, threading.Event()
    fake.clock.step_unless_moving = lambda: (tried.set(), step())[1]
    test, read = threading.current_thread(), []

    def look():
        if threading.current_thread() is test:
            tried.clear()
            fake.clock.call_at(fake.clock.now + 1, lambda: None)
            read.append(tried.wait(20))
            read.extend("targets" in client.status() for _ in range(3))

    with client.watch() as events:
        next(events)
        fake.clock.on_settled(look)
        fake.clock.advance("1ms")
    assert [True] * 4 == read


def test_the_end_of_the_process_ends_every_wait(serve, client_of):
    """Under ``exit_when_done`` the jump that ends the session closes the port, and the watch ends cleanly."""
    fake = serve(progress="auto", exit_when_done=True)
    fake.server("api").start()
    with client_of(fake).watch() as events:
        *_, last = events
    assert last["object"]["status"]["done"]
    assert (True, 1) == (fake.exited, fake.exit_code)


def test_stop_ends_a_wait_of_another_thread(serve, monkeypatch):
    """A thread that waits while the fake is stopped is let go: from then on the clock is its own to move."""
    monkeypatch.setattr(waiting, "_GLANCE", 3600)
    fake = serve(progress="auto")
    fake.server("api").start()
    found = []

    def wait():
        try:
            fake.run_until(lambda _: False)
        except errors.ClockError as held:
            found.append(str(held))

    with fake.clock.hold("the end"):
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        while not fake._moves.waiting:
            assert thread.is_alive()
        fake.stop()
        thread.join(20)
    assert ["the clock is held by 'the end' and cannot move"] == found


def test_the_end_of_the_servers_thread_ends_every_wait(serve, monkeypatch):
    """Where nothing is left that could move the clock, a thread that waits moves it itself."""
    monkeypatch.setattr(waiting, "_GLANCE", 0.01)
    fake = serve(progress="auto")
    fake.server("api").start()
    waits = threading.Event()
    found = []

    def wait():
        with contextlib.suppress(errors.ClockError):
            fake.run_until(lambda _: waits.set())
        found.append(fake.clock.holds)

    with fake.clock.hold("the end"):
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        waits.wait(20)
        host.shutdown()
        thread.join(20)
    assert [("the end",)] == found


def test_before_it_serves_and_after_it_the_test_moves_the_clock():
    """Without a server nobody is there to race: a wait moves the clock as under ``manual``."""
    fake = fake_tilt.FakeTilt(progress="auto")
    fake.server("api").start()
    assert fake.run_until_done().status.done
