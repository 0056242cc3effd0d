"""The targets of what keeps running outside Kubernetes: ``NAME:runtime`` of Compose, ``NAME:serve`` of a process.

Pinned to the recorded tables of the engine. Knows one resource at a time, and no session.
"""

from pytest_tiltsession.models import resources, runtimes, session
from pytest_tiltsession.rules import builds, states, statuses

# Tilt forgets to fill the name in; it shows where a runtime is in error and has no words for it.
SERVER_FAILED = "Server target %q failed"


def generic_target(resource: resources.Resource, hold_reason: str | None, machine_now: int) -> session.Target:
    """Give the ``NAME:runtime`` target of a Compose service, which counts as ready as soon as it runs."""
    state = session.DISABLED if resource.disabled else _generic_state(resource, hold_reason, machine_now)
    return session.Target(f"{resource.name}:runtime", session.SERVER, (resource.name,), state)


def _generic_state(resource: resources.Resource, hold_reason: str | None, machine_now: int) -> session.TargetState:
    deployed = resource.last_deploy_time
    match statuses.runtime_status(resource, machine_now):
        case statuses.PENDING:
            return states.waiting(hold_reason)
        case statuses.OK:
            return states.active(deployed, ready=True, last_ready=deployed)
        case statuses.ERROR:
            return states.terminated(None, error=statuses.runtime_error(resource) or SERVER_FAILED)
    return session.INACTIVE


def serve_target(resource: resources.Resource, hold_reason: str | None) -> session.Target | None:
    """Give the ``NAME:serve`` target of a local resource; None without a serve command."""
    if not resource.has_serve_cmd:
        return None
    state = session.DISABLED if resource.disabled else _serve_state(resource, hold_reason)
    return session.Target(f"{resource.name}:serve", session.SERVER, (resource.name,), state)


def _serve_state(resource: resources.Resource, hold_reason: str | None) -> session.TargetState:
    runtime = resource.runtime if isinstance(resource.runtime, runtimes.LocalRuntime) else runtimes.LocalRuntime()
    if runtime.status == statuses.ERROR:
        return states.terminated(runtime.start_time, runtime.finish_time, statuses.runtime_error(resource))
    if runtime.pid:
        return states.active(runtime.start_time, ready=runtime.ready, last_ready=runtime.last_ready_time)
    if resource.trigger_mode.auto_init or builds.started_first_build(resource.builds):
        return states.waiting(hold_reason)
    return session.INACTIVE
