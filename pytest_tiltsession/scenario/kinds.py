"""What a value in a scenario file may be: texts, words, numbers, commands; each reads a node and describes itself.

Knows no key of the format, and no times (``time_kinds``). ``read`` gives a value, or ``UNREADABLE`` after telling
what was found and what would do; ``schema`` gives the JSON Schema of the same.
"""

import dataclasses
import re
import shlex
from collections.abc import Sequence
from typing import Any, Final, Protocol

from pytest_tiltsession.scenario import problems, yaml_nodes

UNREADABLE: Final = object()
Schema = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What readers share: where problems go, and the guard against growth through aliases."""

    problems: problems.Problems
    composer: yaml_nodes.Composer


class Kind(Protocol):
    """One kind of value. ``what`` names the key, for messages."""

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give the value of a node, or ``UNREADABLE``."""

    def schema(self) -> Schema:
        """Give the JSON Schema."""


def complain(node: yaml_nodes.Node, what: str, wanted: str, reading: Reading) -> object:
    """Tell that a value is none of its kind."""
    reading.problems.add(node.line, f"{what} is {yaml_nodes.described(node)}; {wanted}")
    return UNREADABLE


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text. What YAML would read as something else must stand between quotes, so that all tools agree."""

    wanted: str = "write a text"
    empty: bool = True

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give a text, or ``UNREADABLE``."""
        if not isinstance(node, yaml_nodes.Scalar) or node.empty:
            return complain(node, what, self.wanted, reading)
        if node.plain and yaml_nodes.meaning(node.text) != "str":
            return complain(node, what, f'to mean the text, put it between quotes: "{node.text}"', reading)
        if not node.text and not self.empty:
            return complain(node, what, self.wanted, reading)
        return node.text

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "string"} if self.empty else {"type": "string", "minLength": 1}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: Sequence[str]

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give the word, or ``UNREADABLE``."""
        if isinstance(node, yaml_nodes.Scalar) and node.text in self.words:
            return node.text
        near = problems.nearest(node.text, self.words) if isinstance(node, yaml_nodes.Scalar) else ""
        return complain(node, what, near if near.startswith("did") else f"write {' or '.join(self.words)}", reading)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"enum": list(self.words)}


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``, and no other of YAML's words for them."""

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give a bool, or ``UNREADABLE``."""
        if isinstance(node, yaml_nodes.Scalar) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        return complain(node, what, "write true or false", reading)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "boolean"}


@dataclasses.dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in decimal digits."""

    least: int
    most: int
    hint: str = ""

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give an int, or ``UNREADABLE``."""
        if isinstance(node, yaml_nodes.Scalar) and node.plain and re.fullmatch(r"0|-?[1-9][0-9]{0,18}", node.text):
            number = int(node.text)
            if self.least <= number <= self.most:
                return number
        wanted = self.hint or f"write a whole number from {self.least} to {self.most}"
        return complain(node, what, wanted, reading)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; with ``slashed``, only a text between slashes is one."""

    slashed: bool = False

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give the text of the pattern, or ``UNREADABLE``."""
        text = Text().read(node, what, reading)
        if text is UNREADABLE:
            return text
        pattern = text
        if self.slashed:
            pattern = text[1:-1] if len(text) > 1 and text[0] == text[-1] == "/" else ""
        try:
            re.compile(pattern)
        except re.error as problem:
            return complain(node, what, f"it is no regular expression: {problem}", reading)
        return text

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        return {"type": "string"}


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """A program and its arguments: a list of texts, or one line that is split as a shell would."""

    def read(self, node: yaml_nodes.Node, what: str, reading: Reading) -> Any:
        """Give a tuple of texts, or ``UNREADABLE``."""
        wanted = "write the program and its arguments, such as [my-tool, wait]"
        if isinstance(node, yaml_nodes.Sequence):
            reading.composer.enter(node)
            words = [Text().read(item, f"an argument of {what}", reading) for item in node.items]
            if UNREADABLE in words:
                return UNREADABLE
        else:
            text = Text(wanted, empty=False).read(node, what, reading)
            if text is UNREADABLE:
                return text
            try:
                words = shlex.split(text)
            except ValueError as problem:
                return complain(node, what, f"it cannot be split into words ({problem}); {wanted}", reading)
        return tuple(words) if words and words[0] else complain(node, what, wanted, reading)

    def schema(self) -> Schema:
        """Give the JSON Schema."""
        line = {"type": "string", "minLength": 1}
        return {"anyOf": [line, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
