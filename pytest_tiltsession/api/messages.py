"""Request, Response and WatchStream: what passes between the server's bytes and the API's meaning.

Knows neither sockets nor Sessions.
"""

import dataclasses
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
        return next((value for key, value in self.headers if key == name), None)


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. The server adds Content-Length and Date; ``after`` runs once the bytes are on their way."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    after: Callable[[], None] | None = None


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


Answer = Response | WatchStream
Application = Callable[[Request], Answer]


class BreakOff(Exception):
    """Raised by an application or by a stream's ``pull`` to break the answer off on purpose, as a fault.

    ``last`` are bytes of a watch that are still sent, such as half an event. Then the connection is closed without
    the end that would make the answer complete: with RST where ``reset`` is true, else with FIN.
    """

    def __init__(self, last: bytes = b"", *, reset: bool = False) -> None:
        super().__init__("the answer is broken off on purpose")
        self.last = last
        self.reset = reset
