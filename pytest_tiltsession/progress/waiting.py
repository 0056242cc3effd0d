"""Waiting for a clock that somebody else moves: what a thread does under ``auto`` and ``wall``; moves no clock."""

import threading
from collections.abc import Callable
from typing import Protocol

from pytest_tiltsession import errors, locks
from pytest_tiltsession.clock import simulated, wakeups

# Only in case that a notice is lost, as in a process that was forked meanwhile.
_GLANCE = 1.0  # seconds


class Moves:
    """Counts what happens to a session, and lets threads wait for more than they have seen. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition(locks.guard())
        self._waiters: list[Callable[[], bool]] = []
        self.count = 0

    @property
    def waiting(self) -> int:
        """How many threads wait and have not given up."""
        return sum(not given_up() for given_up in tuple(self._waiters))

    def happened(self) -> None:
        """Note that something happened, and wake those who wait; returns at once."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wake(self) -> None:
        """Let those who wait ask whether they have given up."""
        with self._changed:
            self._changed.notify_all()

    def wait_beyond(self, seen: int, ask: Callable[[], None], given_up: Callable[[], bool]) -> int:
        """Wait until more than ``seen`` has happened, or ``given_up`` says so after a notice; give the count.

        ``ask`` is called once this thread is counted among those that wait.
        """
        with self._changed:
            self._waiters.append(given_up)
            try:
                ask()
                while self.count == seen and not given_up():
                    self._changed.wait(_GLANCE)
            finally:
                self._waiters.remove(given_up)
            return self.count


class Drive(Protocol):
    """What moves a clock by itself, on the server's thread."""

    @property
    def runs(self) -> bool:
        """Whether it moves the clock, or would as soon as it may."""

    def nudge(self) -> None:
        """Look at once whether to move."""

    def refusal(self, due: wakeups.Wakeup) -> str | None:
        """Say why the clock will not come to what is due next; None where it will."""


Starts = Callable[[], bool]


class Seen:
    """A clock that a pursuit may look at, and that somebody else moves.

    ``starts`` tells, asked under the clock's lock, whether a process is being started: what it will bring is planned
    when that is done.
    """

    def __init__(self, clock: simulated.SimulatedClock, starts: Starts = lambda: False) -> None:
        self._clock = clock
        self._starts = starts

    @property
    def now(self) -> int:
        """The present instant in microseconds since the epoch."""
        return self._clock.now

    @property
    def start(self) -> int:
        """The instant that the clock started from."""
        return self._clock.start

    def next_due(self) -> wakeups.Wakeup | None:
        """Give what is due next, the end of a start that is under way too, or None where nothing is planned."""
        with self._clock.lock:
            due = self._clock.next_due()
            if due is None and self._starts():
                return wakeups.Wakeup(self._clock.now, wakeups.PROCESS, None, "the start of Tilt")
            return due

    def step(self) -> bool:
        """Do nothing: the one who pursues goes on by itself."""
        return True


class Paced(Seen):
    """A clock as a thread sees it that waits for its drive. Without a drive that runs, it is moved as any clock.

    ``explain`` gives what stands in the way, for the errors. ``given_up`` says why nobody waits any more, empty while
    somebody does; it is asked before each step and after each :meth:`interrupt`.
    """

    def __init__(
        self,
        clock: simulated.SimulatedClock,
        moves: Moves,
        drive: Drive,
        explain: Callable[[], str],
        given_up: Callable[[], str] = lambda: "",
        starts: Starts = lambda: False,
    ) -> None:
        super().__init__(clock, starts)
        self._moves = moves
        self._drive = drive
        self._explain = explain
        self._given_up = given_up
        # Taken before the caller looks for the first time: what happens from here on is not missed.
        self._seen = moves.count

    def step(self) -> bool:
        """Wait until something has happened since the last call; False where nothing is planned.

        Raises :class:`errors.ClockError` where nothing can happen, see :meth:`check`, and where the wait is given up.
        """
        self._go_on()
        if not self._drive.runs:
            return self._clock.step()
        self.check(threading.get_ident())
        self.wait(lambda: bool(self._given_up()))
        self._go_on()
        return True

    def _go_on(self) -> None:
        why = self._given_up()
        if why:
            raise errors.ClockError(f"{why}\n{self._explain()}")

    @property
    def runs(self) -> bool:
        """Whether there is a drive that moves the clock."""
        return self._drive.runs

    def wait(self, given_up: Callable[[], bool] = lambda: False) -> None:
        """Wait until something has happened since the last wait, the drive has stopped, or ``given_up`` says so."""
        self._seen = self._moves.wait_beyond(self._seen, self._drive.nudge, lambda: given_up() or not self._drive.runs)

    def interrupt(self) -> None:
        """Let the threads in :meth:`wait` ask whether they have given up."""
        self._moves.wake()

    def check(self, waiter: object) -> None:
        """Raise :class:`errors.ClockError` where the wait would never end.

        That is where the thread or task that is to wait holds the clock, and where the clock will not come to what is
        due next.
        """
        held = self._clock.held_by(waiter)
        if held:
            raise errors.ClockError(
                f"the clock is held by {', '.join(map(repr, held))}, and whoever took the hold now waits for it to "
                f"move: end the hold first\n{self._explain()}"
            )
        due = self._clock.next_due()
        why = None if due is None else self._drive.refusal(due)
        if why is not None:
            raise errors.ClockError(f"{why}\n{self._explain()}")


class _NoDrive:
    """Nothing moves the clock but the one who waits."""

    runs = False

    def nudge(self) -> None:
        """Do nothing."""

    def refusal(self, due: wakeups.Wakeup) -> str | None:  # noqa: ARG002  there is no limit of its own
        """Give None: the clock comes wherever it is moved to."""
        return None


NO_DRIVE = _NoDrive()
