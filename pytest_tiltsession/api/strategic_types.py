"""What strategic merge patches must know of types: which lists merge, and how; and the words for what cannot merge.

Knows the declarations of ``models.wire`` and Kubernetes' tags on ``ObjectMeta``.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.models import go_texts, wire

BAD_PRIMITIVE_LIST = "invalid patch format of primitive list"
BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
BAD_ORDER = "invalid patch format of setElementOrder list"

# The patchStrategy and patchMergeKey of Kubernetes' ObjectMeta; all other fields have none.
_MERGED_LISTS = {("ObjectMeta", "ownerReferences"): "uid", ("ObjectMeta", "finalizers"): ""}
_GO_KINDS = {
    wire.STRING: "string",
    wire.BOOL: "bool",
    wire.INT64: "int64",
    wire.STRINGS: "slice",
    wire.LIST: "slice",
    wire.STRING_MAP: "map",
    wire.MICRO_TIME: "struct",
    wire.TIME: "struct",
    wire.DURATION: "struct",
    wire.RAW: "struct",
}


class Unmergeable(ValueError):
    """A patch that does not fit the object; ``code`` is the HTTP status that the server gives for it."""

    def __init__(self, message: str, code: int = 500) -> None:
        super().__init__(message)
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True)
class Type:
    """The Go type of a value: a struct of declared fields, or something of another kind."""

    kind: str
    of: type[Any] | None = None

    def struct_field(self, name: str) -> "Field":
        """Find a declared field. Raises :class:`Unmergeable`."""
        if self.of is None:
            problem = "merging an object in json but data type is not struct, instead is"
            raise Unmergeable(f"{problem}: {self.kind}")
        fields = wire.fields_of(self.of)
        exact = [item for item in fields if item.name == name]
        found = next(iter(exact or [item for item in fields if item.name.lower() == name.lower()]), None)
        if found is None:
            where = f"struct {self.of.__name__} for the json field {go_texts.quoted(name)}"
            raise Unmergeable(f"unable to find api field in {where}")
        merge_key = _MERGED_LISTS.get((self.of.__name__, found.name))
        kind = "struct" if found.kind in (wire.STRUCT, wire.POINTER) else _GO_KINDS[found.kind]
        return Field(Type(kind, found.of), "" if merge_key is None else "merge", merge_key or "")

    def list_field(self, name: str) -> "Field":
        """Find a declared field that is a list; its type is that of the items. Raises :class:`Unmergeable`."""
        field = self.struct_field(name)
        if field.type.kind != "slice":
            raise Unmergeable(f"expected slice or array type, but got: {self.kind}")
        return dataclasses.replace(field, type=Type("struct" if field.type.of else "string", field.type.of))


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A field's type and how a patch of it merges: ``strategy`` is ``merge`` or empty."""

    type: Type
    strategy: str
    merge_key: str


def same_type(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are of one Go type."""
    return go_texts.type_name(left) == go_texts.type_name(right)


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are equal as Go compares them: never across types."""
    return same_type(left, right) and bool(left == right)


def checked(value: Any, expected: type[Any]) -> Any:
    """Give a value that must be a list or an object. Raises :class:`Unmergeable`."""
    if not isinstance(value, expected):
        wanted = go_texts.type_name(expected())
        raise Unmergeable(f"expected a {wanted}, but received a {go_texts.type_name(value)}")
    return value


def item_type(*lists: list[Any]) -> type[Any]:
    """Give the one type of all items: ``dict`` for objects. Raises :class:`Unmergeable`."""
    items = [item for each in lists for item in each]
    if not items:
        raise Unmergeable("no elements in any of the given slices")
    if isinstance(items[0], list):
        raise Unmergeable("lists of lists are not supported", 422)
    if not all(same_type(item, items[0]) for item in items):
        raise Unmergeable(f"list element types are not identical: {go_texts.plain(list(lists))}")
    return dict if isinstance(items[0], dict) else type(items[0])


def no_merge_key(item: dict[str, Any], merge_key: str) -> Unmergeable:
    """Word an object of a list that lacks the key by which the list merges."""
    return Unmergeable(f"map: {go_texts.plain(item)} does not contain declared merge key: {merge_key}")


def unknown_directive(directive: Any, patch: dict[str, Any]) -> Unmergeable:
    """Word a ``$patch`` that is none of the known ones."""
    return Unmergeable(f"unknown patch type: {go_texts.as_text(directive)} in map: {go_texts.plain(patch)}")
