"""One socket as its connection uses it: TLS, back-pressure and the ways to close; knows no HTTP and no requests."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Callable

from pytest_tiltsession.server import answering, encryption, greetings, service
from pytest_tiltsession.server import transport as transports

_TOGETHER = 16_384  # bytes, of what is gathered to be sent together
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, for 0 seconds: closing sends RST


class Wire:
    """Bytes to and from one client. Everything runs on the server's loop.

    ``paused`` is true while the client does not keep up with what is sent; ``closing`` once nothing more is sent.
    """

    def __init__(self, shared: service.Service, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        self.paused = False
        self.closing = False
        self.sock = sock
        self._limits = shared.limits
        self._activity = shared.activity
        self._loop = loop
        self._transport: transports.Transport | None = None
        self._tls: encryption.TlsLayer | None = None
        self._greeting: greetings.Greeting | None = None
        if shared.tls is not None:
            self._greeting = greetings.Greeting(shared)
            self._tls = encryption.TlsLayer(shared.tls)
        self._gathered: list[bytes] | None = None
        self._sent: Callable[[], None] | None = None
        self._follows = False  # whether what is to follow the last answer is being done
        self._timer: asyncio.TimerHandle | None = None
        self._heard = 0.0  # when a client that is not listened to last sent something
        self._give_up = 0.0

    def begin(self, talker: transports.Talker, buffer: memoryview) -> None:
        """Begin to read what comes, through a buffer, and to tell the talker of it."""
        limit = self._limits.send_buffer
        self._transport = transports.Transport(self.sock, self._loop, talker, buffer=buffer, limit=limit)
        self._transport.resume_reading()

    @property
    def greeting(self) -> bool:
        """Tell whether the TLS handshake is not finished."""
        return self._tls is not None and not self._tls.established

    @property
    def said_goodbye(self) -> bool:
        """Tell whether the client has ended its side of TLS."""
        return self._tls is not None and self._tls.closed

    def unsent(self) -> int:
        """Give how many bytes wait for the client to read."""
        return self._transport.unsent if self._transport is not None else 0

    def plain(self, data: bytes) -> bytes:
        """Give the plain bytes of what came in, possibly none; a client that cannot speak TLS is sent away."""
        self._activity.touch(len(data))
        if self.closing:
            self._heard = self._loop.time()
            return b""
        tls = self._tls
        if tls is None:
            return data
        greeting = self._greeting
        if greeting is not None and (context := greeting.begin()) is not None:
            self._tls = tls = encryption.TlsLayer(context)
        try:
            data = tls.unseal(data)
        except encryption.NotTlsError as error:
            self._tls = None
            if greeting is not None:
                greeting.refuse(http=error.http)
            if error.http:
                self.send(answering.NOT_TLS)
            self.linger()
            return b""
        except ssl.SSLError as error:  # such as a client that does not trust the certificate
            if greeting is not None:
                greeting.fail(error)
            self._write(tls.reply())
            self._tls = None
            self.linger()
            return b""
        if greeting is not None and tls.established:
            greeting.succeed()
            self._greeting = None
        self._write(tls.reply())
        return data

    def send(self, data: bytes) -> None:
        """Write bytes to the client, encrypted where the listener has TLS."""
        if self.closing:
            return
        if self._gathered is not None:
            self._gathered.append(data)
            if len(data) >= _TOGETHER:
                self.flush()
            return
        if self._tls is not None:
            try:
                data = self._tls.seal(data)
            except ssl.SSLError:  # the client broke TLS, such as with an alert; there is no way to tell it anything
                self.break_off(reset=True)
                return
        self._write(data)

    def gather(self) -> None:
        """Keep what is sent from now on until :meth:`flush`, as long as it is short: it wakes the client once."""
        self._gathered = []

    def flush(self) -> None:
        """Send together what was gathered."""
        gathered, self._gathered = self._gathered, None
        if gathered:
            self.send(b"".join(gathered))

    def when_sent(self, callback: Callable[[], None]) -> None:
        """Call back once the operating system has all bytes, or the connection is lost; at once if it has."""
        assert self._transport is not None
        self._sent = callback
        if self._transport.unsent:
            self._transport.limit = 0
        else:
            self._run_sent()

    def resumed(self) -> None:
        """Learn that the client has read so much that sending may go on."""
        self.paused = False
        self._activity.touch()
        if self._sent is not None and self._transport is not None:
            self._transport.limit = self._limits.send_buffer
            self._run_sent()

    def hold(self, *, reading: bool) -> None:
        """Read on, or leave what comes to the operating system, which in time slows the client down."""
        transport = self._transport
        if transport is not None and not self.closing:
            if reading:
                transport.resume_reading()
            else:
                transport.pause_reading()

    def close(self) -> None:
        """Send what is written, then close."""
        self.flush()
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._say_goodbye()
            self._transport.close()
        self.closing = True

    def linger(self) -> None:
        """Send what is written and the end, but read on for a while, and drop what comes.

        Closing at once would make the operating system send RST to a client that is still sending, and the client
        might never read why it was refused. Go's net/http waits as well.
        """
        self.flush()
        transport = self._transport
        if transport is None or self.closing:
            return
        self.hold(reading=True)
        self._say_goodbye()
        self.closing = True
        transport.write_eof()
        self._heard = self._loop.time()
        self._give_up = self._heard + self._limits.patience
        self._timer = self._loop.call_later(self._limits.linger, self._lingered)

    def break_off(self, *, reset: bool, goodbye: bool = False) -> None:
        """Close without an end that a client could take for one: with RST, or with FIN, bare or after a goodbye.

        What follows an answer, such as the end of its server, never takes from it: RST would drop what the system has
        not delivered yet.
        """
        reset = reset and not self._follows
        self.flush()
        if goodbye and not reset:
            self._say_goodbye()
        self.closing = True
        if self._transport is None:
            return
        if not reset:
            self._transport.close()
            return
        with contextlib.suppress(OSError):  # the client may be faster
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def vanish(self, *, reset: bool) -> None:
        """Close as the end of a process does: what the operating system has not taken yet is never sent."""
        self.break_off(reset=reset)
        if self._transport is not None:
            self._transport.abort()

    def lost(self) -> None:
        """Learn that the connection is gone."""
        self.closing = True
        self._transport = None
        if self._greeting is not None:
            self._greeting.lose()
        if self._timer is not None:
            self._timer.cancel()
        self._run_sent()

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None and not self._transport.closing:
            self._activity.touch(len(data))
            self._transport.write(data)

    def _say_goodbye(self) -> None:
        if self._tls is not None and not self.closing:
            self._write(self._tls.goodbye())

    def _lingered(self) -> None:
        assert self._transport is not None
        now = self._loop.time()
        rest = self._heard + self._limits.linger - now
        if rest > 0 and now < self._give_up:
            self._timer = self._loop.call_later(rest, self._lingered)
        else:
            self._transport.close()

    def _run_sent(self) -> None:
        callback, self._sent = self._sent, None
        if callback is not None:
            self._follows = True
            try:
                callback()
            finally:
                self._follows = False
