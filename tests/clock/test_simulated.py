"""The simulated clock moves only when told, never back, and runs what falls due on its way."""

import threading

import anyio
import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.clock import holding, simulated, wakeups

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


@pytest.fixture
def clock():
    """Give a clock that stands at its start."""
    return simulated.SimulatedClock(START)


def test_the_clock_stands_still_until_it_is_moved(clock):
    """Nothing but a move changes the time, and a move changes it by exactly what was asked."""
    before = clock.now
    clock.advance("2.5s")
    clock.advance(1)
    assert (START, START + 3_500_000, "2026-01-01T00:00:03.500000Z") == (before, clock.now, str(clock))


def test_what_falls_due_runs_in_order_at_its_own_instant(clock):
    """Callbacks run by instant, then by rank, and each sees the clock at its own instant."""
    seen = []
    clock.call_at(START + 2_000_000, lambda: seen.append(("late", clock.elapsed)))
    clock.call_at(START + 1_000_000, lambda: seen.append(("deadline", clock.elapsed)), rank=wakeups.DEADLINE)
    clock.call_at(START + 1_000_000, lambda: seen.append(("step", clock.elapsed)))
    clock.advance("1s")
    assert [("step", 1_000_000), ("deadline", 1_000_000)] == seen
    clock.advance("5s")
    assert ("late", 2_000_000) == seen[-1]


def test_a_callback_that_plans_another_has_it_run_in_the_same_move(clock):
    """A chain of callbacks is played to the end of the move."""
    seen = []

    def tick():
        seen.append(clock.elapsed)
        clock.call_at(clock.now + 1_000_000, tick)

    clock.call_at(START, tick)
    clock.advance("3s")
    assert [0, 1_000_000, 2_000_000, 3_000_000] == seen


def test_a_cancelled_wakeup_never_runs(clock):
    """Cancelling forgets the callback, and next_due looks past it."""
    seen = []
    first = clock.call_at(START + 1, lambda: seen.append(1))
    second = clock.call_at(START + 2, lambda: seen.append(2))
    first.cancel()
    assert second is clock.next_due()
    clock.advance(1)
    assert [2] == seen


def test_step_plays_one_instant_and_no_more(clock):
    """A step moves to the next instant at which something is due; with nothing planned it says so."""
    clock.call_at(START + 1_000_000, lambda: None)
    clock.call_at(START + 9_000_000, lambda: None)
    found = [(clock.step(), clock.elapsed) for _ in range(3)]
    assert [(True, 1_000_000), (True, 9_000_000), (False, 9_000_000)] == found


def test_what_is_due_already_runs_at_the_next_move(clock):
    """A callback in the past runs at the present instant; the clock does not go back for it."""
    clock.advance("5s")
    seen = []
    clock.call_at(START, lambda: seen.append(clock.elapsed))
    clock.run_due()
    assert [5_000_000] == seen


def test_advance_to_takes_offsets_and_instants(clock):
    """An offset counts from the start, a time with a T is an instant."""
    clock.advance_to("4m")
    first = clock.elapsed
    clock.advance_to("2026-01-01T01:00:00.000001Z")
    assert (240_000_000, 3_600_000_001) == (first, clock.elapsed)


def test_the_clock_never_goes_back(clock):
    """A negative move and an instant that has passed are refused, and the time stays."""
    clock.advance("1m")
    with pytest.raises(errors.ClockError, match="never goes back; give a duration of 0s or more"):
        clock.advance("-1s")
    with pytest.raises(errors.ClockError, match=r"advance_to\('30s'\): that was 30s ago"):
        clock.advance_to("30s")
    assert 60_000_000 == clock.elapsed


def test_a_named_hold_keeps_the_clock_and_says_who_holds_it(clock):
    """While a hold is in force no move is made, and the refusal names the hold."""
    with clock.hold("the browser is starting"):
        assert ("the browser is starting",) == clock.holds
        with pytest.raises(errors.ClockError, match="held by 'the browser is starting' and cannot move"):
            clock.advance("1s")
    clock.advance("1s")
    assert (1_000_000, ()) == (clock.elapsed, clock.holds)


@pytest.mark.anyio
async def test_a_hold_may_be_taken_by_a_task(clock):
    """``async with`` holds the clock as ``with`` does; whose it is can be told, for the other tasks of the thread."""
    other = []

    async def look():
        other.append(clock.held_by(holding.current_task()))

    async with clock.hold("the browser starts") as hold, anyio.create_task_group() as group:
        assert ("the browser starts",) == clock.holds == clock.held_by(holding.current_task())
        assert "<Hold 'the browser starts'>" == repr(hold)
        group.start_soon(look)
    assert ((), [()]) == (clock.holds, other)


def test_holds_add_up(clock):
    """Time goes on when the last hold has ended; each thread's own can be told."""
    with clock.hold("first"), clock.hold("second"):
        assert ("first", "second") == clock.holds == clock.held_by(threading.get_ident())
        assert () == clock.held_by(-1)
        with pytest.raises(errors.ClockError, match="held by 'first', 'second'"):
            clock.step() or clock.advance(1)


@pytest.mark.parametrize("name", ["", None, 5])
def test_a_hold_has_a_name(clock, name):
    """Who stops time says why."""
    with pytest.raises(errors.InvalidValue, match="give what time waits for, such as hold"):
        clock.hold(name)


class Noting:
    """A lock that notes when a certain thread tries to take it."""

    def __init__(self, lock):
        self._lock = lock
        self._thread = threading.current_thread()
        self.tried = threading.Event()

    def __enter__(self):
        if threading.current_thread() is self._thread:
            self.tried.set()
        return self._lock.__enter__()

    def __exit__(self, *exc):
        return self._lock.__exit__(*exc)


def test_a_hold_waits_for_a_move_that_has_begun(clock):
    """A move of another thread is made to its end before the hold is in force, so that nothing happens under it."""
    clock._moving = lock = Noting(clock._moving)
    begun = threading.Event()
    seen = []

    def slowly():
        begun.set()
        seen.append((lock.tried.wait(20), clock.holds))

    clock.call_at(START + 5, slowly)
    thread = threading.Thread(target=clock.advance, args=("1s",))
    thread.start()
    begun.wait(20)
    with clock.hold("after the move"):
        assert 1_000_000 == clock.elapsed
    thread.join(20)
    assert [(True, ())] == seen


def test_what_is_planned_can_be_listed(clock):
    """The next things are listed in the order in which they will run, without what was cancelled."""
    clock.call_at(START + 9, lambda: None, what="third")
    clock.call_at(START + 5, lambda: None, what="second", rank=wakeups.DEADLINE)
    clock.call_at(START + 5, lambda: None, what="first")
    clock.call_at(START + 1, lambda: None, what="cancelled").cancel()
    clock.call_at(START + 10, lambda: None, what="too many")
    assert ["first", "second", "third"] == [wakeup.what for wakeup in clock.planned(3)]


def test_who_drives_the_clock_learns_of_plans_and_ended_holds(clock):
    """A planner is called when something is planned and when a hold ends, until it wants no more."""
    told = []
    end = clock.on_planned(lambda: told.append(len(clock.planned())))
    clock.call_at(START + 1, lambda: None)
    with clock.hold("a while"):
        assert [1] == told
    end()
    clock.call_at(START + 2, lambda: None)
    assert [1, 1] == told


def test_two_that_want_to_reach_an_instant_move_there_once(clock):
    """``move_on_to`` stays where the instant has passed; it neither goes back nor refuses."""
    clock.move_on_to(START + 1_000_000)
    clock.move_on_to(START + 1_000_000)
    clock.move_on_to(START)
    assert 1_000_000 == clock.elapsed


def test_the_servers_thread_never_waits_for_a_mover(clock):
    """While one thread moves, a step of another does nothing and says so; without a mover it is a step as any."""
    clock.call_at(START + 9, lambda: None)
    steps = []

    def look():
        other = threading.Thread(target=lambda: steps.append(clock.step_unless_moving()))
        other.start()
        other.join(20)
        steps.append(other.is_alive())

    clock.call_at(START + 5, look)
    clock.step()
    assert [False, False] == steps
    assert (True, 9, False) == (clock.step_unless_moving(), clock.elapsed, clock.step_unless_moving())


def test_movers_of_several_threads_take_turns(clock):
    """Eight threads that move the clock a hundred times each move it by the sum of their moves."""
    threads = [threading.Thread(target=lambda: [clock.advance("1ms") for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 800_000 == clock.elapsed


def test_listeners_and_settlers_learn_each_instant_and_the_end_of_a_move(clock):
    """``on_move`` is called in an instant, ``on_settled`` after it and after a move, when nothing holds the lock."""
    moves, settled = [], []
    end = clock.on_move(lambda now: moves.append(now - START))
    clock.on_settled(lambda: settled.append(clock.elapsed))
    clock.call_at(START + 1_000_000, lambda: None)
    clock.advance("2s")
    end()
    clock.advance("1s")
    assert ([1_000_000, 2_000_000], [1_000_000, 2_000_000, 3_000_000]) == (moves, settled)
