"""Steps as they come about: what changes at each instant, gathered and committed as one step; knows no resource."""

import dataclasses
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, states, steps
from pytest_tiltsession.scenario.relative import milestones, script, timeline

# Where the state of each target of one step comes from.
Wheres = dict[str, script.Where | None]


class Composition:
    """The steps of a scenario that starts at ``start`` (microseconds since the epoch).

    ``wheres`` gives, for each step, where the state of each target comes from.
    """

    def __init__(self, start: int, time: timeline.Timeline, reached: milestones.Milestones) -> None:
        self.steps: list[steps.Step] = []
        self.wheres: list[Wheres] = []
        self.declared: dict[str, steps.Declaration] = {}
        self._start = start
        self._time = time
        self._reached = reached
        self._shown: dict[str, session.TargetState] = {}
        self._present: set[str] = set()
        self._changed: dict[str, session.Target] = {}
        self._set: dict[str, steps.ScriptedState] = {}
        self._removed: dict[str, None] = {}
        self._told: steps.Step | None = None
        self._wheres: Wheres = {}

    def declare(self, declaration: steps.Declaration, *, shown: bool = False) -> None:
        """Declare a target; the same one again, after a reload, is no other. ``shown``: the opening shows it."""
        self.declared.setdefault(declaration.name, declaration)
        if shown:
            self._present.add(declaration.name)

    def show(self, target: session.Target) -> None:
        """Show a target of the engine from now on; of several states in one instant the last is seen."""
        self._removed.pop(target.name, None)
        self._changed[target.name] = target
        active, terminated = target.state.active, target.state.terminated
        found = milestones.of_word(
            target.state.word,
            ready=active is not None and active.ready,
            error=terminated is not None and bool(terminated.error),
        )
        self._reached.shown(target.name, found, self._time.now)

    def show_state(self, name: str, scripted: steps.ScriptedState, where: script.Where | None) -> None:
        """Show a state of a bare target from now on."""
        self._removed.pop(name, None)
        self._set[name] = scripted
        self._wheres[name] = where
        declared = self.declared.get(name, steps.TILTFILE)
        ready = scripted.ready if scripted.ready is not None else declared.type == session.SERVER
        found = milestones.of_word(scripted.word, ready=ready, error=bool(scripted.error))
        self._reached.shown(name, found, self._time.now)

    def remove(self, name: str, where: script.Where | None = None) -> None:
        """Show a target no more; one that is not shown is no error."""
        self._set.pop(name, None)
        self._changed.pop(name, None)
        if name in self._present:
            self._removed[name] = None
            self._wheres[name] = where

    def is_shown(self, name: str) -> bool:
        """Tell whether a target is shown, in this instant's changes too."""
        return name in self._set or name in self._changed or (name in self._present and name not in self._removed)

    def tell(self, **said: Any) -> None:
        """Say what else happens at this instant: any field of a step."""
        self.apply(steps.Step(self._time.now, **said))

    def apply(self, step: steps.Step) -> None:
        """Add what an absolute step says, its targets apart, to this instant."""
        bare = dataclasses.replace(step, at=self._time.now, set={}, remove=())
        if self._told is None:
            self._told = bare
            return
        twice = next(instants.conflicts(self._told, bare), None)
        if twice is not None:
            line = f" (line {step.line})" if step.line is not None else ""
            raise errors.InvalidScenario(f"the step at {instants.shown(step.at)}{line}: {instants.repeated(twice)}")
        self._told = instants.merge(self._told, bare)

    def commit(self) -> None:
        """Make one step of everything that changed at this instant."""
        now = self._time.now
        for name, target in self._changed.items():
            before = self._shown.get(name)
            if before == target.state:
                continue
            self._shown[name] = target.state
            declared = self.declared.get(name, steps.TILTFILE)
            self._set[name] = states.scripted_from(target, declared, before, self._start + now, self._start)
        for name in self._removed:
            self._shown.pop(name, None)
        self._present.update(self._set)
        self._present.difference_update(self._removed)
        if self._set or self._removed or self._told is not None:
            told = self._told or steps.Step(now)
            # Their order means nothing; sorted, the same script always gives the same steps.
            self.steps.append(dataclasses.replace(told, set=self._set, remove=tuple(sorted(self._removed))))
            self.wheres.append(self._wheres)
        self._changed, self._set, self._removed, self._told, self._wheres = {}, {}, {}, None, {}
