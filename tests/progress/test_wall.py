"""``wall``: real time, at a speed."""

import threading

import pytest

from pytest_tiltsession import errors, settings
from pytest_tiltsession.clock import wall
from pytest_tiltsession.progress import waiting


def done_at(fake):
    """Give the instant at which the session was done."""
    return next(commit.at for commit in fake.commits if commit.done)


def test_the_timeout_comes_by_itself(serve, client_of):
    """Five minutes take a tenth of a second at 3000 times the machine's speed, and a watch sees the verdict."""
    fake = serve(progress="wall", speed=3000)
    fake.server("api").start()
    began = wall.seconds()
    with client_of(fake).watch() as events:
        last = next(event for event in events if event["object"]["status"]["done"])
    took = wall.seconds() - began
    assert last["object"]["status"]["error"].startswith("Readiness timeout after 5m0s")
    assert took > 0.09
    assert fake.clock.elapsed >= 300_000_000


def test_a_wait_is_a_wait_for_the_machine(serve):
    """``run_until_done`` returns when time has brought the end, and says at which instant that was."""
    fake = serve(progress="wall", speed=3000)
    api = fake.server("api").start()
    began = wall.seconds()
    fake.run_until_done()
    assert wall.seconds() - began > 0.09
    assert 300_000_000 == done_at(fake) - api.state.active.start_time


def test_moved_by_hand_it_need_not_be_waited_for(serve):
    """``advance`` jumps under ``wall`` as well; what was due on the way has its own instants."""
    fake = serve(progress="wall")
    api = fake.server("api").start()
    fake.clock.advance("10m")
    fake.expect_failed(match="Readiness timeout after 5m0s")
    assert 300_000_000 == done_at(fake) - api.state.active.start_time


def test_what_is_planned_later_comes_in_time(serve, monkeypatch):
    """The timer is set anew when something nearer is planned than what it waits for; the wait ends with it."""
    monkeypatch.setattr(waiting, "_GLANCE", 3600)
    fake = serve(progress="wall", speed=1000, exit_condition="manual")
    fake.clock.call_at(fake.clock.now + 10**12, lambda: None, what="far away")
    seen = []
    thread = threading.Thread(target=lambda: fake.run_until(lambda _: seen, limit="1000h"), daemon=True)
    thread.start()
    while not fake._moves.waiting:
        assert thread.is_alive()
    fake.clock.call_at(fake.clock.now + 20_000_000, lambda: seen.append(fake.clock.now))
    thread.join(20)
    assert not thread.is_alive()
    assert seen[0] - fake.clock.start >= 20_000_000


def test_clients_write_at_the_time_that_it_is(serve, client_of):
    """Between two instants time passes too: the Date of an answer is not that of the start."""
    fake = serve(progress="wall", speed=1_000_000)
    with client_of(fake).open("/version") as first:
        before = first.headers["Date"]
    with client_of(fake).open("/version") as second:
        assert before != second.headers["Date"]


def test_where_nothing_is_planned_waiting_is_in_vain(serve):
    """Time passes, but nothing will come of it: the wait is refused at once."""
    fake = serve(progress="wall", exit_condition="manual")
    fake.server("api").start()
    with pytest.raises(errors.ExpectationFailed, match="nothing more is planned"):
        fake.run_until_done()


def test_time_stands_when_the_fake_stops(serve):
    """After its end a fake keeps the time at which it ended."""
    fake = serve(progress="wall", speed=1_000_000)
    fake.stop()
    before, began = fake.clock.now, wall.seconds()
    while wall.seconds() == began:
        pass
    assert before == fake.clock.now


def test_frozen_time_cannot_run():
    """Time that runs by itself and time that is frozen exclude each other."""
    with pytest.raises(errors.InvalidValue, match=r'freeze=True with progress="wall"'):
        settings.Settings(progress="wall", freeze=True)
