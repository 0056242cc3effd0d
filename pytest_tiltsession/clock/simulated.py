"""The clock that a test owns: integer microseconds, frozen until moved, never back; knows no machine clock.

Moving it runs what falls due on the caller's thread, one instant after the other, so that when ``advance`` returns
everything that had to happen has happened.
"""

import threading
from collections.abc import Callable

from pytest_tiltsession import errors, locks, times
from pytest_tiltsession.clock import holding, wakeups


class SimulatedClock:
    """A clock in integer microseconds since the Unix epoch that moves only when told to.

    ``lock`` is the one lock of the fake: each instant runs under it, so that no client sees half of an instant.
    Moving the clock while holding that lock from outside would let two movers wait for each other, so movers take
    turns by a lock of their own, always taken first.
    """

    def __init__(self, start: int, lock: "threading.RLock | None" = None) -> None:
        self.lock: threading.RLock = lock or locks.guard()
        self._moving = locks.turn()
        self._now = start
        self._start = start
        self._plan = wakeups.Plan()
        self._holds: list[holding.Hold] = []
        self._listeners: list[Callable[[int], None]] = []
        self._settlers: list[Callable[[], None]] = []
        self._planners: list[Callable[[], None]] = []
        self._forsaken = ""
        self.runner: int | None = None  # the thread that runs an instant, under the lock; it settles afterwards

    @property
    def now(self) -> int:
        """The present instant in microseconds since the epoch."""
        return self._now

    @property
    def start(self) -> int:
        """The instant that the clock started from, in microseconds since the epoch."""
        return self._start

    @property
    def elapsed(self) -> int:
        """Microseconds since the start."""
        return self.now - self._start

    def __str__(self) -> str:
        return times.format_micro_time(self.now)

    def __repr__(self) -> str:
        return f"<SimulatedClock at {self}, {times.format_clock(self.elapsed)} after its start>"

    def call_at(
        self, at: int, callback: Callable[[], None], *, rank: int = wakeups.STEP, what: str = ""
    ) -> wakeups.Wakeup:
        """Run ``callback`` when the clock reaches ``at``; what is already due runs at the next move, of 0 too.

        ``what`` names it for people who ask what the clock is waiting for.
        """
        wakeup = wakeups.Wakeup(at, rank, callback, what)
        with self.lock:
            self._plan.add(wakeup)
        self._replanned()
        return wakeup

    def next_due(self) -> wakeups.Wakeup | None:
        """Give the wake-up that is due next, or None where nothing is planned."""
        with self.lock:
            return self._plan.first()

    def planned(self, most: int = 5) -> list[wakeups.Wakeup]:
        """Give what is due next, in the order in which it will run, at most so many."""
        with self.lock:
            return self._plan.soonest(most)

    def advance(self, duration: times.Duration) -> None:
        """Move forward by a Go duration (``"5m"``, ``"2.5s"``) or a number of seconds, running what falls due.

        Raises :class:`errors.ClockError` for a negative duration and while a named hold is in force.
        """
        step = times.micros_of(duration)
        if step < 0:
            raise errors.ClockError(f"advance({duration!r}): the clock never goes back; give a duration of 0s or more")
        with self._moving:
            self._move_to(self.now + step)

    def advance_to(self, when: times.Duration) -> None:
        """Move forward to an instant: a MicroTime, or an offset from the start (``"4m"``, or seconds).

        Raises :class:`errors.ClockError` where that instant has passed.
        """
        target = times.parse_time(when) if isinstance(when, str) and "T" in when else None
        if target is None:
            target = self._start + times.micros_of(when)
        with self._moving:
            now = self.now
            if target < now:
                raise errors.ClockError(
                    f"advance_to({when!r}): that was {times.format_duration((now - target) * 1000)} ago; "
                    f"the clock stands at {self} ({times.format_clock(self.elapsed)} after its start) "
                    "and never goes back"
                )
            self._move_to(target)

    def move_on_to(self, instant: int) -> None:
        """Move forward to an instant in microseconds since the epoch; stay where it has passed.

        Two that want to reach one instant move there once. Raises :class:`errors.ClockError` while the clock is held.
        """
        with self._moving:
            self._move_to(instant)

    def step(self) -> bool:
        """Move to the next instant at which something is due and run it; False where nothing is planned."""
        with self._moving:
            return self._step()

    def step_unless_moving(self) -> bool:
        """Step as :meth:`step` does, unless another thread is moving the clock; False where nothing was done.

        For the server's thread: it must not wait for a mover, who may be waiting for the server to stop.
        """
        if not self._moving.acquire(blocking=False):
            return False
        try:
            return self._step()
        finally:
            self._moving.release()

    def run_due(self) -> None:
        """Run what is due at the present instant without moving."""
        with self._moving:
            self._move_to(self.now)

    def hold(self, name: str) -> holding.Hold:
        """Keep the clock where it is: while the hold is in force, moving it is refused with this name.

        For ``with`` and ``async with``. A move that another thread has begun is made to its end before.
        """
        return holding.Hold(name, self._hold, self._let_go)

    @property
    def holds(self) -> tuple[str, ...]:
        """The names of the holds in force: who is stopping time."""
        return tuple(hold.name for hold in self._holds)

    def held_by(self, holder: object) -> tuple[str, ...]:
        """Give the names of the holds of a thread, by its identifier, or of a task; see :class:`holding.Hold`."""
        return tuple(hold.name for hold in self._holds if holder is not None and holder in (hold.thread, hold.task))

    def on_planned(self, planner: Callable[[], None]) -> Callable[[], None]:
        """Call ``planner`` whenever something was planned or a hold ended; gives the function that ends it.

        It is called on any thread, perhaps under the lock, and must return at once.
        """
        self._planners.append(planner)
        return lambda: self._planners.remove(planner)

    def on_settled(self, settler: Callable[[], None]) -> None:
        """Call ``settler`` after each instant of a move and at its end, on the mover's thread and outside the lock."""
        self._settlers.append(settler)

    def on_move(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call ``listener`` with the new instant after each move; gives the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def forsake(self, why: str) -> None:
        """Refuse to move from now on: this is a copy in a forked process."""
        self._forsaken = why

    def _hold(self, hold: holding.Hold) -> None:
        with self._moving:
            self._holds.append(hold)

    def _let_go(self, hold: holding.Hold) -> None:
        self._holds.remove(hold)
        self._replanned()

    def _replanned(self) -> None:
        for planner in tuple(self._planners):
            planner()

    def _step(self) -> bool:
        wakeup = self.next_due()
        if wakeup is None:
            return False
        self._move_to(max(wakeup.at, self._now), only_one=True)
        return True

    def _move_to(self, target: int, *, only_one: bool = False) -> None:
        if self._forsaken:
            raise errors.ClockError(self._forsaken)
        if self._holds and (target > self._now or only_one):
            raise errors.ClockError(f"the clock is held by {', '.join(map(repr, self.holds))} and cannot move")
        while True:
            with self.lock:
                wakeup = self.next_due()
                if wakeup is None or wakeup.at > target:
                    break
                self._set(max(wakeup.at, self._now))
                self._run_instant()
            self._settle()
            if only_one:
                return
        if not only_one:
            with self.lock:
                self._set(max(target, self._now))
        self._settle()

    def _settle(self) -> None:
        for settler in tuple(self._settlers):
            settler()

    def _run_instant(self) -> None:
        """Run everything that is due now, by rank, including what the callbacks themselves make due now."""
        outer, self.runner = self.runner, threading.get_ident()
        try:
            while (wakeup := self._plan.take(self._now)) is not None:
                wakeup.run()
        finally:
            self.runner = outer

    def _set(self, now: int) -> None:
        if now != self._now:
            self._now = now
            for listener in tuple(self._listeners):
                listener(now)
