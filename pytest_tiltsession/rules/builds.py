"""What a resource's builds say: why the next one would run, since when, and the ``NAME:update`` target.

Knows builds and the ways to trigger them; knows no pod, container or process.
"""

from collections.abc import Iterator

from pytest_tiltsession import times
from pytest_tiltsession.models import resources, session
from pytest_tiltsession.rules import states

CONFIG_CHANGED = "config-changed"
INITIAL_BUILD = "initial-build"


def started_first_build(builds: resources.Builds) -> bool:
    """Tell whether a build was ever begun, be it one whose start is not recorded."""
    return bool(builds.current or builds.history)


def earliest_current(builds: resources.Builds) -> resources.Build | None:
    """Give the running build that began first; None where none has a start time."""
    begun = [(build.start, build) for build in builds.current if build.start is not None]
    return min(begun, key=lambda pair: pair[0])[1] if begun else None


def last(builds: resources.Builds) -> resources.Build | None:
    """Give the build that ended last."""
    return builds.history[0] if builds.history else None


def pending(builds: resources.Builds, changes: tuple[resources.Change, ...]) -> Iterator[resources.Change]:
    """Give those of ``changes`` that no build has taken up."""
    consumed = builds.consumed_before
    return (change for change in changes if consumed is None or (change.at is not None and change.at > consumed))


def pending_since(builds: resources.Builds, machine_now: int) -> int | None:
    """Give the microsecond of the earliest change that waits, None without one.

    Tilt compares with the machine's clock (``machine_now``, nanoseconds): a change dated later does not count yet.
    """
    changes = pending(builds, (*builds.file_changes, *builds.dependency_changes))
    instants = [builds.manifest_change, *(change.at for change in changes)]
    latest = machine_now // times.MICROSECOND
    return min((at for at in instants if at is not None and at <= latest), default=None)


def next_build_reason(resource: resources.Resource) -> resources.BuildReason:
    """Give every reason for another build. Of a manual resource too, though it will not be built for a change."""
    builds = resource.builds
    reason = builds.trigger_reason
    if any(pending(builds, builds.file_changes)):
        reason |= resources.BuildReason.CHANGED_FILES
    if any(pending(builds, builds.dependency_changes)):
        reason |= resources.BuildReason.CHANGED_DEPS
    if builds.manifest_change is not None:
        reason |= resources.BuildReason.CONFIG
    if not started_first_build(builds) and resource.trigger_mode.auto_init:
        reason |= resources.BuildReason.INIT
    return reason


def update_target(resource: resources.Resource, hold_reason: str | None) -> session.Target | None:
    """Give the ``NAME:update`` target; a local resource without an update command has none."""
    if resource.kind == resources.LOCAL and not resource.has_update_cmd:
        return None
    if resource.disabled:
        state = session.DISABLED
    elif next_build_reason(resource):
        state = states.waiting(hold_reason)
    else:
        state = _active(resource.builds) or _terminated(resource.builds) or session.INACTIVE
    return session.Target(f"{resource.name}:update", session.JOB, (resource.name,), state)


def tiltfile_target(tiltfile: resources.Resource, machine_now: int) -> session.Target:
    """Give the target of a Tiltfile; unlike a resource's, it is active even while a further change waits."""
    builds = tiltfile.builds
    if builds.current:
        # A load that began without a recorded start is active all the same, with a null start.
        state = _active(builds) or states.active(None)
    elif pending_since(builds, machine_now) is not None:
        state = states.waiting(CONFIG_CHANGED)
    else:
        state = _terminated(builds) or states.waiting(INITIAL_BUILD)
    return session.Target(session.TILTFILE_TARGET, session.JOB, (tiltfile.name,), state)


def _active(builds: resources.Builds) -> session.TargetState | None:
    build = earliest_current(builds)
    return None if build is None else states.active(build.start)


def _terminated(builds: resources.Builds) -> session.TargetState | None:
    build = last(builds)
    return None if build is None else states.terminated(build.start, build.finish, build.error or "")
