"""Times and durations are read as Go reads them, and refused with Go's words."""

import json
import pathlib

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import go_times

RECORDED = pathlib.Path(__file__).parent.parent / "recorded" / "go-durations.json"
MICRO, RFC3339 = go_times.parse_micro_time, go_times.parse_time
DAY = "2026-01-01T00:00:00"
MICRO_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"
START = times.parse_micro_time(f"{DAY}.000000Z")


def refused(reader, text):
    """Give the words with which a text is refused."""
    with pytest.raises(go_times.Unreadable) as caught:
        reader(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        (f"{DAY}.000001Z", 1),
        (f"{DAY},000001Z", 1),
        (f"{DAY}.500000+00:00", 500_000),
        ("2026-01-01T01:30:00.000000+01:30", 0),
        ("2025-12-31T23:00:00.000000-01:00", 0),
        ("2026-01-01T0:00:00.000007Z", 7),
        (f"{DAY}.+00007Z", 7),
    ],
)
def test_a_micro_time_has_six_digits_and_any_zone(text, micros):
    """Offsets, a comma, a short hour and even a sign among the digits are read, as Go does."""
    assert START + micros == MICRO(text)


@pytest.mark.parametrize(
    ("text", "micros"),
    [(f"{DAY}Z", 0), (f"{DAY}.5Z", 500_000), (f"{DAY}.1234567891Z", 123_456), (f"{DAY},25Z", 250_000),
     ("2026-01-01T00:00:01-00:00", 1_000_000), ("2025-12-31T00:00:00-24:00", 0)],
)  # fmt: skip
def test_a_time_may_have_a_fraction_of_any_length(text, micros):
    """What is beyond microseconds is cut off."""
    assert START + micros == RFC3339(text)


def test_the_calendar_is_that_of_gregory_in_all_years():
    """Leap days are known, and the years 0 and 9999 are read."""
    assert 86_400_000_000 == RFC3339("2024-03-01T00:00:00Z") - RFC3339("2024-02-29T00:00:00Z")
    assert RFC3339("0000-02-29T00:00:00Z") < RFC3339("0001-12-31T23:59:59Z") < RFC3339("9999-12-31T23:59:59Z")


def test_the_zero_time_is_none():
    """Go's zero time is none, in whatever zone it is written."""
    assert None is MICRO("0001-01-01T00:00:00.000000Z")
    assert None is RFC3339("0001-01-01T01:00:00+01:00")


@pytest.mark.parametrize(
    ("text", "rest", "part"),
    [
        ("yesterday", "yesterday", "2006"),
        ("", "", "2006"),
        (f"{DAY}Z", "Z", ".000000"),
        (f"{DAY}.123Z", ".123Z", ".000000"),
        (f"{DAY}.123456789Z", "789Z", "Z07:00"),
        (f"{DAY}.000000", "", "Z07:00"),
        ("2026-1-01T00:00:00.000000Z", "1-01T00:00:00.000000Z", "01"),
        ("2026-01-01 00:00:00.000000Z", " 00:00:00.000000Z", "T"),
        ("2026/01/01", "/01/01", "-"),
        (f"{DAY}.000000+0100", "+0100", "Z07:00"),
        (f"{DAY}.000000?01:00", "?01:00", "Z07:00"),
    ],
)
def test_what_does_not_fit_is_shown_with_its_part(text, rest, part):
    """A text that leaves the layout is told with what is left of it and the part that was expected."""
    expected = f'parsing time "{text}" as "{MICRO_LAYOUT}": cannot parse "{rest}" as "{part}"'
    assert expected == refused(MICRO, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-13-01T00:00:00Z", "month out of range"),
        ("2026-00-01T00:00:00Z", "month out of range"),
        ("2026-02-30T00:00:00Z", "day out of range"),
        ("2026-01-00T00:00:00Z", "day out of range"),
        ("2026-01-01T24:00:00Z", "hour out of range"),
        ("2026-01-01T00:60:00Z", "minute out of range"),
        ("2026-01-01T00:00:60Z", "second out of range"),
        (f"{DAY}+25:00", "time zone offset hour out of range"),
        (f"{DAY}+01:61", "time zone offset minute out of range"),
        (f"{DAY}Zx", 'extra text: "x"'),
    ],
)
def test_what_is_no_date_is_told_with_its_part(text, words):
    """A part that is beyond the calendar or the clock is named."""
    assert f'parsing time "{text}": {words}' == refused(RFC3339, text)


def test_a_negative_fraction_is_out_of_range():
    """A minus sign among the six digits is read, and then refused."""
    assert refused(MICRO, f"{DAY}.-00001Z").endswith(": fractional second out of range")


def test_other_letters_are_quoted_byte_by_byte():
    """Package ``time`` shows letters outside of ASCII in hexadecimal and leaves tabs and quotes escaped."""
    expected = (
        r'parsing time "\xc3\xbc\x09\"\\" as "2006-01-02T15:04:05Z07:00": cannot parse "\xc3\xbc\x09\"\\" as "2006"'
    )
    assert expected == refused(RFC3339, '\u00fc\t"\\')
    assert r'time: invalid duration "\xc3\xbc"' == refused(go_times.parse_duration, "\u00fc")


def test_the_recorded_durations_are_read():
    """Every duration that Go wrote is read to the same nanoseconds."""
    recorded = json.loads(RECORDED.read_text())
    assert {nanos: int(nanos) for nanos in recorded} == {
        nanos: go_times.parse_duration(recorded[nanos]) for nanos in recorded
    }


@pytest.mark.parametrize(
    ("text", "nanos"),
    [("1h30m", 5400 * times.SECOND), ("2.5s", 2_500_000_000), ("-1.5h", -5400 * times.SECOND), ("0", 0), ("-0", 0),
     ("+5ms", 5_000_000), (".5s", 500_000_000), ("1.s", times.SECOND), ("1\u00b5s", 1000), ("1\u03bcs", 1000),
     ("1us", 1000), ("1h1h", 7200 * times.SECOND), ("0.0000000009s", 0), ("0.3333333333333333333h", 1_200_000_000_000),
     ("9223372036854775807ns", (1 << 63) - 1), ("-9223372036854775808ns", -(1 << 63)),
     ("0.100000000000000000000h", 360 * times.SECOND)],
)  # fmt: skip
def test_durations_are_read(text, nanos):
    """Fractions, signs, both micro signs, repeated units and the limits of int64."""
    assert nanos == go_times.parse_duration(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'invalid duration ""'),
        ("-", 'invalid duration "-"'),
        ("abc", 'invalid duration "abc"'),
        (".s", 'invalid duration ".s"'),
        ("5", 'missing unit in duration "5"'),
        ("1h5", 'missing unit in duration "1h5"'),
        ("1d", 'unknown unit "d" in duration "1d"'),
        ("1h 2m", 'unknown unit "h " in duration "1h 2m"'),
        ("1H", 'unknown unit "H" in duration "1H"'),
        ("2562048h", 'invalid duration "2562048h"'),
        ("9223372036854775808ns", 'invalid duration "9223372036854775808ns"'),
        ("99999999999999999999ns", 'invalid duration "99999999999999999999ns"'),
    ],
)
def test_what_is_no_duration_is_told(text, words):
    """Units that are missing or unknown are told apart from what is no duration at all or too large."""
    assert f"time: {words}" == refused(go_times.parse_duration, text)
