"""Which resource Tilt builds next, and what holds the others back; a pure rule over the whole engine state.

Pinned to the holds that Tilt's own scheduler gave in the recorded stories of the engine. Two of Tilt's reasons are
not derived here, because they follow from live updates, which the readable state does not hold: ``reconciling`` and
``waiting-for-deploy``. A script gives those by name.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from pytest_tiltsession.models import resources
from pytest_tiltsession.rules import builds, statuses

TILTFILE_RELOAD = "tiltfile-reload"
WAITING_FOR_LOCAL = "waiting-for-local"
UNPARALLELIZABLE_LOCAL = "is-unparallelizable-local"
WAITING_FOR_UNCATEGORIZED = "waiting-for-uncategorized"
BUILDING_COMPONENT = "building-component"
WAITING_FOR_DEP = "waiting-for-dep"
WAITING_FOR_DEPLOY = "waiting-for-deploy"
RECONCILING = "reconciling"
WAITING_FOR_CLUSTER = "waiting-for-cluster"
REASONS = (
    TILTFILE_RELOAD,
    WAITING_FOR_LOCAL,
    UNPARALLELIZABLE_LOCAL,
    WAITING_FOR_UNCATEGORIZED,
    BUILDING_COMPONENT,
    WAITING_FOR_DEP,
    WAITING_FOR_DEPLOY,
    RECONCILING,
    WAITING_FOR_CLUSTER,
)

_CLUSTER_OF = {resources.K8S: resources.DEFAULT_CLUSTER, resources.COMPOSE: resources.DOCKER_CLUSTER}


@dataclasses.dataclass(frozen=True, slots=True)
class Schedule:
    """What the scheduler decided: the wait reason of each held resource, and what to build (empty: nothing)."""

    holds: Mapping[str, str]
    next_to_build: str


def schedule(state: resources.EngineState, *, machine_now: int) -> Schedule:
    """Decide as Tilt's scheduler does; ``machine_now`` is the machine's clock in nanoseconds.

    Only resources that want a build are held. One whose build is running is never held, even if it wants another.
    """
    wanting = [it for it in state.resources if _wants_build(it, state.trigger_queue, machine_now)]
    reason_for_all = _hold_on_everything(state, wanting, machine_now)
    if reason_for_all is not None:
        return Schedule({it.name: reason_for_all for it in wanting if _can_start(it)}, "")
    holds = {it.name: reason for it in wanting if (reason := _hold_of(it, state)) is not None}
    return Schedule(holds, _next(state, wanting, holds, machine_now))


def _wants_build(resource: resources.Resource, queue: Sequence[str], machine_now: int) -> bool:
    if resource.disabled:
        return False
    if _is_unbuilt(resource) or resource.name in queue:
        return True
    changed = builds.pending_since(resource.builds, machine_now) is not None
    return changed and resource.trigger_mode.auto_on_change


def _is_unbuilt(resource: resources.Resource) -> bool:
    """Tell whether the first build is due by itself."""
    return resource.trigger_mode.auto_init and not builds.started_first_build(resource.builds)


def _can_start(resource: resources.Resource) -> bool:
    return not resource.builds.current and bool(builds.next_build_reason(resource))


def _is_serial(resource: resources.Resource) -> bool:
    return resource.kind == resources.LOCAL and not resource.allow_parallel


def _building(state: resources.EngineState) -> list[resources.Resource]:
    return [it for it in state.resources if it.builds.current]


def _hold_on_everything(
    state: resources.EngineState, wanting: Iterable[resources.Resource], machine_now: int
) -> str | None:
    """Give the reason that holds every resource: a Tiltfile to load, an unknown enablement, a serial local build."""
    tiltfiles = (*([state.tiltfile] if state.tiltfile else []), *state.extension_tiltfiles)
    if any(builds.pending_since(it.builds, machine_now) is not None for it in tiltfiles):
        return TILTFILE_RELOAD
    if any(it.disable_state == resources.DISABLE_PENDING for it in wanting):
        return TILTFILE_RELOAD
    return WAITING_FOR_LOCAL if any(map(_is_serial, _building(state))) else None


def _hold_of(resource: resources.Resource, state: resources.EngineState) -> str | None:
    """Give what holds one resource back; the first reason counts."""
    building = _building(state)
    if building and _is_serial(resource):
        return UNPARALLELIZABLE_LOCAL
    if not _can_start(resource):
        return None
    is_k8s = resource.kind == resources.K8S
    reasons = (
        (WAITING_FOR_UNCATEGORIZED, is_k8s and any(it.name == resources.UNCATEGORIZED for it in building)),
        (BUILDING_COMPONENT, any(_fresh_images(resource) & _fresh_images(it) for it in building)),
        (WAITING_FOR_DEP, _waits_for_dependency(resource, state)),
        (WAITING_FOR_CLUSTER, _waits_for_cluster(resource, state)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _fresh_images(resource: resources.Resource) -> set[str]:
    """Give the images that a build makes anew: without a result, or with a change that waits."""
    changes = (*resource.builds.file_changes, *resource.builds.dependency_changes)
    changed = {change.target for change in builds.pending(resource.builds, changes)}
    return {image.name for image in resource.images if not image.built or image.name in changed}


def _waits_for_dependency(resource: resources.Resource, state: resources.EngineState) -> bool:
    """Tell whether a dependency was never ready; dependencies hold the first build only."""
    if builds.started_first_build(resource.builds):
        return False
    ready = {it.name for it in state.resources if statuses.has_ever_been_ready(it)}
    return not ready.issuperset(resource.depends_on)


def _waits_for_cluster(resource: resources.Resource, state: resources.EngineState) -> bool:
    name = _CLUSTER_OF.get(resource.kind)
    return name is not None and not state.clusters.get(name, resources.Cluster()).usable


def _next(
    state: resources.EngineState,
    wanting: Iterable[resources.Resource],
    holds: Mapping[str, str],
    machine_now: int,
) -> str:
    """Choose what to build: first builds, then what was triggered, then the earliest change."""
    free = [it for it in wanting if it.name not in holds and _can_start(it)]
    unbuilt = [it for it in free if _is_unbuilt(it)]
    if unbuilt:
        return min(unbuilt, key=_first_build_rank).name
    by_name = {it.name: it for it in state.resources if it.name not in holds and _can_start(it)}
    for name in state.trigger_queue:
        if name in by_name:
            return name
    changed = [
        (since, it.name)
        for it in free
        if it.trigger_mode.auto_on_change and (since := builds.pending_since(it.builds, machine_now)) is not None
    ]
    return min(changed, key=lambda pair: pair[0])[1] if changed else ""


def _first_build_rank(resource: resources.Resource) -> int:
    """Rank first builds: local ones, uncategorized YAML, Kubernetes without images, the rest."""
    ranks = (
        resource.kind == resources.LOCAL,
        resource.name == resources.UNCATEGORIZED,
        resource.kind == resources.K8S and not resource.images,
    )
    return ranks.index(True) if any(ranks) else len(ranks)
