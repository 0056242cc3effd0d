"""Faults as values: what they can be limited to, how they are written, and what is refused."""

import dataclasses

import pytest

from pytest_tiltsession import errors, faults
from pytest_tiltsession.faults import naming, scope

ALL = [kind(event=2) if "event" in naming.keys(kind) else kind() for kind in naming.BY_NAME.values()]


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.NAME)
def test_a_fault_is_a_value(fault):
    """It is equal to another of the same arguments, hashable, and cannot be changed."""
    assert fault == dataclasses.replace(fault)
    assert len({fault, dataclasses.replace(fault)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        fault.times = 3


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.NAME)
def test_a_fault_says_in_its_docstring_how_a_file_has_it(fault):
    """Each has an example of both forms, by its name."""
    assert f"fault: {fault.NAME}" in (type(fault).__doc__ or "")
    assert f"``{type(fault).__name__}(" in (type(fault).__doc__ or "")


def test_a_fault_is_written_with_what_is_unusual():
    """Its text has its name and the arguments that were given, limits last."""
    assert (
        str(faults.CutWatch(2, by="rst", times=1, client="kr8s")) == "cut-watch(events=2, by=rst, client=kr8s, times=1)"
    )
    assert str(faults.Refuse(operation=["list", "watch"], for_=10)) == "refuse(operation=list|watch, for=10s)"
    assert str(faults.RotatedToken()) == "rotated-token()"


@pytest.mark.parametrize(
    ("operation", "hit", "missed"),
    [
        (None, ["get", "get status", "watch", "deletecollection"], ["", "head"]),
        ("update", ["update", "update status"], ["patch", "get", ""]),
        ("update status", ["update status"], ["update"]),
        (["list", "watch"], ["list", "watch"], ["get"]),
        ("any", ["list", "get status", ""], []),
    ],
)
def test_an_operation_takes_its_status_along(operation, hit, missed):
    """``update`` is also that of the status, ``any`` is also what is not about Sessions."""
    fault = faults.Refuse(operation=operation)
    assert [word for word in hit + missed if fault.hits(word)] == hit


@pytest.mark.parametrize(
    ("client", "hit"),
    [
        (None, ["kubectl/v1.33 (linux)", "kr8s/0.20", ""]),
        ("KUBECTL", ["kubectl/v1.33 (linux)"]),
        ("k*", ["kubectl/v1.33 (linux)", "kr8s/0.20"]),
        ("kubectl/*(linux)", ["kubectl/v1.33 (linux)"]),
        ("k?8s", []),
    ],
)
def test_a_client_is_a_part_of_its_user_agent_or_a_pattern(client, hit):
    """Case does not matter; a pattern is of the whole."""
    fault = faults.Refuse(client=client)
    assert [agent for agent in ("kubectl/v1.33 (linux)", "kr8s/0.20", "") if fault.meets(agent)] == hit


@pytest.mark.parametrize(
    ("limits", "due"),
    [
        ({}, [0, 1_500_000, 9_000_000]),
        ({"after": "1.5s"}, [1_500_000, 9_000_000]),
        ({"until": 9}, [0, 1_500_000]),
        ({"after": "1s", "for_": "8s"}, [1_500_000]),
    ],
)
def test_a_span_holds_its_begin_and_not_its_end(limits, due):
    """``for_`` counts from ``after``; both may be numbers of seconds."""
    fault = faults.Refuse(**limits)
    assert [offset for offset in (0, 1_500_000, 9_000_000) if fault.is_due(offset)] == due


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: faults.CutWatch(-1), "events=-1: give a whole number of 0 or more"),
        (lambda: faults.CutWatch(1, by="rts"), "by='rts': write end, close, fin or rst"),
        (lambda: faults.CutWatch(half_line="yes"), "give True or False"),
        (lambda: faults.CutWatch(operation="list"), "operation='list': write watch"),
        (lambda: faults.DropEvent(0), "event=0: give a whole number of 1 or more"),
        (lambda: faults.ErrorEvent(404), "code=404: write 410 or 500"),
        (lambda: faults.Refuse(404), "write 429, 500 or 503"),
        (lambda: faults.Refuse(503, retry_after="1.5s"), "the header counts whole seconds"),
        (lambda: faults.Refuse(times=0), "times=0: give a whole number of 1 or more"),
        (lambda: faults.Refuse(times=True), "times=True"),
        (lambda: faults.Refuse(client=""), "give a part of a User-Agent"),
        (lambda: faults.Refuse(operation="updat"), "did you mean update?"),
        (lambda: faults.Refuse(operation=3), "give one of get, list"),
        (lambda: faults.Refuse(operation=()), "name one at least"),
        (lambda: faults.Refuse(after="soon"), "after: 'soon' is not a duration"),
        (lambda: faults.Refuse(after=-1), "give a duration of 0s or more"),
        (lambda: faults.Refuse(after="5s", until="5s"), "over before it begins"),
        (lambda: faults.Refuse(until="5s", for_="5s"), "keep one of them"),
        (lambda: faults.Delay("5 s"), "by: '5 s' is not a duration"),
        (lambda: faults.Delay("5s", clock="wall"), "clock='wall': write simulated or machine"),
        (lambda: faults.TruncateBody(by="end"), "write close, fin or rst"),
        (lambda: faults.TruncateBody(operation="watch"), "operation='watch'"),
        (lambda: faults.Conflict(operation="create"), "write update, patch or delete"),
        (lambda: faults.WrongContentType("html"), "give a media type"),
        (lambda: faults.FailHandshake(operation="get"), "before it is known what they are for"),
        (lambda: faults.ExpiredCertificate(client="curl"), "before their clients are known"),
        (lambda: faults.FullAcceptQueue(times=1), "it lasts for a span of time"),
        (lambda: faults.WatchFreeze(until="5s"), "for everybody and for good"),
        (lambda: faults.WatchFreeze(on_yaml=1), "give True or False"),
        (lambda: naming.make("cutt", {}), "there is no fault 'cutt'; did you mean cut-watch?"),
        (lambda: naming.make("cut-watch", {"event": 1}), "cut-watch has no event; did you mean events?"),
        (lambda: naming.make("drop-event", {}), "drop-event needs event"),
        (lambda: faults.checked([faults.CutWatch]), "write CutWatch(…)"),
        (lambda: faults.checked("refuse"), "'refuse' is no fault"),
        (lambda: faults.checked([scope.Fault()]), "is no fault"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(make, said):
    """The error names the fault, the argument, and words that would do."""
    with pytest.raises(errors.InvalidValue) as refused:
        make()
    assert said in str(refused.value)


def test_a_file_is_told_by_its_own_names():
    """What is wrong with an argument is said with the key of files, not with the name that Python has for it."""
    with pytest.raises(errors.InvalidValue, match="refuse: retryAfter="):
        naming.make("refuse", {"retryAfter": "1500ms"})


def test_a_span_can_begin_later():
    """A fault that is put off keeps how long it lasts, and all else that was said of it."""
    assert faults.Refuse(after="1s", until="5s", times=2).later(10_000_000) == faults.Refuse(
        after="11s", until="15s", times=2
    )
    assert faults.RotatedToken(for_="5s").later(1_000_000).span == (1_000_000, 6_000_000)
