"""From the absolute form to the relative one: each target told state by state, the rest of the steps as they are.

Expanding what comes of it gives the same scenario again: the same commits, at the same instants.
"""

import dataclasses
import itertools

from pytest_tiltsession.rules import holds
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script


def relate(scenario: steps.Scenario) -> script.Script:
    """Give the script of a scenario, whose steps must be merged by instant."""
    told = scenario.tells_start_up
    seen: dict[str, list[tuple[int, script.Phase]]] = {name: [] for name in scenario.targets}
    left = []
    for step in scenario.steps:
        for name, state in step.set.items():
            seen.setdefault(name, []).append((step.at, _phase(state)))
        for name in step.remove:
            seen.setdefault(name, []).append((step.at, script.Phase("removed")))
        rest = dataclasses.replace(step, set={}, remove=())
        if rest != steps.Step(step.at) or not (step.set or step.remove):
            left.append(rest)
    entries = []
    for name, states in seen.items():
        declared = scenario.declaration(name)
        assert declared is not None, name
        if not states and told:
            continue  # it is declared and never shown
        phases = _phases(states, _opening(name, told=told))
        entries.append(script.Track(name, declared.type, declared.resources, phases))
    never_shown = {name: it for name, it in scenario.targets.items() if told and not seen[name]}
    base = dataclasses.replace(scenario, targets=never_shown, steps=tuple(left))
    return script.Script(base=base, entries=tuple(entries), goes_on=True)


def _opening(name: str, *, told: bool) -> script.Phase:
    """Give what a target shows before the first step (``scenario.instants``)."""
    if told:
        return script.Phase("removed")
    if name == steps.TILTFILE.name:
        return script.Phase("succeeded")
    return script.Phase("waiting", reason=holds.TILTFILE_RELOAD)


def _phases(states: list[tuple[int, script.Phase]], opening: script.Phase) -> script.Phases:
    """Give the states of a target with how long each lasts, from 0s on, when the ``opening`` shows it."""
    if not states or states[0][0] > 0:
        states = [(0, opening), *states]
    result = [dataclasses.replace(phase, lasts=then - at) for (at, phase), (then, _) in itertools.pairwise(states)]
    return (*result, states[-1][1])


def _phase(state: steps.ScriptedState) -> script.Phase:
    match state.word:
        case "waiting":
            return script.Phase("waiting", reason=state.wait_reason)
        case "active":
            return script.Phase(
                "active",
                ready=state.ready,
                start_time=state.start_time,
                last_ready_time=state.last_ready_time,
            )
        case "terminated":
            return script.Phase(
                "failed" if state.error else "succeeded",
                error=state.error,
                grace_status=state.grace_status,
                start_time=state.start_time,
                finish_time=state.finish_time,
            )
    return script.Phase(state.word)
