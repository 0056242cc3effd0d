"""What changed between two JSON values of a Session's schema, what merging them gives, and taking fields away.

Knows ``merge_schema``, ``typed_values`` and ``field_sets``, and nothing of managers or HTTP.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession.api import field_sets, merge_schema, typed_values


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """The paths that are gone, those whose value changed, and those that are new; each path in one of them."""

    removed: field_sets.FieldSet
    modified: field_sets.FieldSet
    added: field_sets.FieldSet

    @property
    def written(self) -> field_sets.FieldSet:
        """The paths that have a new value."""
        return self.modified.union(self.added)

    def without(self, ignored: field_sets.FieldSet) -> "Comparison":
        """Leave out some fields and all that is in them."""
        if not ignored:
            return self
        parts = (part.recursive_difference(ignored) for part in (self.removed, self.modified, self.added))
        return Comparison(*parts)


class _Comparing:
    """Collects the paths of one comparison while it walks both values side by side."""

    def __init__(self) -> None:
        self.removed: list[field_sets.Path] = []
        self.modified: list[field_sets.Path] = []
        self.added: list[field_sets.Path] = []

    def walk(self, old: Any, new: Any, kind: merge_schema.Type, path: field_sets.Path) -> None:
        """Compare two values; ABSENT stands for the side that lacks the value."""
        if old == new:
            return
        if isinstance(kind, merge_schema.Scalar) or kind.atomic or not (_content(old) or _content(new)):
            self._leaf(old, new, path)
            return
        if isinstance(kind, merge_schema.ListType):
            self._items(_content(old) or [], _content(new) or [], kind, path)
        else:
            before, after = _content(old) or {}, _content(new) or {}
            for name in before | after:
                inner = kind.type_of(name)
                if inner is not None:
                    below = (*path, field_sets.field(name))
                    self.walk(before.get(name, typed_values.ABSENT), after.get(name, typed_values.ABSENT), inner, below)
        if old is typed_values.ABSENT:
            self.added.append(path)
        elif new is typed_values.ABSENT:
            self.removed.append(path)

    def _leaf(self, old: Any, new: Any, path: field_sets.Path) -> None:
        if old is typed_values.ABSENT:
            self.added.append(path)
        elif new is typed_values.ABSENT:
            self.removed.append(path)
        elif old != new:
            self.modified.append(path)

    def _items(self, old: list[Any], new: list[Any], kind: merge_schema.ListType, path: field_sets.Path) -> None:
        before, after = _grouped(old, kind), _grouped(new, kind)
        for element in before | after:
            below = (*path, element)
            lost, found = before.get(element, []), after.get(element, [])
            if len(lost) < 2 and len(found) < 2:
                self.walk(_only(lost), _only(found), kind.items, below)
            elif len(lost) >= 2 and len(found) >= 2:
                if lost != found:
                    self.modified.append(below)
            elif len(lost) >= 2:
                if found:
                    self.walk(typed_values.ABSENT, found[0], kind.items, below)
                self.removed.append(below)
            else:
                if lost:
                    self.walk(lost[0], typed_values.ABSENT, kind.items, below)
                self.added.append(below)


def compare(old: Any, new: Any) -> Comparison:
    """Compare two Sessions as JSON. An empty or atomic map or list counts as one leaf."""
    comparing = _Comparing()
    comparing.walk(old, new, merge_schema.session(), ())
    parts = (field_sets.of(paths) for paths in (comparing.removed, comparing.modified, comparing.added))
    return Comparison(*parts)


def _content(value: Any) -> Any:
    """Give a map or list to walk, or None where there is nothing to walk: absent and null alike."""
    return None if value is typed_values.ABSENT else value


def _only(values: Sequence[Any]) -> Any:
    return values[0] if values else typed_values.ABSENT


def _grouped(values: list[Any], kind: merge_schema.ListType) -> dict[field_sets.Element, list[Any]]:
    grouped: dict[field_sets.Element, list[Any]] = {}
    for item in values:
        grouped.setdefault(typed_values.element_of(item, kind), []).append(item)
    return grouped


def merge(old: Any, new: Any, kind: merge_schema.Type) -> Any:
    """Lay one value over another: leaves of ``new`` win, maps and non-atomic lists are merged item by item.

    Gives ABSENT where nothing is left, as for two empty maps within a map.
    """
    if isinstance(kind, merge_schema.Scalar) or kind.atomic or not (_content(old) or _content(new)):
        return old if new is typed_values.ABSENT else new
    if isinstance(kind, merge_schema.ListType):
        merged_items = _merge_items(_content(old) or [], _content(new) or [], kind)
        return merged_items or typed_values.ABSENT
    before, after = _content(old) or {}, _content(new) or {}
    merged = {}
    for name in before | after:
        inner = kind.type_of(name)
        result = (
            typed_values.ABSENT
            if inner is None
            else merge(before.get(name, typed_values.ABSENT), after.get(name, typed_values.ABSENT), inner)
        )
        if result is not typed_values.ABSENT:
            merged[name] = result
    return merged or typed_values.ABSENT


def _merge_items(old: list[Any], new: list[Any], kind: merge_schema.ListType) -> list[Any]:
    """Merge two lists in the order of the new one; old items stay beside their old neighbours.

    An old item that was there twice is not merged but replaced.
    """
    before = [typed_values.element_of(item, kind) for item in old]
    after = [typed_values.element_of(item, kind) for item in new]
    olds = {element: None if before.count(element) > 1 else item for element, item in zip(before, old, strict=True)}
    news = dict(zip(after, new, strict=True))
    shared = [element for element in after if element in olds]
    merged: list[Any] = []
    taken: set[field_sets.Element] = set()
    left = right = 0
    while left < len(before) or right < len(after):
        element = before[left] if left < len(before) else None
        wanted = after[right] if right < len(after) else None
        if element is not None and element not in news:
            merged.append(old[left])
            left += 1
        elif element is not None and wanted not in (None, element) and shared and shared[0] != element:
            left += 1  # It has a new value, but the new list wants another shared item first.
        else:
            left += element is not None and (element == wanted or element in taken)
            if wanted is not None:
                merged.append(merge(olds.get(wanted, typed_values.ABSENT), news[wanted], kind.items))
                taken.add(wanted)
                shared = shared[1:] if shared[:1] == [wanted] else shared
                right += 1
    return merged


def remove(value: Any, fields: field_sets.FieldSet, kind: merge_schema.Type) -> Any:
    """Take fields and list items away. A map, list or atomic value of which nothing is left becomes null."""
    if isinstance(kind, merge_schema.Scalar):
        return value
    if not value or kind.atomic:
        return None
    if isinstance(kind, merge_schema.ListType):
        elements = [typed_values.element_of(item, kind) for item in value]
        kept = [
            remove(item, fields.below(element), kind.items) if fields.below(element) else item
            for element, item in zip(elements, value, strict=True)
            if element not in fields.members
        ]
        return kept or None
    left = {}
    for name, inner in value.items():
        element, described = field_sets.field(name), kind.type_of(name)
        if element in fields.members:
            continue
        below = fields.below(element)
        left[name] = remove(inner, below, described) if below and described is not None else inner
    return left or None
