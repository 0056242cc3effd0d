"""Drawn histories are legal, come to the outcome that was asked for, and hold everything that Tilt can show."""

import hypothesis
import pytest
from hypothesis import strategies as st

from pytest_tiltsession import InvalidValue, strategies

from .trying import few, naive_outcome, stand


@pytest.mark.parametrize("outcome", ["failed", "succeeded", "running"])
def test_a_session_ends_as_it_was_asked_for(outcome):
    """Each scenario plays to the asked outcome, by the rules of the package and by a plain reading of Tilt's."""

    @few(12)
    @hypothesis.given(strategies.scenarios(outcome=outcome))
    def check(told):
        built = stand(told)
        assert outcome == built.expect.outcome == naive_outcome(built)

    check()


@few(12)
@hypothesis.given(strategies.scenarios())
def test_any_history_can_be_played(told):
    """Without an outcome a scenario expects nothing, and is written, read and played all the same."""
    assert stand(told).expect is None


def test_histories_hold_everything_that_a_step_can_say():
    """Targets of all kinds in all states, removals, reloads, specs, labels, a lost cluster and Session, start-ups."""
    seen = set()

    # Of tilt ci most are over early; the graces are those of pods.
    pods = strategies.scenarios(targets=["a:runtime", "b:runtime"], exit_condition="manual")

    @few(250)
    @hypothesis.given(strategies.scenarios() | pods)
    def look(told):
        built = told.build()
        seen.update({built.spec.exit_condition, f"starts {built.tells_start_up}"})
        seen.update(f"{it.type} {it.name.rpartition(':')[2]}" for it in built.targets.values())
        for step in built.steps:
            seen.update(state.word for state in step.set.values())
            seen.update(state.grace_status for state in step.set.values())
            seen.update({step.session, f"cluster {step.cluster_error}"})
            found = {"remove": step.remove, "spec": step.spec, "reload": step.reload}
            found |= {"labels": step.labels, "annotations": step.annotations}
            seen.update(word for word, given in found.items() if given)

    look()

    assert seen >= {"ci", "manual", "starts True", "starts False"}
    assert seen >= {"job update", "server serve", "server runtime", "job runtime"}
    assert seen >= {"waiting", "active", "terminated", "disabled", "inactive", "Tolerated", "Exceeded"}
    assert seen >= {"absent", "recreated", "cluster True", "cluster False"}
    assert seen >= {"remove", "spec", "reload", "labels", "annotations"}


@few(20)
@hypothesis.given(
    strategies.scenarios(
        targets=["db:update", "web:serve"], max_steps=3, exit_condition="ci", errors=st.just("no"), names=st.just("x")
    )
)
def test_parameters_narrow(told):
    """The named targets and no others, no more steps than allowed, the exit condition and the words of failures."""
    built = told.build()

    assert ["db:update", "web:serve"] == list(built.targets)
    assert [("db",), ("web",)] == [target.resources for target in built.targets.values()]
    assert len(built.steps) <= 3
    assert built.spec.exit_condition == "ci"
    said = {step.set["db:update"].error for step in built.steps if "db:update" in step.set}
    assert said <= {"", "no"}


@few(30)
@hypothesis.given(
    strategies.scenarios(targets=2, max_steps=5, outcome="failed", names=st.sampled_from(["tiltfile", "é"]))
)
def test_limits_hold_with_an_outcome(told):
    """The step that brings the outcome counts, and a resource never takes the name of the Tiltfile's."""
    built = told.build()

    assert len(built.targets) <= 2
    assert len(built.steps) <= 5
    assert "tiltfile:update" not in built.targets


@few(40)
@hypothesis.given(strategies.scenarios(exit_condition="ci"))
def test_nothing_comes_after_a_verdict(told):
    """A session of tilt ci ends with its first verdict: what it shows up to its last step but one goes on."""
    built = told.build()

    assert naive_outcome(_without_last(built)) == "running"


def _without_last(scenario):
    return type(scenario)(scenario.title, scenario.spec, scenario.start, scenario.targets, scenario.steps[:-1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outcome": "fails"}, "outcome='fails': write failed, succeeded or running"),
        ({"exit_condition": "up"}, "exit_condition='up': write ci or manual"),
        ({"exit_condition": "manual", "outcome": "failed"}, "tilt up is never done"),
        ({"targets": 0, "outcome": "succeeded"}, "give a whole number of 1 or more"),
        ({"targets": [], "outcome": "succeeded"}, "name it"),
        ({"targets": "web:serve"}, r"give the most that there are, or names"),
        ({"targets": ["web"]}, "write web:update for a job"),
        ({"targets": ["a:serve", "a:serve"]}, "named twice"),
        ({"targets": ["tiltfile:update"]}, "every session has tiltfile:update"),
        ({"max_steps": -1}, "give a whole number of 0 or more"),
        ({"max_steps": 0, "outcome": "failed"}, "it takes a step"),
        ({"names": "web"}, "give a strategy of texts"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(options, message):
    """A parameter that no session could have is told of before anything is drawn, with what would do."""
    with pytest.raises(InvalidValue, match=message):
        strategies.scenarios(**options)
