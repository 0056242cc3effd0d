"""Faults by the names that files give them: ``cut-watch``, and their arguments as files write them; pure."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.faults import answers, connections, scope, watches

BY_NAME: dict[str, type[scope.Fault]] = {
    kind.NAME: kind
    for kind in (
        watches.CutWatch,
        watches.StallWatch,
        watches.DuplicateEvent,
        watches.DropEvent,
        watches.ReorderEvents,
        watches.ErrorEvent,
        watches.BlankLine,
        answers.Refuse,
        answers.RotatedToken,
        answers.Conflict,
        answers.Delay,
        answers.TruncateBody,
        answers.WrongContentType,
        connections.FailHandshake,
        connections.ExpiredCertificate,
        connections.FullAcceptQueue,
        watches.WatchFreeze,
    )
}


def keys(kind: type[scope.Fault]) -> dict[str, str]:
    """Give the keys of a fault in a file, each with the name of its argument: ``{"retryAfter": "retry_after", …}``.

    Its limits come last.
    """
    limits = {field.name for field in dataclasses.fields(scope.Fault)}
    fields = sorted(dataclasses.fields(kind), key=lambda field: field.name in limits)
    return {_key(field.name): field.name for field in fields}


def make(name: str, values: Mapping[str, Any]) -> scope.Fault:
    """Make the fault of a name from the values of its keys. Raises InvalidValue, which says what there is."""
    kind = BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None:
        raise errors.InvalidValue(f"there is no fault {name!r}; {scope.nearest(name, BY_NAME)}")
    known = keys(kind)
    for key in values:
        if key not in known:
            raise errors.InvalidValue(f"{name} has no {key}; {scope.nearest(key, known)}")
    given = {known[key]: value for key, value in values.items()}
    for field in dataclasses.fields(kind):
        if field.default is dataclasses.MISSING and field.name not in given:
            raise errors.InvalidValue(f"{name} needs {_key(field.name)}, such as {_key(field.name)}: 2")
    try:
        return kind(**given)
    except errors.InvalidValue as problem:
        told = str(problem)
    for key, argument in known.items():  # it is to be told by the names of those who wrote it
        told = re.sub(rf"\b{argument}\b", key, told)
    raise errors.InvalidValue(told)


def _key(argument: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), argument.rstrip("_"))
