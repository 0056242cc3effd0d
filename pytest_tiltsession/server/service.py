"""What all connections of one listener share: the application, its limits, and how busy they are; no sockets."""

import dataclasses
import ssl
import time
from collections.abc import Callable
from typing import Protocol

from pytest_tiltsession import times
from pytest_tiltsession.api import messages
from pytest_tiltsession.server import greetings, waking

# Bound once: freezegun and time-machine replace time.monotonic and time.time, but leave this clock alone.
_clock_gettime = time.clock_gettime
_MONOTONIC = time.CLOCK_MONOTONIC


def machine_seconds() -> float:
    """Give the seconds of the machine's own monotonic clock, whatever a test has frozen."""
    return _clock_gettime(_MONOTONIC)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What a client may ask of the server.

    ``head_bytes`` is Go's MaxHeaderBytes of 1 MiB with the 4 KiB that Go adds to it; ``body_bytes`` is the limit of
    Kubernetes' API server (fidelity.md, Formats). ``patience`` is how many seconds of the machine's clock a client
    may take to send one request, or a TLS handshake, from its first byte. ``linger`` is how many seconds the server
    goes on reading, and dropping, what a refused client still sends, so that it can read the refusal.
    ``send_buffer`` is how many unsent bytes are kept for a client that does not read.
    """

    head_bytes: int = (1 << 20) + 4096
    body_bytes: int = 20 << 20
    patience: float = 30.0
    linger: float = 0.5
    send_buffer: int = 65_536


class Activity:
    """How busy a listener is. Written on the server's loop, read from any thread.

    ``in_work`` counts requests of which a byte has come and whose answer has not been handed to the operating
    system yet; an open watch is not in work, nor is an answer that is ``held`` for the session's clock. ``moved``
    counts bytes in both directions, ``last`` is the instant, in seconds of :func:`machine_seconds`, at which a byte
    moved, a client came or went, or a watch was woken.
    """

    __slots__ = ("connections", "held", "in_work", "last", "moved", "requests", "watches")

    def __init__(self) -> None:
        self.connections = 0
        self.held = 0
        self.in_work = 0
        self.last = machine_seconds()
        self.moved = 0
        self.requests = 0
        self.watches = 0

    def touch(self, moved: int = 0) -> None:
        """Note that something happened, and how many bytes moved with it."""
        self.moved += moved
        self.last = _clock_gettime(_MONOTONIC)

    def quiet_seconds(self) -> float:
        """Give for how long nothing has happened; 0.0 while a request is in work."""
        return 0.0 if self.in_work else max(0.0, machine_seconds() - self.last)


class Client(Protocol):
    """A connection as its listener sees it."""

    def stop(self) -> None:
        """End cleanly."""

    def break_off(self, *, reset: bool) -> None:
        """Close at once, in the middle of whatever is being said."""

    def unsent(self) -> int:
        """Give how many bytes wait for the client to read."""

    def forget(self) -> None:
        """Close this process's copy of the socket without a word to the client."""


@dataclasses.dataclass(slots=True, eq=False, kw_only=True)
class Service:
    """One application as its connections see it. ``stopping`` is true once the listener takes no more requests.

    ``greet`` says which TLS handshakes a fault spoils, ``on_unheard`` is told of those of which no request came.
    """

    application: messages.Application
    now_seconds: Callable[[], int]
    too_large: Callable[[messages.Request], messages.Response]
    on_error: Callable[[BaseException, messages.Request | None], None]
    limits: Limits
    tls: ssl.SSLContext | None
    waker: waking.Waker
    read_buffer: memoryview
    greet: Callable[[], greetings.Spoilt | None] | None = None
    on_unheard: greetings.Unheard | None = None
    activity: Activity = dataclasses.field(default_factory=Activity)
    connections: set[Client] = dataclasses.field(default_factory=set)
    on_empty: Callable[[], None] | None = None
    stopping: bool = False
    _date: tuple[int, str] = (-1, "")

    def date(self) -> str:
        """Give the Date header's value for the application's own time; formatted once a second."""
        now = self.now_seconds()
        if now != self._date[0]:
            self._date = (now, times.format_http_date(now))
        return self._date[1]
