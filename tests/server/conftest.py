"""Served applications and raw clients, so that the tests of this folder read as conversations."""

import contextlib
import socket
import ssl
import threading

import pytest

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import host, service, tls

NOW = 1_767_225_600  # 2026-01-01T00:00:00Z


class Stream:
    """A watch that says what a test gives it: chunks at the start, more by ``say``, its last word by ``finish``."""

    status = 200
    headers = (("Content-Type", "application/json"),)

    def __init__(self, *said, timeout=None):
        self.timeout = timeout
        self.closed = 0
        self.pulled = 0
        self.callback = None
        self._lock = threading.Lock()
        self._said = list(said)
        self._finished = False
        self.was_closed = threading.Event()

    @property
    def ended(self):
        return self._finished

    def pull(self, limit=65_536):
        with self._lock:
            taken = b""
            while self._said and len(taken) < limit:
                piece = self._said.pop(0)
                if isinstance(piece, BaseException):
                    raise piece
                taken += piece
            self.pulled += len(taken)
            return taken

    def subscribe(self, callback):
        self.callback = callback

    def close(self):
        self.closed += 1
        self.was_closed.set()

    def say(self, *pieces):
        with self._lock:
            self._said.extend(pieces)
        self._call_back()

    def finish(self):
        self._finished = True
        self._call_back()

    def _call_back(self):
        if self.callback is not None:  # before that, the server has yet to look
            self.callback()


class Client:
    """A socket with a reader for answers. Leaves everything else, above all what is sent, to the test."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")

    def send(self, data):
        self.sock.sendall(data)
        return self

    def head(self):
        """Read the status line and the headers, by lower-case name."""
        status = self.file.readline().decode().rstrip("\r\n")
        headers = {}
        while (line := self.file.readline().decode()) not in ("\r\n", ""):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def answer(self):
        """Read an answer that has a Content-Length, or one in chunks."""
        status, headers = self.head()
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, b"".join(iter(self.chunk, b""))
        return status, headers, self.file.read(int(headers.get("content-length", 0)))

    def chunk(self):
        """Read one chunk of a chunked answer; the last one is empty."""
        size = int(self.file.readline(), 16)
        data = self.file.read(size)
        assert self.file.read(2) == b"\r\n"
        return data

    def get(self, path="/", *headers):
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
        return self.send("\r\n".join(lines).encode()).answer()

    def watch(self, path="/watch"):
        """Ask for a watch and read the head of its answer."""
        return self.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).head()

    def rest(self):
        """Read to the end."""
        return self.file.read()


class Served:
    """An application being served, and what went wrong in it."""

    def __init__(self, application, **options):
        self.errors = []
        self.options = {
            "now_seconds": lambda: NOW,
            "too_large": lambda request: messages.Response(413, (), f"too large: {request.path}".encode()),
            "on_error": lambda error, request: self.errors.append((error, request)),
        } | options
        self.listener = host.serve(application, **self.options)

    @contextlib.contextmanager
    def connect(self, *, secure=None):
        """Connect, with TLS where the listener has it."""
        sock = socket.create_connection(("127.0.0.1", self.listener.port), timeout=10)
        with sock:
            if secure if secure is not None else self.options.get("tls") is not None:
                context = ssl.create_default_context(cadata=tls.ca_pem().decode())
                with context.wrap_socket(sock, server_hostname="127.0.0.1") as wrapped:
                    client = Client(wrapped)
                    with client.file:
                        yield client
            else:
                client = Client(sock)
                with client.file:
                    yield client

    def exchange(self, data):
        """Send bytes, and read all that comes until the server closes."""
        with self.connect() as client:
            return client.send(data).rest()


@pytest.fixture
def served():
    """Serve an application until the test is over; errors that the test has not taken out of the list fail it."""
    made = []

    def serve(application, **options):
        made.append(Served(application, **options))
        return made[-1]

    yield serve
    for item in made:
        item.listener.close()
    assert [item.errors for item in made] == [[] for _ in made]


@pytest.fixture
def stream():
    """Give the class of scripted watches."""
    return Stream


@pytest.fixture
def echo():
    """Give an application that answers with what it was asked."""

    def application(request):
        said = f"{request.method} {request.path}?{request.query} {len(request.body)}".encode()
        return messages.Response(200, (("Content-Type", "text/plain"),), said)

    return application


@pytest.fixture
def limits():
    """Give the class of limits."""
    return service.Limits


@pytest.fixture(params=["plain", "tls"])
def transport(request):
    """Run a test without and with TLS: options for ``served``."""
    return {} if request.param == "plain" else {"tls": tls.server_context()}
