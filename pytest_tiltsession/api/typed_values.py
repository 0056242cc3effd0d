"""JSON values held against the schema of a Session: whether they fit it, and which fields they mention.

Knows ``merge_schema`` and nothing of HTTP. Follows the *structured merge* of Kubernetes, whose messages it gives.
"""

from collections.abc import Iterator
from typing import Any

from pytest_tiltsession.api import field_sets, merge_schema
from pytest_tiltsession.models import go_texts

Violations = list[tuple[str, str]]


class Absent:
    """The type of :data:`ABSENT`, which stands where a value has no counterpart; null is a value."""


ABSENT = Absent()


def violations(value: Any, kind: merge_schema.Type) -> Violations:
    """List what in a value breaks its schema, as pairs of a path and a message; an empty list when it fits."""
    if value is None:
        return []
    if isinstance(kind, merge_schema.Scalar):
        return _scalar_violations(value, kind)
    if isinstance(kind, merge_schema.ListType):
        return _list_violations(value, kind)
    if not isinstance(value, dict):
        return [("", f"expected map, got {_pointer(value)}")]
    found: Violations = []
    for name in sorted(value):
        inner = kind.type_of(name)
        if inner is None:
            # Kubernetes stops at the first unknown field; which one that is depends on the order of a Go map.
            return [*found, (f".{name}", "field not declared in schema")]
        found += _prefixed(f".{name}", violations(value[name], inner))
    return found


def violations_text(found: Violations) -> str:
    """Write violations as one message: the only one, or all of them below ``errors:``."""
    lines = [f"{path}: {message}" if path else message for path, message in found]
    return lines[0] if len(lines) == 1 else "\n".join(["errors:", *(f"  {line}" for line in lines)])


def _prefixed(prefix: str, found: Violations) -> Violations:
    return [(prefix + path, message) for path, message in found]


def _pointer(value: Any) -> str:
    """Print a value as Go prints the box that it is compared in."""
    return f"&{{{go_texts.plain(value)}}}"


def _syntax(value: Any) -> str:
    """Print a value that is no text as Go's ``%#v`` does: ``map[string]interface {}{"a":1}``."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, dict):
        pairs = ", ".join(f"{go_texts.quoted(name)}:{_syntax(value[name])}" for name in sorted(value))
        return f"map[string]interface {{}}{{{pairs}}}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(_syntax(item) for item in value) + "}"
    return go_texts.quoted(value) if isinstance(value, str) else go_texts.scalar(value)


def _scalar_violations(value: Any, kind: merge_schema.Scalar) -> Violations:
    if kind.kind == merge_schema.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [("", f"expected numeric (int or float), got {go_texts.type_name(value)}")]
    elif kind.kind == merge_schema.TEXT:
        if not isinstance(value, str):
            return [("", f"expected string, got &value.valueUnstructured{{Value:{_syntax(value)}}}")]
    elif kind.kind == merge_schema.ANY:
        if isinstance(value, dict | list):
            return [("", f"expected any scalar, got {_pointer(value)}")]
    elif not isinstance(value, bool):
        return [("", f"expected boolean, got {_pointer(value)}")]
    return []


def _list_violations(value: Any, kind: merge_schema.ListType) -> Violations:
    if not isinstance(value, list):
        return [("", f"expected list, got {_pointer(value)}")]
    found: Violations = []
    seen = set()
    for position, item in enumerate(value):
        element = field_sets.index(position)
        if not kind.atomic:
            try:
                element = element_of(item, kind)
            except ValueError as problem:
                return [*found, ("", f"element {position}: {problem}")]
            if element in seen:
                found.append(("", f"duplicate entries for key {field_sets.text((element,))}"))
            seen.add(element)
        found += _prefixed(field_sets.text((element,)), violations(item, kind.items))
    return found


def element_of(item: Any, kind: merge_schema.ListType) -> field_sets.Element:
    """Name an item of a set or keyed list. Raises ValueError for an item that has no name."""
    if not kind.keys:
        for wrong, message in (
            (dict, "associative list without keys has an element that's a map type"),
            (list, "not supported: associative list with lists as elements"),
            (type(None), "associative list without keys has an element that's an explicit null"),
        ):
            if isinstance(item, wrong):
                raise ValueError(message)
        return field_sets.value(item)
    if item is None:
        raise ValueError("associative list with keys may not have a null element")
    if not isinstance(item, dict):
        raise ValueError("associative list with keys may not have non-map elements")
    # A key that is left out counts as its default, which the real OpenAPI document declares as "".
    return field_sets.key({name: item.get(name, "") for name in kind.keys})


def mentioned(value: Any, kind: merge_schema.Type) -> field_sets.FieldSet:
    """Give every leaf and every list item that a value mentions, which is what its applier manages."""
    return field_sets.of(_mentioned(value, kind, ()))


def _mentioned(value: Any, kind: merge_schema.Type, path: field_sets.Path) -> Iterator[field_sets.Path]:
    if isinstance(kind, merge_schema.Scalar) or kind.atomic:
        yield path
    elif value is None:
        return
    elif isinstance(kind, merge_schema.ListType):
        yield from _mentioned_items(value, kind, path)
    else:
        for name, inner in value.items():
            below = (*path, field_sets.field(name))
            described = kind.type_of(name)
            if described is not None:
                yield from _mentioned(inner, described, below)
            if inner is None or inner == {} or name not in kind.fields:
                yield below


def _mentioned_items(value: list[Any], kind: merge_schema.ListType, path: field_sets.Path) -> Iterator[field_sets.Path]:
    elements = [element_of(item, kind) for item in value]
    for element, item in zip(elements, value, strict=True):
        below = (*path, element)
        yield below
        if elements.count(element) == 1:
            yield from _mentioned(item, kind.items, below)


def with_named_fields(fields: field_sets.FieldSet, kind: merge_schema.Type | None) -> field_sets.FieldSet:
    """Add the structs and their fields that a set only holds something of; keys of maps are not added."""
    members = set(fields.members)
    children = {}
    for element, below in fields.children.items():
        inner: merge_schema.Type | None = None
        if element.sort == field_sets.FIELD and isinstance(kind, merge_schema.MapType):
            inner = kind.type_of(element.text)
            if element.text in kind.fields:
                members.add(element)
        elif element.sort == field_sets.KEY and isinstance(kind, merge_schema.ListType):
            inner = kind.items
        children[element] = with_named_fields(below, inner)
    return field_sets.FieldSet(frozenset(members), children)


def in_schema(fields: field_sets.FieldSet, kind: merge_schema.Type) -> field_sets.FieldSet:
    """Fold what a set holds inside an atomic map or list into that map or list itself."""
    if not fields.children:
        return fields
    members, left = fields.members, {}
    for element, below in fields.children.items():
        inner = kind.items if isinstance(kind, merge_schema.ListType) else None
        if isinstance(kind, merge_schema.MapType) and element.sort == field_sets.FIELD:
            inner = kind.type_of(element.text)
        if inner is None or isinstance(inner, merge_schema.Scalar) or not inner.folds:
            continue
        if inner.atomic:
            members |= {element}
        left[element] = field_sets.EMPTY if inner.atomic else in_schema(below, inner)
    return fields.altered(members, left)
