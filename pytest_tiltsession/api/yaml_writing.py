"""JSON values → YAML text in the style of the API server; knows no HTTP and no model.

Block style with two spaces, sequences at the column of their key, keys sorted with numbers by their value, lines
broken behind column 80 where a space allows it, texts of several lines as literals, and double quotes around texts
that would otherwise be read as something else (cli-get-session.txt and the YAML answers among the stories).
"""

import functools
import re
from typing import Any

from pytest_tiltsession.api import yaml_scalars, yaml_styles
from pytest_tiltsession.models import go_texts

_WIDTH = 80
_LONGEST_SIMPLE_KEY = 128
_UNBROKEN = re.compile(r"[ !#-&(-\[\]-~]*", re.ASCII)  # printable, no quotes, no backslash


def write(value: Any) -> str:
    """Write a JSON value as a YAML document that ends with a line break."""
    writer = _Writer()
    writer.node(value, -2, in_mapping=False)
    text = "".join(writer.parts)
    return text if text.endswith("\n") and writer.column == 0 else f"{text}\n"


class _Writer:
    """Writes node after node; knows the column, and whether the line holds only indentation and indicators so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.column = 0
        self.blank = True  # the last thing written was white space
        self.indented = True  # nothing but white space and indicators on this line

    def node(self, value: Any, indent: int, *, in_mapping: bool) -> None:
        """Write a value below an indentation of ``indent`` columns; -2 is above the document."""
        if isinstance(value, dict) and value:
            self.mapping(value, indent + 2)
        elif isinstance(value, list) and value:
            # A sequence in a mapping stands at the column of its key, unless it begins the line of the key.
            self.sequence(value, indent if in_mapping and not self.indented else indent + 2)
        elif isinstance(value, str):
            self.text(value, max(indent, 0) + 2)
        else:
            self.indicator(_constant(value), space=True, blank=False, indented=False)

    def mapping(self, members: dict[str, Any], indent: int) -> None:
        for key in sorted(members, key=functools.cmp_to_key(yaml_styles.compare_keys)):
            self.line(indent)
            if len(key.encode()) <= _LONGEST_SIMPLE_KEY and not any(char in yaml_styles.BREAKS for char in key):
                self.text(key, indent + 2, key=True)
                self.indicator(":", space=False, blank=False, indented=False)
            else:
                self.indicator("?", space=True, blank=False, indented=True)
                self.text(key, indent + 2)
                self.line(indent)
                self.indicator(":", space=True, blank=False, indented=True)
            self.node(members[key], indent, in_mapping=True)

    def sequence(self, items: list[Any], indent: int) -> None:
        for item in items:
            self.line(indent)
            self.indicator("-", space=True, blank=False, indented=True)
            self.node(item, indent, in_mapping=False)

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.column += len(text)

    def break_line(self, char: str = "\n") -> None:
        self.parts.append(char)
        self.column = 0

    def line(self, indent: int) -> None:
        """Go to a column of a new line, or stay on this one where it is still free."""
        if not self.indented or self.column > indent or (self.column == indent and not self.blank):
            self.break_line()
        self.put(" " * (indent - self.column))
        self.blank = self.indented = True

    def indicator(self, text: str, *, space: bool, blank: bool, indented: bool) -> None:
        if space and not self.blank:
            self.put(" ")
        self.put(text)
        self.blank = blank
        self.indented = self.indented and indented

    def text(self, value: str, indent: int, *, key: bool = False) -> None:
        """Write a text in the first style that can carry it."""
        allowed = yaml_styles.carrying(value)
        several_lines = "\n" in value
        if several_lines and "literal" in allowed and not key:
            self.literal(value, indent)
        elif not several_lines and yaml_scalars.is_plain_text(value) and "plain" in allowed:
            self.plain(value, indent, folds=not key)
        elif not several_lines and yaml_scalars.is_plain_text(value) and "single" in allowed:
            self.single_quoted(value, indent, folds=not key)
        else:
            self.double_quoted(value, indent, folds=not key)

    def plain(self, value: str, indent: int, *, folds: bool) -> None:
        if not self.blank:
            self.put(" ")
        self.folded(value, indent, folds=folds)
        self.blank = self.indented = False

    def single_quoted(self, value: str, indent: int, *, folds: bool) -> None:
        self.indicator("'", space=True, blank=False, indented=False)
        self.folded(value, indent, folds=folds, quote="'")
        self.indicator("'", space=False, blank=False, indented=False)
        self.blank = self.indented = False

    def folded(self, value: str, indent: int, *, folds: bool, quote: str = "") -> None:
        """Write characters as they are, and break the line at single spaces behind the width."""
        if self.column + len(value) <= _WIDTH and _UNBROKEN.fullmatch(value):
            self.put(value)
            return
        spaced = broken = False
        for at, char in enumerate(value):
            inner = not quote or 0 < at < len(value) - 1
            if char in yaml_styles.BREAKS:
                self.break_line(char)
                self.indented = broken = True
                spaced = False
                continue
            if char == " ":
                if folds and not spaced and self.column > _WIDTH and inner and value[at + 1 : at + 2] != " ":
                    self.line(indent)
                else:
                    self.put(char)
            else:
                if broken:
                    self.line(indent)
                self.put(char * 2 if char == quote else char)
                self.indented = broken = False
            spaced = char == " "

    def double_quoted(self, value: str, indent: int, *, folds: bool) -> None:
        self.indicator('"', space=True, blank=False, indented=False)
        fits = self.column + len(value) <= _WIDTH and _UNBROKEN.fullmatch(value)
        spaced = False
        if fits:
            self.put(value)
        for at, char in enumerate("" if fits else value):
            # The server's writer looks for a byte order mark at the start of the text, whatever character it is at.
            if value[0] == "\ufeff" or yaml_styles.is_escaped(char):
                self.put(yaml_styles.escaped(char))
                spaced = False
            elif char == " " and folds and not spaced and self.column > _WIDTH and 0 < at < len(value) - 1:
                self.line(indent)
                if value[at + 1] == " ":
                    self.put("\\")
                spaced = True
            else:
                self.put(char)
                spaced = char == " "
        self.indicator('"', space=False, blank=False, indented=False)
        self.blank = self.indented = False

    def literal(self, value: str, indent: int) -> None:
        """Write the lines of a text as they are; the hints say how it starts and ends."""
        start = "2" if value[0] in f" {yaml_styles.BREAKS}" else ""
        kept = value[-1] in yaml_styles.BREAKS and (len(value) == 1 or value[-2] in yaml_styles.BREAKS)
        end = "" if value[-1] in yaml_styles.BREAKS and not kept else "+" if kept else "-"
        self.indicator(f"|{start}{end}", space=True, blank=False, indented=False)
        self.break_line()
        self.blank = self.indented = True
        fresh = True
        for char in value:
            if char in yaml_styles.BREAKS:
                self.break_line(char)
                self.indented = fresh = True
                continue
            if fresh:
                self.line(indent)
            self.put(char)
            self.indented = fresh = False


def _constant(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return go_texts.scalar(value)
