"""Playing a scenario verbatim or judged, and steps that no file has checked."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.engine import changes
from pytest_tiltsession.scenario import steps


def words(fake):
    """Give each target's state word."""
    return {target.name: target.state.word for target in fake.session.status.targets}


def test_steps_made_in_code_are_held_to_the_rules_when_they_play(play):
    """A step that Tilt never shows is refused at its instant, and the steps after it still play."""
    scenario = steps.Scenario(
        title="",
        spec=steps.DEFAULT_SPEC,
        start=steps.DEFAULT_START,
        targets={"a:serve": steps.Declaration("a:serve", "server", ("a",))},
        steps=(
            steps.Step(1_000_000, {"a:serve": steps.ScriptedState("terminated")}),
            steps.Step(2_000_000, {"b:serve": steps.ScriptedState("active")}),
            steps.Step(3_000_000, {"a:serve": steps.ScriptedState("active")}),
        ),
    )
    fake = play(scenario)
    with pytest.raises(errors.ImpossibleTransition, match="at 1s: a:serve is a server"):
        fake.clock.advance("1s")
    with pytest.raises(errors.InvalidScenario, match="target b:serve is not declared; did you mean a:serve"):
        fake.clock.advance("1s")
    fake.clock.advance("1s")
    assert words(fake)["a:serve"] == "active"


def test_steps_of_one_instant_that_were_made_in_code_are_one_commit(play):
    """Neighbours with the same offset play together; what both would set is refused."""
    targets = {name: steps.Declaration(name, "job", (name,)) for name in ("a", "b")}
    active = steps.ScriptedState("active")

    def scenario(*names):
        return steps.Scenario(
            title="",
            spec=steps.DEFAULT_SPEC,
            start=steps.DEFAULT_START,
            targets=targets,
            steps=tuple(steps.Step(1_000_000, {name: active}) for name in names),
        )

    fake = play(scenario("a", "b"))
    fake.clock.advance("1s")
    assert (len(fake.commits), words(fake)["a"], words(fake)["b"]) == (2, "active", "active")
    with pytest.raises(errors.InvalidScenario, match="a is given twice in this instant"):
        play(scenario("a", "a")).clock.advance("1s")


def test_verbatim_shows_verdicts_and_versions_as_recorded(play):
    """Recorded done, error and resourceVersion are shown although our rules would say otherwise, and no deadline."""
    fake = play(
        "version: 1\nsession: {ci: {timeout: 2s}}\ntargets: {a:update: }\nsteps:\n"
        "- {at: 1s, set: {a:update: active}, recorded: {resourceVersion: 31}}\n"
        "- {at: 5s, recorded: {resourceVersion: 40, done: true, error: as recorded}}\n",
        mode="verbatim",
    )
    fake.clock.advance("10s")

    assert fake.world.verbatim
    assert [(commit.version, commit.done, commit.error) for commit in fake.commits] == [
        (1, False, ""),
        (31, False, ""),
        (40, True, "as recorded"),
    ]


def test_judged_takes_nothing_from_the_recording(play):
    """The same steps judged: the deadline comes at its own time, with versions of our own."""
    fake = play(
        "version: 1\nsession: {ci: {timeout: 2s}}\ntargets: {a:update: }\nsteps:\n"
        "- {at: 1s, set: {a:update: active}, recorded: {resourceVersion: 31}}\n"
        "- {at: 5s, recorded: {resourceVersion: 40, done: true, error: as recorded}}\n"
    )
    fake.clock.advance("10s")

    assert [(commit.version, commit.at - fake.at(0)) for commit in fake.commits] == [(1, 0), (2, 10**6), (3, 2 * 10**6)]
    assert fake.session.status.error == "Timeout after 2s: 1 resources not ready (a:update)"


def test_a_drivers_change_between_steps_is_what_the_next_step_builds_on(play):
    """Natural times follow from the target as it stands, whoever put it there."""
    fake = play("version: 1\ntargets: {a:update: }\nsteps: [{at: 3s, set: {a:update: terminated}}]")
    fake.clock.advance("1s")
    other = play("version: 1\ntargets: {a:update: }\nsteps: [{at: 1s, set: {a:update: active}}]")
    other.clock.advance("1s")
    running = next(target for target in other.session.status.targets if target.name == "a:update")
    fake.gate.submit(changes.TiltChange(targets=(running,)))
    fake.clock.advance("2s")

    assert fake.state("a:update").terminated.start_time == fake.at(1)
