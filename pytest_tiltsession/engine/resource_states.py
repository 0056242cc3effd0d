"""The whole resources that a test drives, as Tilt's engine holds them; knows no HTTP, no files and no script.

What a Session shows of them is converted by ``rules.targets``, with the holds that follow from the others
(``rules.holds``). The end of a grace period is an instant of the clock.
"""

import contextlib
from collections.abc import Iterator, Sequence

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.engine import changes, drivers, gate
from pytest_tiltsession.models import resources, session
from pytest_tiltsession.rules import exit_conditions, holds, targets

# Any architecture: it has no effect but that the cluster can be used.
_CONNECTED = resources.Cluster(arch="amd64")
_CLUSTERS = {resources.DEFAULT_CLUSTER: _CONNECTED, resources.DOCKER_CLUSTER: _CONNECTED}


class ResourceStates:
    """The resources of one fake, in the order in which they were declared."""

    def __init__(self, gate_: gate.Gate, drivers_: drivers.Drivers) -> None:
        self._gate = gate_
        self._drivers = drivers_
        self._world = gate_.world
        self._resources: dict[str, resources.Resource] = {}
        self._held: dict[str, str] = {}
        self._queue: list[str] = []
        self._shown: dict[str, tuple[session.Target, ...]] = {}
        self._deadlines: dict[str, wakeups.Wakeup] = {}
        self._declared: dict[str, resources.Resource] = {}

    @property
    def now(self) -> int:
        """The present instant in microseconds since the epoch."""
        return self._world.clock.now

    @property
    def pid(self) -> int:
        """The process identifier of this Tilt."""
        return self._world.tilt.pid

    def get(self, name: str) -> resources.Resource:
        """Give a resource as it stands; raises UnknownTarget where it was removed."""
        found = self._resources.get(name)
        if found is None:
            raise errors.UnknownTarget(f"resource {name} was removed; declare it again to drive it")
        return found

    def shown(self, name: str) -> tuple[session.Target, ...]:
        """Give the targets that a resource shows, its update target first."""
        return self._shown[self.get(name).name]

    def add(self, resource: resources.Resource) -> None:
        """Take a resource in and show its targets. Raises ImpossibleTransition where its name is taken."""
        name = resource.name
        if not isinstance(name, str) or not name:
            raise errors.ImpossibleTransition(f'a resource has a name, such as "web"; found {name!r}')
        if name in self._resources:
            raise errors.ImpossibleTransition(f"resource {name} is declared already: use what that declaration gave")
        taken = [it.name for it in self._converted(resource, {}).targets if self._world.tilt.target(it.name)]
        if taken:
            raise errors.ImpossibleTransition(
                f"target {taken[0]} is declared already, by itself or by a scenario; give the resource another name"
            )
        self.become(resource, f"{name} declared")
        self._declared[name] = resource

    def forget(self) -> None:
        """Forget every resource: the Tiltfile of the next process has none."""
        self._declared.clear()

    def stop(self) -> None:
        """Plan nothing any more: no process is there to see the end of a grace period."""
        for name in tuple(self._deadlines):
            self._forget(name)

    def begin_again(self) -> tuple[session.Target, ...]:
        """Take all resources back to what they were declared as, and give what they show: Tilt was started again."""
        self.stop()
        self._resources = dict(self._declared)
        for kept in (self._held, self._queue, self._shown):
            kept.clear()
        return tuple(self._follow()[0])

    @contextlib.contextmanager
    def undone_by_errors(self) -> Iterator[None]:
        """Let all resources be as they were before the block where it raises, since nothing of it is shown then."""
        before = (dict(self._resources), dict(self._held), list(self._queue), dict(self._shown), dict(self._declared))
        try:
            yield
        except BaseException:
            self._resources, self._held, self._queue, self._shown, self._declared = before
            self._follow()
            raise

    def remove(self, name: str) -> None:
        """Let a resource go, as a Tiltfile without it does."""
        self.get(name)
        del self._resources[name]
        self._declared.pop(name, None)
        self._forget(name)
        gone = [target.name for target in self._shown.pop(name, ())]
        self._show(f"{name} removed", gone)

    def become(self, resource: resources.Resource, what: str) -> None:
        """Give a resource its next state and show what follows, for the others too: one commit, or part of a batch."""
        with self.undone_by_errors():
            self._resources[resource.name] = resource
            self._show(what)

    def queue(self, name: str) -> None:
        """Take a resource into the queue of triggered ones."""
        if name not in self._queue:
            self._queue.append(name)

    def unqueue(self, name: str) -> None:
        """Take a resource out of that queue, since its build has started."""
        if name in self._queue:
            self._queue.remove(name)

    def hold(self, name: str, reason: str | None) -> None:
        """Hold a resource for a reason that does not follow from the others; None lets the rules say it again."""
        if reason is None:
            self._held.pop(name, None)
        else:
            self._held[name] = reason
        self._show(f"{name} held ({reason})" if reason else f"{name} held no more")

    def _show(self, what: str, removed: Sequence[str] = ()) -> None:
        """Show every resource as it is now, without the targets that were removed with theirs: one change."""
        changed, gone = self._follow()
        if not (changed or gone or removed):
            return
        with self._drivers.together(what):
            for name in (*removed, *gone):
                self._drivers.remove(name)
            for target in changed:
                self._drivers.put(target, note=what)

    def _follow(self) -> tuple[list[session.Target], list[str]]:
        """Give the targets that are other than shown, and those that are shown no more; plan the ends of grace."""
        with self._world.lock:
            found = self._holds()
            changed: list[session.Target] = []
            gone: list[str] = []
            for name, resource in self._resources.items():
                converted = self._converted(resource, found)
                before = self._shown.get(name, ())
                kept = {target.name for target in converted.targets}
                gone += [target.name for target in before if target.name not in kept]
                changed += [target for target in converted.targets if target not in before]
                self._shown[name] = converted.targets
                self._plan(name, converted)
            return changed, gone

    def _holds(self) -> dict[str, str]:
        """Give why each resource waits: as the rules say, or as the test does."""
        state = resources.EngineState(
            resources=tuple(self._resources.values()), clusters=_CLUSTERS, trigger_queue=tuple(self._queue)
        )
        decided = holds.schedule(state, machine_now=self.now * times.MICROSECOND)
        return {**decided.holds, **self._held}

    def _converted(self, resource: resources.Resource, found: dict[str, str]) -> targets.Converted:
        return targets.targets_of(
            resource,
            now=self.now * times.MICROSECOND,
            hold_reason=found.get(resource.name),
            k8s_grace_period=self._grace(),
        )

    def _grace(self) -> int | None:
        """Give the grace period, as the Session has it now."""
        shown = self._world.objects.get(session.TILTFILE_SESSION)
        spec = self._world.tilt.spec if shown is None else shown.spec
        return None if spec.ci is None else spec.ci.k8s_grace_period

    def _plan(self, name: str, converted: targets.Converted) -> None:
        """Plan to look again when an error is no longer tolerated: when the period is reached, not later."""
        self._forget(name)
        if not any(_is_tolerated(target) for target in converted.targets):
            return
        at = -(-(self.now * times.MICROSECOND + converted.requeue_after_ns) // times.MICROSECOND)
        self._deadlines[name] = self._world.clock.call_at(
            at, lambda: self._grace_ended(name), what=f"end of the grace period of {name}"
        )

    def _forget(self, name: str) -> None:
        planned = self._deadlines.pop(name, None)
        if planned is not None:
            planned.cancel()

    def _grace_ended(self, name: str) -> None:
        """Show an error as exceeded; the clock holds the lock, and settles afterwards."""
        self._deadlines.pop(name, None)
        changed, _ = self._follow()
        if changed:
            note = f"the grace period of {name} is over"
            self._gate.submit(changes.TiltChange(cause=changes.DEADLINE, targets=tuple(changed), note=note))


def _is_tolerated(target: session.Target) -> bool:
    terminated = target.state.terminated
    return terminated is not None and terminated.grace_status == exit_conditions.TOLERATED


def trigger_mode(mode: str, *, auto_init: bool) -> resources.TriggerMode:
    """Give Tilt's trigger mode of the Tiltfile's two settings. Raises InvalidValue for another word."""
    if mode not in ("auto", "manual"):
        raise errors.InvalidValue(f"trigger_mode={mode!r}: valid values are auto, manual")
    if mode == "auto":
        return resources.TriggerMode.AUTO if auto_init else resources.TriggerMode.AUTO_WITH_MANUAL_INIT
    return resources.TriggerMode.MANUAL_WITH_AUTO_INIT if auto_init else resources.TriggerMode.MANUAL


def pod_readiness(mode: str) -> str:
    """Give a mode of waiting for pods. Raises InvalidValue for another word."""
    valid = (resources.WAIT, resources.IGNORE, resources.SUCCEEDED)
    if mode not in valid:
        raise errors.InvalidValue(f"pod_readiness={mode!r}: valid values are {', '.join(valid)}")
    return mode
