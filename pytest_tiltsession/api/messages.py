"""Request, Response and WatchStream: what passes between the server's bytes and the API's meaning.

Knows neither sockets nor Sessions.
"""

import dataclasses
import threading
from collections.abc import Callable
from typing import Protocol

Headers = tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One complete HTTP request. Header names are lower-cased; path and query are as sent, still encoded."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give the first value of a header by its lower-case name, or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None


@dataclasses.dataclass(frozen=True, slots=True)
class Cut:
    """An end that makes no answer complete, as a fault: how many bytes of the body are sent before it, and how.

    With RST where ``reset`` is true, else with FIN, before which TLS says ``goodbye`` or does not.
    """

    size: int
    reset: bool = False
    goodbye: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. The server adds its framing and Date; ``after`` runs once the bytes are on their way.

    ``cut`` breaks it off within its body. ``measured``: whoever made it said how long it is, as who serves files does;
    of others the server says so as long as they are short.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    after: Callable[[], None] | None = None
    cut: Cut | None = None
    measured: bool = False


class WatchStream(Protocol):
    """An answer without end. The server pulls chunks while the client reads, and closes the stream in any case."""

    status: int
    headers: Headers
    timeout: float | None  # seconds of the machine's clock until a clean end; None: no end

    @property
    def ended(self) -> bool:
        """Tell whether the stream has said its last word, so that the server is to end the response."""

    def pull(self, limit: int = 65_536) -> bytes:
        """Give what may be sent now, at most about ``limit`` bytes and whole events; called on the server's loop."""

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Take one callback, to be called from any thread whenever ``pull`` or ``ended`` may have changed."""

    def close(self) -> None:
        """Let go of everything: nobody reads any more."""


class Later:
    """A complete answer that is still being worked on, by another thread, while the server goes on with its clients.

    ``abandoned`` says that nobody waits for it any more. All methods may be called from any thread.
    """

    def __init__(self) -> None:
        self.response: Response | None = None
        self.abandoned = False
        self._lock = threading.Lock()
        self._on_complete: Callable[[], None] | None = None
        self._on_abandon: Callable[[], None] | None = None

    def complete(self, response: Response) -> None:
        """Give the answer, once."""
        with self._lock:
            self.response = response
            listener = self._on_complete
        if listener is not None:
            listener()

    def abandon(self) -> None:
        """Learn that nobody waits any more; an answer that comes all the same is sent where that is possible."""
        with self._lock:
            listener, self._on_abandon = self._on_abandon, None
            self.abandoned = True
        if listener is not None:
            listener()

    def on_complete(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the answer is there, at once if it is."""
        with self._lock:
            self._on_complete = listener
            complete = self.response is not None
        if complete:
            listener()

    def on_abandon(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when nobody waits any more, at once if that is so."""
        with self._lock:
            if not self.abandoned:
                self._on_abandon = listener
                return
        listener()


Answer = Response | WatchStream


class Stallable:
    """A stream that can stop for good: while ``stalls`` is true, its timeout does not end it either."""

    @property
    def stalls(self) -> bool:
        """Whether nothing will come any more, no end either."""
        return False


class Held:
    """An answer that is there and is held back, as a fault: for machine ``seconds``, or until it is let go.

    ``wait`` is called, once the answer waits, with the function that lets it go, from any thread, and gives the
    function that ends the waiting; without it and without ``seconds`` the answer never comes. While machine seconds
    pass the request is in work, else it is not.
    """

    def __init__(
        self,
        answer: Answer,
        *,
        seconds: float | None = None,
        wait: Callable[[Callable[[], None]], Callable[[], None]] | None = None,
    ) -> None:
        self.answer = answer
        self.seconds = seconds
        self.wait = wait


Application = Callable[[Request], "Answer | Later | Held"]


class BreakOff(Exception):
    """Raised by an application or by a stream's ``pull`` to break the answer off on purpose, as a fault.

    ``last`` are bytes of a watch that are still sent, such as half an event. Then the connection is closed without
    the end that would make the answer complete: with RST where ``reset`` is true, else with FIN, before which TLS says
    ``goodbye`` or does not.
    """

    def __init__(self, last: bytes = b"", *, reset: bool = False, goodbye: bool = False) -> None:
        super().__init__("the answer is broken off on purpose")
        self.last = last
        self.reset = reset
        self.goodbye = goodbye
