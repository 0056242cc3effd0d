"""Bytes in, requests out, one at a time: httptools reads, this module cuts and limits; knows no sockets, no loop.

The parser never sees a byte beyond the message that it reads. A request head ends with CR LF CR LF, so it is fed up
to there; a body of known length is fed up to that length, a chunked one chunk by chunk. What follows stays here,
unread, until it is asked for: that is what pausing a pipelining client rests on.
"""

import dataclasses

import httptools

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import chunks, request_line, service

_END = b"\r\n\r\n"
_FRAMING = frozenset({"connection", "content-length", "expect", "host", "transfer-encoding"})


@dataclasses.dataclass(frozen=True, slots=True)
class TooLarge:
    """The outcome for a request whose body is beyond the limit: the request, without the body."""

    request: messages.Request


Outcome = messages.Request | request_line.Refused | TooLarge


class RequestReader:
    """Reads the requests of one connection.

    ``keep_alive`` and ``old`` (HTTP/1.0) belong to the request that :meth:`next` gave last, or is reading.
    After a :class:`request_line.Refused` or :class:`TooLarge` the connection cannot be read any further.
    """

    def __init__(self, limits: service.Limits) -> None:
        self.keep_alive = True
        self.old = False
        self._limits = limits
        self._buffer = bytearray()
        self._searched = 0
        self._line: request_line.RequestLine | None = None  # set while a body is read
        self._parser: httptools.HttpRequestParser | None = None
        self._headers: list[tuple[str, str]] = []
        self._framing: dict[str, list[str]] = {}
        self._body: list[bytes] = []
        self._body_size = 0
        self._left: int | None = 0  # bytes of the body that are to come; None when it is chunked
        self._taken = 0
        self._chunks = chunks.Chunks()
        self._complete = False
        self._expects = False
        # Clients that poll repeat themselves to the byte: the last request without a body is not read again.
        self._last_head = b""
        self._last: messages.Request | None = None

    @property
    def begun(self) -> bool:
        """Tell whether a part of a request is here that :meth:`next` has not given."""
        return self._line is not None or bool(self._buffer)

    @property
    def waiting(self) -> int:
        """Give how many bytes are here unread."""
        return len(self._buffer)

    def take_expectation(self) -> bool:
        """Tell, once per request, whether the client waits for ``100 Continue`` before it sends the body."""
        waits, self._expects = self._expects and self._line is not None and not self._taken, False
        return waits

    def receive(self, data: bytes) -> None:
        """Take bytes as they came, in pieces of any size."""
        self._buffer += data

    def next(self) -> Outcome | None:
        """Give the next whole request, or what is wrong with it; None as long as bytes are missing."""
        if self._line is None:
            outcome = self._read_head()
            if outcome is not None:
                return outcome
        if self._line is None:
            return None
        return self._read_body(self._line)

    def release(self) -> None:
        """Let go of the parser, which refers back to this object, and of what was not read."""
        self._parser = self._line = None
        self._buffer.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header from the parser; trailers of a chunked body are dropped."""
        if self._line is not None:
            return
        key = name.decode("latin-1").lower()
        # Go keeps a header's bytes, and writes those that are not UTF-8 as U+FFFD wherever they end up in JSON.
        text = value.decode("utf-8", "replace").rstrip(" \t")
        self._headers.append((key, text))
        if key in _FRAMING:
            self._framing.setdefault(key, []).append(text)

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body from the parser."""
        self._body.append(data)
        self._body_size += len(data)

    def on_message_complete(self) -> None:
        """Learn from the parser that the request is whole."""
        self._complete = True

    def _read_head(self) -> Outcome | None:
        buffer = self._buffer
        while buffer[:2] == b"\r\n":  # empty lines before a request are forgiven (RFC 9112, 2.2)
            del buffer[:2]
            self._searched = 0
        if not buffer:
            return None
        end = buffer.find(_END, self._searched)
        if (len(buffer) if end < 0 else end + 4) > self._limits.head_bytes:
            return request_line.HEAD_TOO_LARGE
        if end < 0:
            searched, self._searched = self._searched, max(0, len(buffer) - 3)
            plausible = buffer == b"\r" or request_line.may_become_a_head(buffer, searched)
            return None if plausible else request_line.BAD_REQUEST
        head = bytes(buffer[: end + 4])
        del buffer[: end + 4]
        self._searched = 0
        if head == self._last_head:
            return self._last
        self._last_head = b""
        line = request_line.parse(head)
        if isinstance(line, request_line.Refused):
            return line
        outcome = self._read_headers(line, head[line.length :])
        if outcome is None and self._complete:
            self._line = None
            outcome = self._last = self._request(line, b"")
            self._last_head = head
        return outcome

    def _read_headers(self, line: request_line.RequestLine, fields: bytes) -> Outcome | None:
        self.old = line.old
        self._headers, self._framing = [], {}
        self._body, self._body_size, self._taken, self._complete = [], 0, 0, False
        parser = httptools.HttpRequestParser(self)
        upgrade = False
        try:
            # The line is put into words that the parser knows: Go takes any token for a method, and any HTTP/1.x.
            parser.feed_data((b"POST / HTTP/1.0\r\n" if line.old else b"POST / HTTP/1.1\r\n") + fields)
        except httptools.HttpParserUpgrade:
            upgrade = True
        except httptools.HttpParserError as error:
            return request_line.of_parser(str(error))
        self._line = line
        refused = self._judge_framing()
        if refused is not None:
            return refused
        if self._left is not None and self._left > self._limits.body_bytes:
            return TooLarge(self._request(line, b""))
        if upgrade:
            # Offers to upgrade are declined by answering in HTTP/1.1. But the parser has taken the body for another
            # protocol's, so a new one is told about the body alone.
            self._complete = False
            parser = httptools.HttpRequestParser(self)
            size = b"Transfer-Encoding: chunked" if self._left is None else b"Content-Length: %d" % self._left
            parser.feed_data(b"POST / HTTP/1.1\r\n" + size + _END)
        self._parser = None if self._complete else parser
        return None

    def _judge_framing(self) -> request_line.Refused | None:
        framing = self._framing
        refused = request_line.check_hosts(framing.get("host", []), old=self.old)
        if refused is not None:
            return refused
        codings = framing.get("transfer-encoding")
        if codings is None:
            lengths = framing.get("content-length")
            self._left = int(lengths[0].lstrip("0") or "0") if lengths else 0
        elif self.old:
            return request_line.BAD_REQUEST  # HTTP/1.0 knows no chunks: nobody can tell where this request ends
        elif codings[0].lower() != "chunked":
            return request_line.UNKNOWN_CODING
        else:
            self._left, self._chunks = None, chunks.Chunks()
        if "connection" in framing:
            tokens = [token.strip().lower() for value in framing["connection"] for token in value.split(",")]
            self.keep_alive = "close" not in tokens and (not self.old or "keep-alive" in tokens)
        else:
            self.keep_alive = not self.old
        expected = [value.lower() for value in framing.get("expect", ()) if value]
        if any("100-continue" not in value for value in expected):
            return request_line.EXPECTATION_FAILED
        self._expects = bool(expected) and not self.old
        return None

    def _read_body(self, line: request_line.RequestLine) -> Outcome | None:
        while not self._complete:
            if not self._buffer or self._parser is None:
                return None
            try:
                piece = self._cut()
                if not piece:
                    return None
                self._parser.feed_data(piece)
            except httptools.HttpParserError as error:
                return request_line.of_parser(str(error))
            except chunks.UnreasonableError:
                return request_line.BAD_REQUEST
            if self._body_size > self._limits.body_bytes:
                return TooLarge(self._request(line, b""))
        self._parser = self._line = None
        body = self._body
        return self._request(line, body[0] if len(body) == 1 else b"".join(body))

    def _cut(self) -> bytes:
        """Take from the buffer what surely belongs to the body being read, which may be nothing yet."""
        buffer = self._buffer
        if self._left is not None:
            size = min(self._left, len(buffer))
            self._left -= size
        else:
            size = self._chunks.reach(buffer)
        piece = bytes(buffer[:size])
        del buffer[:size]
        self._taken += size
        return piece

    def _request(self, line: request_line.RequestLine, body: bytes) -> messages.Request:
        return messages.Request(line.method, line.path, line.query, tuple(self._headers), body)
