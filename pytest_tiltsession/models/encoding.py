"""The JSON that Go's ``encoding/json`` would write of a model: field order, omissions, escapes.

Knows the declarations of ``models.wire`` and nothing of HTTP. Sources: go-serialization.txt and the *escaping*
stories of the recordings.
"""

import dataclasses
import functools
import json
from collections.abc import Callable
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import session as session_models
from pytest_tiltsession.models import wire

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    | {chr(code): "\ufffd" for code in range(0xD800, 0xE000)}
)
_TEXTS_KEPT = 4096  # targets
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
    return {"kind": session_models.KIND, "apiVersion": session_models.API_VERSION, **to_wire(session)}


def differing(one: Any, other: Any, *, leaving_out: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Give two models of one class as ``to_wire`` does, but only those of their fields that differ, which is cheaper.

    :param leaving_out: The attribute of a field that is not to be compared.
    """
    kind: type = type(one)
    wires: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for attribute, name, is_empty, convert in _steps_of(kind):
        pair = getattr(one, attribute), getattr(other, attribute)
        if attribute == leaving_out or pair[0] == pair[1]:
            continue
        for wire_, found in zip(wires, pair, strict=True):
            if is_empty is None or not is_empty(found):
                wire_[name] = found if convert is None or found is None else convert(found)
    return wires


class SessionTexts:
    """Writes Sessions as compact JSON, and each of their targets once: from one version to the next, few change.

    To be used by one thread at a time.
    """

    def __init__(self) -> None:
        # By identity, which is the fastest to find; the targets are kept, so that no other ones have their ids.
        self._texts: dict[int, str] = {}
        self._targets: list[session_models.Target] = []

    def text(self, session: session_models.Session) -> str:
        """Write a Session as ``compact(session_to_wire(session))`` does."""
        targets = session.status.targets
        if not targets:
            return compact(session_to_wire(session))
        bare = dataclasses.replace(session, status=dataclasses.replace(session.status, targets=()))
        # Quotes within strings are escaped, and behind the list nothing has such a name: the last one is the list.
        before, key, after = compact(session_to_wire(bare)).rpartition('"targets":[')
        texts = self._texts
        if len(texts) > max(_TEXTS_KEPT, 4 * len(targets)):
            texts.clear()
            self._targets.clear()
        for target in targets:
            if id(target) not in texts:
                texts[id(target)] = compact(to_wire(target))
                self._targets.append(target)
        return f"{before}{key}{','.join(map(texts.__getitem__, map(id, targets)))}{after}"


_Steps = list[tuple[str, str, Callable[[Any], bool] | None, Callable[[Any], Any] | None]]


@functools.cache
def _steps_of(cls: Any) -> _Steps:
    """Give what is to be done for each field of a model: attribute, JSON name, test for ``omitempty``, conversion."""
    return [(item.attribute, item.name, _emptiness(item), _converter(item)) for item in wire.fields_of(cls)]


@functools.cache
def _encoder_of(cls: Any) -> Callable[[Any], dict[str, Any]]:
    steps = _steps_of(cls)

    def encode(value: Any) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for attribute, name, is_empty, convert in steps:
            found = getattr(value, attribute)
            if is_empty is not None and is_empty(found):
                continue
            result[name] = found if convert is None or found is None else convert(found)
        return result

    return encode


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
