"""A parsed JSON value → a model, as Kubernetes' JSON decoder reads it into Go's types; knows no field of Tilt's.

Field names are case-sensitive, null counts as absent, the first value of a wrong type is told at the end, a time or
duration that cannot be read ends the reading at once, and a key that is named twice is read twice into the same
place. The texts are Go's (stories ``type-*``, ``unknown-*``, ``duplicate-*``).
"""

import dataclasses
from collections.abc import Container
from typing import Any, Generic, TypeVar

from pytest_tiltsession.models import field_reading, wire

Model = TypeVar("Model")
Undecodable = field_reading.Undecodable


@dataclasses.dataclass(frozen=True, slots=True)
class Read(Generic[Model]):
    """A model that was read, and what strict reading finds wrong: unknown and doubled fields, in Go's words."""

    value: Model
    strict_errors: tuple[str, ...] = ()


def decode(cls: type[Model], value: Any, *, strict: bool = True, inlined: Container[str] = ()) -> Read[Model]:
    """Read a value into a model.

    :param strict: Whether to look for unknown and doubled fields.
    :param inlined: Names that a strict reading allows beside the declared fields: ``kind`` and ``apiVersion``.

    Raises :class:`Undecodable`.
    """
    reading = field_reading.Reading(strict)
    draft: field_reading.Draft = {}
    reading.struct(cls, value, draft, field_reading.Place("", (), ""), inlined)
    reading.finish()
    return Read(_built(cls, draft), tuple(reading.strict_errors))


def decode_list(cls: type[Model], value: Any, *, strict: bool = True) -> Read[tuple[Model, ...]]:
    """Read a value into a list of models, as ``decode`` reads one; null is the empty list."""
    reading = field_reading.Reading(strict)
    drafts: list[field_reading.Draft] = []
    reading.structs(cls, value, drafts, field_reading.Place("", (), ""))
    reading.finish()
    return Read(tuple(_built(cls, draft) for draft in drafts), tuple(reading.strict_errors))


def _built(cls: type[Model], draft: field_reading.Draft) -> Model:
    """Make the model of a draft; what was not named keeps its default."""
    values: dict[str, Any] = {}
    for item in wire.fields_of(cls):
        if item.attribute not in draft:
            continue
        value = draft[item.attribute]
        if value is not None and item.of is not None:
            value = tuple(_built(item.of, each) for each in value) if item.kind == wire.LIST else _built(item.of, value)
        values[item.attribute] = value
    return cls(**values)
