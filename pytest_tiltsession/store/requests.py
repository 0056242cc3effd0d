"""What clients asked and what they got: the request journal; knows no bytes and no sockets."""

import dataclasses
from collections.abc import Callable, Iterator

from pytest_tiltsession import locks


@dataclasses.dataclass(slots=True)
class RequestRecord:
    """One request as it was answered.

    ``at`` is simulated time in microseconds since the epoch. A watch is open until ``ended`` is set; ``events``
    counts what was sent to it. ``version`` is the last resourceVersion that the answer showed, ``message`` what a
    refusal said, or the ERROR event of a watch. ``fault`` names the fault that hit it, at the instant ``fault_at``.
    ``status`` is 0 where no answer came. A connection that never came to a request, such as one whose TLS handshake
    failed, has a record without a method.
    """

    number: int
    at: int
    method: str
    path: str
    query: str
    user_agent: str
    status: int
    operation: str = ""
    name: str = ""
    authorized: bool = True
    watch: bool = False
    events: int = 0
    ended: int | None = None
    message: str = ""
    version: int | None = None
    fault: str = ""
    fault_at: int | None = None

    @property
    def line(self) -> str:
        """The request line as people read it."""
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


class RequestLog:
    """The requests of one fake in order of arrival; safe from any thread."""

    def __init__(self) -> None:
        self._lock = locks.guard()
        self._records: list[RequestRecord] = []

    def add(self, make: Callable[[int], RequestRecord]) -> RequestRecord:
        """Number and keep a new record."""
        with self._lock:
            record = make(len(self._records) + 1)
            self._records.append(record)
            return record

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(tuple(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def open_watches(self) -> list[RequestRecord]:
        """Give the watches that have not ended."""
        return [record for record in self if record.watch and record.ended is None]
