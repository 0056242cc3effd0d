"""What a YAML scalar means to the API server: text, number, bool or null, in YAML 1.1 as the server's reader knows it.

Knows single scalars and no documents. ``yes`` and ``off`` are bools, ``0x10`` and ``010`` are integers, ``1_000`` is
one as well, a time stays the text that it is.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

_PREFIX = "tag:yaml.org,2002:"
STRING = f"{_PREFIX}str"
BOOL = f"{_PREFIX}bool"
INT = f"{_PREFIX}int"
FLOAT = f"{_PREFIX}float"
NULL = f"{_PREFIX}null"
TIMESTAMP = f"{_PREFIX}timestamp"
BINARY = f"{_PREFIX}binary"
MERGE = f"{_PREFIX}merge"
_RESOLVABLE = ("", STRING, BOOL, INT, FLOAT, NULL, TIMESTAMP)


def _cases(*words: str) -> Iterator[str]:
    for word in words:
        yield from (word, word.capitalize(), word.upper())


_WORDS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("y", "Y", *_cases("yes", "true", "on")), (BOOL, True)),
    **dict.fromkeys(("n", "N", *_cases("no", "false", "off")), (BOOL, False)),
    **dict.fromkeys(("", "~", *_cases("null")), (NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (FLOAT, math.nan)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (FLOAT, math.inf)),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (FLOAT, -math.inf)),
    "<<": (MERGE, "<<"),
}
_FIRST_OF_NUMBERS = tuple("+-0123456789")
_FIRST_OF_WORDS = tuple("yYnNtTfFoO~")
_DECIMAL, _MOST_DIGITS = 10, 20
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_DOT_FLOAT = re.compile(r"\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?", re.ASCII)
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?", re.ASCII)
_ZONE = re.compile(r"Z|[+-]([0-9]{2}):([0-9]{2})", re.ASCII)
_SIXTIES = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)


class Unresolvable(ValueError):
    """A scalar that does not fit its own tag; the message is the reader's."""


def resolve(tag: str, text: str) -> tuple[str, Any]:
    """Give the tag and the value of a scalar; ``tag`` is empty where the document has none.

    Raises :class:`Unresolvable`.
    """
    if tag not in _RESOLVABLE:
        return tag, text
    found, value = (STRING, text) if tag == STRING else _resolved(tag, text)
    if tag in ("", found, STRING):
        return found, value
    if tag == FLOAT and isinstance(value, int) and found == INT and value < 1 << 63:
        return FLOAT, float(value)
    raise Unresolvable(f"cannot decode {_short(found)} `{text}` as a {_short(tag)}")


def _resolved(tag: str, text: str) -> tuple[str, Any]:
    first = text[:1]
    if first in ("", *_FIRST_OF_WORDS, *_FIRST_OF_NUMBERS, ".") and text in _WORDS:
        return _WORDS[text]
    if first == "." and _DOT_FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return FLOAT, float(text)
    if first in _FIRST_OF_NUMBERS:
        if tag in ("", TIMESTAMP) and is_time(text):
            return TIMESTAMP, text
        return _number(text) or (STRING, text)
    return STRING, text


def _number(text: str) -> tuple[str, int | float] | None:
    digits = text.replace("_", "")
    if match := _INTEGER.fullmatch(digits):
        sign, *forms = match.groups()
        form, base = next(pair for pair in zip(forms, (16, 2, 8, 8, 10), strict=True) if pair[0] is not None)
        # Python refuses to read thousands of decimal digits; so many fit into no 64 bits.
        number = int(form, base) if base != _DECIMAL or len(form) <= _MOST_DIGITS else 1 << 64
        if number < (1 << 64 if not sign else (1 << 63) + (sign == "-")):
            return INT, -number if sign == "-" else number
    if _FLOAT.fullmatch(digits) and math.isfinite(float(digits)):
        return FLOAT, float(digits)
    return None


def is_time(text: str) -> bool:
    """Tell whether a text is a time in one of the forms that the reader takes for one."""
    date = _DATE.match(text)
    if date is None or not _is_date(*map(int, date.groups())):
        return False
    rest = text[date.end() :]
    if not rest:
        return True
    clock = _CLOCK.match(rest, 1)
    if clock is None or rest[0] not in "Tt ":
        return False
    hour, minute, second = map(int, clock.groups())
    zone = rest[clock.end() :]
    if hour > 23 or minute > 59 or second > 59:
        return False
    offset = _ZONE.fullmatch(zone)
    if rest[0] == " " or offset is None:
        return rest[0] == " " and not zone
    return offset[1] is None or (int(offset[1]) <= 24 and int(offset[2]) <= 60)


def _is_date(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1]


def is_plain_text(text: str) -> bool:
    """Tell whether a text can be written without quotes and still be read as a text, by older readers as well."""
    found, _ = resolve("", text)
    return found == STRING and not _SIXTIES.fullmatch(text)


def _short(tag: str) -> str:
    return f"!!{tag.removeprefix(_PREFIX)}" if tag.startswith(_PREFIX) else tag
