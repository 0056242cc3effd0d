"""Update status and runtime status of a resource, as Tilt's engine sums them up; knows no target.

The words are those of ``tilt get uiresource``.
"""

from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import builds, pods

UNKNOWN = "unknown"
OK = "ok"
PENDING = "pending"
ERROR = "error"
NOT_APPLICABLE = "not_applicable"
NONE = "none"
IN_PROGRESS = "in_progress"

JOB_COMPLETE = "JobComplete"


def state_status(resource: resources.Resource) -> str:
    """Give the runtime status that the runtime alone says, ``unknown`` where there is no runtime."""
    match resource.runtime:
        case runtimes.K8sRuntime() as runtime:
            return _k8s_status(runtime, resource.pod_readiness)
        case runtimes.ComposeRuntime() as runtime:
            return _compose_status(runtime)
        case runtimes.LocalRuntime() | runtimes.OpaqueRuntime() as runtime:
            return runtime.status or UNKNOWN
    return UNKNOWN


def _k8s_status(runtime: runtimes.K8sRuntime, readiness: str) -> str:
    if not runtime.has_ever_deployed:
        return PENDING
    if readiness == resources.IGNORE or _is_true(runtime.conditions, JOB_COMPLETE):
        return OK
    pod = pods.newest(runtime.pods)
    if pod.phase == pods.RUNNING:
        # Never an error: not in a crash loop, not after OOMKilled.
        return OK if pods.all_ready(pod) and readiness != resources.SUCCEEDED else PENDING
    if pod.phase in (pods.SUCCEEDED, pods.FAILED):
        return OK if pod.phase == pods.SUCCEEDED else ERROR
    return ERROR if pods.failing_container(pod) else PENDING


def _is_true(conditions: tuple[runtimes.Condition, ...], wanted: str) -> bool:
    """Tell whether the first condition of a type has the status True."""
    return next((condition.status for condition in conditions if condition.type == wanted), "") == "True"


def _compose_status(runtime: runtimes.ComposeRuntime) -> str:
    if runtime.error or runtime.exit_code:
        return ERROR
    if runtime.running or runtime.status in ("running", "exited"):
        return OK
    return PENDING if runtime.status else UNKNOWN


def runtime_error(resource: resources.Resource) -> str:
    """Say what is wrong with the runtime; empty unless its status is ``error`` and the runtime has words for it."""
    if state_status(resource) != ERROR:
        return ""
    match resource.runtime:
        case runtimes.K8sRuntime(pods=all_pods):
            pod = pods.newest(all_pods)
            return f"Pod {pod.name} in error state: {pod.status}"
        case runtimes.ComposeRuntime(container_id=container, error=error, exit_code=code):
            return f"Container {container}: {error}" if error else f"Container {container} exited with {code}"
        case runtimes.LocalRuntime(pid=pid):
            return f"Process {pid} exited with non-zero status"
    return ""


def has_ever_been_ready(resource: resources.Resource) -> bool:
    """Tell whether what depends on this resource may go on: it was ready, or ended well, once."""
    match resource.runtime:
        case runtimes.K8sRuntime() as runtime:
            ready = resource.pod_readiness == resources.IGNORE or runtime.last_ready_time is not None
            return runtime.has_ever_deployed and ready
        case runtimes.ComposeRuntime() | runtimes.LocalRuntime() as runtime:
            return runtime.last_ready_time is not None
    return False


def runtime_status(resource: resources.Resource, machine_now: int) -> str:
    """Give the runtime status once it is known whether the resource is to run at all."""
    if resource.kind == resources.LOCAL and not resource.has_serve_cmd:
        return NOT_APPLICABLE
    status = state_status(resource)
    if status not in (PENDING, UNKNOWN):
        return status
    return {NONE: NONE, PENDING: PENDING, IN_PROGRESS: PENDING}.get(builds_status(resource, machine_now), status)


def builds_status(resource: resources.Resource, machine_now: int) -> str:
    """Give the status of the builds; what Tilt shows as the update status follows from it.

    ``machine_now`` is the machine's clock in nanoseconds, see :func:`builds.pending_since`.
    """
    if builds.earliest_current(resource.builds) is not None:
        return IN_PROGRESS
    if _build_is_due(resource, machine_now):
        return PENDING
    last = builds.last(resource.builds)
    if last is not None and last.error is not None:
        return ERROR
    return NONE if last is None or last.start is None else OK


def _build_is_due(resource: resources.Resource, machine_now: int) -> bool:
    mode = resource.trigger_mode
    if resource.builds.trigger_reason:
        return True
    if mode.auto_on_change and builds.pending_since(resource.builds, machine_now) is not None:
        return True
    last = builds.last(resource.builds)
    return mode.auto_init and (last is None or last.start is None)
