"""YAML as nodes that know their line: composed without recursion and without making Python values of them.

Knows YAML's traps and no key of the scenario format. PyYAML's own composer recurses as deep as its input and guesses
types (``yes`` is true, ``1:30`` is 90); here a scalar stays the text that stands in the file.
"""

import dataclasses
import functools
from typing import Any

import yaml

from pytest_tiltsession.scenario import problems

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PREFIX = "tag:yaml.org,2002:"
_STRING = _PREFIX + "str"
_COLLECTIONS = (None, "!", _PREFIX + "map", _PREFIX + "seq")
# Far deeper than the format is, and far shallower than Python's stack.
_MAX_DEPTH = 40
_TOO_DEEP = f"nested deeper than {_MAX_DEPTH} levels, which no scenario needs"
_NESTED = "exceeded maximum nesting depth"  # said by the libyaml of PyYAML 6.0.4 and later, before it has an event
# How many nodes may be read again through aliases: enough to repeat a big step, too few for a bomb.
_MAX_REPEATED = 200_000
_MEANINGS = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "null": "nothing",
    "timestamp": "a date",
    "merge": "a merge key",
    "value": "a default value",
}


@dataclasses.dataclass(slots=True)
class Scalar:
    """A text. ``plain``: written without quotes, so that YAML reads a type into it."""

    text: str
    plain: bool
    line: int

    @property
    def empty(self) -> bool:
        """Whether YAML reads it as null."""
        return self.plain and meaning(self.text) == "null"


@dataclasses.dataclass(slots=True)
class Mapping:
    """Pairs of nodes in the order of the file."""

    items: list[tuple["Node", "Node"]]
    line: int
    seen: bool = False


@dataclasses.dataclass(slots=True)
class Sequence:
    """Nodes in the order of the file."""

    items: list["Node"]
    line: int
    seen: bool = False


Node = Scalar | Mapping | Sequence


@functools.lru_cache(maxsize=4096)
def meaning(text: str) -> str:
    """Name what YAML reads a plain text as: ``str``, ``bool``, ``int``, ``null``, ``timestamp`` and so on."""
    candidates = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    tag = next((tag for tag, pattern in candidates if pattern.match(text)), _STRING)
    return tag.removeprefix(_PREFIX)


def described(node: Node) -> str:
    """Say what a node is, for error messages."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.empty:
        return "nothing"
    shown = node.text if len(node.text) <= 60 else node.text[:57] + "…"
    kind = _MEANINGS.get(meaning(node.text)) if node.plain else None
    return f"{shown!r}, which YAML reads as {kind}" if kind else repr(shown)


class Composer:
    """Composes one document. ``enter`` guards readers against documents that grow through aliases."""

    def __init__(self, found: problems.Problems) -> None:
        self._problems = found
        self._repeated = 0

    def compose(self, text: str) -> Node | None:
        """Give the root node, or None for an empty document. Raises :class:`errors.InvalidScenario` for bad YAML."""
        try:
            return _compose(text, self._problems)
        except yaml.reader.ReaderError as problem:
            line = _line_of_unprintable(text)
            raise self._problems.fail(line, f"this is not a text: {problem.reason}; remove the character") from None
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            line = min(mark.line, text.count("\n")) + 1 if mark is not None else 1
            if problem.problem == _NESTED:
                raise self._problems.fail(line, _TOO_DEEP) from None
            told = " ".join(part for part in (problem.context, problem.problem) if part)
            raise self._problems.fail(line, f"this is not YAML: {told}{_advice(text, line)}") from None

    def enter(self, node: Mapping | Sequence) -> None:
        """Tell that a node's items are about to be read. Raises where aliases make too much of too little."""
        if not node.seen:
            node.seen = True
            return
        self._repeated += len(node.items)
        if self._repeated > _MAX_REPEATED:
            raise self._problems.fail(
                node.line, f"aliases repeat more than {_MAX_REPEATED} entries: write out what is meant"
            )


def _compose(text: str, found: problems.Problems) -> Node | None:
    """Build nodes from parse events with a stack of our own, so that deep nesting is an error and not a crash."""
    root: Node | None = None
    documents = 0
    anchors: dict[str, Node] = {}
    closed: set[int] = set()
    stack: list[Mapping | Sequence] = []
    keys: list[Node | None] = []
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.ScalarEvent):
            node: Node = _scalar(event, found)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            line = _line(event)
            _refuse_tag(event.tag, _COLLECTIONS, line, found)
            node = Mapping([], line) if isinstance(event, yaml.MappingStartEvent) else Sequence([], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed.add(id(stack.pop()))
            keys.pop()
            continue
        elif isinstance(event, yaml.AliasEvent):
            node = _aliased(event, anchors, closed, found)
        else:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise found.fail(_line(event), "a second document starts here: one file is one scenario")
            continue
        if not stack:
            root = node
        elif isinstance(stack[-1], Sequence):
            stack[-1].items.append(node)
        elif keys[-1] is None:
            keys[-1] = node
        else:
            stack[-1].items.append((keys[-1], node))
            keys[-1] = None
        if isinstance(event, yaml.AliasEvent):
            continue
        if event.anchor is not None:
            anchors[event.anchor] = node
        if not isinstance(node, Scalar):
            stack.append(node)
            keys.append(None)
            if len(stack) > _MAX_DEPTH:
                raise found.fail(node.line, _TOO_DEEP)
    return root


def _line(event: Any) -> int:
    line: int = event.start_mark.line + 1
    return line


def _scalar(event: Any, found: problems.Problems) -> Scalar:
    line = _line(event)
    _refuse_tag(event.tag, (None, "!", _STRING), line, found)
    return Scalar(event.value, event.tag is None and event.implicit[0], line)


def _refuse_tag(tag: str | None, known: tuple[str | None, ...], line: int, found: problems.Problems) -> None:
    if tag not in known:
        raise found.fail(line, f"the tag {tag}: a scenario holds plain texts, lists and mappings; remove the tag")


def _aliased(event: Any, anchors: dict[str, Node], closed: set[int], found: problems.Problems) -> Node:
    line = _line(event)
    node = anchors.get(event.anchor)
    if node is None:
        raise found.fail(line, f"*{event.anchor}: no anchor &{event.anchor} stands before it")
    if not isinstance(node, Scalar) and id(node) not in closed:
        raise found.fail(line, f"*{event.anchor} stands inside &{event.anchor}: nothing can contain itself")
    return node


def _line_of_unprintable(text: str) -> int:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _advice(text: str, line: int) -> str:
    """Say what is usually behind a syntax error on this line."""
    lines = text.splitlines()
    shown = lines[line - 1] if line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        return "; indent with spaces, not with tabs"
    if shown.count(": ") > 1:
        return '; put a text that holds ": " between quotes'
    return ""
