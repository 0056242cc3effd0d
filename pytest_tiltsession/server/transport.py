"""One client's socket on the loop: takes what has come, keeps what the system cannot take yet; no HTTP, no TLS.

asyncio's own transport needs five turns of the loop from the arrival of a client to its first byte, and asks the system
for addresses that nobody reads; here it is two turns, and most tests make a fake for a request or two.
"""

import asyncio
import socket
import sys
from typing import Protocol

_NOW = socket.MSG_DONTWAIT  # said each time: to say it to the socket once takes a call of its own for each client
_QUIETLY = _NOW | getattr(socket, "MSG_NOSIGNAL", 0)  # a program under test may want to die of SIGPIPE, as tools do
_HEEDED = sys.platform == "linux"  # macOS does not heed it in what is sent
_LOW = 4  # sending goes on once no more than this part of the limit is unsent, as with asyncio's own


class Talker(Protocol):
    """Who talks through a transport. What one of these raises is given to ``failed``, and the connection is aborted."""

    def received(self, data: bytes) -> None:
        """Take bytes, at least one."""

    def eof_received(self) -> None:
        """Learn that the client sends no more; it may still read."""

    def pause_writing(self) -> None:
        """Learn that the client does not keep up."""

    def resume_writing(self) -> None:
        """Learn that the client has read so much that sending may go on."""

    def connection_lost(self) -> None:
        """Let go of everything, the socket too: this is the last call, and comes in a turn of its own."""

    def failed(self, error: BaseException) -> None:
        """Learn what went wrong in one of the others."""


class Transport:
    """Reads from :meth:`resume_reading` on. Every method runs on the server's loop.

    What comes is read through ``buffer``, which all connections share because it is emptied at once. The talker is
    paused while more than ``limit`` bytes are unsent.
    """

    __slots__ = ("_buffer", "_ended", "_eof", "_fd", "_full", "_high", "_loop", "_lost", "_sock", "_talker", "_unsent",
                 "closing", "reading")  # fmt: skip

    def __init__(
        self,
        sock: socket.socket,
        loop: asyncio.AbstractEventLoop,
        talker: Talker,
        *,
        buffer: memoryview,
        limit: int,
    ) -> None:
        # What is not None is a default that a test has set: the socket would wait for that long.
        if not _HEEDED or sock.gettimeout() is not None:
            sock.setblocking(False)
        #: Whether it is listened to what the client sends.
        self.reading = False
        #: Whether it was closed or aborted, so that nothing is written any more.
        self.closing = False
        self._sock = sock
        self._fd = sock.fileno()
        self._loop = loop
        self._talker: Talker | None = talker
        self._buffer = buffer
        self._high = limit
        self._unsent = bytearray()
        self._full = False
        self._ended = False  # the client sends no more
        self._eof = False  # nor does this side, once all is sent
        self._lost = False

    @property
    def unsent(self) -> int:
        """How many bytes wait for the client to read."""
        return len(self._unsent)

    @property
    def limit(self) -> int:
        """How many bytes may be unsent before the talker is paused; 0 lets it be resumed when all is sent."""
        return self._high

    @limit.setter
    def limit(self, high: int) -> None:
        self._high = high
        self._tell_if_full()

    def resume_reading(self) -> None:
        """Take what comes from now on; harmless when repeated, when the client has ended, and after the end."""
        if not (self.reading or self.closing or self._ended):
            self.reading = True
            self._loop.add_reader(self._fd, self._readable)

    def pause_reading(self) -> None:
        """Leave what comes to the operating system; harmless when repeated."""
        if self.reading:
            self.reading = False
            self._loop.remove_reader(self._fd)

    def write(self, data: bytes) -> None:
        """Send bytes; what the system does not take now is kept and sent when it does."""
        if self.closing:
            return
        if not self._unsent:
            try:
                sent = self._sock.send(data, _QUIETLY)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError:  # the client has gone
                self.abort()
                return
            if sent == len(data):
                return
            self._loop.add_writer(self._fd, self._writable)
            self._unsent += memoryview(data)[sent:]
        else:
            self._unsent += data
        self._tell_if_full()

    def write_eof(self) -> None:
        """End this side when all is sent, and go on reading; nothing may be written afterwards."""
        self._eof = True
        if not self._unsent:
            self._shut()

    def close(self) -> None:
        """Read no more, and close once all is sent."""
        if not self.closing:
            self.closing = True
            self.pause_reading()
            if not self._unsent:
                self._lose_soon()

    def abort(self) -> None:
        """Close without sending what is unsent."""
        self.closing = True
        self.pause_reading()
        if self._unsent:
            self._unsent.clear()
            self._loop.remove_writer(self._fd)
        self._lose_soon()

    # On what the system says

    def _readable(self) -> None:
        try:
            size = self._sock.recv_into(self._buffer, 0, _NOW)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # the client has gone
            self.abort()
            return
        talker = self._talker
        assert talker is not None
        try:
            if size:
                talker.received(bytes(self._buffer[:size]))
            else:
                self._ended = True
                self.pause_reading()
                talker.eof_received()
        except BaseException as error:
            self._fail(talker, error)

    def _writable(self) -> None:
        try:
            sent = self._sock.send(self._unsent, _QUIETLY)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # the client has gone
            self.abort()
            return
        del self._unsent[:sent]
        if not self._unsent:
            self._loop.remove_writer(self._fd)
            if self.closing:  # what is to follow the last byte finds the connection gone, and cannot break it off
                self._lost = True
                self._lose()
                return
            if self._eof:
                self._shut()
        self._tell_if_read()

    def _tell_if_full(self) -> None:
        if not self._full and self._talker is not None and len(self._unsent) > self._high:
            self._full = True
            self._talker.pause_writing()

    def _tell_if_read(self) -> None:
        talker = self._talker
        if not self._full or talker is None or len(self._unsent) > self._high // _LOW:
            return
        self._full = False
        try:
            talker.resume_writing()
        except BaseException as error:
            self._fail(talker, error)

    def _fail(self, talker: Talker, error: BaseException) -> None:
        self.abort()
        talker.failed(error)

    def _shut(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:  # the client has gone
            self.abort()

    def _lose_soon(self) -> None:
        if not self._lost:
            self._lost = True
            self._loop.call_soon(self._lose)

    def _lose(self) -> None:
        talker, self._talker = self._talker, None
        assert talker is not None
        try:
            talker.connection_lost()
        except BaseException as error:
            self._sock.close()
            talker.failed(error)
