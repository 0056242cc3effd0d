"""The faults that there are, as frozen values: of watches, of answers, of connections, and of Tilt as a whole.

Knows no HTTP and no sockets; the arguments that all of them take are told in :class:`scope.Fault`.
"""

import dataclasses
from typing import ClassVar

from pytest_tiltsession import times
from pytest_tiltsession.faults import scope

# How an answer may break off: cleanly, with TLS's goodbye, with a bare FIN, with RST.
ENDS = ("end", "close", "fin", "rst")
_WATCH = ("watch",)


@dataclasses.dataclass(frozen=True)
class WatchFault(scope.Fault):
    """A fault of watches, and of nothing else."""

    HITS = _WATCH
    USUALLY = _WATCH


@dataclasses.dataclass(frozen=True)
class _AfterEvents(WatchFault):
    """Happens in a watch once ``events`` events have been sent, 0 for before the first; counted in each watch."""

    events: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_whole("events", 0)


@dataclasses.dataclass(frozen=True)
class CutWatch(_AfterEvents):
    """Cut a watch after ``events`` events, with ``half_line`` in the middle of the next one.

    ``by`` says how: ``end`` is a clean end (the last chunk, and the connection lives on), ``close`` says goodbye as TLS
    has it and closes, without the last chunk, ``fin`` (the default) is a bare FIN, ``rst`` resets the connection.
    ``CutWatch(2, by="rst", times=1)``; in a file ``{fault: cut-watch, events: 2, by: rst, times: 1}``.
    """

    NAME = "cut-watch"

    by: str = "fin"
    half_line: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_word("by", ENDS)
        if not isinstance(self.half_line, bool):
            raise self.refusal("half_line", "give True or False")


@dataclasses.dataclass(frozen=True)
class StallWatch(_AfterEvents):
    """After ``events`` events send nothing more, and do not end either, even past ``timeoutSeconds``.

    ``StallWatch(1)``; in a file ``{fault: stall-watch, events: 1}``.
    """

    NAME = "stall-watch"


@dataclasses.dataclass(frozen=True)
class ErrorEvent(_AfterEvents):
    """After ``events`` events send an ERROR event with a ``metav1.Status`` of 410 (Expired) or 500, and end.

    ``ErrorEvent(410, events=3)``; in a file ``{fault: error-event, code: 410, events: 3}``.
    """

    NAME = "error-event"

    # The code comes first when it is written by position.
    code: int = 410
    events: int = dataclasses.field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_word("code", (410, 500))


@dataclasses.dataclass(frozen=True)
class BlankLine(_AfterEvents):
    """After ``events`` events send an empty line, and go on.

    ``BlankLine(0)``; in a file ``{fault: blank-line, events: 0}``.
    """

    NAME = "blank-line"


@dataclasses.dataclass(frozen=True)
class _OfEvent(WatchFault):
    """Concerns one event of a watch by its number, from 1: the first ones show what exists already."""

    event: int

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_whole("event", 1)


@dataclasses.dataclass(frozen=True)
class DuplicateEvent(_OfEvent):
    """Send an event twice. ``DuplicateEvent(2)``; in a file ``{fault: duplicate-event, event: 2}``."""

    NAME = "duplicate-event"


@dataclasses.dataclass(frozen=True)
class DropEvent(_OfEvent):
    """Do not send an event. ``DropEvent(2, times=1)``; in a file ``{fault: drop-event, event: 2, times: 1}``."""

    NAME = "drop-event"


@dataclasses.dataclass(frozen=True)
class ReorderEvents(_OfEvent):
    """Send an event only after the next one. ``ReorderEvents(2)``; in a file ``{fault: reorder-events, event: 2}``."""

    NAME = "reorder-events"


@dataclasses.dataclass(frozen=True)
class Refuse(scope.Fault):
    """Refuse requests with 429, 500 or 503, after their token was looked at and before anything is done.

    ``retry_after`` is the header Retry-After, a duration of whole seconds; 429 has one of 1s, as Kubernetes gives it.
    ``Refuse(503, retry_after="2s", for_="10s")``; in a file ``{fault: refuse, code: 503, retryAfter: 2s, for: 10s}``.
    """

    NAME = "refuse"

    code: int = 503
    retry_after: scope.Duration | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_word("code", (429, 500, 503))
        if self.retry_after is not None:
            self._set("retry_after", self.duration("retry_after", self.retry_after))
            if times.micros_of(self.retry_after) % 1_000_000:
                raise self.refusal("retry_after", "the header counts whole seconds, such as 2s")

    @property
    def retry_seconds(self) -> int | None:
        """What the header Retry-After says; None where there is none."""
        if self.retry_after is None:
            return 1 if self.code == 429 else None
        return times.micros_of(self.retry_after) // 1_000_000


@dataclasses.dataclass(frozen=True)
class RotatedToken(scope.Fault):
    """Take the token for a wrong one, as when it was changed: 403 Forbidden as Tilt says it, or Kubernetes' 401.

    ``RotatedToken(after="30s")``; in a file ``{fault: rotated-token, after: 30s}``. Concerns every path of the API.
    """

    NAME = "rotated-token"
    USUALLY = (scope.ANY,)


@dataclasses.dataclass(frozen=True)
class Conflict(scope.Fault):
    """Answer 409 Conflict to updates, patches and deletes of what exists, as if another writer had been faster.

    ``Conflict(times=3)``; in a file ``{fault: conflict, times: 3}``.
    """

    NAME = "conflict"
    HITS = ("update", "patch", "delete")
    USUALLY = HITS


@dataclasses.dataclass(frozen=True)
class Delay(scope.Fault):
    """Do what is asked, and answer ``by`` so much later: on the session's clock, or with ``clock="machine"`` on that.

    On the session's clock the answer comes when the clock reaches that instant. A client that waits for it in the
    thread that is to move the clock waits for ever: let it wait in another, or use ``progress="auto"``.
    ``Delay("5s", operation="list")``; in a file ``{fault: delay, by: 5s, operation: list}``.
    """

    NAME = "delay"
    SIMULATED: ClassVar[str] = "simulated"
    MACHINE: ClassVar[str] = "machine"

    by: scope.Duration = "1s"
    clock: str = "simulated"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set("by", self.duration("by", self.by))
        self._check_word("clock", (self.SIMULATED, self.MACHINE))


@dataclasses.dataclass(frozen=True)
class TruncateBody(scope.Fault):
    """Announce the whole body by Content-Length, send ``size`` bytes of it (None: half), and cut; no watch is hit.

    ``by`` is ``close``, ``fin`` or ``rst`` as in :class:`CutWatch`. ``TruncateBody(100, operation="list")``; in a file
    ``{fault: truncate-body, size: 100, operation: list}``.
    """

    NAME = "truncate-body"
    HITS = (*(word for word in scope.OPERATIONS if word != "watch"), scope.ANY)
    USUALLY = HITS[:-1]

    size: int | None = None
    by: str = "fin"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size is not None:
            self._check_whole("size", 0)
        self._check_word("by", ENDS[1:])


@dataclasses.dataclass(frozen=True)
class WrongContentType(scope.Fault):
    """Give an answer, or a watch, another Content-Type than it has; the body stays.

    ``WrongContentType("text/html")``; in a file ``{fault: wrong-content-type, mediaType: text/html}``.
    """

    NAME = "wrong-content-type"

    media_type: str = "text/html; charset=utf-8"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.media_type, str) or "/" not in self.media_type or not self.media_type.isprintable():
            raise self.refusal("media_type", "give a media type, such as text/html")


@dataclasses.dataclass(frozen=True)
class ConnectionFault(scope.Fault):
    """A fault of connections: nobody knows yet who the client is and what it wants."""

    HITS = ()
    USUALLY = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.client is not None:
            raise self.refusal("client", "it hits connections, before their clients are known; leave it out")


@dataclasses.dataclass(frozen=True)
class FailHandshake(ConnectionFault):
    """Let TLS handshakes fail with the alert ``handshake_failure``.

    ``FailHandshake(times=2)``; in a file ``{fault: fail-handshake, times: 2}``.
    """

    NAME = "fail-handshake"


@dataclasses.dataclass(frozen=True)
class ExpiredCertificate(ConnectionFault):
    """Show new connections a certificate of the same authority that has expired.

    ``ExpiredCertificate(after="1m")``; in a file ``{fault: expired-certificate, after: 1m}``.
    """

    NAME = "expired-certificate"


@dataclasses.dataclass(frozen=True)
class FullAcceptQueue(ConnectionFault):
    """Accept nobody, with a full queue: the operating system lets new connections hang, and has them try again.

    Connections that are there go on. When the span is over they come in at their next try, on Linux after 1, 3, 7 …
    seconds of the machine's clock. ``FullAcceptQueue(after="10s", for_="5s")``; in a file
    ``{fault: full-accept-queue, after: 10s, for: 5s}``. It has a span and no ``times``.
    """

    NAME = "full-accept-queue"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.times is not None:
            raise self.refusal("times", "it lasts for a span of time; say when with after, until or for")


@dataclasses.dataclass(frozen=True)
class WatchFreeze(scope.Fault):
    """Tilt's own watch freeze: from then on writes are stored and never answered, and new watches hang.

    What Tilt itself would write does not come either; get and list go on. In Tilt, a watch with
    ``Accept: application/yaml`` brings it about (it is answered 406): with ``on_yaml=True`` here as well, else it
    begins at ``after``. Tilt never recovers, so it has no other limits.
    ``WatchFreeze(after="10s")``; in a file ``{fault: watch-freeze, after: 10s}``.
    """

    NAME = "watch-freeze"
    HITS = ("watch", *scope.WRITES)
    USUALLY = HITS

    on_yaml: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.on_yaml, bool):
            raise self.refusal("on_yaml", "give True or False")
        for name in ("operation", "client", "times", "until", "for_"):
            if getattr(self, name) is not None:
                raise self.refusal(name, "a frozen Tilt is so for everybody and for good; leave it out")
