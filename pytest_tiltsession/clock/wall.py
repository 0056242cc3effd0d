"""The machine's clock, as little as is needed, and a session's clock that follows it; knows no fake.

``clock_gettime`` is what freezegun and time-machine leave alone.
"""

import threading
import time
from collections.abc import Callable

from pytest_tiltsession.clock import holding, simulated

_clock_gettime = time.clock_gettime
_MONOTONIC = time.CLOCK_MONOTONIC


def seconds() -> float:
    """Give monotonic seconds of the machine."""
    return _clock_gettime(_MONOTONIC)


class WallClock(simulated.SimulatedClock):
    """A clock that follows the machine's, ``speed`` times as fast, from :meth:`begin` to :meth:`end`.

    It never passes what is due: whoever has a timer calls :meth:`catch_up` then, and until that the clock waits there.
    Moved by hand, it goes on from where it was moved to. Held, it stands, and no time is made up for. Those that
    listen for moves are told at each :meth:`catch_up`, not whenever somebody looks at the time.
    """

    def __init__(
        self,
        start: int,
        speed: float = 1.0,
        *,
        lock: "threading.RLock | None" = None,
        machine: Callable[[], float] = seconds,
    ) -> None:
        super().__init__(start, lock)
        self.speed = speed
        self._machine = machine
        self._anchor: tuple[int, float] | None = None  # an instant of this clock, and the machine's seconds then
        self._in_an_instant = False
        self._told = start

    @property
    def now(self) -> int:
        """The present instant in microseconds since the epoch; one and the same while an instant is run."""
        with self.lock:
            if not self._in_an_instant:
                self._follow()
            return self._now

    def begin(self) -> None:
        """Follow the machine from now on."""
        with self.lock:
            self._anchor = (self._now, self._machine())
        self._replanned()

    def end(self) -> None:
        """Stand still from now on."""
        with self.lock:
            self._follow()
            self._anchor = None

    def seconds_until_due(self) -> float | None:
        """Give the machine's seconds until something is due, 0.0 for what is; None where nothing is or time stands."""
        with self.lock:
            due = self.next_due()
            if due is None or self._anchor is None or self._holds:
                return None
            instant, then = self._anchor
            return max(0.0, then + (due.at - instant) / 1_000_000 / self.speed - self._machine())

    def catch_up(self) -> None:
        """Run what is due and tell the listeners, unless another thread is moving the clock or it is held.

        See :meth:`step_unless_moving`.
        """
        if not self._moving.acquire(blocking=False):
            return
        try:
            if not self._holds:
                self._move_to(self.now)
        finally:
            self._moving.release()

    def _follow(self) -> None:
        """Come to where the machine's clock is, but not past what is due; the caller holds the lock."""
        if self._anchor is None or self._holds:
            return
        instant, then = self._anchor
        present = instant + round((self._machine() - then) * 1_000_000 * self.speed)
        due = self.next_due()
        self._now = max(self._now, present if due is None else min(present, due.at))

    def _tell(self) -> None:
        if self._told != self._now:
            self._told = self._now
            for listener in tuple(self._listeners):
                listener(self._now)

    def _set(self, now: int) -> None:
        if self._anchor is not None and now > self._now:
            instant, then = self._anchor
            machine = self._machine()
            if now > instant + round((machine - then) * 1_000_000 * self.speed):
                self._anchor = (now, machine)
        self._now = now
        self._tell()

    def _run_instant(self) -> None:
        self._in_an_instant = True
        try:
            super()._run_instant()
        finally:
            self._in_an_instant = False

    def _hold(self, hold: holding.Hold) -> None:
        with self._moving, self.lock:
            self._follow()
            super()._hold(hold)

    def _let_go(self, hold: holding.Hold) -> None:
        with self.lock:
            if self._anchor is not None:
                self._anchor = (self._now, self._machine())
        super()._let_go(hold)
