"""What a scripted state comes to: times that follow from the step and the state before; pure, knows no clock.

The times of a recorded session that agree with these need not be written down.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps

# In the order in which they follow from each other.
_TIMES = ("finish_time", "start_time", "last_ready_time")


def resolve(
    scripted: steps.ScriptedState,
    declared: steps.Declaration,
    before: session.TargetState | None,
    at: int,
    base: int,
) -> session.Target:
    """Give the target that a step shows.

    ``at`` and ``base`` (the session's ``status.startTime``) are microseconds since the epoch, ``before`` the state
    that the target had. Natural times: a target that becomes active starts at ``at`` and keeps that start while it
    stays active; a server that becomes ready was last ready at ``at``, and keeps that when it loses readiness; what
    terminates finishes at ``at`` and started when it was active, or at its end where that was never shown.
    """
    state = _state(scripted, declared, before, at, base)
    return session.Target(declared.name, declared.type, declared.resources, state)


def _state(
    scripted: steps.ScriptedState,
    declared: steps.Declaration,
    before: session.TargetState | None,
    at: int,
    base: int,
) -> session.TargetState:
    if scripted.word == "waiting":
        return session.TargetState(waiting=session.TargetStateWaiting(scripted.wait_reason))
    if scripted.word == "disabled":
        return session.DISABLED
    if scripted.word == "inactive":
        return session.INACTIVE
    running = before.active if before is not None else None
    if scripted.word == "terminated":
        finish = _instant(scripted.finish_time, at, base)
        start = _instant(scripted.start_time, running.start_time if running is not None else finish, base)
        return session.TargetState(
            terminated=session.TargetStateTerminated(start, finish, scripted.error, scripted.grace_status)
        )
    kept = running.start_time if running is not None else None
    start = _instant(scripted.start_time, at if kept is None else kept, base)
    ready = declared.type == session.SERVER if scripted.ready is None else scripted.ready
    last_ready = _instant(scripted.last_ready_time, _last_ready(declared, running, ready, at), base)
    return session.TargetState(active=session.TargetStateActive(start, ready, last_ready))


def _last_ready(
    declared: steps.Declaration, running: session.TargetStateActive | None, ready: bool, at: int
) -> int | None:
    if declared.type == session.JOB:
        return None
    if ready and not (running is not None and running.ready):
        return at
    return running.last_ready_time if running is not None else None


def _instant(offset: steps.Offset, natural: int | None, base: int) -> int | None:
    if isinstance(offset, steps.Natural):
        return natural
    return None if offset is None else base + offset


def scripted_from(
    target: session.Target, declared: steps.Declaration, before: session.TargetState | None, at: int, base: int
) -> steps.ScriptedState:
    """Give the shortest scripted state that comes to this target: the inverse of :func:`resolve`."""
    found = _explicit(target.state, base)
    natural: dict[str, Any] = {"ready": None, **dict.fromkeys(_TIMES, steps.NATURAL)}
    for field, value in natural.items():
        if getattr(found, field) is value:
            continue
        shorter = dataclasses.replace(found, **{field: value})
        if _state(shorter, declared, before, at, base) == target.state:
            found = shorter
    return found


def _explicit(state: session.TargetState, base: int) -> steps.ScriptedState:
    if state.waiting is not None:
        return steps.ScriptedState("waiting", wait_reason=state.waiting.wait_reason)
    if state.active is not None:
        return steps.ScriptedState(
            "active",
            ready=state.active.ready,
            start_time=_offset(state.active.start_time, base),
            last_ready_time=_offset(state.active.last_ready_time, base),
        )
    if state.terminated is not None:
        return steps.ScriptedState(
            "terminated",
            error=state.terminated.error,
            grace_status=state.terminated.grace_status,
            start_time=_offset(state.terminated.start_time, base),
            finish_time=_offset(state.terminated.finish_time, base),
        )
    return steps.ScriptedState("disabled" if state.disabled is not None else "inactive")


def _offset(instant: int | None, base: int) -> int | None:
    return None if instant is None else instant - base
