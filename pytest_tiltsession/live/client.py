"""Reads one Tilt over HTTPS with urllib3: get, list and watch as bytes and times; knows no recording."""

import contextlib
import dataclasses
import email.utils
import json
import ssl
from collections.abc import Iterator
from typing import Any

import urllib3

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.live import server_time
from pytest_tiltsession.models import session

_SESSIONS = f"/apis/{session.API_VERSION}/{session.PLURAL}"
_CONNECT = 2.0  # seconds
_READ = 5.0
_CHUNK = 65_536


class Unreachable(Exception):
    """Raised where a Tilt does not answer, or something else than its API does."""


class CutOff(Unreachable):
    """Raised where a watch ends in the middle of an event."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when it was asked for and arrived: microseconds of the machine; ``date`` seconds or None."""

    status: int
    body: bytes
    sent: int
    arrived: int
    date: int | None

    def document(self) -> dict[str, Any]:
        """Give the JSON object in the body; raises :class:`Unreachable` where there is none."""
        found = parsed(self.body)
        if found is None:
            raise Unreachable(f"an answer {self.status} that is no JSON object: {self.body[:80]!r}")
        return found


def parsed(text: bytes) -> dict[str, Any] | None:
    """Read a JSON object; None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class Client:
    """A client of the Tilt that a kubeconfig's entry names. Its methods may be called from several threads."""

    def __init__(self, entry: kubeconfig.Entry) -> None:
        self.entry = entry
        headers = {"Accept": "application/json", "User-Agent": "tiltsession-record"}
        if entry.token is not None:
            headers["Authorization"] = f"Bearer {entry.token}"
        options = {} if entry.ca_pem is None else {"ssl_context": _trusting(entry)}
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=4, headers=headers, retries=False, **options)
        self._url = entry.server.rstrip("/")

    def get(self, name: str) -> Answer:
        """Read one Session. Raises :class:`Unreachable`."""
        return self._read(f"{_SESSIONS}/{name}")

    def list(self) -> Answer:
        """Read all Sessions. Raises :class:`Unreachable`."""
        return self._read(_SESSIONS)

    @contextlib.contextmanager
    def watch(self) -> "Iterator[Watch]":
        """Watch all Sessions. Raises :class:`Unreachable` where that cannot start, or is cut."""
        with _reaching():
            # For the headers, which come at once; a frozen Tilt gives none. Then there may be silence for hours.
            timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
            sent = server_time.now()
            response = self._pool.request(
                "GET", f"{self._url}{_SESSIONS}?watch=true", timeout=timeout, preload_content=False, redirect=False
            )
            connection = response.connection
            sock = None if connection is None else getattr(connection, "sock", None)
            if sock is not None:
                sock.settimeout(None)
            try:
                yield Watch(response, sent)
            finally:
                response.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._pool.clear()

    def _read(self, path: str) -> Answer:
        with _reaching():
            sent = server_time.now()
            timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
            response = self._pool.request("GET", self._url + path, timeout=timeout, redirect=False)
            return Answer(response.status, response.data, sent, server_time.now(), date_of(response))


class Watch:
    """One open watch."""

    def __init__(self, response: urllib3.BaseHTTPResponse, sent: int) -> None:
        self._response = response
        self.status = response.status
        self.sent = sent
        self.arrived = server_time.now()
        self.date = date_of(response)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Give each whole line and when it arrived; ends where the server ends the watch.

        Raises :class:`CutOff` where it ends in the middle of one, and what urllib3 raises where it is cut.
        """
        rest = b""
        try:
            for chunk in self._chunks():
                at = server_time.now()
                *whole, rest = (rest + chunk).split(b"\n")
                yield from ((at, line) for line in whole if line.strip())
        except (urllib3.exceptions.HTTPError, OSError):
            if not rest.strip():
                raise
        if rest.strip():
            raise CutOff(f"after {len(rest)} bytes of it")

    def shut(self) -> None:
        """Wake up whoever reads, on another thread: the watch has ended for it. Harmless when repeated."""
        with contextlib.suppress(Exception):  # whatever a connection that is just ending makes of it
            self._response.shutdown()

    def _chunks(self) -> Iterator[bytes]:
        if getattr(self._response, "chunked", False):
            yield from self._response.stream(_CHUNK)
            return
        while chunk := self._response.read1(_CHUNK):
            yield chunk


def date_of(response: urllib3.BaseHTTPResponse) -> int | None:
    """Give what the Date header says, in seconds since the epoch."""
    found = email.utils.parsedate_tz(response.headers.get("Date", ""))
    return None if found is None else email.utils.mktime_tz(found)


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
        raise Unreachable(f"{type(problem).__name__}: {problem}") from None


def _trusting(entry: kubeconfig.Entry) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cadata=(entry.ca_pem or b"").decode("ascii"))
    except (ssl.SSLError, UnicodeDecodeError, ValueError) as problem:
        raise errors.KubeconfigError(
            f"the certificates of context {entry.context!r} cannot be read: {problem}; let Tilt write its entry anew"
        ) from None
    return context
