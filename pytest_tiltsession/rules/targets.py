"""From the engine's state to the targets of a Session, as Tilt's session controller converts it; a pure rule.

Pinned to the recorded tables of the engine, row by row. Knows the readable state of resources, not how it came about:
the hold of each resource is given, see ``rules.holds``.
"""

import dataclasses

from pytest_tiltsession.models import resources, session
from pytest_tiltsession.rules import builds, kubernetes, servers


@dataclasses.dataclass(frozen=True, slots=True)
class Converted:
    """Targets, and the nanoseconds after which Tilt wishes to look again (0: no wish)."""

    targets: tuple[session.Target, ...]
    requeue_after_ns: int = 0


def targets_of(
    resource: resources.Resource,
    *,
    now: int,
    hold_reason: str | None = None,
    k8s_grace_period: int | None = None,
    wanted: int = 0,
    machine_now: int | None = None,
) -> Converted:
    """Convert one resource: its update target first, then its runtime or serve target, where it has them.

    ``now`` is the session's clock in nanoseconds since the epoch; ``machine_now`` is the machine's, with which Tilt
    compares the times of changes (None: they are the same). ``k8s_grace_period`` is in nanoseconds. ``wanted`` is a
    wish to look again that is there already, in nanoseconds; the earlier one is kept.
    """
    machine = now if machine_now is None else machine_now
    if resource.kind == resources.TILTFILE:
        return Converted((builds.tiltfile_target(resource, machine),), wanted)
    runtime, rest = None, 0
    match resource.kind:
        case resources.LOCAL:
            runtime = servers.serve_target(resource, hold_reason)
        case resources.K8S if kubernetes.has_target(resource):
            grace = kubernetes.grace_of(resource, k8s_grace_period, now)
            runtime, rest = kubernetes.runtime_target(resource, grace, machine), grace.rest
        case resources.COMPOSE:
            runtime = servers.generic_target(resource, hold_reason, machine)
    found = builds.update_target(resource, hold_reason), runtime
    return Converted(tuple(target for target in found if target is not None), _earliest(wanted, rest))


def cluster_failed(state: resources.EngineState) -> bool:
    """Tell whether the connection to Kubernetes is in error while some Kubernetes resource is known to be enabled."""
    cluster = state.clusters.get(resources.DEFAULT_CLUSTER)
    if cluster is None or not cluster.error:
        return False
    return any(it.kind == resources.K8S and it.disable_state == resources.ENABLED for it in state.resources)


def _earliest(*wishes: int) -> int:
    return min(filter(None, wishes), default=0)
