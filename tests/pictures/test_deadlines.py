"""The instants at which Tilt loses its patience."""

import pytest

from pytest_tiltsession.pictures import deadlines, scene

from . import staging, stories


def marks(stage):
    """Give the deadlines that a picture marks: sign and seconds, by target."""
    made = scene.read(stage.look())
    return {
        lane.name: [(mark.sign, mark.at / staging.SECOND) for mark in lane.marks]
        for lane in made.targets
        if lane.name != "tiltfile:update"
    }


def test_a_readiness_timeout_is_marked_where_it_ended_the_session():
    """The mark stands at the instant of the verdict."""
    stage = staging.named("ci/never-ready").played()
    made = scene.read(stage.look())
    assert {"web:serve": [("deadline-met", made.at / staging.SECOND)]} == marks(stage)


def test_a_grace_period_counts_from_the_last_deploy():
    """The mark stands where the error was no longer tolerated."""
    stage = staging.named("ci/grace-tolerated-then-exceeded").played()
    found = marks(stage)["fe:runtime"]
    assert [("deadline-met", 60.002)] == found


def test_a_deadline_that_was_averted_is_told_and_not_marked():
    """The server that became ready says how much time was left."""
    stage = staging.named("ci/probe-passes").played()
    assert not any(marks(stage).values())
    told = [line for lane in scene.read(stage.look()).targets for bar in lane.bars for line in bar.told]
    assert any("readiness timeout of" in line and line.endswith("left") for line in told)


def test_a_deadline_that_was_averted_is_not_marked_when_it_passes(tmp_path):
    """A server that was ready in time has no mark, though the session goes on past it; one that lost it has."""
    targets = {"api:serve": "server", "slow:update": "job"}
    steps = [
        "{at: 0s, set: {api:serve: {active: {ready: false}}, slow:update: active}}",
        "{at: 4m, set: {api:serve: {active: {ready: true}}}}",
    ]
    stage = staging.told(tmp_path, stories.told(steps, targets)).to(600)
    assert {"api:serve": [], "slow:update": []} == marks(stage)
    steps.append("{at: 10m, set: {api:serve: {active: {ready: false, lastReadyTime: 10m}}}}")
    stage = staging.told(tmp_path, stories.told(steps, targets)).to(900)
    assert {"api:serve": [("deadline-met", 900)], "slow:update": []} == marks(stage)


def test_a_deadline_ahead_is_marked_where_it_is_near(tmp_path):
    """The picture goes on beyond the present for it, and beyond that there is none."""
    stage = staging.told(tmp_path, stories.ONE).to(240)
    assert {"api:serve": [("deadline", 300)]} == marks(stage)
    assert scene.read(stage.look()).timeout is None
    assert {"api:serve": []} == marks(staging.told(tmp_path, stories.ONE).to(1))


def test_the_timeout_of_the_session_is_shown_where_it_is_near(tmp_path):
    """It belongs to the whole picture."""
    stage = staging.told(tmp_path, stories.ONE.replace("30m0s", "6m0s").replace("5m0s", "50m0s")).to(300)
    made = scene.read(stage.look())
    assert (360 * staging.SECOND, deadlines.TIMEOUT) == (made.timeout.at, made.timeout.kind)
    assert 360 * staging.SECOND == made.view.end


def test_a_timeout_that_ended_the_session_is_shown():
    """The line stands at the verdict."""
    stage = staging.named("ci/global-timeout-slow-job").played()
    made = scene.read(stage.look())
    assert made.at == made.timeout.at


@pytest.mark.parametrize("name", ["up/green", "up/failing-and-crashing"])
def test_a_manual_session_has_no_deadlines(name):
    """Tilt up waits for ever."""
    made = scene.read(staging.named(name).played().look())
    assert made.timeout is None
    assert not [mark for lane in made.targets for mark in lane.marks]
