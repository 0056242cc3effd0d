"""How two Sessions, or parts of them, differ, in the words of the API: targets by name, states as reports say them.

Pure. A client's own JSON is taken as it is, so that what a program read can be held against a Session.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_tiltsession.expectations import lettering, states
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as sessions

_MODELS = (sessions.Session, sessions.SessionSpec, sessions.SessionStatus, sessions.Target, sessions.TargetState)
_LONG = 120
_STYLE = lettering.Style(width=10_000)
# What tells most comes first, and what differs in any two versions of a Session last.
_ORDER = ("targets", "status", "spec", "metadata")


@dataclasses.dataclass(frozen=True, slots=True)
class _Missing:
    """Stands for a field that one side does not have."""


_MISSING = _Missing()


def is_known(value: object) -> bool:
    """Tell whether this module can say how a value differs from another."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, sessions.Target) for item in value)
    return isinstance(value, _MODELS)


def explained(left: object, right: object, *, whole: bool = False) -> list[str] | None:
    """Say how two values differ: a line that names both, then one for each difference. None for what is unknown here.

    Long values lose their middle unless the ``whole`` is asked for.
    """
    if not (is_known(left) or is_known(right)) or not (_has_wire(left) and _has_wire(right)):
        return _of_text(left, right)
    rows = sorted(_differences((), _wire(left), _wire(right)), key=_rank)
    lines = _table(rows, whole=whole)
    mixed = isinstance(left, Mapping) != isinstance(right, Mapping)
    if mixed:
        model = right if isinstance(left, Mapping) else left
        kind = type(model).__name__
        said = "they differ as follows" if lines else "they say the same"
        lines = [f"a dict never equals a {kind}; as JSON {said}:" if lines else _same_json(kind, said), *lines]
    return [f"{named(left)} == {named(right)}", "", *(lines or ["they say the same as JSON, and differ in type"])]


def not_among(item: object, values: object) -> list[str] | None:
    """Say why something is not in a list of targets: what the target of its name is, or which names there are."""
    if not isinstance(values, list | tuple) or not is_known(values):
        return None
    heading = f"{named(item)} in {named(values)}"
    if isinstance(item, str):
        known = ", ".join(target.name for target in values)
        example = f"any(target.name == {item!r} for target in …)"
        return [heading, "", f"these are Targets, not names: ask {example}", f"their names are {known}"]
    if not isinstance(item, sessions.Target):
        return None
    same = [target for target in values if target.name == item.name]
    if not same:
        return [heading, "", f"there is no target {item.name}, but {', '.join(target.name for target in values)}"]
    return [heading, "", *_table(list(_differences((), _wire(item), _wire(same[0]))), whole=False)]


def named(value: object) -> str:
    """Name a value shortly: ``<Session Tiltfile, resourceVersion 3>``, ``<Target api:serve ready>``."""
    match value:
        case sessions.Session():
            return f"<Session {value.name}, resourceVersion {value.metadata.resource_version}>"
        case sessions.SessionStatus():
            outcome = "failed" if value.error else "succeeded" if value.done else "running"
            return f"<SessionStatus {outcome}, {lettering.counted(len(value.targets or ()), 'target')}>"
        case sessions.Target():
            return f"<Target {value.name} {states.describe(value.state, value.type)}>"
        case sessions.TargetState():
            return f"<TargetState {states.describe(value, '')}>"
        case list() | tuple() if is_known(value):
            return f"<{lettering.counted(len(value), 'Target')}>"
        case Mapping():
            return f"<dict of {', '.join(map(str, list(value)[:4])) or 'nothing'}{', …' if len(value) > 4 else ''}>"
    return lettering.label(repr(value), _LONG, _STYLE)


def _has_wire(value: object) -> bool:
    return is_known(value) or isinstance(value, Mapping | list | tuple)


def _wire(value: object) -> Any:
    if isinstance(value, sessions.Session):
        return encoding.session_to_wire(value)
    if isinstance(value, _MODELS):
        return encoding.to_wire(value)
    return [_wire(item) for item in value] if isinstance(value, list | tuple) else value


def _same_json(kind: str, said: str) -> str:
    return f"a dict never equals a {kind}; as JSON {said}: compare the fields that matter, or dict with dict"


def _of_text(left: object, right: object) -> list[str] | None:
    """Say what to write where a state or a target is held against a text."""
    model, text = (right, left) if isinstance(left, str) else (left, right)
    if not isinstance(text, str) or not isinstance(model, sessions.TargetState | sessions.Target):
        return None
    field = "word" if isinstance(model, sessions.TargetState) else "name"
    says = f"compare its {field}, which is {getattr(model, field)!r}"
    return [f"{named(left)} == {named(right)}", "", f"a {type(model).__name__} never equals a text: {says}"]


_Path = tuple[str, ...]
_Row = tuple[_Path, Any, Any]


def _differences(path: _Path, left: Any, right: Any) -> Iterator[_Row]:
    """Give the fields that differ, each with both values; of a target that differs in kind of state, just the state."""
    if left == right:
        return
    if _are_targets(left) and _are_targets(right):
        left, right = ({item["name"]: item for item in side} for side in (left, right))
        for name in [*left, *(name for name in right if name not in left)]:
            yield from _of_target((*path, name), left.get(name, _MISSING), right.get(name, _MISSING))
    elif isinstance(left, Mapping) and isinstance(right, Mapping):
        if _is_target(left) and _is_target(right) and left["name"] == right["name"]:
            yield from _of_target((*path, left["name"]), left, right)
            return
        for key in [*left, *(key for key in right if key not in left)]:
            yield from _differences((*path, str(key)), left.get(key, _MISSING), right.get(key, _MISSING))
    else:
        yield path, left, right


def _of_target(path: _Path, left: Any, right: Any) -> Iterator[_Row]:
    before, after = (side if side is _MISSING else _Said(_state_of(side)) for side in (left, right))
    if before != after:
        yield path, before, after
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        ignored = ("state",) if before != after else ()
        rest = ({key: value for key, value in side.items() if key not in ignored} for side in (left, right))
        for key, *both in _fields(*rest):
            yield from _differences((*path, key), *both)


def _fields(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in [*left, *(key for key in right if key not in left)]:
        yield key, left.get(key, _MISSING), right.get(key, _MISSING)


class _Said(str):
    """A text that is shown as it is, and not as a value."""

    __slots__ = ()


def _is_target(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("name"), str) and isinstance(value.get("state"), Mapping)


def _are_targets(value: Any) -> bool:
    """Tell whether a JSON value is a list of targets that their names tell apart."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(map(_is_target, value)):
        return False
    return len({item["name"] for item in value}) == len(value)


def _state_of(target: Mapping[str, Any]) -> str:
    """Say the state of a target in a client's JSON, in the words of reports."""
    state = target["state"]
    waiting, active, ended = (state.get(word) for word in (states.WAITING, states.ACTIVE, states.TERMINATED))
    if isinstance(waiting, Mapping):
        reason = waiting.get("waitReason")
        return f"{states.WAITING}: {reason}" if reason else states.WAITING
    if isinstance(active, Mapping):
        if target.get("type") == sessions.JOB:
            return states.ACTIVE
        return states.READY if active.get("ready") else states.NOT_READY
    if isinstance(ended, Mapping):
        error = ended.get("error")
        return f"{states.FAILED}: {error}" if error else states.SUCCEEDED
    return states.DISABLED if states.DISABLED in state else states.INACTIVE


def _rank(row: _Row) -> int:
    path = row[0]
    head = path[0] if path else ""
    return _ORDER.index("targets" if path[:2] == ("status", "targets") else head) if head in _ORDER else 0


def _table(rows: Sequence[_Row], *, whole: bool) -> list[str]:
    limit = 100_000 if whole else _LONG
    names = [_name_of(row) for row in rows]
    width = max(map(lettering.columns, names), default=0)
    lines = []
    for name, (_, left, right) in zip(names, rows, strict=True):
        start = f"{lettering.padded(name, width)}  " if width else ""
        if isinstance(left, _Missing) or isinstance(right, _Missing):
            side, value = ("right", right) if isinstance(left, _Missing) else ("left", left)
            lines.append(f"{start}only on the {side}: {_shown(value, limit)}")
        else:
            lines.append(f"{start}{_shown(left, limit)} != {_shown(right, limit)}")
    return lines


def _name_of(row: _Row) -> str:
    """Name a field by its path; a target, and what lies in it, by the target's name."""
    path, *both = row
    inner = path[2:] if path[:2] == ("status", "targets") else path[1:] if path[:1] == ("targets",) else path
    said = any(isinstance(value, _Said) for value in both)
    return f"target {'.'.join(inner)}" if said else ".".join(inner)


def _shown(value: Any, limit: int) -> str:
    return lettering.label(value if isinstance(value, _Said) else repr(value), limit, _STYLE)
