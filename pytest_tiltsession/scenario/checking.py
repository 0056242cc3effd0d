"""Whether a scenario can be played: each step is tried on the states before it, without a clock; pure.

What Tilt never shows is ``rules.transitions``' business; here it is told which step asks for it.
"""

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from pytest_tiltsession.models import session
from pytest_tiltsession.rules import transitions
from pytest_tiltsession.scenario import instants, states, steps, time_kinds


class Objection(NamedTuple):
    """What is wrong at a step (its index) with a target, or with the step itself where ``name`` is empty."""

    step: int
    name: str
    text: str


def objections(scenario: steps.Scenario) -> Iterator[Objection]:
    """Give what stands against playing the steps, which must be merged by instant."""
    base = scenario.start
    shown = _first_states(scenario)
    for index, step in enumerate(scenario.steps):
        if not time_kinds.representable(base + step.at):
            yield Objection(index, "", "its time lies beyond the year 9999, which no MicroTime can show")
            return
        for name, scripted in step.set.items():
            declared = scenario.declaration(name)
            if declared is None:
                yield Objection(index, name, undeclared(name, scenario))
                continue
            target = states.resolve(scripted, declared, shown.get(name), base + step.at, base)
            objection = _beyond(target) or impossible(target, step)
            if objection is not None:
                yield Objection(index, name, objection.in_file)
            shown[name] = target.state
        for name in step.remove:
            if scenario.declaration(name) is None:
                yield Objection(index, name, undeclared(name, scenario))
            elif shown.pop(name, None) is None:
                yield Objection(index, name, f"{name} is to be removed and is not shown at this time; set it first")


def _first_states(scenario: steps.Scenario) -> dict[str, session.TargetState]:
    """Give the states that targets have before the first step."""
    opening = instants.opening(scenario)
    shown = {}
    for name, scripted in opening.set.items() if opening is not None else ():
        declared = scenario.declaration(name) or steps.TILTFILE
        shown[name] = states.resolve(scripted, declared, None, scenario.start, scenario.start).state
    return shown


def undeclared(name: str, scenario: steps.Scenario) -> str:
    """Say that a target was never declared, with the nearest one that was."""
    near = difflib.get_close_matches(name, scenario.targets, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"declare it under targets, such as {name}: {{type: job}}"
    return f"target {name} is not declared; {hint}"


def impossible(target: session.Target, step: steps.Step) -> transitions.Objection | None:
    """Say why Tilt never shows this target. What a recording saw, Tilt did show."""
    return None if step.recorded is not None else transitions.examine(target)


def _beyond(target: session.Target) -> transitions.Objection | None:
    """Object to times that no MicroTime can show."""
    active, terminated = target.state.active, target.state.terminated
    instants: tuple[int | None, ...] = ()
    if active is not None:
        instants = (active.start_time, active.last_ready_time)
    elif terminated is not None:
        instants = (terminated.start_time, terminated.finish_time)
    if all(instant is None or time_kinds.representable(instant) for instant in instants):
        return None
    return transitions.Objection(f"{target.name}: a time lies outside the years 1 to 9999; give a smaller offset")
