"""YAML text → the nodes of its first document; knows no meaning of scalars and no keys.

PyYAML's binding of libyaml does the parsing, since the server's reader is a translation of libyaml and words its
errors alike.
"""

import dataclasses
import itertools
from collections.abc import Generator, Iterator
from typing import Any

import yaml

from pytest_tiltsession.api import json_scanning, yaml_depth, yaml_scalars

_LOADERS = (getattr(yaml, "CBaseLoader", yaml_depth.DeepLoader), yaml_depth.DeepLoader)
# What the libyaml of PyYAML 6.0.4 and later says from 1,000 levels on.
_NESTED = "exceeded maximum nesting depth"

# A step of work that asks for other steps by yielding them: documents nest more deeply than Python's calls may.
Step = Generator[Any, Any, Any]


def done(step: Step) -> Any:
    """Do a step with all that it asks for, and give its outcome."""
    steps, outcome = [step], None
    while steps:
        try:
            asked = steps[-1].send(outcome)
        except StopIteration as ended:
            steps.pop()
            outcome = ended.value
        else:
            steps.append(asked)
            outcome = None
    return outcome


def first_document(body: bytes) -> "Node | None":
    """Give the root of the first document, its aliases resolved; None for an empty text.

    Raises :class:`json_scanning.Unreadable`.
    """
    return _Composer(_events(body)).document()


def _events(body: bytes) -> Iterator[yaml.Event]:
    """Parse with libyaml; where that finds too much nesting, which Go does not, go on without it."""
    told = 0
    for loader in _LOADERS:
        try:
            for event in itertools.islice(yaml.parse(body or b"\n", Loader=loader), told, None):
                told += 1
                yield event
        except yaml.MarkedYAMLError as error:
            if error.problem != _NESTED:
                raise _unreadable(error) from None
        except yaml.reader.ReaderError as error:
            raise json_scanning.Unreadable(f"yaml: {error.reason}") from None
        else:
            return


def _unreadable(error: yaml.MarkedYAMLError) -> json_scanning.Unreadable:
    line = error.problem_mark.line if error.problem_mark else 0
    if line:
        line += isinstance(error, yaml.scanner.ScannerError)
    elif error.context_mark:
        line = error.context_mark.line
    where = f"line {line}: " if line else ""
    return json_scanning.Unreadable(f"yaml: {where}{error.problem}")


@dataclasses.dataclass(eq=False, slots=True)
class Node:
    """A node of the document; an alias stands for ``target``."""

    kind: str
    line: int
    text: str = ""
    tag: str = ""
    implicit: bool = False
    children: list["Node"] = dataclasses.field(default_factory=list)
    target: "Node | None" = None

    @property
    def is_merge(self) -> bool:
        """Whether this is the key ``<<``, which merges other mappings."""
        return self.kind == "scalar" and self.text == "<<" and (self.implicit or self.tag == yaml_scalars.MERGE)


class _Composer:
    """Events → nodes of the first document, with its aliases resolved."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.version not in (None, (1, 1)):
                    raise json_scanning.Unreadable("yaml: found incompatible YAML document")
                root: Node = done(self.node(next(self.events), 1))
                next(self.events)
                return root
        return None

    def node(self, event: yaml.Event, depth: int) -> Step:
        line = event.start_mark.line if event.start_mark else 0
        anchor = event.anchor if isinstance(event, yaml.NodeEvent) else None
        if isinstance(event, yaml.AliasEvent):
            target = self.anchors.get(anchor or "")
            if target is None:
                raise json_scanning.Unreadable(f"yaml: unknown anchor '{anchor}' referenced")
            return Node("alias", line, text=anchor or "", target=target)
        if isinstance(event, yaml.ScalarEvent):
            node = Node("scalar", line, event.value or "", event.tag or "", bool(event.implicit[0]))
            self.anchor(anchor, node)
            return node
        if depth > json_scanning.DEEPEST:
            where = f"line {line + 1}: " if line else ""
            raise json_scanning.Unreadable(f"yaml: {where}exceeded max depth of {json_scanning.DEEPEST}")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        node = Node("mapping" if is_mapping else "sequence", line)
        self.anchor(anchor, node)
        end = yaml.MappingEndEvent if is_mapping else yaml.SequenceEndEvent
        while not isinstance(child := next(self.events), end):
            node.children.append((yield self.node(child, depth + 1)))
        return node

    def anchor(self, name: str | None, node: Node) -> None:
        if name:
            self.anchors[name] = node
