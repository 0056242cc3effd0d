"""A watch as the server sees it: pulls what a stream has while its reader keeps up; knows no sockets, no events' sense.

A stream's callback may come from any thread; everything else happens on the loop.
"""

import asyncio
from typing import Protocol

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import answering, service, wire

_PULL_SIZE = 65_536
_PULLS_PER_TURN = 16  # then the other connections have their turn


class Sink(Protocol):
    """Where a watch writes: its connection."""

    service: service.Service
    wire: wire.Wire

    def watch_ended(self) -> None:
        """Learn that the answer is complete."""


class Watch:
    """One answer without end. Ends on the stream's own word, its timeout, or the server's; closes the stream once."""

    def __init__(self, sink: Sink, request: messages.Request, stream: messages.WatchStream, *, chunked: bool) -> None:
        self._sink = sink
        self._request = request
        self._stream = stream
        self._chunked = chunked
        self._waker = sink.service.waker
        self._activity = sink.service.activity
        self._woken = False
        self._open = True
        self._timer: asyncio.TimerHandle | None = None
        self._activity.watches += 1

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen to the stream; the head of the answer has been sent."""
        timeout = self._stream.timeout
        if timeout is not None and timeout <= 0:
            self.end()
            return
        if timeout is not None:
            self._timer = loop.call_later(timeout, self._time_out)
        try:
            self._stream.subscribe(self.wake)
        except BaseException as error:
            self._break(error)
            return
        self.pump()

    def wake(self) -> None:
        """Learn that the stream may have something to say. Any thread."""
        if self._woken or not self._open:
            return
        self._woken = True
        self._activity.touch()
        self._waker.wake(self)

    def pump(self) -> None:
        """Send what the stream has, as far as the client keeps up; end the answer after the last word."""
        self._woken = False
        if not self._open:
            return
        try:
            for _ in range(_PULLS_PER_TURN):
                if self._sink.wire.paused or self._sink.wire.closing:
                    return
                ended = self._stream.ended  # asked before the pull: what is said in between is not lost
                data = self._stream.pull(_PULL_SIZE)
                if data:
                    self._sink.wire.send(answering.chunk(data) if self._chunked else data)
                    if not self._open:
                        return
                elif ended:
                    self.end()
                    return
                else:
                    return
        except BaseException as error:
            self._break(error)
        else:
            self.wake()

    def end(self) -> None:
        """End the answer cleanly, as Tilt does at a timeout and when it exits."""
        if self._open:
            self.drop()
            if self._chunked:
                self._sink.wire.send(answering.LAST_CHUNK)
            self._sink.watch_ended()

    def drop(self) -> None:
        """Close the stream; the connection is gone or will be."""
        if not self._open:
            return
        self._open = False
        self._activity.watches -= 1
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._stream.close()
        except BaseException as error:
            self._sink.service.on_error(error, self._request)

    def _time_out(self) -> None:
        if not (isinstance(self._stream, messages.Stallable) and self._stream.stalls):
            self.end()

    def _break(self, error: BaseException) -> None:
        """Stop in the middle, on purpose or because the stream failed: no client may take this for complete."""
        if isinstance(error, messages.BreakOff):
            if error.last:
                self._sink.wire.send(answering.chunk(error.last) if self._chunked else error.last)
        else:
            self._sink.service.on_error(error, self._request)
        self.drop()
        on_purpose = error if isinstance(error, messages.BreakOff) else messages.BreakOff()
        self._sink.wire.break_off(reset=on_purpose.reset, goodbye=on_purpose.goodbye)
