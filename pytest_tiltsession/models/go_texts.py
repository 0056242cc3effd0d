"""Texts as Go's ``fmt``, ``strconv`` and ``encoding/json`` write them, which refusals of the real server quote.

Knows strings, numbers and plain JSON values; no model and no HTTP.
"""

import decimal
import math
import struct
import sys
from typing import Any

from pytest_tiltsession.models import parsed

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}
_TYPES = {dict: "map[string]interface {}", list: "[]interface {}", str: "string", int: "int64"}


def quoted(text: str) -> str:
    """Quote a text as ``%q`` does: what cannot be printed is escaped, other letters stay as they are."""
    return f'"{"".join(map(_quoted_char, text))}"'


def quoted_char(char: str) -> str:
    """Quote one character as ``%q`` does."""
    if char == "'":
        return "'\\''"
    return "'\"'" if char == '"' else f"'{_quoted_char(char)}'"


def _quoted_char(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def plain(value: Any) -> str:
    """Print a JSON value as ``%v`` does: ``map[a:1 b:[x y]]``, ``<nil>``. Without recursion, since values nest deep."""
    written: list[str] = []
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            written.append(part)
        elif part is None:
            written.append("<nil>")
        elif isinstance(part, dict | list):
            pending.extend(reversed(_pieces(part)))
        else:
            written.append(scalar(part))
    return "".join(written)


def _pieces(value: dict[str, Any] | list[Any]) -> list[Any]:
    """Give the texts and values that the print of a map or list is made of."""
    pieces: list[Any] = []
    if isinstance(value, dict):
        for key in sorted(value):
            pieces += [f"{' ' if pieces else ''}{key}:", value[key]]
        return ["map[", *pieces, "]"]
    for item in value:
        pieces += [" ", item] if pieces else [item]
    return ["[", *pieces, "]"]


def as_text(value: Any) -> str:
    """Print a JSON value as ``%s`` does, which marks what is no text: ``%!s(int64=5)``."""
    if isinstance(value, str):
        return value
    if value is None:
        return "%!s(<nil>)"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{as_text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(as_text, value)) + "]"
    return f"%!s({type_name(value)}={scalar(value)})"


def type_name(value: Any) -> str:
    """Name the Go type that a JSON value is decoded into when nothing else is asked for.

    An integer that is too large for an int64 becomes a float64.
    """
    if value is None:
        return "%!s(<nil>)"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int) and value not in parsed.INT64:
        return "float64"
    return next((name for kind, name in _TYPES.items() if isinstance(value, kind)), "float64")


def scalar(value: Any) -> str:
    """Print a bool or a number as ``%v`` does; an integer that is too large for an int64 as the float64 that it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    beyond = isinstance(value, float) or (value not in parsed.INT64 and value.bit_length() < sys.float_info.max_exp)
    return shortest(value) if beyond else str(value)


def shortest(value: float) -> str:
    """Print a float as ``strconv.FormatFloat(value, 'g', -1, 64)``: an exponent from 1e+06 on and below 0.0001."""
    return _shortest(value, repr(float(value)))


def shortest_single(value: float) -> str:
    """Print a float as ``shortest`` does, with the digits that a 32-bit float needs."""
    single = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(1, 10):
        text = f"{single:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == single:
            return _shortest(single, text)
    return _shortest(single, repr(single))


def json_number(value: float) -> str:
    """Print a finite float as ``encoding/json`` does: an exponent only below 1e-6 and from 1e21 on."""
    number = decimal.Decimal(repr(float(value)))
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return _positional(number)
    mantissa, _, exponent = _exponential(number).partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def _shortest(value: float, digits: str) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    number = decimal.Decimal(digits)
    if value != 0 and not -4 <= number.adjusted() < 6:
        return _exponential(number)
    return _positional(number)


def _positional(number: decimal.Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exponential(number: decimal.Decimal) -> str:
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0") or "0"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{'-' * number.is_signed()}{digits[0]}{fraction}e{number.adjusted():+03d}"
