"""The JSON that Go's ``encoding/json`` would write of a model: field order, omissions, escapes.

Knows the declarations of ``models.wire`` and nothing of HTTP. Sources: go-serialization.txt and the *escaping*
stories of the recordings.
"""

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


@functools.cache
def _encoder_of(cls: Any) -> Callable[[Any], dict[str, Any]]:
    steps = [(item.attribute, item.name, _emptiness(item), _converter(item)) for item in wire.fields_of(cls)]

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
