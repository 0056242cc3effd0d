"""Wakes what has something to say, from any thread, once per turn of the loop; knows no streams and no sockets."""

import asyncio
import collections
from typing import Protocol


class Speaker(Protocol):
    """Something that can be let speak: a watch."""

    def pump(self) -> None:
        """Say what there is to say."""


class Waker:
    """Gathers the speakers that have something to say, and lets them speak in one turn of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: collections.deque[Speaker] = collections.deque()
        self._scheduled = False

    def wake(self, speaker: Speaker) -> None:
        """Let a speaker speak in the loop's next turn. Any thread."""
        self._due.append(speaker)
        if not self._scheduled:
            self._scheduled = True
            try:
                # What happens on the loop, such as a client's write, need not wake it.
                soon = self._loop.call_soon if self._on_the_loop() else self._loop.call_soon_threadsafe
                soon(self._turn)
            except RuntimeError:  # the loop is closed, and all its speakers with it
                self._due.clear()

    def _on_the_loop(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:  # no loop runs on this thread
            return False

    def _turn(self) -> None:
        # First the flag, then the list: one that is added from now on schedules another turn.
        self._scheduled = False
        for _ in range(len(self._due)):
            self._due.popleft().pump()
