"""A resource as it lives: its builds, and how people disable, trigger and change it; knows no scheduler.

What runs of it after a good build is told by its kind: ``processes``, ``pods``, ``containers``.
"""

import abc
import dataclasses
from collections.abc import Callable

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.rules import reducers
from pytest_tiltsession.scenario.relative import phases, resources, script

# What shows that a wait within a build's phases is one for another target.
_WAITING_FOR_DEP = "waiting-for-dep"


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What a life needs of Tilt's engine: ``changed`` tells it of a new state, ``new_pid`` numbers processes.

    ``next_start`` gives the instant at which the next process may start: Tilt starts one after the other.
    ``start`` is the session's start in microseconds since the epoch, ``pace`` the engine's own time in microseconds.
    """

    stage: phases.Stage
    start: int
    pace: int
    new_pid: Callable[[], int]
    next_start: Callable[[], int]
    changed: "Callable[[Life], None]"

    @property
    def now(self) -> int:
        """The present instant in microseconds from the session's start."""
        return self.stage.time.now

    @property
    def instant(self) -> int:
        """The present instant in microseconds since the epoch."""
        return self.start + self.stage.time.now


class Life(abc.ABC):
    """One resource from the Tiltfile that brings it to the one that takes it away."""

    def __init__(self, entry: script.Resource, index: int, around: Surroundings) -> None:
        self.entry = entry
        self.index = index
        self.resource = resources.initial(entry)
        # The reason that a script gives for a wait, where none follows from the other resources.
        self.held: str | None = None
        self._around = around
        self._prepared = False
        self._builds = 0
        self._deploys = 0
        self._build_runs = phases.runs(self._build_phases())
        self._runtime_runs = phases.runs(self._runtime_phases())
        stage = around.stage
        self._prelude = phases.PhasePlayer(stage, self._hold, self._hold_after, self._prelude_over)
        self._build = phases.PhasePlayer(stage, self._show_build)
        self._runtime = phases.PhasePlayer(stage, self._show_runtime)

    @abc.abstractmethod
    def _build_phases(self) -> script.Phases:
        """Give what its builds go through; none where it has nothing to build."""

    @abc.abstractmethod
    def _runtime_phases(self) -> script.Phases:
        """Give what runs of it after a good build; none where nothing does."""

    @abc.abstractmethod
    def _show_runtime(self, phase: script.Phase) -> None:
        """Show a phase of what runs of it."""

    def _deployed(self) -> None:  # noqa: B027  not every kind has something to prepare
        """Prepare for what a new deploy runs."""

    def _appears_at(self) -> int:
        """Give the instant at which Tilt sees what a build that ends now has deployed: a moment later."""
        return self._around.now + self._around.pace

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.entry.name

    def become(self, resource: models.Resource) -> None:
        """Take a new state, and tell the engine where it differs."""
        if resource != self.resource:
            self.resource = resource
            self._around.changed(self)

    # -- builds -------------------------------------------------------------------------------------------------

    @property
    def _run(self) -> script.Phases:
        """The phases of the next build, which repeat those of the last one told."""
        return self._build_runs[min(self._builds, len(self._build_runs) - 1)]

    def start_build(self) -> bool:
        """Start a build, or first the wait that the script gives it; tell whether it still keeps Tilt busy."""
        waits = leading_waits(self._run)
        if waits and not self._prepared:
            self._prelude.begin(self._run[:waits], self._around.now)
            self.held = _WAITING_FOR_DEP
            self._around.changed(self)
            return False
        self.become(reducers.build_started(self.resource, self._around.instant))
        if not self._run:
            self._end_build(None)
            return False
        self._build.begin(self._run[waits:], self._around.now)
        return True

    def _hold(self, phase: script.Phase) -> None:
        self.held = phase.reason
        self._around.changed(self)

    def _hold_after(self, awaited: script.After) -> None:
        self.held = awaited.reason or _WAITING_FOR_DEP
        self._around.changed(self)

    def _prelude_over(self) -> None:
        self.held, self._prepared = None, True
        self._around.changed(self)

    def _show_build(self, phase: script.Phase) -> None:
        if phase.word in ("succeeded", "failed"):
            self._end_build(phase.error if phase.word == "failed" else None)

    def _end_build(self, error: str | None) -> None:
        probed = resources.is_probed(self.entry)
        self.become(reducers.build_ended(self.resource, self._around.instant, error, probed=probed))
        self._builds += 1
        self._prepared = False
        if error is None and self._runtime_runs[0]:
            run = self._runtime_runs[min(self._deploys, len(self._runtime_runs) - 1)]
            self._deploys += 1
            self._deployed()
            self._runtime.begin(run, self._appears_at())

    # -- what people do -----------------------------------------------------------------------------------------

    def learn_enabled(self) -> None:
        """Learn, as Tilt does a moment after the load, whether the resource is enabled."""
        if self.resource.disable_state == models.DISABLE_PENDING:
            learnt = reducers.disabled if self.entry.disabled else reducers.enabled
            self.become(learnt(self.resource))

    def disable(self) -> None:
        """Disable it: a running build is given up, and so is what the script told of what runs."""
        self.leave()
        self.held, self._prepared = None, False
        self.become(reducers.disabled(self.resource))

    def enable(self) -> None:
        """Enable it again; what is to run is built anew."""
        self.become(reducers.enabled(self.resource))

    def trigger(self) -> None:
        """Ask for a build, as ``tilt trigger`` does."""
        self.become(reducers.triggered(self.resource, models.BuildReason.TRIGGER_CLI))

    def change(self) -> None:
        """Change a file that it depends on."""
        self.become(reducers.file_changed(self.resource, self._around.instant))

    def redefine(self) -> None:
        """Change its definition in the Tiltfile."""
        self.become(reducers.definition_changed(self.resource, self._around.instant))

    def leave(self) -> None:
        """Let nothing more happen to it."""
        for player in (self._prelude, self._build, self._runtime):
            player.cancel()


def leading_waits(run: script.Phases) -> int:
    """Count the phases with which a build's run waits before it starts."""
    count = 0
    while count < len(run):
        phase = run[count]
        if isinstance(phase, script.Phase) and phase.word != "waiting":
            break
        count += 1
    return count
