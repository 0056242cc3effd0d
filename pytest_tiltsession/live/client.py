"""Reads one Tilt over HTTPS with urllib3: get, list and watch as bytes and times; knows no recording."""

import contextlib
import dataclasses
import email.utils
import json
from collections.abc import Iterator
from typing import Any

import urllib3

from pytest_tiltsession import kubeconfig, locks
from pytest_tiltsession.live import server_time, trusting
from pytest_tiltsession.models import session

_SESSIONS = f"/apis/{session.API_VERSION}/{session.PLURAL}"
_CONNECT = 2.0  # seconds
_READ = 5.0  # seconds, for the headers; and again for a body
_CHUNK = 65_536
_LONGEST_REST = 10.0  # seconds: no Retry-After is heeded beyond


class Unreachable(Exception):
    """Raised where there is no Tilt to be reached. ``patience``: after how many seconds of it a Tilt counts as gone."""

    patience = 5.0


class Silent(Unreachable):
    """Raised where something takes a connection and does not answer in time: a Tilt may be that busy."""

    patience = 60.0


class Strange(Unreachable):
    """Raised where something answers, and not as Tilt's API does: it is there. ``rest``: seconds it asked to wait."""

    patience = float("inf")

    def __init__(self, text: str, rest: float = 0.0) -> None:
        super().__init__(text)
        self.rest = rest


class CutOff(Strange):
    """Raised where a watch ends in the middle of an event."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and when it was asked for and arrived: microseconds of the machine; ``date`` seconds or None.

    ``rest`` is for how many seconds the server asked not to be asked again.
    """

    status: int
    body: bytes
    sent: int
    arrived: int
    date: int | None
    rest: float = 0.0

    def document(self) -> dict[str, Any]:
        """Give the JSON object in the body; raises :class:`Strange` where there is none."""
        found = parsed(self.body)
        if found is None:
            raise Strange(f"an answer {self.status} that is no JSON object: {self.body[:80]!r}", self.rest)
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
        self._url = entry.server.rstrip("/")
        options = {"ssl_context": trusting.context(entry)} if self._url.startswith("https:") else {}
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=4, headers=headers, retries=False, **options)
        self._lock = locks.turn()
        self._busy = 0
        self._closed = False
        self._watches: set[Watch] = set()

    def get(self, name: str) -> Answer:
        """Read one Session. Raises :class:`Unreachable`."""
        return self._read(f"{_SESSIONS}/{name}")

    def list(self) -> Answer:
        """Read all Sessions. Raises :class:`Unreachable`."""
        return self._read(_SESSIONS)

    @contextlib.contextmanager
    def watch(self) -> "Iterator[Watch]":
        """Watch all Sessions. Raises :class:`Unreachable` where that cannot start, or is cut."""
        with self._using(), _reaching():
            sent = server_time.now()
            # The timeout is for the headers, which come at once; a frozen Tilt gives none.
            response = self._ask(f"{_SESSIONS}?watch=true")
            try:
                # After them there may be silence for hours.
                sock = getattr(response.connection, "sock", None)
                if sock is not None:
                    sock.settimeout(None)
                watch = Watch(response, sent)
                with self._lock:
                    self._watches.add(watch)
                    closed = self._closed
                if closed:
                    raise Unreachable("the client is closed")
                yield watch
            finally:
                with self._lock:
                    self._watches = {other for other in self._watches if other.response is not response}
                response.close()

    def close(self) -> None:
        """Let go of all connections, and of those in use as soon as they are not. Harmless when repeated."""
        with self._lock:
            self._closed = True
            idle = not self._busy
            watches = tuple(self._watches)
        for watch in watches:
            watch.shut()
        if idle:
            self._pool.clear()

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        """Keep the pool: what is given back to one that has been cleared would stay open."""
        with self._lock:
            if self._closed:
                raise Unreachable("the client is closed")
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                last = self._closed and not self._busy
            if last:
                self._pool.clear()

    def _ask(self, path: str) -> urllib3.BaseHTTPResponse:
        timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
        return self._pool.request("GET", self._url + path, timeout=timeout, preload_content=False, redirect=False)

    def _read(self, path: str) -> Answer:
        with self._using(), _reaching():
            sent = server_time.now()
            response = self._ask(path)
            try:
                until = server_time.seconds() + _READ
                body = bytearray()
                try:
                    for chunk in _chunks(response):
                        body += chunk
                        if server_time.seconds() > until:
                            raise Silent(f"a body of which {len(body)} bytes came in {_READ:g} s")
                except urllib3.exceptions.ProtocolError:
                    raise Strange(f"an answer {response.status} that broke off after {len(body)} bytes") from None
            finally:
                response.close()  # a body that was read to its end has given its connection back before
            return Answer(response.status, bytes(body), sent, server_time.now(), date_of(response), rest_of(response))


class Watch:
    """One open watch. ``rest`` is for how many seconds the server asked not to be asked again."""

    def __init__(self, response: urllib3.BaseHTTPResponse, sent: int) -> None:
        self.response = response
        self.status = response.status
        self.sent = sent
        self.arrived = server_time.now()
        self.date = date_of(response)
        self.rest = rest_of(response)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Give each whole line and when it arrived; ends where the server ends the watch.

        Raises :class:`CutOff` where it ends in the middle of one, and what urllib3 raises where it is cut.
        """
        rest = b""
        try:
            for chunk in _chunks(self.response):
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
            self.response.shutdown()


def _chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Give what has come as soon as it has."""
    if getattr(response, "chunked", False):
        yield from response.stream(_CHUNK)
        return
    while chunk := response.read1(_CHUNK):
        yield chunk


def date_of(response: urllib3.BaseHTTPResponse) -> int | None:
    """Give what the Date header says, in seconds since the epoch."""
    found = email.utils.parsedate_tz(response.headers.get("Date", ""))
    return None if found is None else email.utils.mktime_tz(found)


def rest_of(response: urllib3.BaseHTTPResponse) -> float:
    """Give for how many seconds Retry-After asks for rest; 0 without it."""
    told = response.headers.get("Retry-After", "").strip()
    seconds = float(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0.0
    return min(seconds, _LONGEST_REST)


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.NewConnectionError as problem:  # which counts as a timeout as well
        raise Unreachable(str(problem)) from None
    except (urllib3.exceptions.TimeoutError, TimeoutError) as problem:
        raise Silent(f"{type(problem).__name__}: {problem}") from None
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
        raise Unreachable(f"{type(problem).__name__}: {problem}") from None
