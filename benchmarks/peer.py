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
    """A server that runs."""

    name: str
    process: "subprocess.Popen[str]"
    where: dict[str, Any]

    def ask(self, verb: str, number: int = 0) -> Any:
        """Let the server do something, and wait until it is done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{verb} {number}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

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

    It sends prepared bytes and reads an answer of known length.
    """

    def __init__(self, peer: Peer) -> None:
        scheme, _, rest = peer.where["url"].partition("://")
        self._host, _, port = rest.partition(":")
        self._port = int(port)
        self._context = ssl.create_default_context(cafile=peer.where["ca"]) if scheme == "https" else None
        self._peer = peer
        self._closed = False
        self._connect()

    def _connect(self) -> None:
        self.socket: socket.socket = socket.create_connection((self._host, self._port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            self.socket = self._context.wrap_socket(self.socket, server_hostname=self._host)

    def bytes_of(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> bytes:
        """Give the bytes of a request."""
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._peer.where['token']}\r\n"
        if body:
            head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body

    def exchange(self, request: bytes) -> bytes:
        """Send a request and give the body of its answer, which must be a 200."""
        if self._closed:
            self.socket.close()
            self._connect()
        self.socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{self._peer.name} answered {head.splitlines()[0]!r}")
        self._closed = b"connection: close" in head
        length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._more()
        return received[end + 4 :]

    def _more(self) -> bytes:
        found = self.socket.recv(262_144)
        if not found:
            raise RuntimeError(f"{self._peer.name} closed the connection")
        return found

    def close(self) -> None:
        """Close it."""
        self.socket.close()


@contextlib.contextmanager
def running(name: str) -> Iterator[Peer]:
    """Start a peer by the name of its module, with words for it after a blank, and end it."""
    module, *words = name.split()
    command = [sys.executable, "-m", f"benchmarks.peers.{module}", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{name} did not start: is the extra 'benchmarks' installed?")
        try:
            yield Peer(name, process, json.loads(line))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)
