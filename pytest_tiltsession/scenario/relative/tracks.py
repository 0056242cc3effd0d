"""A single target that a script tells state by state; knows no resource and no engine."""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession.models import session
from pytest_tiltsession.rules import holds
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import composing, phases, script


class TrackLife:
    """One bare target while the Tiltfile has it."""

    def __init__(
        self, track: script.Track, stage: phases.Stage, shown: composing.Composition, new_pid: Callable[[], int]
    ) -> None:
        self.track = track
        self._stage = stage
        self._shown = shown
        self._new_pid = new_pid
        self._player = phases.PhasePlayer(stage, self._show, self._wait)
        shown.declare(steps.Declaration(track.name, track.type, track.resources))

    def begin(self) -> None:
        """Play its phases from now on."""
        self._player.begin(self.track.phases, self._stage.time.now)

    def leave(self) -> None:
        """Take the target away."""
        self._player.cancel()
        self._shown.remove(self.track.name)

    def _show(self, phase: script.Phase) -> None:
        if phase.word == "removed":
            self._shown.remove(self.track.name, phase.where)
            return
        state = scripted(phase)
        if phase.word == "failed" and not phase.error and self.track.type == session.SERVER:
            error = f"Process {self._new_pid()} exited with non-zero status"
            state = dataclasses.replace(state, error=error)
        self._shown.show_state(self.track.name, state, phase.where)

    def _wait(self, awaited: script.After) -> None:
        if awaited.reason is None and self._shown.is_shown(self.track.name):
            return
        waiting = steps.ScriptedState("waiting", wait_reason=awaited.reason or holds.WAITING_FOR_DEP)
        self._shown.show_state(self.track.name, waiting, awaited.where)


def scripted(phase: script.Phase) -> steps.ScriptedState:
    """Give the state that a phase shows of a bare target."""
    match phase.word:
        case "waiting":
            return steps.ScriptedState("waiting", wait_reason=phase.reason)
        case "active":
            return steps.ScriptedState(
                "active", ready=phase.ready, start_time=phase.start_time, last_ready_time=phase.last_ready_time
            )
        case "succeeded" | "failed":
            return steps.ScriptedState(
                "terminated",
                error=phase.error,
                grace_status=phase.grace_status,
                start_time=phase.start_time,
                finish_time=phase.finish_time,
            )
        case "disabled" | "inactive":
            return steps.ScriptedState(phase.word)
    raise AssertionError(f"{phase.word} is no state of a bare target")
