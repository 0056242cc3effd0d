"""What a target of a type may show, and with which payload; pure, and about single states only.

Pairs of states are not judged: Tilt batches its changes, so that waiting → terminated, terminated → active and
active → active are all seen. What clients write by HTTP is not held to this either, since Tilt takes it.
"""

import dataclasses

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions

_TYPES = (session.JOB, session.SERVER)
_GRACE = (exit_conditions.TOLERATED, exit_conditions.EXCEEDED)
_RUNTIME = ":runtime"


@dataclasses.dataclass(frozen=True, slots=True)
class Objection:
    """Why Tilt never shows a state; what a test calls instead, and what a scenario file writes instead."""

    why: str
    call: str = ""
    write: str = ""

    def __str__(self) -> str:
        return f"{self.why}; {self.call}" if self.call else self.why

    @property
    def in_file(self) -> str:
        """The same, for people who write scenario files."""
        return f"{self.why}; {self.write}" if self.write else self.why


def objection(target: session.Target) -> str | None:
    """Say why Tilt never shows this target in this state and what to call instead; None where it may.

    Sources: fidelity.md (The default session), the traces, and the recorded conversions of resources to targets.
    """
    found = examine(target)
    return None if found is None else str(found)


def examine(target: session.Target) -> Objection | None:
    """Give the objection itself, for those who speak to readers of files as well; None where there is none."""
    if target.type not in _TYPES:
        return Objection(f"{target.name}: the type is {target.type!r}; Tilt knows job and server")
    state = target.state
    held = [word for word in ("waiting", "active", "terminated", "disabled") if getattr(state, word) is not None]
    if len(held) > 1:
        return Objection(f"{target.name}: {' and '.join(held)} at once; a target has one state or none")
    if state.active is not None:
        return _object_to_active(target, state.active)
    if state.terminated is not None:
        return _object_to_terminated(target, state.terminated)
    return None


def _object_to_active(target: session.Target, active: session.TargetStateActive) -> Objection | None:
    """Judge a running target.

    A Kubernetes Job's ``:runtime`` target is a job and ready as its pods are. A server that is being restarted has
    no start time yet, and is not ready (up-file-change-rebuild, up-trigger).
    """
    never_ready = target.type == session.JOB and not target.name.endswith(_RUNTIME)
    if never_ready and (active.ready or active.last_ready_time is not None):
        return Objection(
            f"{target.name} is a job, and a running job is never ready: it succeeds or fails",
            "end it with succeed() or fail(error), or declare a server if it is to become ready",
            "write active, and terminated when it ends, or give it type: server if it is to become ready",
        )
    if active.start_time is None and (active.ready or target.type == session.JOB):
        return Objection(
            f"{target.name}: active without a start time, which only a restarting server shows, not ready yet",
            "call start() first",
            "leave startTime out, or give an offset such as 1.5s",
        )
    return None


def _object_to_terminated(target: session.Target, terminated: session.TargetStateTerminated) -> Objection | None:
    if target.type == session.SERVER and not terminated.error and not target.name.endswith(_RUNTIME):
        return Objection(
            f"{target.name} is a server, and a server that ends is always an error, with exit code 0 too",
            'call fail("Process 42 exited with non-zero status"), or declare a job if it is to succeed',
            "write {terminated: {error: Process 42 exited with non-zero status}}, "
            "or give it type: job if it is to succeed",
        )
    if terminated.grace_status and (terminated.grace_status not in _GRACE or not terminated.error):
        return Objection(
            f"{target.name}: graceStatus {terminated.grace_status!r}; it is Tolerated or Exceeded, "
            "and only beside an error"
        )
    start, finish = terminated.start_time, terminated.finish_time
    if start is not None and finish is not None and finish < start:
        return Objection(
            f"{target.name} finishes at {times.format_micro_time(finish)}, before its start at "
            f"{times.format_micro_time(start)}"
        )
    return None
