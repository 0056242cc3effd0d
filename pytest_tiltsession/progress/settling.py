"""Letting server and clients do what a move brought them to, as far as can be seen; waits for no timer.

Timers of a loop may be frozen. What is used instead: two turns of the server's loop take in whatever a client of this
machine has sent before, and answer it.
"""

import threading
from collections.abc import Awaitable, Callable

from pytest_tiltsession.clock import wall
from pytest_tiltsession.server import listener

_ROUNDS = 200
_QUIET_ROUNDS = 3  # a task takes some turns from its start to its first byte, and from an answer to the next request
_TURNS = 5
_GLANCE = 0.05  # seconds
_BRIEF_ROUNDS = 10
_BRIEFLY = 0.2  # seconds

Checkpoint = Callable[[], Awaitable[object]]


class Settling:
    """Waits until, in three whole rounds, no byte has moved and no request is in work; 200 rounds at most.

    A client that works, or waits for something else than this server and its own loop, is not waited for.
    """

    def __init__(self, served: listener.Listener) -> None:
        self._served = served
        self._activity = served.activity

    async def turn(self, checkpoint: Checkpoint) -> None:
        """Wait in an event loop whose other tasks run at each ``checkpoint``."""
        before, quiet = self._seen(), 0
        for _ in range(_ROUNDS):
            await _turns(checkpoint)
            done = self._round()
            while not (done.is_set() or self._gone()):
                await checkpoint()
            await _turns(checkpoint)
            after = self._seen()
            quiet = quiet + 1 if after == before and not self._activity.in_work else 0
            if quiet == _QUIET_ROUNDS:
                return
            before = after

    def wait(self) -> None:
        """Wait in a thread, for the server alone: one round is enough. The server's own thread does not wait."""
        if self._served.on_its_thread:
            return
        before = self._seen()
        for _ in range(_ROUNDS):
            done = self._round()
            while not (done.wait(_GLANCE) or self._gone()):
                pass
            after = self._seen()
            if after == before and not self._activity.in_work:
                return
            before = after

    def wait_briefly(self) -> None:
        """Wait in a thread until no request is in work: ten rounds at most, and 0.2s of the machine's clock.

        A client has its answer before the server has noted that it is done. Whoever calls may hold what the server
        waits for, so that this is bounded even where the server stands.
        """
        if self._served.on_its_thread:
            return
        end = wall.seconds() + _BRIEFLY
        for _ in range(_BRIEF_ROUNDS):
            left = end - wall.seconds()
            if not self._activity.in_work or left <= 0 or self._gone() or not self._round().wait(left):
                return

    def _seen(self) -> tuple[int, ...]:
        activity = self._activity
        return activity.moved, activity.requests, activity.connections, activity.watches

    def _round(self) -> threading.Event:
        """Let the server's loop look for what has come and, in the turn after, answer it; then the event is set."""
        done = threading.Event()
        loop = self._served.loop
        try:
            loop.call_soon_threadsafe(lambda: loop.call_soon(lambda: loop.call_soon(done.set)))
        except RuntimeError:  # the loop is closed
            done.set()
        return done

    def _gone(self) -> bool:
        return not self._served.loop.is_running()


async def _turns(checkpoint: Checkpoint) -> None:
    for _ in range(_TURNS):
        await checkpoint()
