"""The JSON that Go's ``encoding/json`` would write of a model: field order, omissions, escapes.

Knows the declarations of ``models.wire`` and nothing of HTTP. Sources: go-serialization.txt and the *escaping*
stories of the recordings.
"""

import functools
import json
from collections.abc import Callable, Container, Iterable
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import session as session_models
from pytest_tiltsession.models import wire

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    | {chr(code): "\ufffd" for code in range(0xD800, 0xE000)}
)
_TEXTS_KEPT = 1024  # parts
_MARKUP = "<>&"
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_indented = json.JSONEncoder(ensure_ascii=False, indent=2, check_circular=False).encode


def _escaped(text: str) -> str:
    if not text.isascii():
        return text.translate(_ESCAPES)
    # Looked for one by one, which is many times as fast as a table where there is nothing to escape.
    for character in _MARKUP:
        if character in text:
            text = text.replace(character, _ESCAPES[ord(character)])
    return text


def compact(value: Any) -> str:
    """Write a JSON value on one line with Go's escapes and no final newline."""
    return _escaped(_compact(value))


def pretty(value: Any) -> str:
    """Write a JSON value indented by two spaces with Go's escapes and no final newline."""
    return _escaped(_indented(value))


def to_wire(value: Any) -> dict[str, Any]:
    """Give a model as the dictionary that its JSON shows, keys in wire order."""
    kind: type = type(value)
    return _encoder_of(kind)(value)


def session_to_wire(session: session_models.Session) -> dict[str, Any]:
    """Give a Session with its ``kind`` and ``apiVersion`` first."""
    return {**session_models.TYPE_META, **to_wire(session)}


_TYPE_META = compact(session_models.TYPE_META)


def differing(one: Any, other: Any, *, leaving_out: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Give two models of one class as ``to_wire`` does, but only those of their fields that differ, which is cheaper.

    :param leaving_out: The attribute of a field that is not to be compared.
    """
    kind: type = type(one)
    wires: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    if one is other:
        return wires
    for attribute, name, is_empty, convert in _steps_of(kind):
        first, second = getattr(one, attribute), getattr(other, attribute)
        if first is second or attribute == leaving_out or first == second:
            continue
        for wire_, found in zip(wires, (first, second), strict=True):
            if is_empty is None or not is_empty(found):
                wire_[name] = found if convert is None or found is None else convert(found)
    return wires


def to_wire_of(value: Any, names: Container[str]) -> dict[str, Any]:
    """Give a model as ``to_wire`` does, but only its fields of some names in JSON."""
    kind: type = type(value)
    return _encoder([step for step in _steps_of(kind) if step[1] in names])(value)


def fields_shown(value: Any) -> list[tuple[wire.Field, Any]]:
    """Give the fields of a model that its JSON shows, in wire order, with what they hold."""
    kind: type = type(value)
    return [
        (item, found)
        for item, (attribute, _, is_empty, _) in zip(wire.fields_of(kind), _steps_of(kind), strict=True)
        for found in (getattr(value, attribute),)
        if is_empty is None or not is_empty(found)
    ]


def field_text(item: wire.Field, found: Any) -> str:
    """Write what a field holds as compact JSON."""
    convert = _converter(item)
    return compact(found if convert is None or found is None else convert(found))


class SessionTexts:
    """Writes Sessions as compact JSON, and each of their parts once: from one version to the next, few change.

    Parts are the items of lists and the structs without lists. To be used by one thread at a time.
    """

    def __init__(self) -> None:
        # By identity, which is the fastest to find; the parts are kept, so that no other ones have their ids.
        self._texts: dict[int, str] = {}
        self._parts: list[Any] = []
        # The struct with lists that was written last in each field: clients leave the status as it is.
        self._last: dict[str, tuple[Any, str]] = {}

    def text(self, session: session_models.Session) -> str:
        """Write a Session as ``compact(session_to_wire(session))`` does."""
        if len(self._texts) > max(_TEXTS_KEPT, 4 * len(session.status.targets or ())):
            self._texts.clear()
            self._parts.clear()
        return f"{_TYPE_META[:-1]},{self._fields(session)}}}"

    def _fields(self, value: Any) -> str:
        """Write the fields of a struct, without its braces."""
        kind: type = type(value)
        pieces = []
        for encode, item in _runs_of(kind):
            scalars = encode(value)
            if scalars:
                pieces.append(compact(scalars)[1:-1])
            found = None if item is None else getattr(value, item.attribute)
            if item is not None and (found or not item.omit_empty):
                pieces.append(f'"{item.name}":{self._part(item, found)}')
        return ",".join(pieces)

    def _part(self, item: wire.Field, found: Any) -> str:
        if found is None:
            return "null"
        if item.kind == wire.LIST:
            self._keep(found)
            return f"[{','.join(map(self._texts.__getitem__, map(id, found)))}]"
        if not _has_lists(item.of):
            self._keep((found,))
            return self._texts[id(found)]
        last, text = self._last.get(item.name, (None, ""))
        if last is not found:
            text = f"{{{self._fields(found)}}}"
            self._last[item.name] = (found, text)
        return text

    def _keep(self, parts: Iterable[Any]) -> None:
        texts = self._texts
        for part in parts:
            if id(part) not in texts:
                texts[id(part)] = compact(to_wire(part))
                self._parts.append(part)


_Steps = list[tuple[str, str, Callable[[Any], bool] | None, Callable[[Any], Any] | None]]


@functools.cache
def _steps_of(cls: Any) -> _Steps:
    """Give what is to be done for each field of a model: attribute, JSON name, test for ``omitempty``, conversion."""
    return [(item.attribute, item.name, _emptiness(item), _converter(item)) for item in wire.fields_of(cls)]


@functools.cache
def _encoder_of(cls: Any) -> Callable[[Any], dict[str, Any]]:
    return _encoder(_steps_of(cls))


def _encoder(steps: _Steps) -> Callable[[Any], dict[str, Any]]:
    def encode(value: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for attribute, name, is_empty, convert in steps:
            found = getattr(value, attribute)
            if is_empty is not None and is_empty(found):
                continue
            result[name] = found if convert is None or found is None else convert(found)
        return result

    return encode


@functools.cache
def _runs_of(cls: Any) -> list[tuple[Callable[[Any], dict[str, Any]], wire.Field | None]]:
    """Give what is to be written of a model in turn: scalars that stand together, and the struct or list behind them.

    Behind the last scalars there is None.
    """
    runs: list[tuple[Callable[[Any], dict[str, Any]], wire.Field | None]] = []
    steps: _Steps = []
    for item, step in zip(wire.fields_of(cls), _steps_of(cls), strict=True):
        if item.of is None:
            steps.append(step)
        else:
            runs.append((_encoder(steps), item))
            steps = []
    return [*runs, (_encoder(steps), None)]


@functools.cache
def _has_lists(cls: Any) -> bool:
    return any(item.kind == wire.LIST or (item.of is not None and _has_lists(item.of)) for item in wire.fields_of(cls))


def _emptiness(item: wire.Field) -> Callable[[Any], bool] | None:
    """Choose the test for Go's ``omitempty``: zero scalars are empty, a pointer to a zero scalar is not."""
    if not item.omit_empty:
        return None
    if item.optional or item.kind in (wire.TIME, wire.MICRO_TIME, wire.DURATION, wire.RAW, wire.POINTER):
        return lambda found: found is None
    return lambda found: not found


def _converter(item: wire.Field) -> Callable[[Any], Any] | None:
    """Choose how one field's value is turned into JSON; None where it already is."""
    if item.kind in (wire.STRUCT, wire.POINTER) and item.of is not None:
        return _encoder_of(item.of)
    if item.kind == wire.LIST and item.of is not None:
        encode = _encoder_of(item.of)
        return lambda values: [encode(value) for value in values]
    scalars: dict[str, Callable[[Any], Any]] = {
        wire.MICRO_TIME: times.format_micro_time,
        wire.TIME: times.format_time,
        wire.DURATION: times.format_duration,
        wire.STRINGS: list,
        wire.STRING_MAP: lambda found: dict(sorted(found.items())),
    }
    return scalars.get(item.kind)
