"""Instants and durations are read and written as Go and the API do."""

import datetime
import email.utils
import json

import hypothesis
import pytest
from hypothesis import strategies

from pytest_tiltsession import errors, times


def test_the_recorded_durations_agree_both_ways(pytestconfig):
    """Every recorded duration is written as Go writes it, and read back to the same nanoseconds."""
    recorded = json.loads((pytestconfig.rootpath / "tests/recorded/go-durations.json").read_text())
    written = {nanos: times.format_duration(int(nanos)) for nanos in recorded}
    read = {nanos: times.parse_duration(text) for nanos, text in recorded.items()}
    assert (recorded, {nanos: int(nanos) for nanos in recorded}) == (written, read)


@hypothesis.given(strategies.integers(-(2**63), 2**63 - 1))
def test_any_duration_survives_writing_and_reading(nanos):
    """Each int64 is written as a duration that reads as itself."""
    assert nanos == times.parse_duration(times.format_duration(nanos))


@pytest.mark.parametrize(
    ("text", "nanos"),
    [("1.5h", 5400 * times.SECOND), (".5s", 500_000_000), ("1.s", times.SECOND), ("-2s", -2 * times.SECOND),
     ("+3ms", 3_000_000), ("0", 0), ("1μs", 1000), ("1us", 1000), ("1h1m1s", 3661 * times.SECOND)],
)  # fmt: skip
def test_durations_are_read_as_go_reads_them(text, nanos):
    """Fractions, signs, both micro signs and a bare zero are durations."""
    assert nanos == times.parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "5", "s", ".s", "-", "1.5", "1d", "5 m", "m5", "9223372036854775808ns", "1m ", "١s"]
)
def test_what_go_refuses_is_refused(text):
    """A number without a unit, an unknown unit, a stray blank or an overflow is no duration, and the error says so."""
    with pytest.raises(errors.InvalidValue, match="is not a duration: write it as Go does"):
        times.parse_duration(text)


@pytest.mark.parametrize(
    "text",
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.123456789Z", "",
     "2026-02-30T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01 00:00:00.000000Z",
     "2026-01-01T00:00:00.000000"],
)  # fmt: skip
def test_a_micro_time_has_exactly_six_digits_and_a_zone(text):
    """Any other number of digits, a date that does not exist or a missing zone is refused."""
    with pytest.raises(errors.InvalidValue, match="is not a MicroTime: write six digits and a zone"):
        times.parse_micro_time(text)


def test_an_offset_is_turned_into_utc():
    """A MicroTime with an offset names the same instant with Z."""
    assert "2024-01-02T02:04:05.123456Z" == times.format_micro_time(
        times.parse_micro_time("2024-01-02T03:04:05.123456+01:00")
    )


@hypothesis.given(strategies.datetimes())
def test_calendar_arithmetic_agrees_with_datetime(moment):
    """Any instant of the years 1 to 9999 is written as datetime writes it, and read back."""
    text = f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond:06d}Z"
    assert text == times.format_micro_time(times.parse_micro_time(text))


def test_gos_zero_time_is_the_first_of_january_of_year_one():
    """The instant that the API writes as null is 0001-01-01T00:00:00Z."""
    assert times.ZERO_TIME_MICROS == times.parse_micro_time("0001-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(("value", "micros"), [("2.5s", 2_500_000), (1.5, 1_500_000), (3, 3_000_000), ("1µs", 1)])
def test_users_give_durations_as_text_or_seconds(value, micros):
    """Text is a Go duration, a number is seconds."""
    assert micros == times.micros_of(value)


def test_users_give_durations_as_timedeltas():
    """A timedelta counts to the microsecond, also where a float of its seconds would not."""
    given = datetime.timedelta(days=30_000, microseconds=-1)
    assert times.micros_of(given) == 30_000 * 86_400 * 1_000_000 - 1
    assert times.nanos_of("limit", given) == times.micros_of(given) * 1_000
    assert times.nanos_of("limit", datetime.timedelta(seconds=-1.5)) == times.nanos_of("limit", "-1.5s")
    with pytest.raises(errors.InvalidValue, match="too long for a Go duration"):
        times.micros_of(datetime.timedelta.max)


@pytest.mark.parametrize("value", ["1ns", None, True, float("nan"), float("inf"), "soon"])
def test_what_is_no_duration_is_refused_with_its_value(value):
    """Finer than a microsecond, not a number, or not a duration at all: the error shows what was given."""
    with pytest.raises(errors.InvalidValue, match=r"finer than a microsecond|is not a duration"):
        times.micros_of(value)


@pytest.mark.parametrize("seconds", [0, 951_782_400, 1_767_225_600, 4_102_444_799, 253_402_300_799])
def test_dates_of_headers_are_those_of_http(seconds):
    """An instant is written as an IMF-fixdate, as the standard library writes it."""
    assert times.format_http_date(seconds) == email.utils.formatdate(seconds, usegmt=True)
