"""Mappings, lists and texts as YAML lines: on one line where that stays short, else in blocks; knows no key.

Every text reads back as the same text, in YAML 1.1 as in 1.2. Keeps texts plain where nothing can be mistaken.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession.scenario import yaml_nodes

_WIDTH = 110
# YAML takes no longer key without a question mark; escapes included, so with something to spare.
_LONGEST_KEY = 900
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./@%+()=:'\"$^*;<>!~-]*[\w./@%+)='\"$*;<>!~-])?|[/(][\w./@%+()=-]+")
# Booleans of YAML 1.1 that PyYAML does not know.
_ALSO_FLAGS = frozenset("yYnN")
# What YAML prints, without line breaks and the byte order mark.
_PRINTABLE = r"\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_UNSAFE = re.compile(rf": | #|:$|\\|[^{_PRINTABLE}]")
_BROKEN = re.compile(rf"[^\n{_PRINTABLE}]| (?:\n|$)")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Token(str):
    """A text that stands in the file as it is: a number, a duration, ``true``, ``null``."""

    __slots__ = ()


@functools.lru_cache(maxsize=8192)
def scalar(text: str) -> str:
    """Write a text for any place on a line, in quotes where it could be mistaken."""
    unsafe = _UNSAFE.search(text)
    if _PLAIN.fullmatch(text) and not unsafe and text not in _ALSO_FLAGS and yaml_nodes.meaning(text) == "str":
        return text
    if '"' in text and "'" not in text and text.isprintable() and text.isascii():
        return f"'{text}'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def entry(key: str, value: Any, indent: str = "") -> list[str]:
    """Give the lines of one key and its value."""
    text = scalar(key)
    return _filled(f"{text}:" if len(text) <= _LONGEST_KEY else f"? {text}\n{indent}:", value, indent)


def item(value: Any, indent: str = "") -> list[str]:
    """Give the lines of one item of a list, behind its dash."""
    line = f"{indent}- {_flow(value)}"
    if _is_short(line, value) or not isinstance(value, dict) or not value:
        return [line]
    lines = [line for key, inner in value.items() for line in entry(key, inner, indent + "  ")]
    return [f"{indent}- {lines[0].lstrip(' ')}", *lines[1:]]


def _filled(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, str) and not isinstance(value, Token) and _fits_block(value):
        strip = "" if value.endswith("\n") else "-"
        lines = value.removesuffix("\n").split("\n")
        return [f"{indent}{head} |{strip}", *(f"{indent}  {line}" if line else "" for line in lines)]
    line = f"{indent}{head} {_flow(value)}"
    if _is_short(line, value):
        return [line]
    if isinstance(value, dict) and value:
        return [f"{indent}{head}", *(line for key, inner in value.items() for line in entry(key, inner, indent + "  "))]
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return [f"{indent}{head}", *(line for inner in value for line in item(inner, indent + "  "))]
    return [line]


def _is_short(line: str, value: Any) -> bool:
    return len(line) <= _WIDTH and not _holds_block(value)


def _holds_block(value: Any) -> bool:
    """Tell whether some text within is better read over several lines."""
    if isinstance(value, str):
        return not isinstance(value, Token) and _fits_block(value)
    inner = value.values() if isinstance(value, dict) else value
    return any(_holds_block(part) for part in inner)


def _fits_block(text: str) -> bool:
    """Tell whether a text of several lines can stand in a literal block and read back the same."""
    return "\n" in text[:-1] and text[0] not in " \n" and not text.endswith("\n\n") and not _BROKEN.search(text)


def _flow(value: Any) -> str:
    if isinstance(value, Token):
        return value
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_key(key)} {_flow(inner)}" for key, inner in value.items()) + "}"
    return "[" + ", ".join(_flow(inner) for inner in value) + "]"


def _flow_key(key: str) -> str:
    text = scalar(key)
    return f"{text}:" if len(text) <= _LONGEST_KEY else f"? {text} :"


def _escaped(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    code = ord(character)
    if character.isprintable() and code != 0xFEFF:
        return character
    if 0xD800 <= code < 0xE000:
        return "\N{REPLACEMENT CHARACTER}"  # as Go writes it: no file can hold half of a pair
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
