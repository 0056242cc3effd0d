"""Plays a scenario through the gate: one change for each instant, when the clock reaches it; knows no files.

*Judged*, the engine's own rules give ``done`` and ``error`` and watch the deadlines. *Verbatim*, each step shows what
the recording saw: verdict and resourceVersion as they were, and no deadline of ours.
"""

import uuid
from collections.abc import Sequence
from typing import Literal

from pytest_tiltsession import errors
from pytest_tiltsession.clock import simulated, wakeups
from pytest_tiltsession.engine import changes, gate, tilt, world
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import agreement, checking, instants, states, steps
from pytest_tiltsession.store import journal

Mode = Literal["judged", "verbatim"]


class Player:
    """One scenario being played in one fake.

    One wake-up is planned at a time, so that a long scenario costs its steps and nothing up front. Offsets count from
    the fake's own ``status.startTime``.
    """

    def __init__(self, scenario: steps.Scenario, gate_: gate.Gate, mode: Mode = "judged") -> None:
        self.scenario = scenario
        self.mode = mode
        self._gate = gate_
        self._world = gate_.world
        self._base = gate_.world.tilt.start_time
        self._next = 0
        self._begun = False
        self._planned: wakeups.Wakeup | None = None

    @property
    def played(self) -> Sequence[steps.Step]:
        """The steps that were played."""
        return self.scenario.steps[: self._next]

    @property
    def remaining(self) -> Sequence[steps.Step]:
        """The steps that are left."""
        return self.scenario.steps[self._next :]

    def agreement(self, commits: Sequence[journal.Committed]) -> agreement.Agreement:
        """Compare the verdicts that the steps recorded, as far as they were played, with those of our rules."""
        if self._world.verbatim or not self.played:
            return agreement.Agreement(0, ())
        return agreement.compare(self.scenario, commits, until=self.played[-1].at, start=self._base)

    @property
    def next_at(self) -> int | None:
        """When the next step plays, in microseconds from the session's start; None after the last."""
        left = self._next < len(self.scenario.steps)
        return self.scenario.steps[self._next].at if left else None

    def begin(self) -> None:
        """Show the session's start and play the steps at 0s, and plan the next; harmless when repeated.

        Raises :class:`errors.ImpossibleTransition` and :class:`errors.InvalidScenario` for steps that Tilt never
        shows, as playing does later: a scenario read from a file has been tried before.
        """
        if self._begun:
            return
        self._begun = True
        with self._world.lock:
            self._world.verbatim = self._world.verbatim or self.mode == "verbatim"
            opening = instants.opening(self.scenario)
            first = self._take() if self.next_at == 0 else None
            if opening is not None and first is not None:
                self._submit(instants.merge(opening, first))
            elif (only := opening or first) is not None:
                self._submit(only)
            self._plan()
        self._world.clock.run_due()

    def stop(self) -> None:
        """Play no more: what is left stays unplayed. Harmless when repeated."""
        if self._planned is not None:
            self._planned.cancel()

    def play_now(self, step: steps.Step) -> None:
        """Play one more step, whose ``at`` is the present instant; one read from a file has been tried before."""
        self._submit(step)

    def _plan(self) -> None:
        at = self.next_at
        if at is not None:
            what = f"step at {instants.shown(at)}"
            self._planned = self._world.clock.call_at(self._base + at, self._play, what=what)

    def _play(self) -> None:
        """Play one instant; the clock holds the lock."""
        step = self._take()
        # Planned first: a step that is refused must not take the rest of the scenario with it.
        self._plan()
        self._submit(step)

    def _take(self) -> steps.Step:
        """Take the next instant's steps as one."""
        step = self.scenario.steps[self._next]
        self._next += 1
        if self.next_at is not None and self.next_at <= step.at:
            together = [step]
            while self.next_at is not None and self.next_at <= step.at:
                together.append(self.scenario.steps[self._next])
                self._next += 1
            step = instants.merged(together, self._where(step))[0]
        return step

    def _submit(self, step: steps.Step) -> None:
        recorded = step.recorded if self.mode == "verbatim" else None
        self._gate.submit(
            changes.TiltChange(
                cause=changes.SCRIPT,
                targets=[self._target(name, scripted, step) for name, scripted in step.set.items()],
                removed=step.remove,
                spec=step.spec,
                labels=step.labels,
                annotations=step.annotations,
                reload=step.reload,
                session=step.session,
                cluster_error=step.cluster_error,
                verdict=(recorded.done, recorded.error) if recorded is not None else None,
                revision=recorded.revision if recorded is not None else None,
                note=step.note,
            )
        )

    def _target(self, name: str, scripted: steps.ScriptedState, step: steps.Step) -> session.Target:
        declared = self.scenario.declaration(name)
        if declared is None:
            raise errors.InvalidScenario(self._where(step) + checking.undeclared(name, self.scenario))
        before = self._world.tilt.target(name)
        at = self._base + step.at
        target = states.resolve(scripted, declared, before.state if before is not None else None, at, self._base)
        objection = checking.impossible(target, step)
        if objection is not None:
            raise errors.ImpossibleTransition(f"{self._where(step)}at {instants.shown(step.at)}: {objection.in_file}")
        return target

    def _where(self, step: steps.Step) -> str:
        path = self.scenario.path
        return f"{path}:{step.line}: " if path and step.line is not None else f"{path}: " if path else ""


def world_for(scenario: steps.Scenario, *, seed: uuid.UUID) -> world.World:
    """Make the world that a scenario describes, before its first instant. ``seed`` settles the uids."""
    return world.World(
        simulated.SimulatedClock(scenario.start),
        tilt.Tilt(
            scenario.spec,
            start_time=scenario.start,
            pid=scenario.pid,
            seed=seed,
            labels=scenario.labels,
            annotations=scenario.annotations,
        ),
    )
