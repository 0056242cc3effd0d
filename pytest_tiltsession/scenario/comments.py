"""The comments of a scenario file: found with what they stand at, and set into another text; knows no recording.

What a comment stands at is named by an anchor: a key of the file, a target, or a step by its number.
"""

import bisect
import dataclasses
import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml

from pytest_tiltsession.scenario import problems, yaml_nodes

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# ("key", "expect"), ("target", "api:serve"), ("step", 3); ("end", "") is the end of the file.
Anchor = tuple[str, "str | int"]
END: Anchor = ("end", "")


@dataclasses.dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its ``#``. ``alone``: it has the line to itself, and stands before its anchor."""

    line: int
    text: str
    alone: bool
    anchor: Anchor


def anchors(text: str) -> dict[Anchor, int]:
    """Give the line, from 1, of each key of a file, of each of its targets and of each of its steps.

    Raises :class:`errors.InvalidScenario` for what is no YAML.
    """
    found = problems.Problems("<string>")
    root = yaml_nodes.Composer(found).compose(text)
    found.settle()
    result: dict[Anchor, int] = {}
    for key, value in root.items if isinstance(root, yaml_nodes.Mapping) else ():
        if not isinstance(key, yaml_nodes.Scalar):
            continue
        result["key", key.text] = key.line
        if key.text == "targets" and isinstance(value, yaml_nodes.Mapping):
            names = (name for name, _ in value.items if isinstance(name, yaml_nodes.Scalar))
            result |= {("target", name.text): name.line for name in names}
        if key.text == "steps" and isinstance(value, yaml_nodes.Sequence):
            result |= {("step", index): step.line for index, step in enumerate(value.items)}
    return result


def find(text: str) -> list[Comment]:
    """Give the comments of a file, in its order. Raises as :func:`anchors` does."""
    if "#" not in text:
        return []
    where = sorted((line, anchor) for anchor, line in anchors(text).items())
    lines = [line for line, _ in where]
    inside = _scalars(text)
    result = []
    for number, line in enumerate(text.splitlines(), 1):
        mark = next((mark for mark in _marks(line) if not inside(number, mark)), None)
        if mark is None:
            continue
        alone = not line[:mark].strip()
        if alone:
            index = bisect.bisect_left(lines, number)
            anchor = where[index][1] if index < len(where) else END
        else:
            index = bisect.bisect_right(lines, number) - 1
            anchor = where[index][1] if index >= 0 else END
        result.append(Comment(number, line[mark:].rstrip(), alone, anchor))
    return result


def insert(text: str, found: Iterable[Comment]) -> str:
    """Set comments into a text that holds their anchors: on a line before those, or behind their first line."""
    where = anchors(text)
    lines = text.splitlines()
    before: dict[int, list[str]] = {}
    behind: dict[int, list[str]] = {}
    for comment in found:
        line = where.get(comment.anchor, len(lines) + 1)
        (before if comment.alone or line > len(lines) else behind).setdefault(line, []).append(comment.text)
    result = []
    for number, written in enumerate(lines, 1):
        indent = written[: len(written) - len(written.lstrip(" "))]
        result += [f"{indent}{comment}" for comment in before.get(number, ())]
        result.append("  ".join([written, *behind.get(number, ())]))
    result += before.get(len(lines) + 1, [])
    return "\n".join(result) + "\n"


def section(text: str, key: str) -> tuple[int, int] | None:
    """Give the lines of a key of the file and its value, from 1 and up to before; None where the key is not there.

    Comments that stand alone behind the value belong to what follows.
    """
    where = anchors(text)
    first = where.get(("key", key))
    if first is None:
        return None
    lines = text.splitlines()
    later = (line for (kind, _), line in where.items() if kind == "key" and line > first)
    last = min(later, default=len(lines) + 1)
    while last - 1 > first and re.match(r"\s*(?:#|$)", lines[last - 2]):
        last -= 1
    return first, last


def _marks(line: str) -> Iterable[int]:
    return [
        index for index, character in enumerate(line) if character == "#" and (not index or line[index - 1] in " \t")
    ]


def _scalars(text: str) -> Callable[[int, int], bool]:
    """Give a function that tells whether a place, a line from 1 and a column, lies within a text of the file."""
    spans = []
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.ScalarToken):
            start = (token.start_mark.line + 1, token.start_mark.column)
            if token.style in ("|", ">"):
                start = (start[0] + 1, 0)  # behind the sign of a block there may be a comment
            spans.append((start, (token.end_mark.line + 1, token.end_mark.column)))
    starts = [start for start, _ in spans]

    def inside(line: int, column: int) -> bool:
        index = bisect.bisect_right(starts, (line, column)) - 1
        return index >= 0 and (line, column) < spans[index][1]

    return inside
