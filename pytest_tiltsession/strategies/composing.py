"""Makes a history of drawn happenings: instants, what is shown at each, and what of a happening is possible then."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.scenario.relative import ending

# How many steps it takes to tell the start of a Tilt.
START_UP: Final = 4
_RELOADED: Final = steps.ScriptedState("waiting", "tiltfile-reload")


class History:
    """The steps so far of a session without any, with what they have come to."""

    def __init__(self, scenario: steps.Scenario) -> None:
        self._scenario = scenario
        self.steps: list[steps.Step] = []
        self.spec = scenario.spec
        self.present = True
        opening = instants.opening(scenario)
        # The state that each target has; those before the first step are the opening's.
        self.shown: dict[str, steps.ScriptedState] = {} if opening is None else dict(opening.set)

    @property
    def declared(self) -> tuple[steps.Declaration, ...]:
        """The targets that there may be, without the Tiltfile's own."""
        return tuple(self._scenario.targets.values())

    @property
    def now(self) -> int:
        """The offset of the last step, in microseconds."""
        return self.steps[-1].at if self.steps else 0

    def start_up(self, gaps: Sequence[int]) -> None:
        """Tell the start: the Session comes without targets, the Tiltfile waits, is loaded, and brings the others.

        Of ``tilt up`` the settings of tilt ci are there only then (fidelity.md, The default session).
        """
        loaded = self.spec
        if loaded.exit_condition == "manual" and loaded.ci is not None:
            self.spec = dataclasses.replace(loaded, ci=None)
            self._scenario = dataclasses.replace(self._scenario, spec=self.spec)
        self.shown = {}
        self.steps.append(steps.Step(0, session="present"))
        name = steps.TILTFILE.name
        self.add(gaps[0], steps.Step(0, set={name: steps.ScriptedState("waiting", "initial-build")}))
        self.add(gaps[1], steps.Step(0, set={name: steps.ScriptedState("active")}))
        spec = loaded if loaded != self.spec else None
        brought = dict.fromkeys(self._scenario.targets, _RELOADED)
        self.add(gaps[2], steps.Step(0, set={**brought, name: steps.ScriptedState("terminated")}, spec=spec))

    def add(self, gap: int, happening: steps.Step) -> None:
        """Let something happen so many microseconds after the last step, as far as it can."""
        at = self.now + gap
        changed = {name: _at(state, at) for name, state in happening.set.items()}
        gone = tuple(name for name in dict.fromkeys(happening.remove) if name in self.shown and name not in changed)
        spec = None
        if happening.spec is not None:
            spec = dataclasses.replace(self.spec, ci=happening.spec.ci)
            spec = spec if spec != self.spec else None
        word = happening.session
        if word == "absent" and (not self.present or happening.reload):
            word = None
        if word == "recreated" and happening.reload and not self.present:
            word = None  # the reload brings it
        step = dataclasses.replace(happening, at=at, set=changed, remove=gone, spec=spec, session=word)
        if step == steps.Step(at):
            return
        self.steps.append(step)
        self.spec = spec or self.spec
        self.present = word == "recreated" or step.reload or (self.present and word != "absent")
        self.shown |= changed
        for name in gone:
            del self.shown[name]

    def without_limits_before_the_end(self) -> None:
        """Take away the timeouts that would come due before the last step."""
        self._scenario = dataclasses.replace(self._scenario, spec=self._unlimited(self._scenario.spec))
        self.steps = [
            step if step.spec is None else dataclasses.replace(step, spec=self._unlimited(step.spec))
            for step in self.steps
        ]
        self.spec = self._unlimited(self.spec)

    def _unlimited(self, spec: session.SessionSpec) -> session.SessionSpec:
        if spec.ci is None:
            return spec
        kept = {
            name: None if limit is not None and 0 < limit <= self.now * 1_000 else limit
            for name, limit in (("timeout", spec.ci.timeout), ("readiness_timeout", spec.ci.readiness_timeout))
        }
        return dataclasses.replace(spec, ci=dataclasses.replace(spec.ci, **kept))

    def scenario(self) -> steps.Scenario:
        """Give the scenario, which ends with its first verdict: ``tilt ci`` exits then."""
        whole = dataclasses.replace(self._scenario, steps=tuple(self.steps))
        end = ending.ending(whole)
        if end is None:
            return whole
        return dataclasses.replace(whole, steps=tuple(step for step in whole.steps if step.at <= end.at))


def _at(state: steps.ScriptedState, at: int) -> steps.ScriptedState:
    """Give the state with a start that is not later than the instant at which it is shown."""
    if isinstance(state.start_time, int) and state.start_time > at:
        return dataclasses.replace(state, start_time=at)
    return state
