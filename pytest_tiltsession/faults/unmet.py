"""Why a fault was never met: what it was limited to, and what came instead; pure."""

import collections
import dataclasses
from collections.abc import Sequence

from pytest_tiltsession import times
from pytest_tiltsession.faults import arming, connections, scope, watches

_PLURALS = {"watch": "watches", "delete": "deletes", "deletecollection": "deletions of collections", "patch": "patches"}


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """A request that came: its operation (empty: not about Sessions), its User-Agent, when since the start (µs)."""

    operation: str
    client: str
    at: int


def explain(armed: arming.Armed, seen: Sequence[Seen], now: int) -> str:
    """Say that a fault was never met, and what came nearest. ``now`` is microseconds since the session's start."""
    return f"the fault {armed.fault} was never met: {_nearest(armed, seen, now)}"


def _nearest(armed: arming.Armed, seen: Sequence[Seen], now: int) -> str:
    fault = armed.fault
    begin, _ = fault.span
    if begin > now:
        return f"it begins at {_time(begin)}, and the clock came to {_time(now)} only"
    if isinstance(fault, connections.ConnectionFault):
        return "no client connected then"
    wanted = [item for item in seen if fault.hits(item.operation)]
    if not wanted:
        return f"no {_listed(fault.operations)} came" + _instead(seen)
    fitting = [item for item in wanted if fault.meets(item.client)]
    if not fitting:
        return f"{_came(wanted)}, {_from(wanted)}"
    due = [item for item in fitting if fault.is_due(item.at)]
    if not due:
        whens = sorted({item.at for item in fitting})
        shown = _time(whens[0]) if len(whens) == 1 else f"between {_time(whens[0])} and {_time(whens[-1])}"
        return f"{_came(fitting)}, {'at ' if len(whens) == 1 else ''}{shown}"
    return f"{_came(due)}, {_from(due)}, {_why_not(fault)}"


def _why_not(fault: scope.Fault) -> str:
    if isinstance(fault, watches.CutWatch | watches.StallWatch | watches.ErrorEvent | watches.BlankLine):
        return f"and none got as far as {fault.events} events" + (" and the next" if _needs_next(fault) else "")
    if isinstance(fault, watches.DuplicateEvent | watches.DropEvent | watches.ReorderEvents):
        return f"and none got as far as event {fault.event}"
    if isinstance(fault, watches.WatchFreeze) and fault.on_yaml:
        return "and none was a watch with Accept: application/yaml"
    return "but they were refused for another reason, or met a fault that was armed before"


def _needs_next(fault: scope.Fault) -> bool:
    return isinstance(fault, watches.CutWatch) and fault.half_line


def _instead(seen: Sequence[Seen]) -> str:
    if not seen:
        return "; there was no request at all"
    found = collections.Counter(item.operation or "other request" for item in seen)
    return (
        "; there "
        + ("was " if len(seen) == 1 else "were ")
        + ", ".join(_counted(count, word) for word, count in found.items())
    )


def _came(found: Sequence[Seen]) -> str:
    words = collections.Counter(item.operation or "other request" for item in found)
    return f"{', '.join(_counted(count, word) for word, count in words.items())} came"


def _from(found: Sequence[Seen]) -> str:
    names = list(dict.fromkeys(item.client.split(" ", 1)[0] or "(no user agent)" for item in found))
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{'all ' if len(found) > 1 and len(names) == 1 else ''}from {shown}"


def _counted(count: int, word: str) -> str:
    first, _, rest = word.partition(" ")
    plural = _PLURALS.get(word) or (f"{first}s of the {rest}" if rest == "status" else f"{word}s")
    return f"{count} {word if count == 1 else plural}"


def _listed(words: Sequence[str]) -> str:
    if scope.ANY in words:
        return "request"
    if words == scope.OPERATIONS:
        return "request for Sessions"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _time(micros: int) -> str:
    return times.format_duration(micros * times.MICROSECOND)
