"""The ``NAME:runtime`` target of a Kubernetes resource, and its grace period.

Pinned to the recorded tables of the engine. Knows one resource at a time, and no session.
"""

import dataclasses

from pytest_tiltsession import times
from pytest_tiltsession.models import resources, runtimes, session
from pytest_tiltsession.rules import exit_conditions, pods, states, statuses

WAITING_FOR_POD = "waiting-for-pod"
UNKNOWN_ERROR = "unknown error"


@dataclasses.dataclass(frozen=True, slots=True)
class Grace:
    """How a resource stands in its grace period; ``rest`` is what remains in nanoseconds, 0 when nothing does."""

    status: str = ""
    rest: int = 0


def grace_of(resource: resources.Resource, period: int | None, now: int) -> Grace:
    """Give the grace of a resource: counted from the last deploy, over as soon as the period is reached.

    ``period`` and ``now`` are nanoseconds. A disabled resource has none.
    """
    if period is None or period <= 0 or resource.disabled or resource.last_deploy_time is None:
        return Grace()
    rest = period - (now - resource.last_deploy_time * times.MICROSECOND)
    return Grace(exit_conditions.TOLERATED, rest) if rest > 0 else Grace(exit_conditions.EXCEEDED)


def has_target(resource: resources.Resource) -> bool:
    """Tell whether Tilt shows a runtime: not once a resource whose pods are ignored is deployed and has none."""
    runtime = _runtime_of(resource)
    return resource.pod_readiness != resources.IGNORE or not runtime.has_ever_deployed or bool(runtime.pods)


def runtime_target(resource: resources.Resource, grace: Grace, machine_now: int) -> session.Target:
    """Give the ``NAME:runtime`` target of a Kubernetes resource: a job where its pod has to end, else a server."""
    is_job = isinstance(resource.runtime, runtimes.K8sRuntime) and resource.pod_readiness == resources.SUCCEEDED
    state = session.DISABLED if resource.disabled else _state(resource, grace, machine_now)
    kind = session.JOB if is_job else session.SERVER
    return session.Target(f"{resource.name}:runtime", kind, (resource.name,), state)


def _runtime_of(resource: resources.Resource) -> runtimes.K8sRuntime:
    """Give the runtime, an empty one in place of none or another kind's, as Tilt's type assertion does."""
    return resource.runtime if isinstance(resource.runtime, runtimes.K8sRuntime) else runtimes.K8sRuntime()


def _state(resource: resources.Resource, grace: Grace, machine_now: int) -> session.TargetState:
    runtime = _runtime_of(resource)
    pod = pods.newest(runtime.pods)
    deployed, last_ready = resource.last_deploy_time, runtime.last_ready_time
    match statuses.runtime_status(resource, machine_now), pod.phase:
        case statuses.OK, pods.SUCCEEDED:
            return states.terminated(deployed)
        case statuses.OK, _:
            return states.active(deployed, ready=True, last_ready=last_ready)
        case statuses.ERROR, _:
            return _error(pod, deployed, grace.status)
        case statuses.PENDING, pods.RUNNING:
            return states.active(deployed, ready=False, last_ready=last_ready)
        case statuses.PENDING, _:
            return states.waiting(pod.status or (None if pod.name else WAITING_FOR_POD))
    return session.INACTIVE


def _error(pod: runtimes.Pod, deployed: int | None, grace_status: str) -> session.TargetState:
    if pod.phase == pods.FAILED:
        error = "; ".join(pod.errors) or f"Pod {_quoted(pod.name)} failed"
        return states.terminated(deployed, error=error, grace_status=grace_status)
    container = pods.failing_container(pod)
    if container is None:
        return states.terminated(deployed, error=UNKNOWN_ERROR, grace_status=grace_status)
    error = f"Pod {pod.name} in error state due to container {container.name}: {pod.status}"
    return states.terminated(pods.created_second(pod), error=error, grace_status=grace_status)


_ESCAPES = {raw: f"\\{letter}" for raw, letter in zip('\\"\a\b\f\n\r\t\v', '\\"abfnrtv', strict=True)}


def _quoted(text: str) -> str:
    """Quote a text as Go's ``%q`` does: printable characters as they are, others escaped."""
    return f'"{"".join(_ESCAPES.get(letter) or _escaped(letter) for letter in text)}"'


def _escaped(letter: str) -> str:
    code = ord(letter)
    if letter.isprintable():
        return letter
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
