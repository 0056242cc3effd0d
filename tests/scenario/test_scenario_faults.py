"""Faults in scenario files and in the builder: both forms say the same, and mistakes are told at their line."""

import dataclasses

import jsonschema
import pytest
import yaml

from pytest_tiltsession import Scenario, active, errors, faults, succeeded
from pytest_tiltsession.faults import naming
from pytest_tiltsession.scenario import file_format, files
from pytest_tiltsession.scenario.relative import reading, schema

EVERY = tuple(kind(event=2) if "event" in naming.keys(kind) else kind() for kind in naming.BY_NAME.values())
UNUSUAL = (
    faults.CutWatch(2, by="rst", half_line=True, client="kr8s/*", times=1, after="1m30s", for_="10s"),
    faults.Refuse(429, retry_after="2s", operation=["list", "watch"], until="1h"),
    faults.ErrorEvent(500, events=0, operation="watch"),
    faults.Delay("250ms", clock="machine", operation="any"),
    faults.TruncateBody(0, by="close", operation="get status"),
    faults.WrongContentType("text/plain", client="a: b"),
    faults.WatchFreeze(on_yaml=True, after="5s"),
)
HEAD = "version: 1\nfaults:\n  - "


@pytest.mark.parametrize("fault", [*EVERY, *UNUSUAL], ids=str)
def test_a_fault_reads_back_as_it_was_written(fault):
    """In the absolute form and in the relative one; the JSON Schema agrees."""
    told = Scenario("x").job("a", active(for_="1s"), succeeded()).fault(fault)
    text = told.to_yaml()
    assert reading.parse_script(text) == told.script
    built = told.build()
    assert file_format.parse_scenario(file_format.write_scenario(built)) == built
    assert built.faults == (fault,)
    document = {"version": 1, "faults": yaml.load(text, yaml.BaseLoader)["faults"]}
    for item in document["faults"]:
        item |= {key: int(item[key]) for key in ("times", "events", "event", "size", "code") if key in item}
        item |= {key: item[key] == "true" for key in ("halfLine", "onYaml") if key in item}
    jsonschema.Draft202012Validator(schema.json_schema()).validate(document)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("{fault: cut-watch, events: 2, by: rst, times: 1}", faults.CutWatch(2, by="rst", times=1)),
        ("{fault: stall-watch, events: 1}", faults.StallWatch(1)),
        ("{fault: duplicate-event, event: 2}", faults.DuplicateEvent(2)),
        ("{fault: drop-event, event: 2, client: kr8s}", faults.DropEvent(2, client="kr8s")),
        ("{fault: reorder-events, event: 2}", faults.ReorderEvents(2)),
        ("{fault: error-event, code: 410, events: 3}", faults.ErrorEvent(410, events=3)),
        ("{fault: blank-line, events: 0}", faults.BlankLine(0)),
        ("{fault: refuse, retryAfter: 2s, for: 10s}", faults.Refuse(503, retry_after="2s", for_="10s")),
        ("{fault: refuse, operation: [list, watch]}", faults.Refuse(operation=("list", "watch"))),
        ("{fault: rotated-token, after: 30s}", faults.RotatedToken(after="30s")),
        ("{fault: conflict, times: 3}", faults.Conflict(times=3)),
        ("{fault: delay, by: 5s, operation: list}", faults.Delay("5s", operation="list")),
        ("{fault: truncate-body, size: 100}", faults.TruncateBody(100)),
        ("{fault: wrong-content-type, mediaType: text/html}", faults.WrongContentType("text/html")),
        ("{fault: fail-handshake, times: 2}", faults.FailHandshake(times=2)),
        ("{fault: expired-certificate, after: 1m}", faults.ExpiredCertificate(after="1m")),
        ("{fault: full-accept-queue, after: 10s, for: 5s}", faults.FullAcceptQueue(after="10s", for_="5s")),
        ("{fault: watch-freeze, onYaml: true}", faults.WatchFreeze(on_yaml=True)),
    ],
)
def test_a_file_names_faults_with_their_arguments(written, fault):
    """Keys are those of the arguments, as the wire would write them."""
    assert files.parse(HEAD + written).faults == (fault,)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{fault: cutt}", "there is no fault 'cutt'; did you mean cut-watch?"),
        ("{fault: cut-watch, event: 3}", "cut-watch has no event; did you mean events?"),
        ("{fault: cut-watch, events: -1}", "events is '-1'"),
        ("{fault: drop-event}", "drop-event needs event, such as event: 2"),
        ("{events: 3}", "a fault needs fault: write its name, such as fault: cut-watch"),
        ("cut-watch", "write a mapping such as {fault: cut-watch, events: 2}"),
        ("{fault: refuse, times: 0}", "write a whole number from 1 to 1000000"),
        ("{fault: refuse, after: 5}", "a duration has a unit: write 5s for seconds"),
        ("{fault: refuse, operation: lst}", "refuse: operation='lst': did you mean list?"),
        ("{fault: refuse, code: 404}", "refuse: code=404: write 429, 500 or 503"),
        ("{fault: CutWatch, events: 1}", "there is no fault 'CutWatch'; did you mean cut-watch?"),
        ("{fault: refuse, retryAfter: 1500ms}", "refuse: retryAfter="),
        ("{fault: cut-watch, by: 5s}", "cut-watch: by='5s': write end, close, fin or rst"),
        ("{fault: delay, by: soon}", "by is 'soon'"),
        ("{fault: conflict, onYaml: true}", "conflict has no onYaml"),
        ("{fault: watch-freeze, until: 5s}", "a frozen Tilt is so for everybody and for good"),
        ("[]", "a fault is a list"),
    ],
)
def test_mistakes_are_told_at_their_line(written, said):
    """With what would do."""
    with pytest.raises(errors.InvalidScenario) as refused:
        files.parse(HEAD + written, "x.tilt.yaml")
    assert str(refused.value).startswith("x.tilt.yaml:3: ")
    assert said in str(refused.value)


def test_the_builder_takes_faults_only():
    """Others are refused at once."""
    with pytest.raises(errors.InvalidScenario, match=r"write CutWatch\(…\)"):
        Scenario("x").fault(faults.CutWatch)


def test_faults_of_an_included_file_come_first(tmp_path):
    """And take parameters, as everything else does."""
    (tmp_path / "base.tilt.yaml").write_text(
        "version: 1\nparameters: {n: '1'}\nfaults:\n  - fault: conflict\n    times: ${n}\n"
    )
    (tmp_path / "top.tilt.yaml").write_text(
        "version: 1\ninclude: [{file: base.tilt.yaml, with: {n: '4'}}]\nfaults: [{fault: refuse}]\n"
    )
    assert files.read(tmp_path / "top.tilt.yaml").faults == (faults.Conflict(times=4), faults.Refuse())


def test_an_expanded_scenario_keeps_its_faults():
    """Whatever else is told."""
    told = Scenario("x").local("a", update="1s").fault(faults.Refuse())
    assert told.build().faults == (faults.Refuse(),)
    assert dataclasses.replace(told.build(), faults=()) == Scenario("x").local("a", update="1s").build()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{fault: cut-wach, events: 1}", "there is no fault 'cut-wach'; did you mean cut-watch?"),
        ("{events: few, fault: cut-wach}", "there is no fault 'cut-wach'; did you mean cut-watch?"),
        ("{fault: refus, code: 429, times: 2}", "there is no fault 'refus'; did you mean refuse?"),
        ("{code: 7, times: no, fault: refus}", "there is no fault 'refus'; did you mean refuse?"),
    ],
)
def test_a_misspelt_name_is_all_that_is_told(written, said):
    """What its arguments may be follows from the name, so nothing is said of them, wherever the name stands."""
    for read in (file_format.parse_scenario, reading.parse_script):
        with pytest.raises(errors.InvalidScenario) as caught:
            read(HEAD + written, "x.tilt.yaml")
        assert f"x.tilt.yaml:3: {said}" == str(caught.value)
