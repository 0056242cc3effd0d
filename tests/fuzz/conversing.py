"""A raw client of a fake, and its answers read strictly: what is not HTTP, or not whole, fails the test."""

import contextlib
import dataclasses
import re
import socket
import ssl
import struct
from collections.abc import Iterator

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.server import tls

from . import hosting

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2}) [ -~]+\Z")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([^\x00-\x08\x0a-\x1f\x7f]*)\Z")
_STREAMS = re.compile(rb"(?i)\r\ntransfer-encoding: chunked")
_CHUNK = re.compile(rb"([0-9a-f]+)\Z")


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer as it came; header names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Give a header's first value, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def is_watch(self) -> bool:
        """Whether the body is the events of a watch, a line each, rather than one document."""
        return self.body.startswith(b'{"type":')


class Conversation:
    """One connection to a fake; without TLS if it is not to be ``secure``, even where the fake speaks nothing else."""

    def __init__(self, fake: FakeTilt, *, secure: bool = True) -> None:
        port = int(fake.url.rpartition(":")[2])
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=hosting.PATIENCE)
        if secure and fake.ca is not None:
            context = ssl.create_default_context(cadata=tls.ca_pem().decode())
            self.sock = context.wrap_socket(self.sock, server_hostname="127.0.0.1")
        self.received = b""
        self.over = self.said_all = False
        self._may_watch = False

    def send(self, data: bytes) -> None:
        """Send bytes; a server that has closed already may not want them."""
        self._may_watch = self._may_watch or b"watch" in data
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def half_close(self) -> None:
        """Say that no more will be sent."""
        self.said_all = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_WR)  # not ssl's own, which would forget the keys

    def reset(self) -> None:
        """Break off with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def more(self) -> bool:
        """Wait for bytes; False when there will be none. A server that says nothing at all is a hang."""
        try:
            data = self.sock.recv(65_536)
        except TimeoutError:
            raise AssertionError(f"the server hangs after {self.received[-200:]!r}") from None
        except OSError:  # reset, or TLS without a goodbye: what came before must still be whole
            data = b""
        self.received += data
        self.over = self.over or not data
        return bool(data)

    def rest(self) -> bytes:
        """Read to the end."""
        while self.more():
            pass
        return self.received

    def answer(self, method: str) -> Answer:
        """Read the answer to a request. A watch is read up to the end that it finds when no more is sent here."""
        heads = method == "HEAD"
        while (found := cut(self.received, heads=heads, over=self.over)) is None:
            if self._may_watch and _STREAMS.search(self.received.partition(b"\r\n\r\n")[0]):
                self.half_close()
            self.more()
        answer, self.received = found
        return answer


@contextlib.contextmanager
def conversation(fake: FakeTilt, *, secure: bool = True) -> Iterator[Conversation]:
    """Connect to a fake, and hang up in the end."""
    made = Conversation(fake, secure=secure)
    with made.sock:
        yield made


def cut(data: bytes, *, heads: bool, over: bool) -> tuple[Answer, bytes] | None:
    """Cut the first final answer off; None where more bytes are to come, unless it is over.

    ``heads`` tells that answers to HEAD may be among them: one that is followed by the next answer has no body.
    """
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        assert not over, f"half a head, or none: {data!r}"
        return None
    line, *fields = head.split(b"\r\n")
    found = _STATUS_LINE.match(line)
    assert found, f"no status line: {line!r}"
    answer = Answer(int(found[1]), tuple(_header(field) for field in fields), b"")
    if answer.status < 200:
        return cut(rest, heads=heads, over=over)
    if answer.header("transfer-encoding") == "chunked":
        taken = _chunks(rest)
    elif answer.status in (204, 304) or (heads and (not rest or rest.startswith(b"HTTP/1."))):
        taken = b"", rest
    elif not answer.header("content-length"):
        taken = (rest, b"") if over else None
    else:
        size = int(answer.header("content-length"))
        taken = (rest[:size], rest[size:]) if size <= len(rest) else None
    if taken is None:
        assert not over, f"an answer that is not whole: {data[:400]!r} … {data[-100:]!r}"
        return None
    return dataclasses.replace(answer, body=taken[0]), taken[1]


def _header(field: bytes) -> tuple[str, str]:
    found = _FIELD.match(field)
    assert found, f"no header field: {field!r}"
    return found[1].decode().lower(), found[2].decode()


def _chunks(rest: bytes) -> tuple[bytes, bytes] | None:
    """Take the chunks of an answer; None where its end is missing."""
    body = b""
    while True:
        size, mark, after = rest.partition(b"\r\n")
        if not mark:
            return None
        assert _CHUNK.match(size), f"no chunk: {size!r}"
        count = int(size, 16)
        if len(after) < count + 2:
            return None
        assert after[count : count + 2] == b"\r\n", f"a chunk of another size: {after[:80]!r}"
        body, rest = body + after[:count], after[count + 2 :]
        if not count:
            return body, rest


def answers(data: bytes, *, heads: bool) -> list[Answer]:
    """Read everything that a server said on a connection that is over: whole answers and nothing else."""
    found = []
    while data and (piece := cut(data, heads=heads, over=True)):
        answer, data = piece
        found.append(answer)
    return found
