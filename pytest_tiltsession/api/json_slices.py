"""Where the values of a compact JSON text begin and end; reads none of them, and knows no document and no patch.

Texts are compact once :func:`compact` has made them so: no white space outside of strings.
"""

import json
import re
from collections.abc import Iterator
from json import decoder

_NO_SPACES = re.compile(r'"(?:[^"\\]|\\.)*+"|[^" \t\r\n]+|"')
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*+"|[^,\]}]+')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\[\]{},:"]+')
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|([\[{])|[\]}]')
_decoder = json.JSONDecoder(strict=False)


def compact(text: str) -> str:
    """Take the white space out of a JSON text."""
    return "".join(_NO_SPACES.findall(text))


def tokens(raw: str) -> Iterator[str]:
    """Give the brackets, commas, colons and scalars of a text in turn."""
    return (match[0] for match in _TOKEN.finditer(raw))


def members(raw: str) -> Iterator[tuple[str, str]]:
    """Give each key of an object with the text of its value."""
    at = 1
    while raw[at] != "}":
        name, at = key(raw, at + (raw[at] == ","))
        end = _end(raw, at + 1)
        yield name, raw[at + 1 : end]
        at = end


def items(raw: str) -> Iterator[str]:
    """Give the text of each item of an array."""
    at = 1
    while raw[at] != "]":
        start = at + (raw[at] == ",")
        at = _end(raw, start)
        yield raw[start:at]


def key(raw: str, at: int = 0) -> tuple[str, int]:
    """Read the key that begins here; give where it ends, too."""
    found: tuple[str, int] = decoder.scanstring(raw, at + 1)  # type: ignore[attr-defined]  # the stubs leave it out
    return found


def _end(raw: str, at: int) -> int:
    """Find where the value that begins here ends."""
    if raw[at] not in "[{":
        match = _SCALAR.match(raw, at)
        return match.end() if match else len(raw)
    try:
        return _decoder.raw_decode(raw, at)[1]  # Far faster than to look for brackets here, although it makes values.
    except (ValueError, RecursionError):
        return _end_by_brackets(raw, at)


def _end_by_brackets(raw: str, at: int) -> int:
    """Find the end of an object or array that nests too deeply for Python's reader, or holds too long an integer."""
    depth = 0
    for match in _BRACKET.finditer(raw, at):
        if match[0][0] != '"':
            depth += 1 if match[1] else -1
            if not depth:
                return match.end()
    return len(raw)
