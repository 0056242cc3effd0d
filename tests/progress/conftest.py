"""Fakes that serve, and a plain client that reads and watches them."""

import contextlib
import json
import socket
import ssl
import urllib.request

import pytest

from pytest_tiltsession import fake_tilt

SESSION = "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
WATCH = "/apis/tilt.dev/v1alpha1/sessions?watch=true"


class Client:
    """A client of one fake."""

    def __init__(self, fake):
        self.fake = fake

    def open(self, path):
        request = urllib.request.Request(self.fake.url + path, headers={"Authorization": f"Bearer {self.fake.token}"})
        context = ssl.create_default_context(cafile=self.fake.ca) if self.fake.ca else None
        return urllib.request.urlopen(request, context=context, timeout=20)

    def status(self):
        """Read the session's status."""
        with self.open(SESSION) as answer:
            return json.load(answer)["status"]

    @contextlib.contextmanager
    def watch(self, path=WATCH):
        """Watch the sessions: gives an iterator over the events."""
        with self.open(path) as answer:
            yield map(json.loads, answer)

    @contextlib.contextmanager
    def raw(self):
        """Connect without TLS, to send bytes one by one."""
        with socket.create_connection(("127.0.0.1", self.fake._serving.listener.port), timeout=20) as sock:
            yield sock

    def request_bytes(self, path=SESSION):
        """Give the bytes of a request."""
        lines = (f"GET {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.fake.token}", "", "")
        return "\r\n".join(lines).encode()


@pytest.fixture
def serve():
    """Make fakes that serve until the test is over."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(fake_tilt.FakeTilt(**settings))


@pytest.fixture
def client_of():
    """Give the class of clients."""
    return Client
