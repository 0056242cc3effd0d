"""Writes an OpenAPI document as the protobuf messages that gnostic defines, by tables. Knows no table.

A table gives, for each JSON key of each message, the number and the form of gnostic's field. It holds the keys that
our documents use; a key that has no field is an error, so that nothing is lost in silence. Fields come in the order of
their numbers and zero values are left out, as Go and proto3 write them.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pytest_tiltsession.api import protobuf
from pytest_tiltsession.models import encoding

TEXT = "text"
FLAG = "flag"
NUMBER = "number"  # a double
YAML = "yaml"  # any value, kept as text

EXTENSIONS = "x-"


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """How one JSON key is written.

    ``kind`` is a scalar, a message of the table or one of its choices. ``around`` numbers the fields of messages that
    hold each value and nothing else (gnostic's *Item* and *Value* messages), outermost first. A ``repeated`` field
    holds a list. A ``named`` field holds a mapping as pairs of name and value; ``inside`` is the number of the pairs
    in a message of their own, 0 where they stand in the message itself.
    """

    number: int
    kind: str
    around: tuple[int, ...] = ()
    repeated: bool = False
    named: bool = False
    inside: int = 0


Choice = Callable[[Any], tuple[str, tuple[int, ...]]]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """The messages of one version of OpenAPI.

    ``choices`` are gnostic's *oneof* messages: each tells, from the JSON value, the kind that it is written as and
    the numbers around it. A scalar chosen so is written even when it is zero.
    """

    root: str
    messages: Mapping[str, Mapping[str, Field]]
    choices: Mapping[str, Choice]


def extensions(number: int) -> dict[str, Field]:
    """Give the entry of a message for the keys that start with ``x-``."""
    return {EXTENSIONS: Field(number, YAML, named=True)}


def encode(table: Table, document: Mapping[str, Any]) -> bytes:
    """Write a document by a table; TypeError for a key that has no field."""
    return _message(table, table.root, document)


def _message(table: Table, name: str, value: Mapping[str, Any]) -> bytes:
    fields = table.messages[name]
    extended = {key: item for key, item in value.items() if key.startswith(EXTENSIONS)}
    parts = [(key, item) for key, item in value.items() if key not in extended]
    if extended:
        parts.append((EXTENSIONS, extended))
    missing = [key for key, _ in parts if key not in fields]
    if missing:
        raise TypeError(f"gnostic's {name} has no field here for {', '.join(missing)}: add it to the table")
    parts.sort(key=lambda part: fields[part[0]].number)
    return b"".join(_field(table, fields[key], item) for key, item in parts)


def _field(table: Table, field: Field, value: Any) -> bytes:
    if field.named:
        number = field.inside or field.number
        pairs = b"".join(
            protobuf.nested(number, protobuf.text(1, name) + _value(table, 2, field, item))
            for name, item in value.items()
        )
        return protobuf.nested(field.number, pairs) if field.inside else pairs
    if field.repeated:
        return b"".join(_value(table, field.number, field, item) for item in value)
    if field.kind in (TEXT, FLAG) and not field.around and not value:
        return b""
    return _value(table, field.number, field, value)


def _value(table: Table, number: int, field: Field, value: Any) -> bytes:
    kind, around = field.kind, field.around
    if kind in table.choices:
        kind, chosen = table.choices[kind](value)
        around = (*around, *chosen)
    numbers = (number, *around)
    content = _plain(table, numbers[-1], kind, value)
    for outer in reversed(numbers[:-1]):
        content = protobuf.nested(outer, content)
    return content


def _plain(table: Table, number: int, kind: str, value: Any) -> bytes:
    if kind == TEXT:
        return protobuf.text(number, value)
    if kind == FLAG:
        return protobuf.number(number, int(value))
    if kind == NUMBER:
        return protobuf.double(number, value)
    if kind == YAML:
        # gnostic keeps values of any form as YAML text; JSON is YAML.
        return protobuf.nested(number, protobuf.text(2, encoding.compact(value) + "\n"))
    return protobuf.nested(number, _message(table, kind, value))
