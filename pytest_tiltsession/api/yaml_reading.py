"""YAML text → JSON values, as the API server's reader makes them; knows no HTTP and no model.

What scalars mean, merge keys, doubled keys and limits on aliases are decided here.
"""

import base64
import binascii
import dataclasses
import math
from typing import Any

from pytest_tiltsession.api import json_scanning, yaml_nodes, yaml_scalars
from pytest_tiltsession.models import go_texts, parsed

_FEW_NODES, _MANY_NODES = 400_000, 4_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """The first document of a YAML text, and its doubled keys as the strict reader words them."""

    value: Any
    doubled_keys: tuple[str, ...] = ()


def read(body: bytes) -> Document:
    """Read the first document of a YAML text; an empty text is null. Keys come in the order of the alphabet.

    Raises :class:`json_scanning.Unreadable` with the reader's words: ``yaml: line 2: did not find expected key``.
    """
    try:
        root = yaml_nodes.first_document(body)
        if root is None:
            return Document(None)
        decoder = _Decoder()
        value = yaml_nodes.done(decoder.decode(root))
        return Document(yaml_nodes.done(_jsonable(value)), tuple(decoder.doubled_keys))
    except yaml_scalars.Unresolvable as error:
        raise json_scanning.Unreadable(f"yaml: {error}") from None
    except RecursionError:  # a key that is a deep document, which the refusal would quote
        raise json_scanning.Unreadable("yaml: invalid map key") from None


class _Decoder:
    """Nodes → Python values; keys keep their types."""

    def __init__(self) -> None:
        self.doubled_keys: list[str] = []
        self.open_aliases: set[int] = set()
        self.decoded = self.through_aliases = 0

    def decode(self, node: yaml_nodes.Node, into: dict[Any, Any] | None = None) -> yaml_nodes.Step:
        self.count()
        if node.kind == "alias" and node.target is not None:
            if id(node) in self.open_aliases:
                raise json_scanning.Unreadable(f"yaml: anchor '{node.text}' value contains itself")
            self.open_aliases.add(id(node))
            value = yield self.decode(node.target, into)
            self.open_aliases.remove(id(node))
            return value
        if node.kind == "mapping":
            return (yield self.mapping(node, {} if into is None else into))
        if node.kind == "sequence":
            items = []
            for child in node.children:
                items.append((yield self.decode(child)))  # noqa: PERF401 - no comprehension may yield
            return items
        return _scalar(node)

    def count(self) -> None:
        """Refuse documents that grow by aliases: up to 99 of 100 nodes of a small one, 10 of a very large one."""
        self.decoded += 1
        self.through_aliases += bool(self.open_aliases)
        if self.through_aliases > 100 and self.decoded > 1000:
            beyond = min(max(self.decoded - _FEW_NODES, 0) / (_MANY_NODES - _FEW_NODES), 1)
            if self.through_aliases / self.decoded > 0.99 - 0.89 * beyond:
                raise json_scanning.Unreadable("yaml: document contains excessive aliasing")

    def mapping(self, node: yaml_nodes.Node, into: dict[Any, Any]) -> yaml_nodes.Step:
        pairs = iter(node.children)
        for key_node, value_node in zip(pairs, pairs, strict=True):
            if key_node.is_merge:
                yield self.merge(value_node, into)
                continue
            key = yield self.decode(key_node)
            if isinstance(key, dict | list):
                raise json_scanning.Unreadable(f"yaml: invalid map key: {_go_syntax(key)}")
            typed = _Key(key)
            value = yield self.decode(value_node)
            if typed in into:
                shown = _go_syntax(key) if key is not None else "<nil>"
                self.doubled_keys.append(f"line {value_node.line + 1}: key {shown} already set in map")
            into[typed] = value
        return into

    def merge(self, node: yaml_nodes.Node, into: dict[Any, Any]) -> yaml_nodes.Step:
        """Merge a mapping, or each of a sequence from its end, so that earlier ones win."""
        merged = list(reversed(node.children)) if node.kind == "sequence" else [node]
        for each in merged:
            if (each.target if each.kind == "alias" and each.target else each).kind != "mapping":
                raise json_scanning.Unreadable("yaml: map merge requires map or sequence of maps as the value")
            yield self.decode(each, into)


class _Key(tuple[type[Any], Any]):
    """A key with its type, so that ``1``, ``1.0`` and ``true`` stay apart."""

    def __new__(cls, value: Any) -> "_Key":
        return super().__new__(cls, (type(value), value))


def _scalar(node: yaml_nodes.Node) -> Any:
    if not node.tag and not node.implicit:
        return node.text
    tag, value = yaml_scalars.resolve(node.tag, node.text)
    if tag != yaml_scalars.BINARY:
        return value
    try:
        return base64.b64decode(node.text.replace("\n", ""), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise json_scanning.Unreadable("yaml: !!binary value contains invalid base64 data") from None


def _jsonable(value: Any) -> yaml_nodes.Step:
    if isinstance(value, dict):
        members: dict[str, Any] = {}
        for key, item in value.items():
            name = _key_text(key[1], item)
            members[name] = yield _jsonable(item)
        return dict(sorted(members.items(), key=_name))
    if isinstance(value, list):
        items = []
        for item in value:
            items.append((yield _jsonable(item)))  # noqa: PERF401 - no comprehension may yield
        return items
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise json_scanning.Unreadable(f"json: unsupported value: {go_texts.shortest(value)}")
    text = go_texts.json_number(value)
    return int(text) if text.lstrip("-").isdigit() else parsed.WrittenNumber(text)


def _name(member: tuple[str, Any]) -> str:
    return member[0]


def _key_text(key: Any, value: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, float):
        text = go_texts.shortest_single(key)
        return {"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}.get(text, text)
    if key is not None and key < 1 << 63:
        return go_texts.scalar(key)
    kind, shown = ("%!s(<nil>)", "<nil>") if key is None else ("uint64", f"{key:#x}")
    raise json_scanning.Unreadable(
        f"Unsupported map key of type: {kind}, key: {shown}, value: {'<nil>' if value is None else _go_syntax(value)}"
    )


def _go_syntax(value: Any) -> str:
    """Print a value as ``%#v`` does."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, dict):
        pairs = sorted((_go_syntax(key[1]), _go_syntax(item)) for key, item in value.items())
        return "map[interface {}]interface {}{" + ", ".join(f"{key}:{item}" for key, item in pairs) + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    return go_texts.quoted(value) if isinstance(value, str) else go_texts.scalar(value)
