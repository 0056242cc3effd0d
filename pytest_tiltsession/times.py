"""MicroTime, Time and durations as integers; knows no clock, and of datetime only the timedelta that users give.

Instants are integer microseconds since the Unix epoch (``None`` is Go's zero time); durations are integer
nanoseconds, as in Go. Calendar arithmetic is done here because freezegun replaces ``datetime`` in every module.
"""

import datetime
import functools
import re

from pytest_tiltsession import errors

MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
_DAY = 86_400  # seconds

_WEEKDAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # 1970-01-01 was a Thursday
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Go's zero time.Time, 0001-01-01T00:00:00Z, which the API writes as null.
ZERO_TIME_MICROS = -62_135_596_800_000_000
INT64_MAX = (1 << 63) - 1

# What users give for a duration in Python: a Go duration as text, a number of seconds, or a timedelta. A setting that a
# file or a Session shows as Go text takes no number, which would have no unit there.
Duration = str | int | float | datetime.timedelta
Span = str | datetime.timedelta

_UNITS = {
    "ns": 1,
    "us": MICROSECOND,
    "µs": MICROSECOND,  # U+00B5, the micro sign, which Go writes
    "μs": MICROSECOND,  # U+03BC, the Greek mu, which Go reads as well
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_DURATION_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_MICRO_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{6})(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def days_from_civil(year: int, month: int, day: int) -> int:
    """Give the days from 1970-01-01 to a date of the proleptic Gregorian calendar, years from 0."""
    year -= month <= 2
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Give year, month and day of a count of days from 1970-01-01; the inverse of :func:`days_from_civil`."""
    days += 719_468
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def _calendar(micros: int) -> str:
    days, rest = divmod(micros // 1_000_000, _DAY)
    year, month, day = civil_from_days(days)
    return f"{year:04d}-{month:02d}-{day:02d}T{_time_of_day(rest)}"


def _time_of_day(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def format_http_date(seconds: int) -> str:
    """Write whole seconds since the Unix epoch as an IMF-fixdate: ``Thu, 01 Jan 1970 00:00:00 GMT``."""
    days, rest = divmod(seconds, _DAY)
    year, month, day = civil_from_days(days)
    return f"{_WEEKDAYS[days % 7]}, {day:02d} {_MONTHS[month - 1]} {year:04d} {_time_of_day(rest)} GMT"


@functools.lru_cache(maxsize=4096)  # a Session shows the same few times again and again
def format_micro_time(micros: int) -> str:
    """Write an instant as a MicroTime: always six digits, always ``Z`` (go-serialization.txt)."""
    return f"{_calendar(micros)}.{micros % 1_000_000:06d}Z"


@functools.lru_cache(maxsize=4096)
def format_time(seconds: int) -> str:
    """Write whole seconds since the epoch as a ``metav1.Time``: ``2026-01-01T00:00:00Z``."""
    return _calendar(seconds * 1_000_000) + "Z"


def format_clock(micros: int) -> str:
    """Write a non-negative offset in microseconds as ``HH:MM:SS.ffffff``, as reports show it."""
    seconds, fraction = divmod(micros, 1_000_000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:06d}"


_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _instant(groups: tuple[str, ...]) -> int | None:
    """Give microseconds for matched date parts, or None where a part is out of range."""
    year, month, day, hour, minute, second = (int(part) for part in groups[:6])
    if not (1 <= month <= 12 and hour <= 23 and minute <= 59 and second <= 59):
        return None
    leap = month == 2 and ((year % 4 == 0 and year % 100 != 0) or year % 400 == 0)
    if not 1 <= day <= _MONTH_DAYS[month - 1] + leap:
        return None
    zone = groups[-1]
    offset = 0
    if zone != "Z":
        offset_hours, offset_minutes = int(zone[1:3]), int(zone[4:6])
        if offset_hours > 24 or offset_minutes > 60:
            return None
        offset = (offset_hours * 60 + offset_minutes) * (-60 if zone[0] == "-" else 60)
    seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds * 1_000_000 + int(((groups[6] or "") + "000000")[:6])


def parse_micro_time(text: str) -> int:
    """Read a MicroTime, exactly six digits and ``Z`` or an offset, into microseconds since the epoch.

    Raises :class:`errors.InvalidValue` for anything else, as the API does (fidelity.md, Formats).
    """
    match = _MICRO_TIME.fullmatch(text)
    micros = _instant(match.groups()) if match else None
    if micros is None:
        raise errors.InvalidValue(
            f"{text!r} is not a MicroTime: write six digits and a zone, such as 2026-01-01T00:00:00.000000Z"
        )
    return micros


@functools.lru_cache(512)
def parse_time(text: str) -> int:
    """Read an RFC 3339 time with any number of fraction digits into microseconds (digits beyond six are cut)."""
    match = _RFC3339.fullmatch(text)
    micros = _instant(match.groups()) if match else None
    if micros is None:
        raise errors.InvalidValue(f"{text!r} is not an RFC 3339 time: write it as 2026-01-01T00:00:00Z")
    return micros


def format_duration(nanos: int) -> str:
    """Write nanoseconds as Go's ``time.Duration`` does: ``30m0s``, ``1.5s``, ``300ms`` (go-durations.json)."""
    sign, nanos = ("-", -nanos) if nanos < 0 else ("", nanos)
    if nanos == 0:
        return "0s"
    if nanos < SECOND:
        for unit, size in (("ms", MILLISECOND), ("µs", MICROSECOND), ("ns", 1)):
            if nanos >= size:
                return f"{sign}{_decimal(nanos, size)}{unit}"
    hours, nanos = divmod(nanos, HOUR)
    minutes, nanos = divmod(nanos, MINUTE)
    text = f"{_decimal(nanos, SECOND)}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    if hours:
        text = f"{hours}h{text}"
    return sign + text


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


@functools.lru_cache(512)
def parse_duration(text: str) -> int:
    """Read a Go duration (``"1h30m"``, ``"2.5s"``, ``"-1.5h"``, ``"0"``) into integer nanoseconds.

    Raises :class:`errors.InvalidValue` for what Go's ``time.ParseDuration`` refuses.
    """
    body = text[1:] if text[:1] in ("-", "+") else text
    sign = -1 if text.startswith("-") else 1
    if body == "0":
        return 0
    total = position = 0
    while position < len(body):
        match = _DURATION_PART.match(body, position)
        if match is None or not (match[1] or match[2]):
            break
        unit = _UNITS[match[3]]
        total += int(match[1] or "0") * unit
        if match[2]:
            total += int(match[2]) * unit // 10 ** len(match[2])
        position = match.end()
    if not body or position < len(body) or total > INT64_MAX + (sign < 0):
        raise errors.InvalidValue(f"{text!r} is not a duration: write it as Go does, such as 30m0s, 2.5s or 300ms")
    return sign * total


def nanos_of(name: str, value: Span) -> int:
    """Give a setting's duration in nanoseconds: a Go duration as text, or a timedelta.

    Raises :class:`errors.InvalidValue`, with the setting's name, for other types, numbers too, and for what is none.
    """
    if not isinstance(value, str | datetime.timedelta):
        wanted = 'give a Go duration as text, such as "30m" or "2.5s", or a timedelta'
        raise errors.InvalidValue(f"{name}={value!r}: {wanted}")
    try:
        return parse_duration(value) if isinstance(value, str) else _micros(value) * MICROSECOND
    except errors.InvalidValue as problem:
        raise errors.InvalidValue(f"{name}: {problem}") from None


def micros_of(value: Duration) -> int:
    """Give a user's duration in microseconds: a Go duration as text, a number of seconds, or a timedelta.

    A float is rounded to the nearest microsecond. Raises :class:`errors.InvalidValue` for what is finer than a
    microsecond when written as text, and for other types.
    """
    if isinstance(value, str):
        nanos = parse_duration(value)
        if nanos % MICROSECOND:
            raise errors.InvalidValue(f"{value!r} is finer than a microsecond, the resolution of MicroTime")
        return nanos // MICROSECOND
    if isinstance(value, datetime.timedelta):
        return _micros(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 9e9:
        raise errors.InvalidValue(
            f'{value!r} is not a duration: give seconds as a number, text such as "2.5s", or a timedelta'
        )
    return round(value * 1_000_000)


def _micros(value: datetime.timedelta) -> int:
    """Give a timedelta in microseconds, exactly. Raises InvalidValue where a Go duration cannot hold it."""
    micros = value // datetime.timedelta(microseconds=1)
    if abs(micros) * MICROSECOND > INT64_MAX:
        raise errors.InvalidValue(f"{value!r} is too long for a Go duration, which ends at about 292 years")
    return micros
