"""A clock that follows the machine's: here the machine is the test's own."""

import threading

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.clock import wall

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


class Machine:
    """A machine whose clock shows what the test says."""

    seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def machine():
    """Give a machine."""
    return Machine()


@pytest.fixture
def clock(machine):
    """Give a clock that is ten times as fast as the machine's, and follows it."""
    clock = wall.WallClock(START, 10.0, machine=machine)
    clock.begin()
    return clock


def test_the_clock_runs_with_the_machines_times_its_speed(clock, machine):
    """Half a second of the machine is five seconds of the session."""
    machine.seconds += 0.5
    assert (5_000_000, "2026-01-01T00:00:05.000000Z") == (clock.elapsed, str(clock))


def test_before_it_begins_and_after_its_end_it_stands(machine):
    """Time passes between ``begin`` and ``end`` only, and nothing is made up for."""
    clock = wall.WallClock(START, machine=machine)
    machine.seconds += 5
    clock.begin()
    machine.seconds += 1
    clock.end()
    machine.seconds += 5
    clock.begin()
    machine.seconds += 2
    assert 3_000_000 == clock.elapsed


def test_the_clock_waits_at_what_is_due(clock, machine):
    """Nobody sees a time after a deadline whose verdict is not there: that runs first, at its own instant."""
    seen = []
    clock.call_at(START + 3_000_000, lambda: seen.append(clock.elapsed))
    machine.seconds += 0.5
    before = clock.elapsed
    clock.catch_up()
    assert (3_000_000, [3_000_000], 5_000_000) == (before, seen, clock.elapsed)


def test_it_tells_for_how_long_a_timer_is_to_wait(clock, machine):
    """The wait is the machine's: a tenth of what it is for the session."""
    assert clock.seconds_until_due() is None
    clock.call_at(START + 3_000_000, lambda: None)
    assert pytest.approx(0.3) == clock.seconds_until_due()
    machine.seconds += 1
    assert 0.0 == clock.seconds_until_due()
    with clock.hold("a while"):
        assert clock.seconds_until_due() is None


def test_moved_by_hand_it_goes_on_from_there(clock, machine):
    """A jump brings what is due on the way, and time runs on from the instant that was reached."""
    seen = []
    clock.call_at(START + 300_000_000, lambda: seen.append(clock.elapsed))
    machine.seconds += 0.1
    clock.advance("10m")
    machine.seconds += 0.1
    assert ([300_000_000], 602_000_000) == (seen, clock.elapsed)
    with pytest.raises(errors.ClockError, match="never goes back"):
        clock.advance_to("10m1s")


def test_a_hold_stops_it_and_no_time_is_made_up_for(clock, machine):
    """While it is held the clock stands where it was; afterwards it runs on from there."""
    machine.seconds += 0.1
    with clock.hold("a breakpoint"):
        machine.seconds += 100
        clock.catch_up()
        held = clock.elapsed
    machine.seconds += 0.1
    assert (1_000_000, 2_000_000) == (held, clock.elapsed)


def test_those_who_listen_are_told_when_it_catches_up(clock, machine):
    """A look at the time tells nobody, so that a listener may look; catching up tells once."""
    moves = []
    clock.on_move(lambda now: moves.append((now - START, clock.elapsed)))
    machine.seconds += 0.1
    assert (1_000_000, []) == (clock.elapsed, moves)
    clock.catch_up()
    clock.catch_up()
    assert [(1_000_000, 1_000_000)] == moves


def test_time_is_one_and_the_same_while_an_instant_is_run(clock, machine):
    """All that happens at one instant shows that instant, however long it takes."""
    seen = []

    def slowly():
        machine.seconds += 1
        seen.append(clock.elapsed)

    clock.call_at(START + 1_000_000, slowly)
    clock.call_at(START + 1_000_000, slowly)
    clock.step()
    assert [1_000_000, 1_000_000] == seen


def test_a_timer_leaves_a_move_to_the_thread_that_makes_it(clock, machine):
    """Catching up while another thread moves the clock does nothing, and waits for nobody."""
    caught_up = threading.Event()

    def look():
        thread = threading.Thread(target=lambda: (clock.catch_up(), caught_up.set()))
        thread.start()
        caught_up.wait(5)
        found.append(caught_up.is_set())

    found = []
    clock.call_at(START + 1, look)
    clock.step()
    assert [True] == found


def test_the_machines_clock_is_read_where_no_freezer_reaches():
    """Two looks are in order, and no date is in them."""
    first, second = wall.seconds(), wall.seconds()
    assert first <= second < 1e9
