"""Faults of answers: refused, conflicting, late, cut off, of another type. Knows no HTTP and no sockets."""

import dataclasses
from typing import ClassVar

from pytest_tiltsession import times
from pytest_tiltsession.faults import scope


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
    """Announce the whole body, send ``size`` bytes of it (None: half), and cut; no watch is hit.

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
        self._check_word("by", scope.ENDS[1:])


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
