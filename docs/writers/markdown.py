"""Markdown from texts and docstrings: tables, anchors, names of code; knows no page."""

import inspect
import re
from collections.abc import Iterable, Sequence

MADE = "<!-- Made from the code: change that, then run `python docs/generate.py`. -->"
_ROLE = re.compile(r":\w+:`~?([^`]+)`")


def page(title: str, *parts: str) -> str:
    """Give a page with its title, and a note for those who would edit it."""
    return "\n\n".join([f"# {title}", MADE, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table; what would end a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def code(text: object) -> str:
    """Give a text as code."""
    return f"`{text}`"


def plain(text: str) -> str:
    """Give a text without markup, with what Markdown would take for its own escaped."""
    return re.sub(r"([*<_`\[])", r"\\\1", text)


def prose(docstring: str | None) -> str:
    """Give a docstring in Markdown: roles of Sphinx become code, and so do double backticks."""
    assert docstring, "a public thing without a docstring"
    return _ROLE.sub(r"`\1`", inspect.cleandoc(docstring)).replace("``", "`")


def anchor(heading: str) -> str:
    """Give the anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def block(kind: str, text: str) -> str:
    """Give a fenced block."""
    return f"```{kind}\n{text.rstrip()}\n```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
