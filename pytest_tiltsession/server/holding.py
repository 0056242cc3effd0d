"""An answer that is held back, as the server sees it: takes its place until it is let go; knows no sockets."""

import asyncio
from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import watching


class Holding:
    """One held answer; stands where a watch would, and later requests wait behind it.

    ``let_go`` sends it. Everything but the notice that it may go happens on the loop.
    """

    def __init__(self, sink: watching.Sink, held: messages.Held, let_go: Callable[[], None]) -> None:
        self._sink = sink
        self._held = held
        self._let_go = let_go
        self._activity = sink.service.activity
        self._open = True
        self._due = False
        self._end_waiting: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to wait."""
        if self._held.seconds is not None:
            self._activity.in_work += 1
            self._timer = loop.call_later(self._held.seconds, self._free)
            return
        self._activity.held += 1
        if self._held.wait is not None:
            self._end_waiting = self._held.wait(self._wake)

    def pump(self) -> None:
        """Send the answer, where it may go, as soon as the client keeps up."""
        if self._open and self._due and not self._sink.wire.paused:
            self._close()
            self._let_go()

    def end(self) -> None:
        """Learn that the client sends no more, or that the server stops: the answer is never sent."""
        self.drop()
        self._sink.wire.close()

    def drop(self) -> None:
        """Send nothing any more; the connection is gone."""
        if self._open:
            self._close()
            if not isinstance(self._held.answer, messages.Response):
                self._held.answer.close()

    def _wake(self) -> None:
        """Learn, on any thread, that the answer may go."""
        self._due = True
        self._activity.touch()
        self._sink.service.waker.wake(self)

    def _free(self) -> None:
        self._due = True
        self.pump()

    def _close(self) -> None:
        self._open = False
        if self._held.seconds is not None:
            self._activity.in_work -= 1
        else:
            self._activity.held -= 1
        if self._timer is not None:
            self._timer.cancel()
        if self._end_waiting is not None:
            self._end_waiting()
