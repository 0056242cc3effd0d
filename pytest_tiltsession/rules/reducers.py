"""What an event makes of a resource: builds that start and end, processes, pods and containers that are seen.

Pure functions from a resource to the next one, as the reducers of Tilt's engine (pinned to engine-facts.jsonl).
Instants are microseconds since the epoch. Knows no scheduler and no target.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import statuses

# Tilt keeps no more.
_HISTORY = 2


def build_started(resource: resources.Resource, now: int) -> resources.Resource:
    """Start a build: what triggered it is taken up, changed files wait for its end (up-file-change-rebuild)."""
    builds = dataclasses.replace(
        resource.builds,
        current=(*resource.builds.current, resources.Build(start=now)),
        trigger_reason=resources.BuildReason.NONE,
    )
    runtime = resource.runtime
    if resource.kind == resources.COMPOSE and runtime is None:
        runtime = runtimes.ComposeRuntime()
    return dataclasses.replace(resource, builds=builds, runtime=runtime)


def build_ended(
    resource: resources.Resource, now: int, error: str | None = None, *, probed: bool = False
) -> resources.Resource:
    """End the running build, well or with an error, which is None where it went well.

    A good one counts as a deploy. A local resource is ready with it, unless a readiness probe (``probed``) says when.
    """
    running = resource.builds.current[0]
    left = [change for change in resource.builds.file_changes if _later(change.at, running)]
    changed = resource.builds.manifest_change
    builds = dataclasses.replace(
        resource.builds,
        current=resource.builds.current[1:],
        history=(resources.Build(start=running.start, finish=now, error=error), *resource.builds.history)[:_HISTORY],
        file_changes=tuple(left),
        dependency_changes=(),
        manifest_change=changed if _later(changed, running) else None,
    )
    ended = dataclasses.replace(resource, builds=builds)
    if error is not None:
        return ended
    images = tuple(dataclasses.replace(image, built=True) for image in resource.images)
    return dataclasses.replace(ended, last_deploy_time=now, images=images, runtime=_deployed(resource, now, probed))


def _later(changed_at: int | None, build: resources.Build) -> bool:
    """Tell whether a change came after a build had started, so that another build is due."""
    return build.start is not None and changed_at is not None and changed_at > build.start


def _deployed(resource: resources.Resource, now: int, probed: bool) -> runtimes.Runtime | None:
    match resource.runtime:
        case runtimes.K8sRuntime() as pods:
            return dataclasses.replace(pods, has_ever_deployed=True, conditions=())
        case runtimes.LocalRuntime() as process:
            process = process if probed else dataclasses.replace(process, last_ready_time=now)
            # Without a server there is nothing that could become ready.
            return process if resource.has_serve_cmd else dataclasses.replace(process, status=statuses.NOT_APPLICABLE)
    return resource.runtime


def triggered(resource: resources.Resource, reason: resources.BuildReason) -> resources.Resource:
    """Ask for a build by hand."""
    return _with_builds(resource, trigger_reason=resource.builds.trigger_reason | reason)


def file_changed(resource: resources.Resource, now: int, name: str = "") -> resources.Resource:
    """See a file that the resource depends on change."""
    return _with_builds(resource, file_changes=(*resource.builds.file_changes, resources.Change(at=now, name=name)))


def definition_changed(resource: resources.Resource, now: int) -> resources.Resource:
    """See the resource's own definition change, in a Tiltfile that was loaded again."""
    return _with_builds(resource, manifest_change=now)


def _with_builds(resource: resources.Resource, **changed: Any) -> resources.Resource:
    return dataclasses.replace(resource, builds=dataclasses.replace(resource.builds, **changed))


def disabled(resource: resources.Resource) -> resources.Resource:
    """Disable a resource: its builds are forgotten; what was deployed is not."""
    return dataclasses.replace(resource, disable_state=resources.DISABLED, builds=resources.Builds())


def enabled(resource: resources.Resource) -> resources.Resource:
    """Enable a resource, or learn that it is."""
    return dataclasses.replace(resource, disable_state=resources.ENABLED)


def process_started(resource: resources.Resource, now: int, pid: int, *, ready: bool) -> resources.Resource:
    """Start the process of a ``serve_cmd``."""
    process = _process(resource)
    started = runtimes.LocalRuntime(
        status=statuses.OK if ready else statuses.PENDING,
        pid=pid,
        start_time=now,
        ready=ready,
        last_ready_time=now if ready else process.last_ready_time,
    )
    return dataclasses.replace(resource, runtime=started)


def process_probed(resource: resources.Resource, now: int, *, ready: bool) -> resources.Resource:
    """See the readiness probe of the process pass or fail; when it was last ready stays (ci-flapping-ready)."""
    process = _process(resource)
    last_ready = now if ready and not process.ready else process.last_ready_time
    status = statuses.OK if ready else statuses.PENDING
    probed = dataclasses.replace(process, status=status, ready=ready, last_ready_time=last_ready)
    return dataclasses.replace(resource, runtime=probed)


def process_restarts(resource: resources.Resource) -> resources.Resource:
    """Wait for the process to start anew: the old number is kept, its times are not (up-disable-enable)."""
    process = dataclasses.replace(
        _process(resource), status=statuses.PENDING, start_time=None, finish_time=None, ready=False
    )
    return dataclasses.replace(resource, runtime=process)


def process_ended(resource: resources.Resource, now: int, pid: int | None = None) -> resources.Resource:
    """End the process, which is an error with exit code 0 too; ``pid`` is its number where another one is to be shown.

    One that never ran has started now.
    """
    process = _process(resource)
    ended = dataclasses.replace(
        process,
        status=statuses.ERROR,
        pid=process.pid if pid is None else pid,
        start_time=now if process.start_time is None else process.start_time,
        finish_time=now,
        ready=False,
    )
    return dataclasses.replace(resource, runtime=ended)


def _process(resource: resources.Resource) -> runtimes.LocalRuntime:
    return resource.runtime if isinstance(resource.runtime, runtimes.LocalRuntime) else runtimes.LocalRuntime()


def pods_seen(
    resource: resources.Resource,
    now: int,
    pods: tuple[runtimes.Pod, ...],
    conditions: tuple[runtimes.Condition, ...] = (),
) -> resources.Resource:
    """See the pods of a Kubernetes resource; with them healthy it is ready now."""
    runtime = resource.runtime if isinstance(resource.runtime, runtimes.K8sRuntime) else runtimes.K8sRuntime()
    return _ready_where_ok(
        dataclasses.replace(resource, runtime=dataclasses.replace(runtime, pods=pods, conditions=conditions)), now
    )


def container_seen(resource: resources.Resource, now: int, container: runtimes.ComposeRuntime) -> resources.Resource:
    """See the container of a Compose service; when it was last ready is kept from the one before."""
    before = resource.runtime
    last_ready = before.last_ready_time if isinstance(before, runtimes.ComposeRuntime) else None
    seen = dataclasses.replace(container, last_ready_time=last_ready)
    return _ready_where_ok(dataclasses.replace(resource, runtime=seen), now)


def _ready_where_ok(resource: resources.Resource, now: int) -> resources.Resource:
    runtime = resource.runtime
    if statuses.state_status(resource) != statuses.OK or not isinstance(
        runtime, runtimes.K8sRuntime | runtimes.ComposeRuntime
    ):
        return resource
    return dataclasses.replace(resource, runtime=dataclasses.replace(runtime, last_ready_time=now))
