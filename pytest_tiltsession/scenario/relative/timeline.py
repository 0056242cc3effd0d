"""The order of things in a script: what comes at which instant; knows nothing of what comes.

A queue of callbacks, in the order of time and, within an instant, of their planning. It is no clock: building a
scenario moves no time but its own.
"""

import heapq
import itertools
from collections.abc import Callable


class Planned:
    """Something that is to come; ``cancel`` makes it never come."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Forget it; harmless when it has come."""
        self.callback = None


class Timeline:
    """Callbacks by instant, in microseconds from the session's start."""

    def __init__(self) -> None:
        self.now = 0
        self._heap: list[tuple[int, int, Planned]] = []
        self._order = itertools.count()

    def call_at(self, at: int, callback: Callable[[], None]) -> Planned:
        """Plan a callback, at once where ``at`` has passed."""
        planned = Planned(callback)
        heapq.heappush(self._heap, (max(at, self.now), next(self._order), planned))
        return planned

    def run(self, settle: Callable[[], None], commit: Callable[[], None]) -> None:
        """Run everything: ``settle`` after the callbacks of an instant, which may plan more of it, then ``commit``."""
        while self._heap:
            self.now = self._heap[0][0]
            while self._heap and self._heap[0][0] == self.now:
                while self._heap and self._heap[0][0] == self.now:
                    callback = heapq.heappop(self._heap)[2].callback
                    if callback is not None:
                        callback()
                settle()
            commit()
