"""TLS as a step between received and plain bytes, over memory only; knows no sockets and no HTTP beyond a greeting.

asyncio's own TLS transport cannot look at the first bytes of a client, nor say goodbye and go on listening; it
also costs about as much per request as everything else here.
"""

import contextlib
import ssl

_HANDSHAKE = 22  # the first byte of a TLS record that opens a connection
_RECORD_HEADER = 5
_READ_SIZE = 65_536
# The five bytes by which Go recognises a client that speaks HTTP without TLS.
_GREETINGS = frozenset({b"GET /", b"HEAD ", b"POST ", b"PUT /", b"OPTIO"})


class NotTlsError(Exception):
    """The client does not speak TLS; ``http`` tells whether its first bytes look like an HTTP request."""

    def __init__(self, *, http: bool) -> None:
        super().__init__("the client does not speak TLS")
        self.http = http


class TlsLayer:
    """The server's side of one TLS connection. ``closed`` turns true when the client has said goodbye."""

    __slots__ = ("_begun", "_incoming", "_object", "_outgoing", "closed", "established")

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._begun = b""
        self.established = False
        self.closed = False

    def unseal(self, data: bytes) -> bytes:
        """Take bytes from the client and give the plain ones, which may be none; then send :meth:`reply`.

        Raises :class:`NotTlsError`, or ``ssl.SSLError`` after which only :meth:`reply` makes sense.
        """
        if not self.established:
            if not self._handshake(data):
                return b""
        else:
            self._incoming.write(data)
        pieces = []
        try:
            while self._incoming.pending or self._object.pending():
                piece = self._object.read(_READ_SIZE)
                if not piece:
                    self.closed = True
                    break
                pieces.append(piece)
        except ssl.SSLWantReadError:
            pass  # a record of which a part is missing
        except ssl.SSLZeroReturnError:
            self.closed = True
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def reply(self) -> bytes:
        """Give what TLS itself has to send: handshake, alerts; usually nothing."""
        return self._outgoing.read() if self._outgoing.pending else b""

    def seal(self, data: bytes) -> bytes:
        """Encrypt bytes, at least one, for sending."""
        sent = self._object.write(data)
        if sent < len(data):
            rest = memoryview(data)[sent:]
            while rest:
                rest = rest[self._object.write(rest) :]
        return self._outgoing.read()

    def goodbye(self) -> bytes:
        """Give the farewell after which nothing more can be sealed; the client's own is not waited for."""
        if self.established:
            with contextlib.suppress(ssl.SSLError):
                self._object.unwrap()
        return self.reply()

    def _handshake(self, data: bytes) -> bool:
        self._begun = (self._begun + data)[:_RECORD_HEADER]
        if self._begun[0] != _HANDSHAKE:
            if len(self._begun) < _RECORD_HEADER:
                return False
            raise NotTlsError(http=self._begun in _GREETINGS)
        self._incoming.write(data)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self.established = True
        return True
