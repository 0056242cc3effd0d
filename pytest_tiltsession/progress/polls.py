"""Reads that change nothing, again and again, under ``reads``: when their client is told so; moves no clock."""

from collections.abc import Callable

from pytest_tiltsession.clock import simulated, wall
from pytest_tiltsession.progress import stalls

# A pause counts for no more than this part of the patience: a test that is busy between two reads is no poll loop.
_LEAST_READS = 4

_WHY = (
    'under progress="reads" each GET or list brings what is due next, and a client reads on and on while nothing is '
    "planned and nothing happens; plan steps, let the test drive a target meanwhile, or end the client's loop"
)


class Polls:
    """The reads of one fake in which nothing was due and nothing was committed, in a row.

    ``stalled`` knows the patience, whether the session is at rest, and what to tell; ``commits`` counts what happened.
    """

    def __init__(self, stalled: stalls.Stalls, clock: simulated.SimulatedClock, *, commits: Callable[[], int]) -> None:
        self._stalled = stalled
        self._clock = clock
        self._commits = commits
        self._seen: tuple[int, int] | None = None
        self._last = 0.0
        self._waited = 0.0
        self._told = ""

    def look(self) -> str:
        """Say before a read why it is refused; empty where it is answered. On the server's thread."""
        patience = self._stalled.patience
        if patience is None:
            return ""
        now, seen = wall.seconds(), (self._commits(), self._clock.now)
        if seen != self._seen or self._clock.next_due() is not None or self._clock.holds or self._stalled.idle():
            self._seen, self._last, self._waited, self._told = seen, now, 0.0, ""
            return ""
        self._waited += min(now - self._last, patience / _LEAST_READS)
        self._last = now
        if self._waited < patience:
            return ""
        if not self._told:
            self._told = self._stalled.told(_WHY)
        return self._told
