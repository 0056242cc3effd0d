"""Untyped objects are converted as Kubernetes converts what a strategic merge patch leaves."""

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import decoding, encoding, session, unstructured

TYPE_META = ("kind", "apiVersion")


def convert(value):
    """Convert an object to a Session."""
    return unstructured.convert(session.Session, value, inlined=TYPE_META)


def test_what_was_written_is_converted_back():
    """The JSON of a Session is converted to the same Session."""
    start = times.parse_micro_time("2026-01-01T00:00:00.000001Z")
    target = session.Target("a", "job", ("x", "y"), session.TargetState(active=session.TargetStateActive(start, True)))
    spec = session.SessionSpec("/w", "ci", session.SessionCISpec(timeout=times.MINUTE))
    given = session.Session(spec=spec, status=session.SessionStatus(1, start, (target,)))
    found = convert(encoding.session_to_wire(given))
    assert (given, ()) == (found.value, found.strict_errors)


def test_null_is_absence():
    """Null leaves fields at their defaults, and an item of a list is an empty one."""
    found = convert({"kind": None, "metadata": None, "spec": {"ci": None}, "status": {"targets": [None], "pid": None}})
    assert session.Session(status=session.SessionStatus(targets=(session.Target(),))) == found.value


def test_a_whole_number_with_a_fraction_is_an_integer():
    """``5.0`` is 5 here; numbers beyond int64 become the smallest one, as on the real server's hardware."""
    assert [5, -(1 << 63)] == [convert({"status": {"pid": number}}).value.status.pid for number in (5.0, 1e30)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"spec": {"tiltfilePath": 5}}, "cannot convert int64 to string"),
        ({"spec": {"exitCondition": 5}}, "cannot convert int64 to v1alpha1.ExitCondition"),
        ({"spec": {"tiltfilePath": True}}, "unrecognized type: string"),
        ({"spec": {"tiltfilePath": 1.5}}, "unrecognized type: string"),
        ({"kind": 5}, "cannot convert int64 to string"),
        ({"status": {"pid": 4.5}}, "cannot convert float64 to int64"),
        ({"status": {"pid": "5"}}, "unrecognized type: int64"),
        ({"status": {"done": 1}}, "unrecognized type: bool"),
        ({"spec": []}, "cannot restore struct from: slice"),
        ({"status": {"targets": {}}}, "cannot restore slice from map"),
        ({"metadata": {"labels": "x"}}, "cannot restore map from string"),
        ({"metadata": {"finalizers": [1]}}, "cannot convert int64 to string"),
        ({"status": {"startTime": 5}}, "json: cannot unmarshal number into Go value of type string"),
        ({"spec": {"ci": {"timeout": "1d"}}}, 'time: unknown unit "d" in duration "1d"'),
    ],
)
def test_the_first_thing_that_does_not_fit_ends_it(value, words):
    """The words are not those of JSON's decoder, and name no field."""
    with pytest.raises(decoding.Undecodable) as caught:
        convert(value)
    assert words == str(caught.value)


def test_unknown_fields_are_told_in_the_order_of_the_alphabet():
    """Unlike those of a body, which are told in the order of its text."""
    found = convert({"z": 1, "status": {"targets": [{}, {"q": 1}]}, "a": {"b": 1}})
    assert ('unknown field "a"', 'unknown field "status.targets[1].q"', 'unknown field "z"') == found.strict_errors
