"""How the fields of a Session merge: which are leaves, which maps and lists are merged item by item.

Made from the declarations of ``models.wire`` and the list and map types that the real OpenAPI document publishes
(``x-kubernetes-list-type`` and ``x-kubernetes-map-type``); a list that says nothing is atomic, a map is granular.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from pytest_tiltsession.models import metadata, wire
from pytest_tiltsession.models import session as session_models

TEXT, NUMBER, BOOLEAN, ANY = "string", "numeric", "boolean", "untyped"


@dataclasses.dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf: ``kind`` is TEXT, NUMBER, BOOLEAN or ANY of them, as times are; null is allowed."""

    kind: str
    folds: ClassVar[bool] = False


@dataclasses.dataclass(frozen=True)
class ListType:
    """A list. Atomic: one leaf. A set: items told apart by value. Keyed: items told apart by the fields ``keys``."""

    items: "Type"
    atomic: bool = True
    keys: tuple[str, ...] = ()

    @functools.cached_property
    def folds(self) -> bool:
        """Whether sets of fields are folded somewhere in it: into this list, or into one or a map in its items."""
        return self.atomic or self.items.folds


@dataclasses.dataclass(frozen=True)
class MapType:
    """A struct (``fields``) or a map of any names to ``items``; atomic: one leaf."""

    fields: Mapping[str, "Type"]
    items: "Type | None" = None
    atomic: bool = False

    @functools.cached_property
    def folds(self) -> bool:
        """Whether sets of fields are folded somewhere in it: into this map, or into one or a list within."""
        inner = [*self.fields.values(), *(() if self.items is None else (self.items,))]
        return self.atomic or any(kind.folds for kind in inner)

    def type_of(self, name: str) -> "Type | None":
        """Give the type of a field, or None where the schema has no such field."""
        return self.fields.get(name, self.items)


Type: TypeAlias = Scalar | ListType | MapType

_SETS = {(metadata.ObjectMeta, "finalizers")}
_KEYED = {(metadata.ObjectMeta, "ownerReferences"): ("uid",)}
_ATOMIC_STRUCTS = {metadata.OwnerReference}
_SCALARS = {
    wire.BOOL: Scalar(BOOLEAN),
    wire.INT64: Scalar(NUMBER),
    wire.INT32: Scalar(NUMBER),
    wire.MICRO_TIME: Scalar(ANY),
    wire.TIME: Scalar(ANY),
}


@functools.cache
def session() -> MapType:
    """Give the type of a whole Session, with its ``kind`` and ``apiVersion``."""
    described = _struct(session_models.Session)
    return dataclasses.replace(described, fields={"apiVersion": Scalar(TEXT), "kind": Scalar(TEXT), **described.fields})


def _struct(cls: type[Any]) -> MapType:
    fields = {item.name: _field(cls, item) for item in wire.fields_of(cls)}
    return MapType(fields, atomic=cls in _ATOMIC_STRUCTS)


def _field(cls: type[Any], item: wire.Field) -> Type:
    if item.kind in (wire.STRUCT, wire.POINTER) and item.of is not None:
        return _struct(item.of)
    if item.kind == wire.STRING_MAP:
        return MapType({}, items=Scalar(TEXT))
    if item.kind == wire.RAW:
        return MapType({}, items=Scalar(TEXT), atomic=True)
    if item.kind in (wire.STRINGS, wire.LIST):
        keys = _KEYED.get((cls, item.name), ())
        items = _struct(item.of) if item.of is not None else Scalar(TEXT)
        return ListType(items, atomic=not keys and (cls, item.name) not in _SETS, keys=keys)
    return _SCALARS.get(item.kind, Scalar(TEXT))
