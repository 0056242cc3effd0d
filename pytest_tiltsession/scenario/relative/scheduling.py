"""Which resource Tilt builds next and what holds the others back, asked of ``rules.holds`` about a few at a time.

Resources that are alike are held alike, so the rule is asked about one of each kind of likeness: what a script costs
grows with its steps, and not with the square of its resources.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.rules import builds, holds, statuses
from pytest_tiltsession.scenario.relative import lives

Likeness = tuple[Any, ...]
# No resource can be named so; what depends on it is never ready.
_NEVER_READY = ("\0",)


class Scheduler:
    """The resources that want a build, in groups that the rule cannot tell apart."""

    def __init__(self) -> None:
        self._groups: dict[Likeness, dict[str, lives.Life]] = {}
        self._likeness: dict[str, Likeness] = {}
        self._holds: dict[Likeness, str | None] = {}
        self._building: dict[str, lives.Life] = {}
        self._queue: dict[str, int] = {}
        self._queued = 0
        self._ready: set[str] = set()
        self._dependents: dict[str, dict[str, lives.Life]] = {}

    def add(self, life: lives.Life) -> None:
        """Take a resource in."""
        for name in life.resource.depends_on:
            self._dependents.setdefault(name, {})[life.name] = life

    def remove(self, life: lives.Life) -> None:
        """Forget a resource; what depended on it waits for one of that name again."""
        self._drop(life.name)
        self._building.pop(life.name, None)
        self._queue.pop(life.name, None)
        self._ready.discard(life.name)
        for name in life.resource.depends_on:
            self._dependents.get(name, {}).pop(life.name, None)

    def queue(self, life: lives.Life) -> None:
        """Take a resource into the queue of triggered ones."""
        self._queue.setdefault(life.name, self._queued)
        self._queued += 1

    def started(self, life: lives.Life) -> None:
        """Take a resource out of the queue, since its build has started."""
        self._queue.pop(life.name, None)

    def note(self, life: lives.Life, now: int) -> None:
        """Take note of a resource's new state; ``now`` is nanoseconds since the epoch."""
        resource = life.resource
        self._drop(life.name)
        if resource.builds.current:
            self._building[life.name] = life
            return
        self._building.pop(life.name, None)
        if resource.disabled:
            self._queue.pop(life.name, None)
        if life.name not in self._ready and statuses.has_ever_been_ready(resource):
            self._ready.add(life.name)
            for dependent in tuple(self._dependents.get(life.name, {}).values()):
                if dependent.name in self._likeness:
                    self.note(dependent, now)
        if life.held is None and builds.next_build_reason(resource) and not resource.disabled:
            likeness = self._like(resource, now)
            self._likeness[life.name] = likeness
            self._groups.setdefault(likeness, {})[life.name] = life

    def _drop(self, name: str) -> None:
        likeness = self._likeness.pop(name, None)
        if likeness is None:
            return
        group = self._groups[likeness]
        del group[name]
        if not group:
            del self._groups[likeness]
            self._holds.pop(likeness, None)

    def _like(self, resource: models.Resource, now: int) -> Likeness:
        """Give everything that the rule looks at, apart from names."""
        pending = resource.builds
        return (
            resource.kind,
            resource.name == models.UNCATEGORIZED,
            resource.trigger_mode,
            resource.disable_state,
            builds.started_first_build(pending),
            builds.pending_since(pending, now),
            resource.allow_parallel,
            self._ready.issuperset(resource.depends_on),
            resource.name in self._queue,
            resource.images,
            (*pending.file_changes, *pending.dependency_changes) if resource.images else (),
        )

    @property
    def building(self) -> int:
        """How many builds are running."""
        return len(self._building)

    def hold_of(self, name: str) -> str | None:
        """Give what holds a resource back, by the last decision."""
        likeness = self._likeness.get(name)
        return None if likeness is None else self._holds.get(likeness)

    def decide(
        self, tiltfile: models.Resource, clusters: Mapping[str, models.Cluster], now: int
    ) -> tuple[list[lives.Life], lives.Life | None]:
        """Ask the rule; give the resources whose hold is another than before, and the one to build next."""
        asked_of = {
            life.name: (life, likeness)
            for likeness, group in self._groups.items()
            for life in (min(group.values(), key=self._rank),)
        }
        lives_asked = [*self._building.values(), *(life for life, _ in asked_of.values())]
        lives_asked.sort(key=lambda life: life.index)
        state = models.EngineState(
            tiltfile=tiltfile,
            resources=tuple(self._asked(life.resource) for life in lives_asked),
            clusters=clusters,
            trigger_queue=tuple(sorted(self._queue.keys() & asked_of.keys(), key=self._queue.__getitem__)),
        )
        decided = holds.schedule(state, machine_now=now)
        changed: list[lives.Life] = []
        for name, (_, likeness) in asked_of.items():
            reason = decided.holds.get(name)
            if likeness not in self._holds or self._holds[likeness] != reason:
                self._holds[likeness] = reason
                changed += self._groups[likeness].values()
        chosen = asked_of.get(decided.next_to_build)
        return changed, None if chosen is None else chosen[0]

    def _rank(self, life: lives.Life) -> int:
        """Order those that are alike: as they were triggered, else as they stand in the Tiltfile."""
        return self._queue.get(life.name, life.index)

    def _asked(self, resource: models.Resource) -> models.Resource:
        ready = self._ready.issuperset(resource.depends_on)
        return dataclasses.replace(resource, depends_on=() if ready else _NEVER_READY)
