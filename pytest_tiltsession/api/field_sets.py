"""Sets of field paths, as Kubernetes tells who manages what; knows nothing of Sessions, objects or JSON trees.

A path is a sequence of elements: a field's name, a list item's keys, an item's value, or an index. A set may hold
a field without holding what is inside it, and the other way round.
"""

import dataclasses
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pytest_tiltsession.models import encoding, go_texts

FIELD, KEY, VALUE, INDEX = range(4)


class Element(NamedTuple):
    """One step of a path: its sort, and a field's name, compact JSON of keys or of a value, or an index."""

    sort: int
    text: str


Path = tuple[Element, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FieldSet:
    """An immutable set of paths: the elements that are members here, and the sets below elements, none empty.

    What an operation leaves as it was is the very same set, which is quick to compare.
    """

    members: frozenset[Element] = frozenset()
    children: Mapping[Element, "FieldSet"] = dataclasses.field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any path is in the set."""
        return bool(self.members or self.children)

    def union(self, other: "FieldSet") -> "FieldSet":
        """Give the paths that are in either set."""
        if not (self and other):
            return self or other
        left = {element: self.below(element).union(below) for element, below in other.children.items()}
        return self.altered(self.members | other.members, left)

    def intersection(self, other: "FieldSet") -> "FieldSet":
        """Give the paths that are in both sets."""
        children = {
            element: left
            for element, below in self.children.items()
            if (left := below.intersection(other.below(element)))
        }
        return FieldSet(self.members & other.members, children)

    def difference(self, other: "FieldSet") -> "FieldSet":
        """Give the paths that are not in the other set; what lies below a path of the other set stays."""
        if not other:
            return self
        own = self.children
        left = {element: own[element].difference(below) for element, below in other.children.items() if element in own}
        return self.altered(self.members - other.members, left)

    def recursive_difference(self, other: "FieldSet") -> "FieldSet":
        """Give the paths that are neither in the other set nor below one of its paths."""
        if not other:
            return self
        own = self.children
        left = {
            element: own[element].recursive_difference(below)
            for element, below in other.children.items()
            if element in own
        }
        left |= {element: EMPTY for element in other.members if element in own}
        return self.altered(self.members - other.members, left)

    def altered(self, members: frozenset[Element], below: "Mapping[Element, FieldSet]") -> "FieldSet":
        """Give a set with other members, and with something else, perhaps nothing, below some elements."""
        own = self.children
        changed = {element: left for element, left in below.items() if left is not own.get(element)}
        if not changed:
            return self if members == self.members else FieldSet(members, own)
        return FieldSet(members, {element: left for element, left in {**own, **changed}.items() if left})

    def below(self, element: Element) -> "FieldSet":
        """Give the set of paths below an element, without that element."""
        return self.children.get(element, EMPTY)

    def has(self, path: Path) -> bool:
        """Whether a path is in the set; the empty path never is."""
        found = self
        for element in path[:-1]:
            found = found.below(element)
        return bool(path) and path[-1] in found.members

    def paths(self, prefix: Path = ()) -> Iterator[Path]:
        """Give every path: at each level first the members, then what lies below, both in order."""
        for element in in_order(self.members):
            yield (*prefix, element)
        for element in in_order(self.children):
            yield from self.children[element].paths((*prefix, element))


EMPTY = FieldSet()


def of(paths: Iterable[Path]) -> FieldSet:
    """Make a set of paths; an empty path, which would name the whole object, is left out."""
    members: set[Element] = set()
    below: dict[Element, list[Path]] = {}
    paths = tuple(paths)
    if len(paths) == 1:
        return _of_one(*paths)
    for path in paths:
        if len(path) == 1:
            members.add(path[0])
        elif path:
            below.setdefault(path[0], []).append(path[1:])
    if not (members or below):
        return EMPTY
    return FieldSet(frozenset(members), {element: of(found) for element, found in below.items()})


def _of_one(path: Path) -> FieldSet:
    fields = FieldSet(frozenset(path[-1:]))
    for element in reversed(path[:-1]):
        fields = FieldSet(children={element: fields})
    return fields


def field(name: str) -> Element:
    """Name a field of a map or struct."""
    return Element(FIELD, name)


def fields(*names: str) -> Path:
    """Name a field by the names that lead to it."""
    return tuple(field(name) for name in names)


def key(values: Mapping[str, Any]) -> Element:
    """Name a list item by the fields that tell the items apart."""
    return Element(KEY, encoding.compact({name: _whole(values[name]) for name in sorted(values)}))


def value(found: Any) -> Element:
    """Name an item of a set by its value."""
    return Element(VALUE, encoding.compact(_whole(found)))


def index(position: int) -> Element:
    """Name a list item by its index, from 0."""
    return Element(INDEX, str(position))


def _whole(found: Any) -> Any:
    """Give a float without a fraction as an integer, as it is written."""
    return int(found) if isinstance(found, float) and found.is_integer() else found


def in_order(elements: Iterable[Element]) -> list[Element]:
    """Sort elements as Kubernetes does: fields, keys, values, indices, each in its own order."""
    return sorted(elements, key=_rank)


@functools.lru_cache(maxsize=4096)
def _rank(element: Element) -> tuple[Any, ...]:
    if element.sort == FIELD:
        return (FIELD, element.text)
    found = json.loads(element.text)
    if element.sort == KEY:
        return (KEY, [(name, _value_rank(part)) for name, part in found.items()])
    return (element.sort, _value_rank(found))


def _value_rank(found: Any) -> tuple[Any, ...]:
    """Rank values of any type: numbers, texts, booleans, lists, maps, null."""
    if isinstance(found, bool):
        return (2, found)
    if isinstance(found, int | float):
        return (0, found)
    if isinstance(found, str):
        return (1, found)
    return (5, "") if found is None else (3 + isinstance(found, dict), encoding.compact(found))


def text(path: Path) -> str:
    """Write a path as refusals show it: ``.metadata.ownerReferences[uid="1"]``, ``.metadata.finalizers[="a/b"]``."""
    return "".join(_element_text(element) for element in path)


def _element_text(element: Element) -> str:
    if element.sort == FIELD:
        return f".{element.text}"
    if element.sort == INDEX:
        return f"[{element.text}]"
    found = json.loads(element.text)
    if element.sort == VALUE:
        return f"[={_shown(found)}]"
    return "[" + ",".join(f"{name}={_shown(part)}" for name, part in found.items()) + "]"


def _shown(found: Any) -> str:
    if isinstance(found, str):
        return go_texts.quoted(found)
    if isinstance(found, list):
        return "[" + ",".join(_shown(item) for item in found) + "]"
    if isinstance(found, dict):
        return "".join(f"{name}={_shown(part)}" for name, part in found.items())
    return "null" if found is None else go_texts.plain(found)
