"""The test's own time and the session's as one."""

# ruff: noqa: TID251, DTZ001, DTZ005, DTZ011, SIM117 - what the test reads as the time is what is tested here

import asyncio
import concurrent.futures
import datetime as dt
import queue
import subprocess
import sys
import threading
import time

import anyio
import freezegun
import freezegun.api
import pytest
import time_machine

from pytest_tiltsession import errors
from pytest_tiltsession.clock import freezing, simulated, wall

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    """Give a clock that stands at its start."""
    return simulated.SimulatedClock(START)


@pytest.fixture
def leads(clock):
    """Give a clock that leads the time of this process."""
    with freezing.frozen(clock):
        yield clock
    assert not freezegun.api.freeze_factories


def test_dates_and_times_follow_the_clock(leads):
    """To the microsecond, by each of their names."""
    leads.advance("2.5s")
    then = START / 1_000_000 + 2.5
    assert (NEW_YEAR + dt.timedelta(seconds=2.5), dt.date(2026, 1, 1)) == (dt.datetime.now(dt.UTC), dt.date.today())
    assert (then, int(then * 1e9), 2026) == (time.time(), time.time_ns(), time.gmtime().tm_year)
    leads.advance_to("2026-01-02T00:00:00.000001Z")
    assert NEW_YEAR + dt.timedelta(days=1, microseconds=1) == dt.datetime.now(dt.UTC)


def test_afterwards_time_is_real_again(clock):
    """Nothing is left behind, and a later move of the clock moves nothing else."""
    real = time.time
    with freezing.frozen(clock):
        assert time.time is not real
    clock.advance("1s")
    assert time.time is real
    assert dt.datetime.now(dt.UTC) != NEW_YEAR


def test_what_falls_due_sees_its_own_instant(leads):
    """A callback on the way reads the time at which it is due."""
    seen = []
    leads.call_at(START + 1_000_000, lambda: seen.append(time.time()))
    leads.advance("1h")
    assert [START / 1_000_000 + 1] == seen


def test_threads_see_the_sessions_time(leads):
    """freezegun alone gives the real time to the function of a thread, since a thread called it."""
    found = []
    thread = threading.Thread(target=lambda: found.append(time.time()))
    thread.start()
    thread.join(20)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        found.append(pool.submit(time.time).result(20))
    assert [START / 1_000_000] * 2 == found


@pytest.mark.anyio
async def test_coroutines_see_the_sessions_time(leads):
    """freezegun's way to spare a loop would give the real time to the coroutines that it calls."""
    leads.advance("1s")
    assert START / 1_000_000 + 1 == time.time()
    assert NEW_YEAR + dt.timedelta(seconds=1) == dt.datetime.now(dt.UTC)


@pytest.mark.anyio
async def test_timers_of_loops_run_on(leads):
    """They wait by the machine's clock: neither for ever, nor not at all when the clock jumps."""
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep_forever()
    assert scope.cancelled_caught
    with anyio.fail_after(20):
        leads.advance("10h")
        await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_a_loop_that_runs_already_goes_on(clock):
    """Time may be frozen, and moved, in the middle of a loop's life; timers from before come in their time."""
    with anyio.move_on_after(3600) as scope:
        with freezing.frozen(clock):
            clock.advance("10h")
            await anyio.sleep(0.001)
            assert not scope.cancel_called
        scope.deadline = anyio.current_time() + 0.001
        await anyio.sleep_forever()
    assert scope.cancelled_caught


def test_threads_and_processes_are_waited_for_by_the_machines_clock(leads):
    """Timeouts of queues, events, futures and processes run out."""
    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=0.001)
    condition = threading.Condition()
    with condition:
        assert not condition.wait_for(lambda: False, 0.001)
    with pytest.raises(concurrent.futures.TimeoutError):
        next(concurrent.futures.as_completed([concurrent.futures.Future()], timeout=0.001))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.001)
        process.communicate(b"\n", timeout=20)


def test_a_loop_in_another_thread_is_not_startled(clock):
    """When time is frozen and moved, timers of loops elsewhere in the process do not fire."""
    fired, ready = threading.Event(), threading.Event()
    loop = asyncio.new_event_loop()

    async def wait():
        loop.call_later(3600, fired.set)
        ready.set()
        await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(wait()))
    thread.start()
    ready.wait(20)
    with freezing.frozen(clock):
        clock.advance("10h")
        loop.call_soon_threadsafe(loop.call_later, 0.001, stop.set)
        thread.join(20)
    loop.close()
    assert (False, False) == (fired.is_set(), thread.is_alive())


def test_one_session_at_a_time_leads(leads):
    """The process has one time: the second is refused, and the first keeps it."""
    other = simulated.SimulatedClock(START + 5)
    with pytest.raises(errors.ClockError, match="another session's clock leads the time"), freezing.frozen(other):
        pass
    assert START / 1_000_000 == time.time()


def test_a_session_may_lead_within_a_freeze(clock):
    """Where the test has frozen the time already, the session's clock leads until its end, then the freeze again."""
    with freezegun.freeze_time("2012-01-14") as frozen:
        with freezing.frozen(clock):
            clock.advance("1s")
            assert START / 1_000_000 + 1 == time.time()
        assert dt.datetime(2012, 1, 14) == frozen() == dt.datetime.now()


@pytest.fixture(
    params=["freezegun", "freezegun, found", "freezegun ticking", "time-machine", "time-machine, found",
            "time-machine ticking", "time-machine fixture"]
)  # fmt: skip
def freezer(request, clock):
    """Give a freezer in force that has been handed over, one of each kind, and a function that moves it by seconds."""
    ticking = "ticking" in request.param
    if request.param.startswith("freezegun"):
        with freezegun.freeze_time("2012-01-14", tick=ticking) as freezer:
            with freezing.following(clock, None if "found" in request.param else freezer):
                yield freezer, lambda seconds: freezer.tick(dt.timedelta(seconds=seconds))
    elif "fixture" in request.param:
        freezer = time_machine.TimeMachineFixture()
        freezer.move_to(dt.datetime(2012, 1, 14, tzinfo=dt.UTC), tick=False)
        with freezing.following(clock, freezer):
            yield freezer, freezer.shift
        freezer.stop()
    else:
        with time_machine.travel(dt.datetime(2012, 1, 14, tzinfo=dt.UTC), tick=ticking) as freezer:
            with freezing.following(clock, None if "found" in request.param else freezer):
                yield freezer, freezer.shift


def test_moving_a_freezer_moves_the_session(clock, freezer):
    """By as much as the freezer moved, exactly, with all that falls due on the way."""
    _, move = freezer
    seen = []
    clock.call_at(START + 1_000_000, lambda: seen.append(clock.elapsed))
    move(2.5)
    move(0)
    assert (2_500_000, [1_000_000]) == (clock.elapsed, seen)


def test_a_freezer_may_be_moved_to_a_date(clock, freezer):
    """The session moves by the distance; a freezer that ticks has ticked a little meanwhile."""
    freezer, _ = freezer
    freezer.move_to(dt.datetime(2012, 1, 14, 0, 0, 7, tzinfo=dt.UTC))
    assert 6.5 < clock.elapsed / 1_000_000 <= 7


def test_moving_the_session_takes_the_freezer_along(clock, freezer):
    """There is one time: the test's date moves with the session's clock, and nothing moves twice."""
    before = dt.datetime.now(dt.UTC)
    clock.advance("1h")
    moved = (dt.datetime.now(dt.UTC) - before).total_seconds()
    assert 3600 <= moved < 3660
    assert 3_600_000_000 == clock.elapsed


def test_a_freezer_that_goes_back_is_refused_and_put_where_it_was(clock, freezer):
    """The session's clock never goes back: neither does time."""
    freezer, move = freezer
    before = dt.datetime.now(dt.UTC)
    with pytest.raises(errors.ClockError, match="the freezer was moved back by"):
        move(-60)
    with pytest.raises(errors.ClockError, match="whose clock never goes back: move it forward only"):
        freezer.move_to(dt.datetime(2001, 1, 1, tzinfo=dt.UTC))
    assert 0 <= (dt.datetime.now(dt.UTC) - before).total_seconds() < 30
    assert 0 == clock.elapsed


def test_a_held_clock_holds_the_freezer(clock, freezer):
    """A move that the clock does not make is undone."""
    _, move = freezer
    before = dt.datetime.now(dt.UTC)
    with clock.hold("the browser starts"), pytest.raises(errors.ClockError, match="held by 'the browser starts'"):
        move(3600)
    assert 0 <= (dt.datetime.now(dt.UTC) - before).total_seconds() < 60


def test_a_move_that_breaks_off_leaves_both_at_one_instant(clock, freezer):
    """Where an instant on the way fails, the freezer stands where the clock does."""
    _, move = freezer

    def broken():
        raise RuntimeError("on the way")

    clock.call_at(START + 5_000_000, broken)
    before = dt.datetime.now(dt.UTC)
    with pytest.raises(RuntimeError, match="on the way"):
        move(3600)
    assert 5_000_000 == clock.elapsed
    assert 5 <= (dt.datetime.now(dt.UTC) - before).total_seconds() < 60


def test_timers_run_on_under_a_freezer_that_was_handed_over(freezer):
    """A plain freezegun would stop them for good."""

    async def times_out():
        with anyio.move_on_after(0.001) as scope:
            await anyio.sleep_forever()
        return scope.cancelled_caught

    assert anyio.run(times_out, backend="asyncio")
    assert anyio.run(times_out, backend="trio")


def test_afterwards_the_freezer_is_its_own_again(clock):
    """Its methods are what they were, and move nobody."""
    with freezegun.freeze_time("2012-01-14") as frozen:
        methods = dict(vars(frozen))
        with freezing.following(clock, frozen):
            frozen.tick()
        frozen.tick()
        clock.advance("1s")
        assert methods.keys() == vars(frozen).keys()
        assert dt.datetime(2012, 1, 14, 0, 0, 2) == frozen()
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(asyncio.sleep(60), -1))
    assert 2_000_000 == clock.elapsed


def test_two_sessions_may_follow_one_freezer(clock):
    """Both move with it, and with each other."""
    other = simulated.SimulatedClock(START)
    with (
        freezegun.freeze_time("2012-01-14") as frozen,
        freezing.following(clock, frozen),
        freezing.following(other, frozen),
    ):
        frozen.tick(5)
        clock.advance("2s")
        other.advance("1s")
        assert dt.datetime(2012, 1, 14, 0, 0, 8) == frozen()
    assert (8_000_000, 8_000_000) == (clock.elapsed, other.elapsed)


def test_a_freezer_that_ticks_by_itself_moves_the_session(clock):
    """With ``auto_tick_seconds`` each look at the time is a move."""
    with freezegun.freeze_time("2012-01-14", auto_tick_seconds=2) as frozen, freezing.following(clock, frozen):
        dt.datetime.now()
        dt.datetime.now()
    assert 4_000_000 == clock.elapsed


def test_time_machines_fixture_may_be_handed_over_before_it_travels(clock):
    """Its first move is where the travel begins: the session stays."""
    fixture = time_machine.TimeMachineFixture()
    with freezing.following(clock, fixture):
        fixture.move_to("2012-01-14T00:00:00Z", tick=False)
        begun = clock.elapsed
        fixture.shift(3)
        clock.advance("1s")
        assert dt.datetime(2012, 1, 14, 0, 0, 4, tzinfo=dt.UTC) == dt.datetime.now(dt.UTC)
    fixture.stop()
    assert (0, 4_000_000) == (begun, clock.elapsed)


def test_what_is_no_freezer_is_refused(clock):
    """The error says what to hand over."""
    with (
        pytest.raises(errors.ClockError, match=r"is no freezer: hand over what freeze_time"),
        freezing.following(clock, 5),
    ):
        pass


def test_without_a_freezer_in_force_there_is_none_to_follow(clock):
    """The error says how to freeze, or to let the session lead."""
    with (
        pytest.raises(errors.ClockError, match="no freezer is in force: freeze the time first"),
        freezing.following(clock),
    ):
        pass


def test_the_machines_clock_is_never_frozen(leads):
    """What the wall reads goes on under a freeze."""
    began = wall.seconds()
    while wall.seconds() == began:
        pass


def test_trio_may_be_used_first_under_a_freeze():
    """A loop that is loaded while time is frozen has the machine's clock all the same."""
    code = """
import sys
from pytest_tiltsession.clock import freezing, simulated
assert "trio" not in sys.modules
with freezing.frozen(simulated.SimulatedClock(0)):
    import trio

    async def times_out():
        with trio.move_on_after(0.001) as scope:
            await trio.sleep_forever()
        return scope.cancelled_caught

    assert trio.run(times_out)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
