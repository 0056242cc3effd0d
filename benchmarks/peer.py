"""One measured server in a process of its own, and the connections of a client that costs as little as it can."""

import contextlib
import dataclasses
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from typing import Any


@dataclasses.dataclass
class Peer:
    """A server that runs; without a process it is one that this process has."""

    name: str
    process: "subprocess.Popen[str] | None"
    where: dict[str, Any]

    def ask(self, verb: str, number: int = 0) -> Any:
        """Let the server do something, and wait until it is done; raises RuntimeError where it says that it cannot."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(f"{verb} {number}\n")
        self.process.stdin.flush()
        return _heard(self.process, self.name)

    def cpu(self) -> float:
        """Give the seconds of CPU that the server's process has used so far."""
        return float(self.ask("used")["cpu"])

    def resident(self) -> int:
        """Give the server's resident memory in bytes."""
        return int(self.ask("used")["resident"])

    def connect(self) -> "Connection":
        """Open a connection."""
        return Connection(self)


class Connection:
    """A connection that is kept where the server keeps it, and made anew where the server closes it.

    It sends prepared bytes and reads an answer whose length is told, or which comes in chunks.
    """

    def __init__(self, peer: Peer) -> None:
        scheme, _, rest = peer.where["url"].partition("://")
        self._host, _, port = rest.partition(":")
        self._port = int(port)
        self._context: ssl.SSLContext | None = None
        if scheme == "https":
            # Not the default context: from Python 3.13 on it asks more of certificates than Tilt's have.
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._context.load_verify_locations(peer.where["ca"])
        self.peer = peer
        self._closed = False
        self._connect()

    def _connect(self) -> None:
        self.socket: socket.socket = socket.create_connection((self._host, self._port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            self.socket = self._context.wrap_socket(self.socket, server_hostname=self._host)

    def bytes_of(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> bytes:
        """Give the bytes of a request."""
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.peer.where['token']}\r\n"
        if body:
            head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body

    def exchange(self, request: bytes) -> bytes:
        """Send a request and give the body of its answer, which must be a 200, as it came."""
        if self._closed:
            self.socket.close()
            self._connect()
        self.socket.sendall(request)
        return self.receive()

    def receive(self) -> bytes:
        """Give the body of an answer, which must be a 200; one in chunks is given in its chunks."""
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self.more()
        head = received[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{self.peer.name} answered {head.splitlines()[0]!r}")
        self._closed = b"connection: close" in head
        _, told, length = head.partition(b"content-length: ")
        if told:
            whole = end + 4 + int(length.split(b"\r\n")[0])
            while len(received) < whole:
                received += self.more()
        else:
            while not received.endswith(b"\r\n0\r\n\r\n"):
                received += self.more()
        return received[end + 4 :]

    def more(self) -> bytes:
        """Give what has come, or comes next; raises RuntimeError where the server ends the connection."""
        found = self.socket.recv(262_144)
        if not found:
            raise RuntimeError(f"{self.peer.name} closed the connection")
        return found

    def close(self) -> None:
        """Close it."""
        self.socket.close()


@contextlib.contextmanager
def running(name: str, *more: str) -> Iterator[Peer]:
    """Start a peer by the name of its module, with words for it after blanks and ``more`` of them, and end it."""
    module, *words = name.split()
    command = [sys.executable, "-m", f"benchmarks.peers.{module}", *words, *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Peer(name, process, _heard(process, name))
        finally:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(30)


def _heard(process: "subprocess.Popen[str]", name: str) -> Any:
    """Give what a server's process says next; raises RuntimeError where it says that it failed, or nothing."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{name} says nothing more: is the extra 'benchmarks' installed?")
    found = json.loads(line)
    if isinstance(found, dict) and "failed" in found:
        raise RuntimeError(found["failed"])
    return found
