"""Short views of scenarios for tests: each step as one line, and each target's states in order."""

from pytest_tiltsession import times
from pytest_tiltsession.scenario import steps


def state(scripted):
    """Give a state as a word: ``waiting:waiting-for-dep``, ``active``, ``unready``, ``failed:boom (Tolerated)``."""
    match scripted.word:
        case "waiting":
            return f"waiting:{scripted.wait_reason}"
        case "active":
            return "unready" if scripted.ready is False else "active"
        case "terminated":
            grace = f" ({scripted.grace_status})" if scripted.grace_status else ""
            return f"failed:{scripted.error}{grace}" if scripted.error else "succeeded"
    return scripted.word


def at(step):
    """Give a step's offset as a Go duration."""
    return times.format_duration(step.at * 1_000)


def told(scenario, *names):
    """Give each step that sets one of the targets: its offset, and what they show."""
    found = []
    for step in scenario.steps:
        shown = [state(step.set[name]) for name in names if name in step.set]
        gone = ["removed" for name in names if name in step.remove]
        if shown or gone:
            found.append((at(step), *shown, *gone))
    return found


def states(scenario, name):
    """Give what one target shows, one state after the other."""
    return [state(step.set[name]) for step in scenario.steps if name in step.set]


def step_at(scenario, when):
    """Give the step at an offset."""
    return next(step for step in scenario.steps if at(step) == when)


def opened(scenario):
    """Tell whether the first step creates the Session."""
    return bool(scenario.steps) and scenario.steps[0].session == "present" and isinstance(scenario, steps.Scenario)
