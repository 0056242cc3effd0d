"""Drawn scripts of whole resources can be built, written, read and played."""

import hypothesis
import pytest

from pytest_tiltsession import InvalidValue, Scenario, strategies
from pytest_tiltsession.scenario.relative import script

from .trying import few, stand


@few(12)
@hypothesis.given(strategies.scripts())
def test_any_script_can_be_played(told):
    """Whatever happens to its resources, a script is legal."""
    stand(told)


@few(6)
@hypothesis.given(strategies.resources())
def test_resources_are_a_scenario_to_tell_on(told):
    """Resources alone can be played, and be what a reload brings."""
    stand(told)

    later = Scenario(goes_on=True).reload(at="5s", add=told)

    assert told.script.entries == later.script.everything
    later.build()


def test_scripts_hold_every_kind_of_resource_and_event():
    """Local, Kubernetes and Compose resources with dependencies, and everything that may happen to them."""
    seen = set()

    @few(70)
    @hypothesis.given(strategies.scripts(exit_condition="manual"))
    def look(told):
        for entry in told.script.entries:
            seen.update({type(entry), f"after {bool(entry.after)}", f"disabled {entry.disabled}"})
        for event in told.script.events:
            seen.update(word for word in ("disable", "enable", "trigger", "change") if getattr(event, word))
            if event.reload is not None:
                given = {"add": event.reload.add, "gone": event.reload.remove, "error": event.reload.error}
                seen.update(word for word, it in given.items() if it)

    look()

    assert seen >= {script.Local, script.Kubernetes, script.Compose, "after True", "disabled True"}
    assert seen >= {"disable", "enable", "trigger", "change", "add", "gone", "error"}


@few(10)
@hypothesis.given(strategies.scripts(most=2, kinds=["compose"], max_events=1, exit_condition="manual"))
def test_parameters_narrow(told):
    """No other kinds, no more resources and events, and the exit condition that was asked for."""
    assert {type(entry) for entry in told.script.everything} <= {script.Compose}
    assert len(told.script.entries) <= 2
    assert len(told.script.events) <= 1
    assert told.script.base.spec.exit_condition == "manual"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": -1}, "give a whole number of 0 or more"),
        ({"kinds": "local"}, "give some of local, kubernetes, compose"),
        ({"kinds": ["helm"]}, "kinds='helm': write local, kubernetes or compose"),
        ({"max_events": True}, "give a whole number of 0 or more"),
        ({"exit_condition": "up"}, "write ci or manual"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_once(options, message):
    """A parameter that no script could have is told of before anything is drawn."""
    with pytest.raises(InvalidValue, match=message):
        strategies.scripts(**options)
