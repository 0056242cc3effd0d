"""JSON that Python's reader refuses, scanned in Go's way for Go's words; also JSON that nests too deeply for Python.

Two scanners of the real server word their refusals differently: Go's own ``encoding/json``, which looks at bodies
first and applies patches, and the older one in ``sigs.k8s.io/json``, which reads patches before they are applied.
Knows no HTTP and no model. Texts are as decoded with ``surrogateescape``: a lone surrogate is a byte that is no UTF-8.
"""

import json
import re
from typing import Any

from pytest_tiltsession.models import go_texts, parsed

DEEPEST = 10_000
_MOST_DIGITS = 4_000  # more would hit Python's limit on converting texts to integers
_INVALID_BYTES = re.compile("[\udc80-\udcff]")
_SPACE = " \t\r\n"
_HEXADECIMAL = tuple("0123456789abcdefABCDEF")
_ESCAPED = tuple('bfnrt\\/"')
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_BROKEN_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BROKEN_NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?)?)?")
_LITERALS: dict[str, tuple[str, Any]] = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


class Unreadable(ValueError):
    """A body that is no JSON or YAML; the message is Go's."""


def integer(text: str) -> int | parsed.WrittenNumber:
    """Read the text of an integer; one with thousands of digits stays a text with an approximate value."""
    return int(text) if len(text) < _MOST_DIGITS else parsed.WrittenNumber(text)


class Scanner:
    """The scanner of Go's ``encoding/json``: knows at each character what may follow, and names what does not."""

    ending = ""
    too_deep = "exceeded max depth"

    def __init__(self, text: str) -> None:
        self.text = text + self.ending
        self.at = 0
        self.stack: list[list[Any]] = []  # the items of the arrays and objects that are open
        self.keys: list[str | None] = []  # for each of them the key that waits for its value; None in an array

    def document(self) -> Any:
        """Read the whole text, without recursion. Raises :class:`Unreadable`."""
        complete, value = self.value()
        while self.stack or not complete:
            if complete:
                self.keep(value)
                complete, value = self.after_value()
            else:
                complete, value = self.value()
        if self.peek():
            raise self.fail("after top-level value")
        return value

    def value(self) -> tuple[bool, Any]:
        """Read a literal, or open an array or object; tell whether a value is complete, and which."""
        char = self.peek()
        if char not in ("{", "["):
            return True, self.literal(char)
        if len(self.stack) == DEEPEST:
            raise Unreadable(self.too_deep.format(go_texts.quoted_char(char)))
        self.at += 1
        self.stack.append([])
        self.keys.append("" if char == "{" else None)
        if self.peek() == ("}" if char == "{" else "]"):
            return True, self.close()
        if char == "{":
            self.key()
        return False, None

    def after_value(self) -> tuple[bool, Any]:
        """Read the comma or bracket after a value of an array or object."""
        char, in_array = self.peek(), self.keys[-1] is None
        if char == ("]" if in_array else "}"):
            return True, self.close()
        if char != ",":
            raise self.fail("after array element" if in_array else "after object key:value pair")
        self.at += 1
        if not in_array:
            self.key()
        return False, None

    def key(self) -> None:
        """Read the key of an object and its colon."""
        if self.peek() != '"':
            raise self.fail("looking for beginning of object key string")
        self.keys[-1] = self.string()
        if self.peek() != ":":
            raise self.fail("after object key")
        self.at += 1

    def keep(self, value: Any) -> None:
        """Put a complete value into the array or object that is open."""
        key = self.keys[-1]
        self.stack[-1].append(value if key is None else (key, value))

    def close(self) -> Any:
        """Close the innermost array or object and give it."""
        self.at += 1
        items, key = self.stack.pop(), self.keys.pop()
        return items if key is None else parsed.object_of(items)

    def literal(self, char: str) -> Any:
        """Read a string, number, bool or null."""
        if char == '"':
            return self.string()
        if char in _LITERALS:
            word, value = _LITERALS[char]
            for offset, expected in enumerate(word):
                if self.text[self.at + offset : self.at + offset + 1] != expected:
                    raise self.fail(f"in literal {word} (expecting '{expected}')", self.at + offset)
            self.at += len(word)
            return value
        if char and char in "-0123456789":
            return self.number()
        raise self.fail("looking for beginning of value")

    def string(self) -> str:
        """Read a string in quotes."""
        match = _STRING.match(self.text, self.at)
        if match is None:
            sound = _BROKEN_STRING.match(self.text, self.at)
            raise self.broken_string(sound.end() if sound else self.at)
        self.at = match.end()
        text: str = json.loads(match[0])
        return _INVALID_BYTES.sub("\ufffd", text)

    def number(self) -> int | parsed.WrittenNumber:
        """Read a number; what follows its longest sound form may show that it is cut short."""
        match, longest = _NUMBER.match(self.text, self.at), _BROKEN_NUMBER.match(self.text, self.at)
        end = longest.end() if longest else self.at
        if match is None or match.end() < end:
            raise self.broken_number(end)
        self.at = match.end()
        return integer(match[0]) if match[0].lstrip("-").isdigit() else parsed.WrittenNumber(match[0])

    def peek(self) -> str:
        """Give the next character that is no white space, or an empty text at the end."""
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1
        return self.text[self.at : self.at + 1]

    def fail(self, context: str, at: int | None = None) -> Unreadable:
        """Word a character that may not stand where it does."""
        at = self.at if at is None else at
        if at >= len(self.text):
            return Unreadable("unexpected end of JSON input")
        return Unreadable(f"invalid character {self.shown(self.text[at])} {context}")

    def shown(self, char: str) -> str:
        """Quote a character; a byte that is no UTF-8 in hexadecimal."""
        return f"'\\x{ord(char) - 0xDC00:x}'" if "\udc80" <= char <= "\udcff" else go_texts.quoted_char(char)

    def broken_string(self, at: int) -> Unreadable:
        """Word what stands in a string where nothing sound does."""
        if self.text[at : at + 1] != "\\":
            return self.fail("in string", at)
        rest = self.text[at : at + 6]
        if len(rest) == 1 or (len(rest) < 6 and rest[1] == "u" and all(char in _HEXADECIMAL for char in rest[2:])):
            return self.fail("", len(self.text))
        what = rest if rest[1] == "u" else rest[:2]
        # Go shows two bytes of an escape, of which the second may be the first one of a longer character.
        raw = what.encode("utf-8", "surrogateescape")[: 6 if rest[1] == "u" else 2]
        text = raw.decode("utf-8", "replace")
        plain = all(char.isprintable() and char not in "` \ufffd" for char in text)
        return Unreadable(f"invalid escape sequence {f'`{text}`' if plain else _quoted_bytes(raw)} in string")

    def broken_number(self, at: int) -> Unreadable:
        """Word what stands in a number where a digit must."""
        return self.fail("in numeric literal", at)


class OlderScanner(Scanner):
    """The scanner of ``sigs.k8s.io/json``, which looks at single bytes and at one blank behind the text."""

    ending = " "
    too_deep = "invalid character {} exceeded max depth"

    def shown(self, char: str) -> str:
        """Quote the first byte of a character."""
        return go_texts.quoted_char(chr(char.encode("utf-8", "surrogateescape")[0]))

    def broken_string(self, at: int) -> Unreadable:
        """Word what stands in a string where nothing sound does."""
        if self.text[at : at + 1] != "\\":
            return self.fail("in string literal", at)
        if self.text[at + 1 : at + 2] != "u":
            return self.fail("in string escape code", at + 1)
        digits = 0
        while self.text[at + 2 + digits : at + 3 + digits] in _HEXADECIMAL:
            digits += 1
        return self.fail("in \\u hexadecimal character escape", at + 2 + digits)

    def broken_number(self, at: int) -> Unreadable:
        """Word what stands in a number where a digit must."""
        last = self.text[at - 1]
        if last == "-" and at == self.at + 1:
            return self.fail("in numeric literal", at)
        where = "after decimal point in" if last == "." else "in exponent of"
        return self.fail(f"{where} numeric literal", at)


def _quoted_bytes(raw: bytes) -> str:
    text = raw.decode("utf-8", "surrogateescape")
    quoted = go_texts.quoted(text)
    return re.sub(r"\\udc([89a-f][0-9a-f])", r"\\x\1", quoted)
