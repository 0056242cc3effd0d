"""What a target of a type may show, and with which payload; pure, and about single states only.

Pairs of states are not judged: Tilt batches its changes, so that waiting → terminated, terminated → active and
active → active are all seen. What clients write by HTTP is not held to this either, since Tilt takes it.
"""

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions

_TYPES = (session.JOB, session.SERVER)
_GRACE = (exit_conditions.TOLERATED, exit_conditions.EXCEEDED)


def objection(target: session.Target) -> str | None:
    """Say why Tilt never shows this target in this state and what to write instead; None where it may.

    Sources: behaviour.md (Default session), the traces, and the recorded conversions of resources to targets.
    """
    if target.type not in _TYPES:
        return f"{target.name}: the type is {target.type!r}; Tilt knows job and server"
    state = target.state
    held = [word for word in ("waiting", "active", "terminated", "disabled") if getattr(state, word) is not None]
    if len(held) > 1:
        return f"{target.name}: {' and '.join(held)} at once; a target has one state or none"
    if state.active is not None:
        return _active_objection(target, state.active)
    if state.terminated is not None:
        return _terminated_objection(target, state.terminated)
    return None


def _active_objection(target: session.Target, active: session.TargetStateActive) -> str | None:
    if target.type == session.JOB and (active.ready or active.last_ready_time is not None):
        return (
            f"{target.name} is a job, and a running job is never ready: it succeeds or fails; "
            "end it with succeed() or fail(error), or declare a server if it is to become ready"
        )
    if active.start_time is None:
        return f"{target.name}: active without a start time; call start() first"
    return None


def _terminated_objection(target: session.Target, terminated: session.TargetStateTerminated) -> str | None:
    if target.type == session.SERVER and not terminated.error and not target.name.endswith(":runtime"):
        return (
            f"{target.name} is a server, and a server that ends is always an error, with exit code 0 too: "
            'call fail("Process 42 exited with non-zero status"), or declare a job if it is to succeed'
        )
    if terminated.grace_status and (terminated.grace_status not in _GRACE or not terminated.error):
        return (
            f"{target.name}: graceStatus {terminated.grace_status!r}; it is Tolerated or Exceeded, "
            "and only beside an error"
        )
    start, finish = terminated.start_time, terminated.finish_time
    if start is not None and finish is not None and finish < start:
        return (
            f"{target.name} finishes at {times.format_micro_time(finish)}, before its start at "
            f"{times.format_micro_time(start)}"
        )
    return None
