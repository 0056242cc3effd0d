"""FieldsV1, the JSON tree in which managedFields keeps a set of fields; knows its path elements and no Session.

An element is written ``f:<name>``, ``k:<JSON of the keys>``, ``v:<JSON of the value>`` or ``i:<index>``; ``"."``
stands for the element whose tree it is in. Source: Kubernetes' reference of managedFields, and the recordings.
"""

import functools
import json
import re
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.api import field_sets

_LETTERS = {field_sets.FIELD: "f", field_sets.KEY: "k", field_sets.VALUE: "v", field_sets.INDEX: "i"}
_INDEX = re.compile(r"[+-]?[0-9]+", re.ASCII)
_SPACE = " \t\r\n"


class Tree(dict[str, Any]):
    """A tree that was written here, and the set that it was written from, which is not to be read out of it again.

    It belongs to whatever stored it, and is never changed. It is made of members as any dictionary is, since
    ``dataclasses.asdict`` makes dictionaries of a model's own kinds.
    """

    __slots__ = ("fields",)

    def __init__(self, members: Any = (), fields: field_sets.FieldSet | None = None) -> None:
        super().__init__(members)
        self.fields = to_set(dict(self)) if fields is None else fields


def from_set(fields: field_sets.FieldSet) -> Tree:
    """Write a set as a tree, in the order that Kubernetes writes it."""
    return Tree(_written(fields), fields)


def _written(fields: field_sets.FieldSet) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if not fields:
        return tree
    for element in field_sets.in_order(fields.members | fields.children.keys()):
        inner = _written(fields.below(element))
        if inner and element in fields.members:
            inner = {".": {}} | inner
        tree[f"{_LETTERS[element.sort]}:{element.text}"] = inner
    return tree


def to_set(tree: Any) -> field_sets.FieldSet:
    """Read a tree, as parsed from JSON; elements of an unknown sort are dropped, null is an empty tree.

    Raises :class:`errors.InvalidValue` for what is no tree of objects, or names an element that cannot be read.
    """
    if isinstance(tree, Tree):
        return tree.fields
    if tree is not None and not isinstance(tree, dict):
        raise errors.InvalidValue(f"{tree!r} is no FieldsV1: write a tree of JSON objects")
    if not tree:
        return field_sets.EMPTY
    members: set[field_sets.Element] = set()
    children: dict[field_sets.Element, field_sets.FieldSet] = {}
    for name, inner in tree.items():
        element = None if name == "." else _element(name)
        if element is None:
            continue
        below = to_set(inner)
        if below:
            children[element] = below
        if not below or "." in inner:
            members.add(element)
    return field_sets.FieldSet(frozenset(members), children)


@functools.lru_cache(maxsize=4096)
def _element(name: str) -> field_sets.Element | None:
    """Read one written element; None where its sort is unknown."""
    letter, text = name[:1], name[2:]
    if name[1:2] != ":":
        raise errors.InvalidValue(f"{name!r} is no path element: start it with f:, k:, v: or i:")
    if letter == "f":
        return field_sets.field(text)
    if letter == "i":
        if not _INDEX.fullmatch(text):
            raise errors.InvalidValue(f"{name!r} names no index: write i: and an integer")
        return field_sets.index(int(text))
    if letter not in ("k", "v"):
        return None
    found = _first_json(name, text)
    if letter == "v":
        return field_sets.value(found)
    if found is not None and not isinstance(found, dict):
        raise errors.InvalidValue(f"{name!r} names no keys: write k: and a JSON object")
    return field_sets.key(found or {})


def _first_json(name: str, text: str) -> Any:
    """Read the JSON that a text begins with; what follows it does not matter, as in Kubernetes."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text.lstrip(_SPACE))
    except ValueError:
        raise errors.InvalidValue(f"{name!r} holds no JSON after its letter") from None
    return found
