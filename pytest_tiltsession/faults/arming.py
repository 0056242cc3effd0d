"""The faults that a fake has armed: which one hits what comes, how often each was met; knows no HTTP, no clock.

The first one armed that fits wins, and nothing is hit by two. A fault that waits for something, such as the third
event of a watch, is taken by one request at a time; it counts as met once it has happened, and is given back when its
request ends before.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pytest_tiltsession import errors, locks
from pytest_tiltsession.faults import connections, scope, watches

_OTHERS = (connections.ConnectionFault, watches.WatchFreeze)
_Kind = TypeVar("_Kind", bound=scope.Fault)


class Armed:
    """A fault that was armed. ``met`` counts how often it has happened; ``since`` is how many requests came before."""

    def __init__(self, fault: scope.Fault, since: int = 0) -> None:
        self.fault = fault
        self.since = since
        self.met = 0
        self.taken = 0

    def __repr__(self) -> str:
        return f"<Armed {self.fault}: met {self.met} times>"

    @property
    def spent(self) -> bool:
        """Whether it has happened as often as it was to."""
        return self.fault.times is not None and self.met >= self.fault.times


class Claim:
    """A fault that one request or connection has taken: it either happens, once, or is given back. Any thread."""

    def __init__(self, armed: Armed, lock: "threading.RLock") -> None:
        self._armed = armed
        self._lock = lock
        self._settled = False

    @property
    def fault(self) -> scope.Fault:
        """The fault."""
        return self._armed.fault

    def meet(self) -> bool:
        """Note that it has happened; True the first time."""
        return self._settle(1)

    def give_back(self) -> None:
        """Let another have it, unless it has happened."""
        self._settle(0)

    def _settle(self, met: int) -> bool:
        with self._lock:
            if self._settled:
                return False
            self._settled = True
            self._armed.taken -= 1
            self._armed.met += met
            return True


class Faults:
    """The armed faults of one fake, in the order in which they were armed; to be used from any thread.

    ``offset`` gives the simulated time since the session's start in microseconds, ``seen`` how many requests came.
    """

    def __init__(self, offset: Callable[[], int], seen: Callable[[], int] = lambda: 0) -> None:
        self.armed: tuple[Armed, ...] = ()
        self._offset = offset
        self._seen = seen
        self._lock = locks.guard()
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[Armed]:
        return iter(self.armed)

    def __len__(self) -> int:
        return len(self.armed)

    def arm(self, *faults: scope.Fault) -> tuple[Armed, ...]:
        """Arm faults behind those that are armed, and give them, to see how often each was met.

        ``cut, = tilt_session.faults.arm(CutWatch(2, times=1))``. Raises InvalidValue for what is no fault.
        """
        found = tuple(Armed(fault, self._seen()) for fault in checked(faults))
        if found:
            with self._lock:
                self.armed = (*self.armed, *found)
            self._changed()
        return found

    def disarm(self, *given: Armed | scope.Fault) -> None:
        """Disarm some, or all; a request that one of them holds back goes on to be held back.

        Raises InvalidValue for what is no fault.
        """
        checked([item.fault if isinstance(item, Armed) else item for item in given])
        with self._lock:
            self.armed = tuple(item for item in self.armed if given and item not in given and item.fault not in given)
        self._changed()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever faults were armed or disarmed."""
        self._listeners.append(listener)

    def of_kind(self, kind: type[_Kind]) -> list[tuple[Armed, _Kind]]:
        """Give the armed faults of one kind."""
        return [(item, item.fault) for item in self.armed if isinstance(item.fault, kind)]

    def take_for_request(self, operation: str, client: str) -> Claim | None:
        """Give the fault that hits a request: operation as in ``watch`` or ``update status``, its User-Agent."""
        return self._take(
            lambda fault: not isinstance(fault, _OTHERS) and fault.hits(operation) and fault.meets(client)
        )

    def take_for_connection(self) -> Claim | None:
        """Give the fault that hits the TLS handshake of a new connection."""
        return self._take(lambda fault: isinstance(fault, connections.FailHandshake | connections.ExpiredCertificate))

    def claim(self, armed: Armed) -> Claim:
        """Take a fault that was chosen in another way."""
        with self._lock:
            armed.taken += 1
            return Claim(armed, self._lock)

    def _take(self, fits: Callable[[scope.Fault], bool]) -> Claim | None:
        offset = self._offset()
        with self._lock:
            for item in self.armed:
                times = item.fault.times
                left = times is None or item.met + item.taken < times
                if left and item.fault.is_due(offset) and fits(item.fault):
                    return self.claim(item)
        return None

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def checked(given: "scope.Fault | Sequence[scope.Fault]") -> tuple[scope.Fault, ...]:
    """Give one fault or several as a tuple. Raises InvalidValue for what is no fault."""
    found = (given,) if isinstance(given, scope.Fault) else tuple(given) if isinstance(given, list | tuple) else None
    for fault in (given,) if found is None else found:
        if not isinstance(fault, scope.Fault) or not fault.NAME:
            named = f"write {fault.__name__}(…)" if isinstance(fault, type) and issubclass(fault, scope.Fault) else ""
            hint = named or "give faults of pytest_tiltsession.faults, such as CutWatch(2)"
            raise errors.InvalidValue(f"faults: {fault!r} is no fault; {hint}")
    return found or ()
