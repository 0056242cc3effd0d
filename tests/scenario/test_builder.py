"""Telling a session target by target: states, waits, and what the builder is."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps, writing
from pytest_tiltsession.scenario.builder import (
    Scenario,
    active,
    after,
    disabled,
    failed,
    inactive,
    ready,
    removed,
    succeeded,
    waiting,
)

from .tellings import at, states, step_at, told

# The same session as in the surface of the project, as absolute steps.
FAILS_LATE = """\
version: 1
title: ci fails late
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
targets:
  migrate:update: {type: job, resources: [migrate]}
  api:serve: {type: server, resources: [api]}
steps:
  - {at: 0s, set: {migrate:update: {waiting: waiting-for-dep}, api:serve: {waiting: waiting-for-dep}}}
  - {at: 1s, set: {migrate:update: active}}
  - {at: 2s, set: {api:serve: {active: {ready: false}}}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}}
"""


def fails_late():
    """A migration that breaks after a server has started."""
    return (
        Scenario("ci fails late", exit_condition="ci", timeout="30m", readiness_timeout="5m")
        .job("migrate", waiting("waiting-for-dep", for_="1s"), active(for_="3s"), failed("exit status 1"))
        .server("api", after("migrate", started="1s"), active(ready=False, for_="10s"), ready())
    )


def test_a_session_in_a_few_lines_is_its_absolute_steps():
    """Durations and waits become offsets, and what tilt ci would not live to see is left out."""
    assert FAILS_LATE == writing.document(fails_late().build())


def test_a_scenario_goes_on_where_it_says_so():
    """With ``goes_on`` what comes after the verdict is kept."""
    built = Scenario(goes_on=True).job("a", active(for_="1s"), failed("x", for_="5s"), succeeded()).build()

    assert [("0s", "active"), ("1s", "failed:x"), ("6s", "succeeded")] == told(built, "a:update")


def test_telling_more_leaves_the_beginning_as_it_was():
    """Each method gives a new scenario, so that tests share a beginning."""
    beginning = Scenario("x").job("a", active(for_="1s"), succeeded())

    good, bad = beginning.server("b", ready()), beginning.server("b", failed())

    assert ["a:update"] == list(beginning.build().targets)
    assert (["active"], ["failed:Process 4243 exited with non-zero status"]) == (
        states(good.build(), "b:serve"),
        states(bad.build(), "b:serve"),
    )


@pytest.mark.parametrize(
    ("what", "when"),
    [
        ({"started": True}, "1s"),
        ({"started": "250ms"}, "1.25s"),
        ({"ready": True}, "3s"),
        ({"done": 0.5}, "4.5s"),
        ({"failed": True}, "4s"),
        ({}, "3s"),
    ],
)
def test_a_wait_is_over_when_the_awaited_thing_has_happened(what, when):
    """``after`` waits for a start, readiness, an end or a failure, and then some; else for what a dependency gives."""
    awaited = (waiting(for_="1s"), active(ready=False, for_="2s"), ready(for_="1s"), failed())
    built = Scenario(goes_on=True).server("db", *awaited).job("a", after("db", **what), active()).build()

    assert [("0s", "waiting:waiting-for-dep"), (when, "active")] == told(built, "a:update")


def test_a_wait_for_a_job_is_one_for_its_success():
    """Without saying what, a job is waited for until it has succeeded."""
    built = Scenario(goes_on=True).job("a", active(for_="2s"), succeeded()).server("b", after("a"), ready()).build()

    assert [("0s", "waiting:waiting-for-dep"), ("2s", "active")] == told(built, "b:serve")


def test_a_wait_in_the_middle_keeps_what_is_shown():
    """A later wait shows the state before, unless it has a reason of its own."""
    told_so = (active(ready=False), after("a"), ready(for_="1s"), after("a", done="5s", reason="reconciling"), ready())
    built = Scenario(goes_on=True).job("a", active(for_="2s"), succeeded()).server("b", *told_so).build()

    expected = [("0s", "unready"), ("2s", "active"), ("3s", "waiting:reconciling"), ("7s", "active")]
    assert expected == told(built, "b:serve")


def test_what_has_happened_before_is_not_waited_for():
    """A wait for what happened for the first time a while ago is over at once."""
    built = (
        Scenario(goes_on=True)
        .job("a", active(for_="1s"), succeeded(for_="1s"), active())
        .server("b", waiting(for_="9s"), after("a", done="2s"), ready())
        .build()
    )

    assert [("0s", "waiting:unknown"), ("9s", "active")] == told(built, "b:serve")


def test_every_state_of_a_target_can_be_told():
    """Disabled, inactive and removed targets too, with times and grace where they do not follow."""
    built = (
        Scenario(goes_on=True)
        .job("web:runtime", disabled(for_="1s"), inactive(for_="1s"), removed(for_="1s"), active(started="1.5s"))
        .server("api", failed("x", grace="Tolerated", started="-1s", finished=None))
        .build()
    )

    expected = [("0s", "disabled"), ("1s", "inactive"), ("2s", "removed"), ("3s", "active")]
    assert expected == told(built, "web:runtime")
    shown = step_at(built, "0s").set["api:serve"]
    assert ("Tolerated", -1_000_000, None) == (shown.grace_status, shown.start_time, shown.finish_time)


def test_targets_that_steps_move_are_declared():
    """Absolute steps stand beside states that are told one after the other."""
    built = (
        Scenario("x", labels={"team": "web"})
        .target("odd", "server", resources=["one", "two"])
        .job("a", active(for_="3s"), succeeded())
        .step("2s", {"odd": ready()}, note="it works", labels={})
        .step("2.5s", remove=["odd"])
        .build()
    )

    assert steps.Declaration("odd", "server", ("one", "two")) == built.targets["odd"]
    assert ["2s", "2.5s", "3s"] == [at(step) for step in built.steps if step.at]
    assert ("it works", {}) == (step_at(built, "2s").note, step_at(built, "2s").labels)


def test_the_header_is_what_was_given():
    """Spec, start, pid, texts, expectation and consumer end up in the scenario."""
    built = (
        Scenario(
            "x",
            exit_condition="manual",
            timeout=None,
            readiness_timeout="1s",
            k8s_grace_period="1m",
            tiltfile_path="/src/Tiltfile",
            start="2026-02-03T04:05:06.7Z",
            description="why",
            pid=7,
            annotations={"a": "b"},
        )
        .expect("running", at="3s")
        .consumer("my-tool", "wait", timeout="5s", env={"A": "1"}, exit_code=3, stdout="/x/")
        .build()
    )

    assert built.spec == session.SessionSpec(
        "/src/Tiltfile", "manual", session.SessionCISpec(60_000_000_000, None, 1_000_000_000)
    )
    assert (7, "why", {"a": "b"}) == (built.pid, built.description, built.annotations)
    assert 1_770_091_506_700_000 == built.start
    assert steps.Expectation(outcome="running", at=3_000_000) == built.expect
    expected = steps.ConsumerExpectation(3, "/x/")
    assert steps.Consumer(("my-tool", "wait"), 5_000_000_000, expected, {"A": "1"}) == built.consumer


def test_a_saved_scenario_is_read_again_and_told_on(tmp_path):
    """``save`` and ``read`` go through a file, and the telling goes on from there."""
    path = tmp_path / "x.tilt.yaml"
    fails_late().save(path)

    read = Scenario.read(path)

    assert fails_late() == read
    assert ["api:serve", "more:update"] == sorted(set(read.job("more", active()).build().targets) - {"migrate:update"})


def test_a_scenario_is_saved_where_there_is_a_folder(tmp_path):
    """Where there is none, the error names the file and what would do."""
    with pytest.raises(errors.InvalidScenario, match="cannot be saved: No such file or directory; name a file in a f"):
        fails_late().save(tmp_path / "missing" / "late.tilt.yaml")


def test_a_scenario_that_cannot_be_played_is_not_saved(tmp_path):
    """Nothing is written of a scenario that is refused."""
    path = tmp_path / "x.tilt.yaml"

    with pytest.raises(errors.InvalidScenario):
        Scenario().job("a", ready()).save(path)

    assert not path.exists()


def test_scenarios_are_compared_by_what_they_tell():
    """Two tellings of the same are equal, whatever order of calls gave them; they say what they are."""
    assert fails_late() == fails_late()
    assert fails_late() != fails_late().expect("failed")
    assert repr(fails_late()) == "<Scenario 'ci fails late': 2 resources, 0 events>"
