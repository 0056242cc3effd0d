"""The simulated clock moves only when told, never back, and runs what falls due on its way."""

import threading

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.clock import simulated

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
    clock.call_at(START + 1_000_000, lambda: seen.append(("deadline", clock.elapsed)), rank=simulated.DEADLINE)
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


def test_movers_of_several_threads_take_turns(clock):
    """Eight threads that move the clock a hundred times each move it by the sum of their moves."""
    threads = [threading.Thread(target=lambda: [clock.advance("1ms") for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 800_000 == clock.elapsed


def test_listeners_learn_each_instant_and_settlers_the_end_of_a_move(clock):
    """``on_move`` is called per instant, ``on_settled`` once per move, when nothing holds the lock."""
    moves, settled = [], []
    end = clock.on_move(lambda now: moves.append(now - START))
    clock.on_settled(lambda: settled.append(clock.elapsed))
    clock.call_at(START + 1_000_000, lambda: None)
    clock.advance("2s")
    end()
    clock.advance("1s")
    assert ([1_000_000, 2_000_000], [2_000_000, 3_000_000]) == (moves, settled)
