"""JSON documents that are opened only where a patch touches them; knows no HTTP and no model.

A value is a text, or something that can be written as text once somebody asks for it. What was opened is written with
its keys in the order of the alphabet, what was not stays the text that it was: that is how the real server's patches
come to be quoted in its refusals (stories ``time-patch``, ``merge-wrong-type``). Texts are compact, as ``json_slices``
makes them.
"""

import functools
import re
from typing import Any, Protocol

from pytest_tiltsession.api import json_slices
from pytest_tiltsession.models import encoding

_RAW, _OBJECT, _ARRAY = "raw", "object", "array"
_ESCAPED_IN_HTML = re.compile("[<>&\u2028\u2029]")


class NotOpen(Exception):
    """A value was opened as what it is not."""


class Source(Protocol):
    """What a value is made of where that is no text; always the same, whatever comes of the value."""

    def text(self) -> str:
        """Write the value as compact JSON."""

    def members(self) -> "dict[str, Node | None] | None":
        """Give what an object holds, a null as None; None where its text is to be read for that."""


class Node:
    """One value: its text or source, and what it holds once it was opened. A null that a patch gives has neither."""

    __slots__ = ("_text", "items", "kind", "members", "source")

    def __init__(self, raw: str | None, source: Source | None = None) -> None:
        self._text = raw
        self.source = source
        self.kind = _RAW
        self.members: dict[str, Node | None] = {}
        self.items: list[Node | None] = []

    @property
    def raw(self) -> str | None:
        """The text that the value was before anything was opened."""
        if self._text is None and self.source is not None:
            self._text = self.source.text()
        return self._text

    @property
    def is_null(self) -> bool:
        """Whether this is the null that a patch gives."""
        return self._text is None and self.source is None

    def open_object(self) -> "dict[str, Node | None]":
        """Open an object and give its members, a null as None. Raises :class:`NotOpen`."""
        if self.kind != _OBJECT:
            members = None if self.source is None else self.source.members()
            self.members = _members(self.raw) if members is None else members
            self.kind = _OBJECT
        return self.members

    def open_array(self) -> "list[Node | None]":
        """Open an array and give its items, a null as None. Raises :class:`NotOpen`."""
        if self.kind != _ARRAY:
            self.items = _items(self.raw)
            self.kind = _ARRAY
        return self.items

    @property
    def is_open(self) -> bool:
        """Whether the value was opened, and may hold what its text does not."""
        return self.kind != _RAW

    def with_members(self, members: "dict[str, Node | None]") -> "Node":
        """Give an object like this one, which was opened, that holds something else."""
        copy = Node(self._text, self.source)
        copy.kind, copy.members = _OBJECT, members
        return copy

    @property
    def is_array(self) -> bool:
        """Whether the text is that of an array."""
        return self.raw is not None and self.raw.startswith("[")

    def text(self) -> str:
        """Write the value, with Go's escapes for HTML; without recursion, since values may nest 10,000 deep."""
        written: list[str] = []
        pending: list[Node | str | None] = [self]
        while pending:
            part = pending.pop()
            if isinstance(part, str):
                written.append(part)
            else:
                pending.extend(("null",) if part is None else reversed(part.parts()))
        return "".join(written)

    def parts(self) -> "list[Node | str | None]":
        """Give what the text is made of: pieces of text, and the values between them."""
        if self.kind == _RAW:
            return [self.closed_text()]
        parts: list[Node | str | None] = []
        if self.kind == _OBJECT:
            for key in sorted(self.members):
                item = self.members[key]
                name = f"{',' if parts else '{'}{_key(key)}:"
                if item is not None and item.kind != _RAW:
                    parts += [name, item]
                else:
                    parts.append(name + ("null" if item is None else item.closed_text()))
            return [*parts, "}"] if parts else ["{}"]
        for item in self.items:
            parts += [",", item] if parts else [item]
        return ["[", *parts, "]"]

    def closed_text(self) -> str:
        """Write the value as it was before anything was opened, with Go's escapes for HTML."""
        raw = self.raw
        if raw is None:
            return "null"
        return _ESCAPED_IN_HTML.sub(_escape, raw) if _ESCAPED_IN_HTML.search(raw) else raw

    def equals(self, other: "Node") -> bool:
        """Compare with another value: objects and arrays by what they hold, all else by its text."""
        if self.kind == _RAW and not self.opens():
            return other.kind == _RAW and self.raw == other.raw
        if self.kind == _OBJECT:
            if other.kind == _RAW:
                other.opens()
            if other.kind != _OBJECT or self.members.keys() != other.members.keys():
                return False
            return all(_same(item, other.members[key]) for key, item in self.members.items())
        if other.kind != _ARRAY and not (other.opens() and other.kind == _ARRAY):
            return False
        if len(self.items) != len(other.items):
            return False
        return all(_same(item, other.items[index]) for index, item in enumerate(self.items))

    def opens(self) -> bool:
        """Open what can be opened; tell whether it could."""
        try:
            self.open_array() if self.is_array else self.open_object()
        except NotOpen:
            return False
        return True

    def open_all(self) -> None:
        """Open the value and all that is in it, in one pass over its text."""
        entered: list[Node] = []
        key: str | None = None
        for part in json_slices.tokens(self.raw or ""):
            if part in ("]", "}"):
                entered.pop()
            elif entered and entered[-1].kind == _OBJECT and key is None and part != ",":
                key, _ = json_slices.key(part)
            elif part not in (",", ":"):
                node = _node(part) if entered else self
                if entered and entered[-1].kind == _ARRAY:
                    entered[-1].items.append(node)
                elif entered and key is not None:
                    entered[-1].members[key] = node
                    key = None
                if node is not None and part in ("[", "{"):
                    node.kind = _ARRAY if part == "[" else _OBJECT
                    entered.append(node)


@functools.lru_cache(maxsize=512)
def _key(name: str) -> str:
    return encoding.compact(name)


def _same(left: Node | None, right: Node | None) -> bool:
    if left is None or right is None:
        return left is right
    return left.equals(right)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _members(raw: str | None) -> dict[str, Node | None]:
    if raw is None or not raw.startswith("{"):
        raise NotOpen
    return {key: _node(text) for key, text in json_slices.members(raw)}


def _items(raw: str | None) -> list[Node | None]:
    if raw is None or not raw.startswith("["):
        raise NotOpen
    return [_node(text) for text in json_slices.items(raw)]


def _node(raw: str) -> Node | None:
    return None if raw == "null" else Node(raw)


def operations(raw: str) -> list[dict[str, Any]]:
    """Open an array of objects, such as a JSON patch; a null is an empty object."""
    return [item.open_object() if item else {} for item in _items(raw)]
