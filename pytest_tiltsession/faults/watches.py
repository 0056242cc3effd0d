"""Faults of watches: cut, stalled, with errors and blank lines, with events out of order, and Tilt's own freeze.

Knows no HTTP and no sockets; the arguments that all faults take are told in :class:`scope.Fault`.
"""

import dataclasses

from pytest_tiltsession.faults import scope

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
        self._check_word("by", scope.ENDS)
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
