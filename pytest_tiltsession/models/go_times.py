"""Times and durations as Go's ``time`` package reads them, with Go's words for what it refuses; knows no JSON.

``times`` reads what users of this package write and answers in this package's words; what a client sends to the API
is read here, since the real server takes one-digit hours, commas and offsets and its texts are part of the answers
(stories ``time-*`` and ``duration-*``).
"""

import functools
from collections.abc import Callable

from pytest_tiltsession import times

_LIMIT = 1 << 63
_LIMIT_DIGITS = 19
_UNITS = {
    b"ns": 1,
    b"us": times.MICROSECOND,
    "µs".encode(): times.MICROSECOND,  # U+00B5, the micro sign
    "μs".encode(): times.MICROSECOND,  # U+03BC, the Greek mu
    b"ms": times.MILLISECOND,
    b"s": times.SECOND,
    b"m": times.MINUTE,
    b"h": times.HOUR,
}
_Parts = dict[str, int]
_Reader = Callable[[bytes, _Parts], bytes]


class Unreadable(ValueError):
    """A time or duration that Go refuses; the message is Go's."""


class _Misfit(Exception):
    """A part that does not fit its place in the layout."""


class _OutOfRange(Exception):
    """A part that fits its place but not the calendar; the message names it."""


def parse_micro_time(text: str) -> int | None:
    """Read a MicroTime, exactly six digits, into microseconds since the epoch; None is Go's zero time.

    Raises :class:`Unreadable`.
    """
    return _parse(text, "2006-01-02T15:04:05.000000Z07:00", _MICRO_TIME)


def parse_time(text: str) -> int | None:
    """Read an RFC 3339 time into microseconds since the epoch, as ``parse_micro_time`` does; digits beyond are cut."""
    return _parse(text, "2006-01-02T15:04:05Z07:00", _RFC3339)


def parse_duration(text: str) -> int:
    """Read a Go duration (``"1h30m"``, ``"2.5s"``, ``"-1.5h"``, ``"0"``) into nanoseconds.

    Raises :class:`Unreadable`.
    """
    whole = text.encode("utf-8", "surrogatepass")
    rest = whole[1:] if whole[:1] in (b"-", b"+") else whole
    invalid = Unreadable(f"time: invalid duration {_quoted(whole)}")
    if rest == b"0":
        return 0
    if not rest:
        raise invalid
    total = 0
    while rest:
        before, rest = _digits(rest)
        after = b""
        if rest[:1] == b".":
            after, rest = _digits(rest[1:])
        significant = before.lstrip(b"0") or b"0"
        if (not before and not after) or len(significant) > _LIMIT_DIGITS or int(significant) > _LIMIT:
            raise invalid
        name, rest = _unit(rest)
        if not name:
            raise Unreadable(f"time: missing unit in duration {_quoted(whole)}")
        if name not in _UNITS:
            raise Unreadable(f"time: unknown unit {_quoted(name)} in duration {_quoted(whole)}")
        total += int(significant) * _UNITS[name] + _fraction_of(after, _UNITS[name])
        if total > _LIMIT:
            raise invalid
    if whole[:1] == b"-":
        return -total
    if total == _LIMIT:
        raise invalid
    return total


def _fraction_of(digits: bytes, unit: int) -> int:
    """Give the nanoseconds of a fraction, rounded as Go's floating point does; digits beyond 2^63 do not count."""
    value, scale = 0, 1.0
    for digit in digits:
        larger = value * 10 + digit - 0x30
        if value > (_LIMIT - 1) // 10 or larger > _LIMIT:
            break
        value, scale = larger, scale * 10
    return int(float(value) * (float(unit) / scale))


def _digits(rest: bytes) -> tuple[bytes, bytes]:
    tail = rest.lstrip(b"0123456789")
    return rest[: len(rest) - len(tail)], tail


def _unit(rest: bytes) -> tuple[bytes, bytes]:
    width = next((index for index, code in enumerate(rest) if code in b".0123456789"), len(rest))
    return rest[:width], rest[width:]


@functools.lru_cache(maxsize=4096)  # a Session holds the same few times again and again
def _parse(text: str, layout: str, chunks: tuple[str | tuple[str, _Reader], ...]) -> int | None:
    whole = rest = text.encode("utf-8", "surrogatepass")
    parts: _Parts = {"micros": 0}
    for chunk in chunks:
        shown, reader = (chunk, _literal(chunk)) if isinstance(chunk, str) else chunk
        try:
            rest = reader(rest, parts)
        except _Misfit:
            place = f'as "{layout}": cannot parse {_quoted(rest)} as "{shown}"'
            raise Unreadable(f"parsing time {_quoted(whole)} {place}") from None
        except _OutOfRange as part:
            raise Unreadable(f"parsing time {_quoted(whole)}: {part} out of range") from None
    if rest:
        raise Unreadable(f"parsing time {_quoted(whole)}: extra text: {_quoted(rest)}")
    year, month, day = parts["year"], parts["month"], parts["day"]
    first = times.days_from_civil(year, month, 1)
    if not 1 <= day <= times.days_from_civil(year + month // 12, month % 12 + 1, 1) - first:
        raise Unreadable(f"parsing time {_quoted(whole)}: day out of range")
    seconds = (first + day - 1) * 86_400 + parts["hour"] * 3600 + parts["minute"] * 60 + parts["second"]
    micros = (seconds - parts["offset"]) * 1_000_000 + parts["micros"]
    return None if micros == times.ZERO_TIME_MICROS else micros


def _quoted(value: bytes) -> str:
    """Quote a text as package ``time`` does: bytes outside of ASCII and control characters in hexadecimal."""
    shown = []
    for code in value:
        char = chr(code)
        shown.append(f"\\x{code:02x}" if code >= 0x80 or code < 0x20 else f"\\{char}" if char in '"\\' else char)
    return f'"{"".join(shown)}"'


def _literal(char: str) -> _Reader:
    def read(rest: bytes, _parts: _Parts) -> bytes:
        if rest[:1] != char.encode():
            raise _Misfit
        return rest[1:]

    return read


def _number(rest: bytes, *, two: bool = True) -> tuple[int, bytes]:
    width = 2 if rest[1:2].isdigit() else 1
    if not rest[:1].isdigit() or (two and width == 1):
        raise _Misfit
    return int(rest[:width]), rest[width:]


def _year(rest: bytes, parts: _Parts) -> bytes:
    if not rest[:4].isdigit() or len(rest) < 4:
        raise _Misfit
    parts["year"] = int(rest[:4])
    return rest[4:]


def _two_digits(name: str, lowest: int, highest: int, *, two: bool = True) -> _Reader:
    def read(rest: bytes, parts: _Parts) -> bytes:
        parts[name], rest = _number(rest, two=two)
        if not lowest <= parts[name] <= highest:
            raise _OutOfRange(name)
        return rest

    return read


_second = _two_digits("second", 0, 59)


def _second_and_fraction(rest: bytes, parts: _Parts) -> bytes:
    """Read seconds and, where the layout has no fraction, one of any length if there is one."""
    rest = _second(rest, parts)
    if rest[:1] not in (b".", b",") or not rest[1:2].isdigit():
        return rest
    digits, rest = _digits(rest[1:])
    parts["micros"] = int((digits + b"000000")[:6])
    return rest


def _six_digits(rest: bytes, parts: _Parts) -> bytes:
    digits = rest[1:7]
    if len(rest) < 7 or rest[:1] not in (b".", b",") or not digits[digits[:1] in (b"+", b"-") :].isdigit():
        raise _Misfit
    parts["micros"] = int(digits)
    if parts["micros"] < 0:
        raise _OutOfRange("fractional second")
    return rest[7:]


def _zone(rest: bytes, parts: _Parts) -> bytes:
    if rest[:1] == b"Z":
        parts["offset"] = 0
        return rest[1:]
    if len(rest) < 6 or rest[3:4] != b":":
        raise _Misfit
    hour, _ = _number(rest[1:3])
    if hour > 24:
        raise _OutOfRange("time zone offset hour")
    minute, _ = _number(rest[4:6])
    if minute > 60:
        raise _OutOfRange("time zone offset minute")
    if rest[:1] not in (b"+", b"-"):
        raise _Misfit
    parts["offset"] = (hour * 60 + minute) * (-60 if rest[:1] == b"-" else 60)
    return rest[6:]


_DATE_TO_MINUTE: tuple[str | tuple[str, _Reader], ...] = (
    ("2006", _year),
    "-",
    ("01", _two_digits("month", 1, 12)),
    "-",
    ("02", _two_digits("day", 0, 99)),
    "T",
    ("15", _two_digits("hour", 0, 23, two=False)),
    ":",
    ("04", _two_digits("minute", 0, 59)),
    ":",
)
_MICRO_TIME = (*_DATE_TO_MINUTE, ("05", _second), (".000000", _six_digits), ("Z07:00", _zone))
_RFC3339 = (*_DATE_TO_MINUTE, ("05", _second_and_fraction), ("Z07:00", _zone))
