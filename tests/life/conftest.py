"""Programs that find a Tilt as any would: by the config file alone, over TLS."""

import contextlib
import json
import socket
import ssl
import urllib.error
import urllib.request

import pytest

from pytest_tiltsession import fake_tilt, kubeconfig

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
WATCH = f"{SESSIONS}?watch=true"


class Program:
    """Reads a Tilt by the entry of the config file as it was when this was made."""

    def __init__(self, config, context):
        self.entry = kubeconfig.find(config, context)

    def open(self, path=f"{SESSIONS}/Tiltfile"):
        headers = {"Authorization": f"Bearer {self.entry.token}"}
        request = urllib.request.Request(self.entry.server + path, headers=headers)
        trusted = ssl.create_default_context(cadata=self.entry.ca_pem.decode()) if self.entry.ca_pem else None
        return urllib.request.urlopen(request, context=trusted, timeout=20)

    def read(self, path=f"{SESSIONS}/Tiltfile"):
        """Give status and body of an answer."""
        try:
            with self.open(path) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read())


@pytest.fixture
def serve():
    """Make fakes that are stopped when the test is over."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(fake_tilt.FakeTilt(**settings))


@pytest.fixture
def program():
    """Give a program that reads the config file of a fake now."""
    return lambda fake: Program(fake.kubeconfig, fake.context)


@pytest.fixture
def refused():
    """Tell whether a port of this machine refuses connections."""

    def ask(url):
        try:
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=20).close()
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:  # taken, and broken off at once, as by a crash just then
            return False
        return False

    return ask
