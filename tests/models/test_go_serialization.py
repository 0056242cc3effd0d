"""What Go's serializer wrote of Sessions and times is what is written here."""

import json
import pathlib
import re

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import decoding, encoding, go_times, session

RECORDED = pathlib.Path(__file__).parents[1] / "recorded" / "go-serialization.txt"
*SESSIONS, TIMES = RECORDED.read_text(encoding="utf-8").splitlines()
_TYPE = '"kind":"Session","apiVersion":"tilt.dev/v1alpha1",'


@pytest.mark.parametrize("line", SESSIONS)
def test_a_session_is_written_as_go_writes_it(line):
    """Empty and missing values, zero times and durations, to the letter; kind and version are the API's doing."""
    read = decoding.decode(session.Session, json.loads(line)).value
    assert line == encoding.compact(encoding.session_to_wire(read)).strip().replace(_TYPE, "")


@pytest.mark.parametrize(("text", "said"), json.loads(TIMES).items())
def test_a_time_is_written_as_go_writes_it(text, said):
    """MicroTime cuts to six digits, Time to seconds, both in UTC; the zero time is null."""
    micro, second = (json.loads(found) for found in re.findall(r'=(null|".*?")', said))
    micros = go_times.parse_time(text)
    assert micro == (None if micros is None else times.format_micro_time(times.parse_time(text)))
    assert second == (None if micros is None else times.format_time(times.parse_time(text) // 1_000_000))
