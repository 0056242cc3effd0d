"""How a dataclass field stands on the wire: its JSON name, its Go kind, and when Go leaves it out.

Knows no field of Tilt's. Encoding, decoding and the OpenAPI schema all read these declarations, so that a field
is described once.
"""

import dataclasses
from typing import Any, Protocol, TypeVar

STRING = "string"
BOOL = "bool"
INT64 = "int64"
INT32 = "int32"
MICRO_TIME = "microtime"  # int microseconds since the epoch, or None (null)
TIME = "time"  # int seconds since the epoch, or None (omitted or null)
DURATION = "duration"  # int nanoseconds, or None
STRINGS = "strings"  # tuple of str, or None (null)
STRING_MAP = "stringmap"  # Mapping of str to str, or None
RAW = "raw"  # JSON as parsed: FieldsV1
STRUCT = "struct"  # a dataclass of these declarations, always present
POINTER = "pointer"  # the same, or None; for BOOL and INT64 see `optional`
LIST = "list"  # tuple of such dataclasses, or None (null)


class Slotted(Protocol):
    """A model, of which nothing is said but that its attributes are in slots."""

    __slots__: tuple[str, ...]


Model = TypeVar("Model", bound=Slotted)


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One declared field: attribute, JSON name, kind, the class of its items, and Go's tags.

    ``go_type`` is the name of the Go type where Tilt gives it one of its own; decoding errors quote it.
    """

    attribute: str
    name: str
    kind: str
    of: type | None
    omit_empty: bool
    optional: bool
    doc: str
    go_type: str = ""


def field(
    name: str,
    kind: str,
    doc: str = "",
    *,
    of: type[Any] | None = None,
    omit_empty: bool = False,
    optional: bool = False,
    go_type: str = "",
    default: Any = dataclasses.MISSING,
) -> Any:
    """Declare a dataclass field. ``optional`` is a Go pointer to a scalar; ``of`` names the class of a struct."""
    if default is dataclasses.MISSING:
        default = {STRING: "", BOOL: False, INT64: 0, INT32: 0}.get(kind) if not optional else None
    metadata = {"wire": (name, kind, of, omit_empty, optional, doc, go_type)}
    if kind == STRUCT and default is None and of is not None:
        return dataclasses.field(default_factory=of, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


_declared: dict[type[Any], tuple[Field, ...]] = {}


def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """Give the declared fields of a model class in wire order."""
    found = _declared.get(cls)
    if found is None:
        items = (item for item in dataclasses.fields(cls) if "wire" in item.metadata)
        found = _declared[cls] = tuple(Field(item.name, *item.metadata["wire"]) for item in items)
    return found


def replaced(model: Model, **changes: Any) -> Model:
    """Give a model with some attributes changed, as ``dataclasses.replace`` does, in half of its time.

    Where they have these values already it is the very same model. Raises AttributeError for one that there is not.
    """
    for attribute, value in changes.items():
        if getattr(model, attribute) is not value:
            break
    else:
        return model
    put = object.__setattr__  # models are frozen
    copy = object.__new__(type(model))
    for attribute in model.__slots__:
        put(copy, attribute, getattr(model, attribute))
    for attribute, value in changes.items():
        put(copy, attribute, value)
    return copy


_packages: dict[str, str] = {}


def in_go_package(module: str, package: str) -> None:
    """Declare in which Go package the classes of a module are; without it that is ``v1``."""
    _packages[module] = package


def go_name(cls: type[Any]) -> str:
    """Give the name that Go's errors use for a model class: ``v1alpha1.SessionSpec``, ``v1.ObjectMeta``.

    A class may name its Go type in ``GO_TYPE``.
    """
    named = getattr(cls, "GO_TYPE", None)
    if named is not None:
        return str(named)
    return f"{_packages.get(cls.__module__, 'v1')}.{cls.__name__}"
