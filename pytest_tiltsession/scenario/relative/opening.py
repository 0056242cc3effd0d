"""How an expanded script begins: nothing is written of a session's usual start, and all of any other.

The usual start (``scenario.instants``): the Tiltfile is loaded, and every target waits for ``tiltfile-reload``.
"""

import dataclasses

from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.scenario.relative import composing, script, tiltfiles


def assembled(told: script.Script, shown: composing.Composition) -> tuple[steps.Scenario, list[composing.Wheres]]:
    """Give the scenario of what was shown, and for each of its steps where the states come from."""
    own = told.base.targets
    declared = {name: it for name, it in shown.declared.items() if name != steps.TILTFILE.name or name in own}
    scenario = dataclasses.replace(
        told.base, spec=tiltfiles.first_spec(told), targets=declared, steps=tuple(shown.steps)
    )
    usual = instants.opening(scenario)
    if usual is None:
        return scenario, shown.wheres
    first, rest, wheres = steps.Step(0), scenario.steps, [composing.Wheres(), *shown.wheres]
    if rest and rest[0].at == 0:
        first, rest, wheres = rest[0], rest[1:], shown.wheres
    late = [name for name in declared if name not in own and name not in first.set]
    if told.start_up == "full":
        first = dataclasses.replace(first, session="present")
    elif late:
        # What comes with a later load must not be there from the start.
        before = {name: state for name, state in usual.set.items() if name not in late}
        first = dataclasses.replace(first, session="present", set={**before, **first.set})
    else:
        unusual = {name: state for name, state in first.set.items() if usual.set.get(name) != state}
        first = dataclasses.replace(first, set=unusual)
    if first == steps.Step(0):
        return dataclasses.replace(scenario, steps=rest), wheres[1:]
    return dataclasses.replace(scenario, steps=(first, *rest)), wheres


def pruned(scenario: steps.Scenario, told: script.Script) -> steps.Scenario:
    """Give a scenario without the targets that none of its steps shows, where those are not there from the start."""
    if not scenario.tells_start_up:
        return scenario
    shown = {name for step in scenario.steps for name in step.set}
    kept = {name: it for name, it in scenario.targets.items() if name in shown or name in told.base.targets}
    return dataclasses.replace(scenario, targets=kept)
