"""Mappings and lists of a scenario file: which keys there are, which must be there, and on which line each stands.

Knows no key of the format itself; ``description`` holds those.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.scenario import kinds, problems, yaml_nodes


@dataclasses.dataclass(slots=True)
class Found:
    """What was read of a mapping: values by key, without the unreadable ones, and the line of each key."""

    line: int
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    lines: dict[str, int] = dataclasses.field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        """Give the value of a key, or the default where it was not given or not readable."""
        return self.values.get(key, default)

    def line_of(self, key: str) -> int:
        """Give the line of a key, or of the mapping where the key is not there."""
        return self.lines.get(key, self.line)


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: its kind, what it is for, and how to write it where it is missing but must be there."""

    name: str
    kind: kinds.Kind
    doc: str
    required: str = ""


class Shape:
    """A mapping with known keys. ``article`` names it for messages: "a step". ``blank`` allows nothing for no keys."""

    def __init__(self, article: str, *keys: Key, blank: bool = False) -> None:
        self.article = article
        self.keys = {key.name: key for key in keys}
        self._required = [key for key in keys if key.required]
        self._blank = blank

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`Found`, or ``UNREADABLE`` where there is no mapping."""
        if self._blank and isinstance(node, yaml_nodes.Scalar) and node.empty:
            return Found(node.line)
        if not isinstance(node, yaml_nodes.Mapping):
            return kinds.complain(node, what, f"write a mapping with {', '.join(self.keys)}", reading)
        found = Found(node.line)
        for name, line, value in pairs(node, reading):
            key = self.keys.get(name)
            found.lines[name] = line
            if key is None:
                reading.problems.add(line, f"{name!r} is no key of {self.article}; {self._hint(name)}")
                continue
            _keep(found, name, key.kind.read(value, name, reading))
        for key in self._required:
            if key.name not in found.lines:
                reading.problems.add(node.line, f"{self.article} needs {key.name}: {key.required}")
        return found

    def _hint(self, name: str) -> str:
        if name == "<<":
            return "merge keys are not read; write the keys out, or give a whole value an alias"
        return problems.nearest(name, self.keys)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of the mapping."""
        schema: kinds.Schema = {
            "type": ["object", "null"] if self._blank else "object",
            "properties": {key.name: {"description": key.doc, **key.kind.schema()} for key in self.keys.values()},
            "additionalProperties": False,
        }
        if self._required:
            schema["required"] = [key.name for key in self._required]
        return schema


@dataclasses.dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names to values of one kind. ``named`` says what the names are: "target"."""

    kind: kinds.Kind
    named: str

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`Found`, or ``UNREADABLE`` where there is no mapping."""
        if not isinstance(node, yaml_nodes.Mapping):
            return kinds.complain(node, what, f"write a mapping from each {self.named} to what it is", reading)
        found = Found(node.line)
        for name, line, value in pairs(node, reading):
            found.lines[name] = line
            _keep(found, name, self.kind.read(value, f"{what}.{name}", reading))
        return found

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of the mapping."""
        return {"type": "object", "additionalProperties": self.kind.schema()}


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one kind. ``each`` names one of them: "a step"."""

    kind: kinds.Kind
    each: str

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a tuple without the unreadable items, or ``UNREADABLE`` where there is no list."""
        if not isinstance(node, yaml_nodes.Sequence):
            return kinds.complain(node, what, f"write a list, one line with a dash for {self.each}", reading)
        reading.composer.enter(node)
        read = (self.kind.read(item, self.each, reading) for item in node.items)
        return tuple(value for value in read if value is not kinds.UNREADABLE)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of the list."""
        return {"type": "array", "items": self.kind.schema()}


def pairs(node: yaml_nodes.Mapping, reading: kinds.Reading) -> "list[tuple[str, int, yaml_nodes.Node]]":
    """Give name, line and value of each pair, telling of keys that are no text and of those that stand there twice."""
    reading.composer.enter(node)
    first: dict[str, int] = {}
    result = []
    for key, value in node.items:
        name = _key(key, reading)
        if name is None:
            continue
        if name in first:
            reading.problems.add(key.line, f"{name!r} stands here twice, first on line {first[name]}; keep one of them")
            continue
        first[name] = key.line
        result.append((name, key.line, value))
    return result


def _key(node: yaml_nodes.Node, reading: kinds.Reading) -> str | None:
    if isinstance(node, yaml_nodes.Scalar) and node.plain and yaml_nodes.meaning(node.text) == "merge":
        return node.text
    text = kinds.Text("a key is a text", empty=False).read(node, "a key", reading)
    return None if text is kinds.UNREADABLE else str(text)


def _keep(found: Found, name: str, value: Any) -> None:
    if value is not kinds.UNREADABLE:
        found.values[name] = value
