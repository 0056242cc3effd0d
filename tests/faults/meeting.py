"""Clients that meet the faults of a fake over TLS."""

import contextlib
import json
import socket
import ssl

import httpx

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
SESSION = f"{SESSIONS}/Tiltfile"
MERGE = {"Content-Type": "application/merge-patch+json"}


class Raw:
    """A TLS connection of which every byte is the test's own."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")

    def ask(self, fake, path, *headers):
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {fake.token}",
            "User-Agent: raw/1",
            *headers,
        ]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        return self

    def head(self):
        """Read the status line and the headers, by lower-case name."""
        status = self.file.readline().decode().split(" ", 1)[1].strip()
        headers = {}
        while (line := self.file.readline().decode()) not in ("\r\n", ""):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def chunk(self):
        """Read one chunk; the last one is empty."""
        data = self.file.read(int(self.file.readline(), 16))
        assert self.file.read(2) == b"\r\n"
        return data


class Meeting:
    """One fake, and the clients that meet it."""

    def __init__(self, fake):
        self.fake = fake
        self.context = ssl.create_default_context(cafile=fake.ca)

    def settle(self):
        """Wait until the server has taken note of everything that its clients sent."""
        self.fake._settling.wait()

    @contextlib.contextmanager
    def client(self, agent="tests/1.0", timeout=20):
        headers = {"Authorization": f"Bearer {self.fake.token}", "User-Agent": agent}
        with httpx.Client(base_url=self.fake.url, verify=self.context, headers=headers, timeout=timeout) as made:
            yield made

    def get(self, path=SESSIONS, agent="tests/1.0", **headers):
        with self.client(agent) as client:
            return client.get(path, headers=headers)

    def patch(self, agent="tests/1.0", path=SESSION):
        with self.client(agent) as client:
            return client.patch(path, content=b'{"metadata": {"labels": {"a": "b"}}}', headers=MERGE)

    @contextlib.contextmanager
    def raw(self, *, ragged=True):
        port = int(self.fake.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
            wrap = self.context.wrap_socket
            with wrap(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=ragged) as sock:
                made = Raw(sock)
                with made.file:
                    yield made

    @contextlib.contextmanager
    def watch(self, query="watch=1", agent="tests/1.0"):
        """Watch; gives an iterator of lines."""
        with self.client(agent) as client, client.stream("GET", f"{SESSIONS}?{query}") as answer:
            yield answer.iter_lines()


def types(lines):
    """Give the types of watch events."""
    return [json.loads(line)["type"] for line in lines]
