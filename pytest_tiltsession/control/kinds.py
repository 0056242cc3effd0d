"""What a field of a request may be: each kind reads a JSON value and describes itself; knows no field and no route.

``read`` gives a value as the rest of the package takes it, or raises :class:`errors.InvalidValue` that names what was
found and what would do; ``schema`` gives the JSON Schema of the same.
"""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Protocol

from pytest_tiltsession import errors, times
from pytest_tiltsession.scenario import problems

Schema = dict[str, Any]
_SHOWN = 60


class Kind(Protocol):
    """One kind of value. ``what`` names the field, for messages."""

    def read(self, value: Any, what: str) -> Any:
        """Give the value, or raise InvalidValue."""

    def schema(self) -> Schema:
        """Give the JSON Schema."""


def complain(value: Any, what: str, wanted: str) -> errors.InvalidValue:
    """Give the error of a value that is none of its kind."""
    text = json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return errors.InvalidValue(f"{what} is {shown}; {wanted}")


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text; ``example`` is one that would do."""

    example: str = ""
    empty: bool = False

    def read(self, value: Any, what: str) -> Any:
        """Give the text."""
        if isinstance(value, str) and (value or self.empty):
            return value
        raise complain(value, what, "write a text" + (f", such as {json.dumps(self.example)}" if self.example else ""))

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        found: Schema = {"type": "string"} if self.empty else {"type": "string", "minLength": 1}
        return {**found, "examples": [self.example]} if self.example else found


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""

    def read(self, value: Any, what: str) -> Any:
        """Give a bool."""
        if isinstance(value, bool):
            return value
        raise complain(value, what, "write true or false")

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "boolean"}


@dataclasses.dataclass(frozen=True, slots=True)
class Whole:
    """A whole number; in a query, its decimal digits."""

    least: int = 0
    most: int = (1 << 53) - 1  # what JavaScript can count to

    def read(self, value: Any, what: str) -> Any:
        """Give an int."""
        number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else value
        if isinstance(number, int) and not isinstance(number, bool) and self.least <= number <= self.most:
            return number
        raise complain(value, what, f"write a whole number from {self.least} to {self.most}")

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclasses.dataclass(frozen=True, slots=True)
class Duration:
    """A Go duration as text, or a number of seconds. It is given on as it was written, so that messages say the same.

    ``moment``: a MicroTime will do as well, where an instant is meant. ``worded``: a number becomes a text, too.
    """

    moment: bool = False
    worded: bool = False

    def read(self, value: Any, what: str) -> Any:
        """Give the text or the number."""
        wanted = 'write a duration as Go does, such as "2.5s", or a number of seconds, to the microsecond'
        wanted += ', or a time such as "2026-01-01T00:00:04.000000Z"' if self.moment else ""
        try:
            if self.moment and isinstance(value, str) and "T" in value:
                times.parse_time(value)
                return value
            micros = times.micros_of(value)
        except errors.InvalidValue:
            raise complain(value, what, wanted) from None
        if micros < 0:
            raise complain(value, what, "write a duration of 0s or more")
        return value if isinstance(value, str) or not self.worded else times.format_duration(micros * 1_000)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": ["string", "number"], "examples": ["2.5s", 2.5]}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: Sequence[str]

    def read(self, value: Any, what: str) -> Any:
        """Give the word."""
        if value in self.words:
            return value
        near = problems.nearest(value, self.words) if isinstance(value, str) else ""
        raise complain(value, what, near if near.startswith("did") else f"write {' or '.join(self.words)}")

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"enum": list(self.words)}


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one kind; with ``alone``, one value stands for a list of it."""

    kind: Kind
    alone: bool = False

    def read(self, value: Any, what: str) -> Any:
        """Give a tuple."""
        if self.alone and not isinstance(value, list):
            return (self.kind.read(value, what),)
        if not isinstance(value, list):
            raise complain(value, what, "write a list")
        return tuple(self.kind.read(item, f"{what}[{number}]") for number, item in enumerate(value))

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        several: Schema = {"type": "array", "items": self.kind.schema()}
        return {"anyOf": [self.kind.schema(), several]} if self.alone else several


@dataclasses.dataclass(frozen=True, slots=True)
class MapOf:
    """An object from names to values of one kind."""

    kind: Kind

    def read(self, value: Any, what: str) -> Any:
        """Give a dict."""
        if not isinstance(value, dict):
            raise complain(value, what, "write an object")
        return {name: self.kind.read(item, f"{what}.{name}") for name, item in value.items()}

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "object", "additionalProperties": self.kind.schema()}


@dataclasses.dataclass(frozen=True, slots=True)
class Either:
    """One kind where the value has a certain JSON type, else another."""

    type: type
    kind: Kind
    other: Kind

    def read(self, value: Any, what: str) -> Any:
        """Give what the kind gives."""
        return (self.kind if isinstance(value, self.type) else self.other).read(value, what)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"anyOf": [self.kind.schema(), self.other.schema()]}


@dataclasses.dataclass(frozen=True, slots=True)
class OrNull:
    """A kind, or ``null``, which is read as None."""

    kind: Kind

    def read(self, value: Any, what: str) -> Any:
        """Give what the kind gives, or None."""
        return None if value is None else self.kind.read(value, what)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """A value that a reader of its own understands later; here only its JSON type is looked at."""

    type: type | tuple[type, ...]
    wanted: str
    described: Schema

    def read(self, value: Any, what: str) -> Any:
        """Give the value as it is."""
        if isinstance(value, bool) or not isinstance(value, self.type):
            raise complain(value, what, self.wanted)
        return value

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return self.described
