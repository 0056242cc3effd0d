"""What a clock has planned, in the order in which it runs; knows no clock and no lock."""

import dataclasses
import heapq
import itertools
from collections.abc import Callable

# What falls due at one instant runs by rank: script steps first, then deadlines, which are judged a little later, and
# at last what a script lets happen to the process, so that what is shown at that instant is seen.
STEP = 0
DEADLINE = 1
PROCESS = 2


@dataclasses.dataclass(slots=True, eq=False)
class Wakeup:
    """Something that is to run at an instant; ``cancel`` makes it never run."""

    at: int
    rank: int
    callback: Callable[[], None] | None
    what: str

    def cancel(self) -> None:
        """Forget the callback; harmless when it has run."""
        self.callback = None

    def run(self) -> None:
        """Run the callback, which is forgotten before."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


class Plan:
    """The wake-ups that have not run, by instant, rank and the order of their planning; for one thread at a time."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Wakeup]] = []
        self._order = itertools.count()

    def add(self, wakeup: Wakeup) -> None:
        """Take one in."""
        heapq.heappush(self._heap, (wakeup.at, wakeup.rank, next(self._order), wakeup))

    def first(self) -> Wakeup | None:
        """Give the one that is due next, or None."""
        while self._heap and self._heap[0][3].callback is None:
            heapq.heappop(self._heap)
        return self._heap[0][3] if self._heap else None

    def soonest(self, most: int) -> list[Wakeup]:
        """Give those that are due next, in the order in which they will run, at most so many."""
        return [item[3] for item in heapq.nsmallest(most, (item for item in self._heap if item[3].callback))]

    def take(self, until: int) -> Wakeup | None:
        """Take out the one that is due next, where that is at an instant or before it; None otherwise."""
        found = self.first()
        if found is None or found.at > until:
            return None
        heapq.heappop(self._heap)
        return found
