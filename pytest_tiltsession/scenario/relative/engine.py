"""Tilt's engine as a script needs it: builds that start when they may, and the targets that follow; pure.

Every rule is elsewhere: ``rules.holds`` says what is built next and what is held, ``rules.targets`` what is shown.
"""

from collections.abc import Iterable

from pytest_tiltsession import times
from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions, targets
from pytest_tiltsession.scenario.relative import (
    composing,
    containers,
    lives,
    phases,
    pods,
    processes,
    resources,
    scheduling,
    script,
    timeline,
)

_KINDS: dict[type, type[lives.Life]] = {
    script.Local: processes.LocalLife,
    script.Kubernetes: pods.KubernetesLife,
    script.Compose: containers.ComposeLife,
}
# Any architecture: it has no effect but that the cluster can be used.
_CONNECTED = models.Cluster(arch="amd64")


class Engine:
    """The resources of one script, in the order of the Tiltfile."""

    def __init__(self, told: script.Script, stage: phases.Stage, shown: composing.Composition) -> None:
        self.lives: dict[str, lives.Life] = {}
        self.tiltfile = models.Resource(name=session.TILTFILE_RESOURCE, kind=models.TILTFILE)
        self._clusters = {models.DEFAULT_CLUSTER: _CONNECTED, models.DOCKER_CLUSTER: _CONNECTED}
        self._cluster_failed = False
        self._grace = _grace_of(told.base.spec)
        self._parallel = told.max_parallel_updates
        self._stage = stage
        self._shown = shown
        self._scheduler = scheduling.Scheduler()
        self._targets: dict[str, tuple[session.Target, ...]] = {}
        self._deadlines: dict[str, int] = {}
        self._dirty: dict[str, lives.Life] = {}
        self._stirred = False
        self._tick: timeline.Planned | None = None
        self._ticking = False
        self._count = 0
        self._pid = told.base.pid
        self._started = 0
        self._around = lives.Surroundings(
            stage, told.base.start, told.pace, self.new_pid, self.next_start, self.changed
        )

    def new_pid(self) -> int:
        """Number a process that the script starts."""
        self._pid += 1
        return self._pid

    def next_start(self) -> int:
        """Give the instant at which the next process may start (up-failing-and-crashing)."""
        self._started = max(self._around.now, self._started) + self._around.pace
        return self._started

    @property
    def _now(self) -> int:
        """The present instant in nanoseconds since the epoch."""
        return self._around.instant * times.MICROSECOND

    # -- what changes -------------------------------------------------------------------------------------------

    def add(self, entries: Iterable[script.Resource]) -> None:
        """Take resources in, as a Tiltfile brings them; a moment later Tilt knows which are enabled."""
        added = []
        for entry in entries:
            life = _KINDS[type(entry)](entry, self._count, self._around)
            self._count += 1
            for declaration in resources.declarations(entry):
                self._shown.declare(declaration)
            self.lives[entry.name] = life
            self._scheduler.add(life)
            self.changed(life)
            added.append(life)

        def learn() -> None:
            for life in added:
                if self.lives.get(life.name) is life:
                    life.learn_enabled()

        self._stage.time.call_at(self._around.now + self._around.pace, learn)

    def remove(self, name: str) -> None:
        """Let a resource go, as a Tiltfile without it does."""
        life = self.lives.pop(name)
        life.leave()
        self._scheduler.remove(life)
        self._dirty.pop(name, None)
        self._deadlines.pop(name, None)
        self._stirred = True
        for target in self._targets.pop(name, ()):
            self._shown.remove(target.name)

    def changed(self, life: lives.Life) -> None:
        """Take note of a resource's new state; one that is gone has none."""
        if self.lives.get(life.name) is not life:
            return
        self._dirty[life.name] = life
        self._scheduler.note(life, self._now)
        self._stirred = True

    def trigger(self, name: str) -> None:
        """Ask for a build of a resource by hand."""
        self._scheduler.queue(self.lives[name])
        self.lives[name].trigger()

    def set_tiltfile(self, tiltfile: models.Resource) -> None:
        """Take a new state of the Tiltfile's own build."""
        self.tiltfile = tiltfile
        self._stirred = True
        self._shown.show(*targets.targets_of(tiltfile, now=self._now).targets)

    def set_spec(self, spec: session.SessionSpec) -> None:
        """Follow what a Tiltfile says of the grace period."""
        self._grace = _grace_of(spec)
        self._dirty |= self.lives

    def set_cluster(self, name: str, error: str) -> None:
        """Let the connection to a cluster fail, or come about where there is no error."""
        self._clusters[name] = models.Cluster(error=error) if error else _CONNECTED
        self._stirred = True

    # -- what follows -------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Start the builds that may start now, and show what follows from everything that changed."""
        while self._stirred:
            self._stirred = False
            self._build()
        dirty, self._dirty = self._dirty, {}
        for life in dirty.values():
            if self.lives.get(life.name) is life:
                self._convert(life)
        self._look_at_cluster()

    def _build(self) -> None:
        """Start builds: one at each turn of Tilt's engine, and those that have nothing to do beside it."""
        turn, self._ticking = self._ticking or not self._around.pace, False
        while True:
            changed, chosen = self._scheduler.decide(self.tiltfile, self._clusters, self._now)
            self._dirty |= {life.name: life for life in changed}
            if chosen is None or self._scheduler.building >= self._parallel:
                return
            if not turn:
                self._plan_turn()
                return
            busy = chosen.start_build()
            if chosen.held is None:
                self._scheduler.started(chosen)
            if busy and self._around.pace:
                turn = False

    def _plan_turn(self) -> None:
        if self._tick is None:
            self._tick = self._stage.time.call_at(self._around.now + self._around.pace, self._take_turn)

    def _take_turn(self) -> None:
        self._tick = None
        self._ticking = self._stirred = True

    def _convert(self, life: lives.Life) -> None:
        """Show a resource as it is now, and plan to look again when its grace period ends."""
        hold = self._scheduler.hold_of(life.name) if life.held is None else life.held
        converted = targets.targets_of(life.resource, now=self._now, hold_reason=hold, k8s_grace_period=self._grace)
        before = self._targets.get(life.name, ())
        if converted.targets != before:
            self._targets[life.name] = converted.targets
            kept = {target.name for target in converted.targets}
            for target in before:
                if target.name not in kept:
                    self._shown.remove(target.name)
            for target in converted.targets:
                self._shown.show(target)
        if any(_is_tolerated(target) for target in converted.targets):
            self._look_again(life, converted.requeue_after_ns)

    def _look_again(self, life: lives.Life, rest: int) -> None:
        """Plan the instant at which an error is no longer tolerated: when the period is reached, not later."""
        at = -(-(self._now + rest) // times.MICROSECOND) - self._around.start
        if self._deadlines.get(life.name) == at:
            return
        self._deadlines[life.name] = at

        def look() -> None:
            if self.lives.get(life.name) is life:
                self._dirty[life.name] = life

        self._stage.time.call_at(at, look)

    def _look_at_cluster(self) -> None:
        if not self._cluster_failed and not self._clusters[models.DEFAULT_CLUSTER].error:
            return
        state = models.EngineState(
            resources=tuple(life.resource for life in self.lives.values()), clusters=self._clusters
        )
        failed = targets.cluster_failed(state)
        if failed != self._cluster_failed:
            self._cluster_failed = failed
            self._shown.tell(cluster_error=failed)


def _grace_of(spec: session.SessionSpec) -> int | None:
    return spec.ci.k8s_grace_period if spec.ci is not None else None


def _is_tolerated(target: session.Target) -> bool:
    terminated = target.state.terminated
    return terminated is not None and terminated.grace_status == exit_conditions.TOLERATED
