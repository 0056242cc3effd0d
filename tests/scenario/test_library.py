"""The named scenarios: each is found, playable, ends as it says, and goes through what its recording went through."""

import json
import pathlib
import re

import pytest

from pytest_tiltsession import errors, times
from pytest_tiltsession.models import encoding
from pytest_tiltsession.scenario import files, naming

RECORDED = pathlib.Path(__file__).parents[1] / "recorded"
NAMES = naming.names()
# Recorded states that no run of ours shows, since Tilt batched otherwise: how many of each recording.
BATCHED_OTHERWISE = {
    # Tilt learnt of each disabled resource by itself, and not of both at once.
    ("ci/args-subset", "traces/ci-args-subset"): 1,
}
ASKED_FOR = {
    "ci/green",
    "ci/failing-job",
    "ci/failing-job-among-many",
    "ci/server-exits-0",
    "ci/crash-loop",
    "ci/never-ready",
    "ci/global-timeout-waiting",
    "ci/global-timeout-not-ready",
    "ci/global-timeout-retrying",
    "ci/grace-tolerated-then-exceeded",
    "ci/flapping-readiness",
    "ci/empty-tiltfile",
    "ci/tiltfile-error",
    "ci/dependency-never-ready",
    "ci/disabled-mid-run",
    "ci/cluster-connection-failed",
    "up/session-recreated",
    "up/reload-renames",
    "up/restart",
    "up/crash",
}


def summary(state):
    """Give a state as one word with what is compared of it; processes have other numbers in each run."""
    if "waiting" in state:
        return f"waiting:{state['waiting']['waitReason']}"
    if "active" in state:
        active = state["active"]
        return f"active:{'ready' if active['ready'] else 'notready'}{'' if active['startTime'] else ', restarting'}"
    if "terminated" in state:
        error = state["terminated"].get("error")
        return f"terminated:{numberless(error) if error else 'ok'}{state['terminated'].get('graceStatus', '')}"
    return "disabled" if "disabled" in state else "inactive"


def numberless(error):
    return re.sub(r"Process [1-9]\d*", "Process N", error)


def view(status, spec):
    """Give what is compared of a Session: its targets, its verdict, and the limits in its spec."""
    targets = {target["name"]: summary(target["state"]) for target in status["targets"] or ()}
    return targets, status["done"], numberless(status.get("error", "")), spec.get("ci")


def without_repeats(views):
    return [it for index, it in enumerate(views) if not index or views[index - 1] != it]


def played(scenario, play):
    """Give what a scenario shows, commit by commit, until the session is done or nothing more is planned."""
    fake = play(scenario)
    while not fake.done and fake.clock.step():
        pass
    shown = [encoding.to_wire(version) for version in fake.versions]
    return without_repeats([view(it["status"], it["spec"]) for it in shown])


def trace(name):
    """Give what a recorded run went through, in the order of its versions."""
    found = {}
    for seen in json.loads((RECORDED / "traces" / f"{name}.json").read_text())["observations"]:
        version = int(seen["object"]["metadata"]["resourceVersion"])
        found.setdefault(version, view(seen["object"]["status"], seen["object"]["spec"]))
    return without_repeats([found[version] for version in sorted(found)])


def lines(name):
    return [json.loads(line) for line in (RECORDED / name).read_text().split("\n") if line]


def story(name):
    """Give what a recorded story of the engine went through, up to its first verdict: tilt ci exits then."""
    found = next(it for it in lines("engine/sessions.jsonl") if it["id"] == name)
    spec, views = found["spec"], []
    for step in found["steps"]:
        spec = step.get("spec", spec)
        views.append(view(step["status"], spec))
        if views[-1][1]:
            break
    return without_repeats(views)


def missing(recorded, shown):
    """Give the recorded views that do not come in what is shown, in this order, and what is shown beside them."""
    absent, beside, at = [], [], 0
    for wanted in recorded:
        found = next((index for index in range(at, len(shown)) if shown[index] == wanted), None)
        if found is None:
            absent.append(wanted)
            continue
        beside += shown[at:found]
        at = found + 1
    return absent, [*beside, *shown[at:]]


def pins(kind):
    """Give the scenarios and what they are pinned to, for one kind of recording."""
    return [(name, pin) for name in NAMES for pin in naming.named(name).recordings if pin.partition("/")[0] == kind]


def test_the_library_holds_what_is_promised():
    """Each kind of end that a session can come to has a name."""
    assert ASKED_FOR <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_scenario_says_what_it_is_pinned_to(name):
    """A line of the description names a recording that is there, or a thread of Tilt's tracker."""
    found = naming.named(name)

    assert found.title
    assert found.recordings or found.threads
    assert all(thread.startswith("https://github.com/tilt-dev/tilt/issues/") for thread in found.threads)
    kinds = {"traces", "trace-variability", "engine", "exit-decisions", "stories"}
    assert kinds >= {pin.partition("/")[0] for pin in found.recordings}


@pytest.mark.parametrize("name", NAMES)
def test_each_scenario_ends_as_it_expects(name, play):
    """Played to its end, the session is done or not, with the error and at the time that the file says."""
    scenario = files.read(name)
    views = played(scenario, play)
    fake = play(scenario)
    while not fake.done and fake.clock.step():
        pass

    expected = scenario.expect
    _, done, error, _ = views[-1]
    assert {"succeeded": (True, False), "failed": (True, True), "running": (False, False)}[expected.outcome] == (
        done,
        bool(error),
    )
    if expected.error is not None:
        assert numberless(expected.error) == error
    if expected.match is not None:
        assert re.search(expected.match.replace(r"\d+", "N"), error)
    if expected.at is not None:
        assert expected.at == fake.clock.elapsed


@pytest.mark.parametrize(("name", "pin"), pins("traces"))
def test_each_scenario_goes_through_the_states_of_its_trace(name, pin, play):
    """Everything that was recorded of the run comes, in its order; beside it nothing that no target showed."""
    recorded = trace(pin.partition("/")[2])
    absent, beside = missing(recorded, played(files.read(name), play))

    assert BATCHED_OTHERWISE.get((name, pin), 0) == len(absent), absent
    known = {(target, state) for targets, *_ in recorded for target, state in targets.items()}
    added = {pair for targets, *_ in beside for pair in targets.items()} - known
    assert all(state.startswith("waiting:") for _, state in added), added
    assert len(beside) <= 2


@pytest.mark.parametrize(("name", "pin"), pins("trace-variability"))
def test_each_scenario_shows_one_of_the_recorded_sequences(name, pin, play):
    """Of the sequences that eight runs of a Tiltfile showed, the scenario's is one; so what always appears appears."""
    runs = json.loads((RECORDED / "trace-variability.json").read_text())[pin.partition("/")[2]]
    recorded = [
        [(targets, done, error or "") for targets, done, error in found["sequence"]]
        for found in runs["distinct_sequences"]
    ]
    shown = [
        ({target: coarse(state) for target, state in targets.items()}, done, error)
        for targets, done, error, _ in played(files.read(name), play)
    ]

    assert without_repeats(shown) in recorded


def coarse(state):
    """Give a state as the recorded sequences have it."""
    if state.startswith("terminated:"):
        return state if state == "terminated:ok" else "terminated:error"
    return state


def test_every_tiltfile_that_was_run_many_times_has_its_scenario():
    """None of the recorded Tiltfiles whose states vary from run to run is left out."""
    recorded = json.loads((RECORDED / "trace-variability.json").read_text())

    assert recorded.keys() == {pin.partition("/")[2] for _, pin in pins("trace-variability")}


@pytest.mark.parametrize(("name", "pin"), pins("engine"))
def test_each_scenario_goes_through_the_states_of_its_story(name, pin, play):
    """A story of the engine begins in the middle: from there on every state of it comes, in its order."""
    absent, _ = missing(story(pin.partition("/")[2]), played(files.read(name), play))

    assert not absent


@pytest.mark.parametrize(("name", "pin"), pins("exit-decisions"))
def test_each_scenario_comes_to_the_recorded_decision(name, pin, play):
    """The spec, the target and the verdict are those of the recorded case."""
    case = next(it for it in lines("exit-decisions.jsonl") if it["id"] == pin.partition("/")[2])
    targets, done, error, ci = played(files.read(name), play)[-1]

    assert {target["name"]: summary(target["state"]) for target in case["targets"]} == targets
    assert (case["expected"]["done"], case["expected"]["error"], case["spec"]["ci"]) == (done, error, ci)


def test_a_session_that_a_client_deleted_comes_back_as_another_one(play):
    """As in the recorded story it is gone until the Tiltfile is loaded: then with a new uid, the same pid and start."""
    assert "default-delete" in {it["id"] for it in lines("stories/stories.jsonl")}
    fake = play(files.read("up/session-recreated"))
    before = fake.session
    fake.clock.advance_to("6s")
    gone = fake.session
    fake.clock.advance_to("11s")

    assert gone is None
    assert before.metadata.uid != fake.session.metadata.uid
    assert (before.status.pid, before.status.start_time) == (fake.session.status.pid, fake.session.status.start_time)


def test_a_parameter_changes_a_named_scenario():
    """The readiness timeout of ci/never-ready is a parameter, of its limit and of its error."""
    told = files.read("ci/never-ready", {"readinessTimeout": "1m0s"})

    said = [step.spec for step in told.steps if step.spec is not None]
    assert [times.MINUTE] == [spec.ci.readiness_timeout for spec in said]
    assert told.expect.error == "Readiness timeout after 1m0s: target web:serve not ready"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ci/never-redy", "did you mean ci/never-ready"),
        ("never-ready", "did you mean ci/never-ready"),
        ("up/basic", "up/"),
        ("", "which `tiltsession scenarios` lists"),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_nearest(name, near):
    """An unknown name is refused with those that are like it, or with where all of them are listed."""
    with pytest.raises(errors.InvalidScenario) as caught:
        naming.find(name)

    assert near in str(caught.value)


def test_a_file_comes_before_a_name(tmp_path, monkeypatch):
    """What is a file by that path is read as one; everything else is a name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "green").write_text("version: 1\ntitle: mine\n")

    assert files.read("ci/green").title == "mine"
    assert files.read("ci/failing-job").title == "a command fails"
    with pytest.raises(errors.InvalidScenario, match="cannot be read"):
        files.read("nowhere.tilt.yaml")
    with pytest.raises(errors.InvalidScenario, match="cannot be read"):
        files.read(pathlib.Path("nowhere"))
