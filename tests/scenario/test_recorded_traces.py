"""The recorded runs of the real Tilt, as scenario files: converted, played verbatim, and judged by our rules.

Set ``REWRITE_SCENARIOS=1`` to write the scenario files anew after a change of the conversion, and review the diff.
"""

import json
import os
import pathlib
import re

import jsonschema
import pytest
import yaml

from pytest_tiltsession import errors
from pytest_tiltsession.models import decoding, encoding, session
from pytest_tiltsession.scenario import file_format, recorder, redaction, schema, steps

RECORDED = pathlib.Path(__file__).parent.parent / "recorded"
FLIPPED = str.maketrans("0123456789abcdef", "fedcba9876543210")
TRACES = sorted(path.stem for path in (RECORDED / "traces").glob("*.json"))


def trace_of(name):
    """Give a recorded run."""
    return json.loads((RECORDED / "traces" / f"{name}.json").read_text(encoding="utf-8"))


def recorded_versions(trace):
    """Give every distinct Session of a run in the order of resourceVersions, with placeholders as in its scenario."""
    found = {}
    for item in trace["observations"]:
        value = decoding.decode(session.Session, item["object"], strict=False, inlined=("kind", "apiVersion")).value
        found[int(value.metadata.resource_version)] = value
    ordered = [found[version] for version in sorted(found)]
    redactor = redaction.Redactor(ordered[0].status.pid)
    return [redactor.redacted(value) for value in ordered]


def without_uids(value):
    """Give a Session as its JSON, with its own uid and its owner's replaced."""
    text = encoding.compact(encoding.session_to_wire(value))
    for number, uid in enumerate((value.metadata.uid, value.metadata.owner_references[0].uid)):
        text = text.replace(uid, f"uid-{number}")
    return json.loads(text)


def distinct(values):
    """Drop what repeats its predecessor."""
    return [value for index, value in enumerate(values) if index == 0 or value != values[index - 1]]


@pytest.fixture(params=TRACES)
def trace(request):
    """One recorded run."""
    return trace_of(request.param)


@pytest.fixture
def scenario_file(trace):
    """Its scenario file."""
    return RECORDED / "scenarios" / f"{trace['name']}.tilt.yaml"


def test_all_recorded_runs_are_here():
    """There are 33 runs, and each has its scenario file."""
    assert len(TRACES) == 33
    assert [path.name for path in sorted((RECORDED / "scenarios").iterdir())] == [
        f"{name}.tilt.yaml" for name in TRACES
    ]


def test_a_run_becomes_its_scenario_file(trace, scenario_file):
    """Converting a recorded run gives the very file that is kept, and reading the file gives the same scenario."""
    scenario = recorder.scenario_of_trace(trace, "unnamed")
    text = file_format.write_scenario(scenario)
    if os.environ.get("REWRITE_SCENARIOS"):
        scenario_file.write_text(text, encoding="utf-8")
    assert text == scenario_file.read_text(encoding="utf-8")
    assert file_format.read_scenario(scenario_file) == scenario


def test_verbatim_replay_shows_every_object_as_recorded(trace, scenario_file, play):
    """Each distinct Session comes as it was recorded: spec, status, resourceVersion, creation time, managed fields."""
    fake = play(file_format.read_scenario(scenario_file), "verbatim")
    fake.clock.advance("1h")

    assert [without_uids(value) for value in fake.versions] == list(map(without_uids, recorded_versions(trace)))


def test_judged_replay_agrees_at_every_step(trace, scenario_file, play):
    """Our rules give the recorded done and error at each step, with the same targets."""
    fake = play(file_format.read_scenario(scenario_file))
    for step, recorded in zip(fake.player.scenario.steps, recorded_versions(trace), strict=True):
        fake.clock.advance_to(step.at / 1_000_000)
        assert fake.session.status == recorded.status


def test_judged_replay_has_the_recorded_sequence_of_statuses(trace, scenario_file, play):
    """Nothing comes between: the distinct statuses are the recorded ones, though a timeout comes at its own instant."""
    fake = play(file_format.read_scenario(scenario_file))
    fake.clock.advance_to(fake.player.scenario.end / 1_000_000)

    shown = distinct([value.status for value in fake.versions])
    assert shown == distinct([value.status for value in recorded_versions(trace)])


def test_the_exit_code_is_predicted(trace, scenario_file, play):
    """What ``tilt ci`` exited with follows from the session that our rules judged; a ``tilt up`` goes on."""
    fake = play(file_format.read_scenario(scenario_file))
    fake.clock.advance_to(fake.player.scenario.end / 1_000_000)

    status = fake.session.status
    predicted = int(bool(status.error)) if status.done else None
    assert predicted == (trace["exit_code"] if trace["ended"] == "by itself" else None)
    expected = fake.player.scenario.expect
    assert expected.exit_code == predicted
    assert expected.outcome == {None: "running", 0: "succeeded", 1: "failed"}[predicted]
    assert expected.error == (status.error or None)


def test_nothing_of_the_recording_machine_is_kept(trace, scenario_file):
    """Pids, paths and ports of the run are not in its file."""
    text = scenario_file.read_text(encoding="utf-8")
    first = trace["observations"][0]["object"]
    assert "/home/" not in text
    assert "21360" not in text
    assert str(first["status"]["pid"]) not in text.replace(str(first["status"]["pid"]) + "ms", "")
    assert first["metadata"]["uid"] not in text


def test_the_same_session_on_another_machine_is_the_same_file(trace, scenario_file):
    """With another pid, folder, port and uids, those of processes in errors too, nothing of the file changes."""
    first = trace["observations"][0]["object"]
    pid, folder = first["status"]["pid"], first["spec"]["tiltfilePath"].rpartition("/")[0]
    text = json.dumps(trace)
    text = text.replace(f'"pid": {pid}', '"pid": 31999').replace(f'"{folder}/', '"/Users/bob/my work/shop/')
    text = text.replace(f"{folder}/", "/Users/bob/my work/shop/").replace("21360", "10350")
    text = re.sub(r"\bProcess ([1-9][0-9]*)", lambda match: f"Process {int(match[1]) + 17}", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda match: match[0].translate(FLIPPED), text)
    assert text != json.dumps(trace)
    other = recorder.scenario_of_trace(json.loads(text), "unnamed")
    assert file_format.write_scenario(other) == scenario_file.read_text(encoding="utf-8")


def test_every_file_fits_the_json_schema(scenario_file):
    """The published JSON Schema takes the scenario files, as readers without dates see them."""
    loader = type("Texts", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    document = yaml.load(scenario_file.read_text(encoding="utf-8"), Loader=loader)
    jsonschema.Draft202012Validator(schema.json_schema()).validate(document)


SEEN = {
    "metadata": {"name": "Tiltfile", "uid": "u", "resourceVersion": "5"},
    "spec": {"tiltfilePath": "/home/ann/app/Tiltfile", "exitCondition": "ci"},
    "status": {"pid": 77, "startTime": "2026-01-01T00:00:00.000000Z", "targets": None, "done": False},
}


def test_a_kept_run_that_is_none_is_told():
    """A JSON document without observations is refused with what a run holds."""
    for document in ({}, {"observations": [{}]}, {"observations": 3}, {"observations": [{"t_offset_s": "x"}]}):
        with pytest.raises(errors.TiltSessionError, match="mine: this is no recorded run"):
            recorder.scenario_of_trace(document, "mine")


def test_a_kept_run_names_itself_its_command_and_its_tiltfile():
    """Title, source and description come from the run, without what belongs to the machine."""
    found = recorder.scenario_of_trace(
        {
            "tiltfile": "local_resource('a')\n",
            "command": "tilt ci --port 21360 -f Tiltfile -- a b",
            "stderr_tail": "Tilt started\nv0.37.6-dev, built 2026-11-24\n",
            "observations": [{"t_offset_s": 0.5, "type": "ADDED", "object": SEEN}],
            "exit_code": 1,
            "ended": "SIGINT after 4.0s",
        },
        "mine",
    )
    assert (found.title, found.source) == ("mine", "tilt ci -- a b (Tilt v0.37.6-dev)")
    assert found.description == "Recorded with this Tiltfile:\n\nlocal_resource('a')\n"
    assert found.expect == steps.Expectation("running")
