"""JSON documents that are opened only where a patch touches them; knows no HTTP and no model.

What was opened is written with its keys in the order of the alphabet, what was not stays the text that it was: that
is how the real server's patches come to be quoted in its refusals (stories ``time-patch``, ``merge-wrong-type``).
Texts are compact: no white space outside of strings.
"""

import json
import re
from json import decoder
from typing import Any

from pytest_tiltsession.models import encoding

_RAW, _OBJECT, _ARRAY = "raw", "object", "array"
_SPACES = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\r\n]+')
_ESCAPED_IN_HTML = re.compile("[<>&\u2028\u2029]")
_raw_decode = json.JSONDecoder().raw_decode


class NotOpen(Exception):
    """A value was opened as what it is not."""


def compact(text: str) -> str:
    """Take the white space out of a JSON text."""
    return _SPACES.sub(r"\1", text)


class Node:
    """One value: its text, and what it holds once it was opened. A null that a patch gives has no text."""

    __slots__ = ("items", "kind", "members", "raw")

    def __init__(self, raw: str | None) -> None:
        self.raw = raw
        self.kind = _RAW
        self.members: dict[str, Node | None] = {}
        self.items: list[Node | None] = []

    def open_object(self) -> "dict[str, Node | None]":
        """Open an object and give its members, a null as None. Raises :class:`NotOpen`."""
        if self.kind != _OBJECT:
            self.members = _members(self.raw)
            self.kind = _OBJECT
        return self.members

    def open_array(self) -> "list[Node | None]":
        """Open an array and give its items, a null as None. Raises :class:`NotOpen`."""
        if self.kind != _ARRAY:
            self.items = _items(self.raw)
            self.kind = _ARRAY
        return self.items

    @property
    def is_array(self) -> bool:
        """Whether the text is that of an array."""
        return self.raw is not None and self.raw.startswith("[")

    def text(self) -> str:
        """Write the value, with Go's escapes for HTML."""
        if self.kind == _OBJECT:
            members = (f"{encoding.compact(key)}:{text_of(self.members[key])}" for key in sorted(self.members))
            return "{" + ",".join(members) + "}"
        if self.kind == _ARRAY:
            return "[" + ",".join(text_of(item) for item in self.items) + "]"
        if self.raw is None:
            return "null"
        return _ESCAPED_IN_HTML.sub(_escape, self.raw) if _ESCAPED_IN_HTML.search(self.raw) else self.raw

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


def text_of(node: Node | None) -> str:
    """Write a value that may be null."""
    return "null" if node is None else node.text()


def _same(left: Node | None, right: Node | None) -> bool:
    if left is None or right is None:
        return left is right
    return left.equals(right)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _members(raw: str | None) -> dict[str, Node | None]:
    if raw is None or not raw.startswith("{"):
        raise NotOpen
    members: dict[str, Node | None] = {}
    at = 1
    while raw[at] != "}":
        key, at = decoder.scanstring(raw, at + (raw[at] == ",") + 1)  # type: ignore[attr-defined]
        _, end = _raw_decode(raw, at + 1)
        members[key] = _node(raw[at + 1 : end])
        at = end
    return members


def _items(raw: str | None) -> list[Node | None]:
    if raw is None or not raw.startswith("["):
        raise NotOpen
    items: list[Node | None] = []
    at = 1
    while raw[at] != "]":
        start = at + (raw[at] == ",")
        _, at = _raw_decode(raw, start)
        items.append(_node(raw[start:at]))
    return items


def _node(raw: str) -> Node | None:
    return None if raw == "null" else Node(raw)


def operations(raw: str) -> list[dict[str, Any]]:
    """Open an array of objects, such as a JSON patch; a null is an empty object."""
    return [item.open_object() if item else {} for item in _items(raw)]
