"""When a scenario is done: found from its steps alone, as playing them would."""

import pytest

from pytest_tiltsession.scenario import files, naming
from pytest_tiltsession.scenario.builder import Scenario, active, failed, ready, succeeded, waiting
from pytest_tiltsession.scenario.relative import ending


def first_verdict(scenario, play):
    """Play a scenario and give when its session was first done, and with which error."""
    fake = play(scenario)
    while not fake.done and fake.clock.step():
        pass
    return (fake.clock.elapsed, fake.done[0][1]) if fake.done else None


def found(scenario):
    end = ending.ending(scenario)
    return None if end is None else (end.at, end.verdict.error)


GOING_ON = {
    "success": Scenario(goes_on=True).job("a", active(for_="1s"), succeeded(for_="1s"), active()),
    "failure": Scenario(goes_on=True).job("a", active(for_="1s"), failed("x")).job("b", active(for_="9s"), succeeded()),
    "two that fail at once": Scenario(goes_on=True).job("b", failed("b")).job("a", failed("a")),
    "readiness": Scenario(goes_on=True).server("a", active(ready=False, for_="6m"), ready()),
    "ready at the deadline": Scenario(goes_on=True).server("a", active(ready=False, for_="5m"), ready()),
    "lost readiness": Scenario(goes_on=True, readiness_timeout="10s")
    .server("a", active(ready=False, for_="9s"), ready(for_="1m"), active(ready=False))
    .job("b", active()),
    "a target that waits": Scenario(goes_on=True, timeout="90s").job("a", waiting()),
    "a passed deadline": Scenario(goes_on=True)
    .server("a", active(ready=False))
    .reload(at="1m", readiness_timeout="5s"),
    "a passed timeout": Scenario(goes_on=True).job("a", waiting()).reload(at="1m", timeout="5s"),
    "no timeouts": Scenario(goes_on=True, timeout=None, readiness_timeout="0s").server("a", active(ready=False)),
    "a nanosecond": Scenario(goes_on=True, timeout="1.0000005s").job("a", waiting()),
    "tolerated": Scenario(goes_on=True, timeout="9s").job("a", failed("x", grace="Tolerated")),
    "exceeded": Scenario(goes_on=True).job(
        "a", failed("x", grace="Tolerated", for_="1s"), failed("x", grace="Exceeded")
    ),
    "manual": Scenario(goes_on=True, exit_condition="manual").job("a", failed("x")),
    "only the Tiltfile": Scenario(goes_on=True),
    "no session yet": Scenario(goes_on=True, start_up="full").tiltfile_error("x"),
    "cluster": Scenario(goes_on=True).kubernetes("a").cluster_fails(at="0s"),
    "deleted": Scenario(goes_on=True, timeout="5s").job("a", waiting()).step("1s", session="absent"),
    "re-created": Scenario(goes_on=True, timeout="5s").job("a", waiting()).session_recreated(at="1s"),
    "removed": Scenario(goes_on=True).job("a", waiting()).job("b", succeeded()).reload(at="2s", remove="a"),
}


@pytest.mark.parametrize("name", GOING_ON)
def test_the_verdict_is_the_one_that_playing_brings(name, play):
    """What the steps alone say of the first verdict, its instant and its error, playing them says as well."""
    scenario = GOING_ON[name].build()

    assert first_verdict(scenario, play) == found(scenario)


@pytest.mark.parametrize("name", naming.names())
def test_the_named_scenarios_end_as_they_are_played(name, play):
    """The same for every named scenario."""
    scenario = files.read(name)

    assert first_verdict(scenario, play) == found(scenario)


def test_what_tilt_ci_does_not_live_to_see_is_left_out():
    """A scenario ends with its verdict, and targets that would come later are not even declared."""
    later = Scenario().job("late", active())
    told = (
        Scenario()
        .job("a", active(for_="1s"), failed("x", for_="1s"), succeeded())
        .reload(at="500ms", takes="2s", add=later)
    )

    built = told.build()

    assert 1_000_000 == built.steps[-1].at
    assert ["a:update"] == list(built.targets)
