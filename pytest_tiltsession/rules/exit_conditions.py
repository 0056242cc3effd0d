"""The exit decision: whether a session is done, with which error, and when to look again; a pure rule.

Pinned to 889 decisions of the real code (exit-decisions.jsonl). Everything is integer nanoseconds, since some of
those decisions turn on less than a microsecond.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from pytest_tiltsession import times
from pytest_tiltsession.models import session

MANUAL = "manual"
CI = "ci"

TOLERATED = "Tolerated"
EXCEEDED = "Exceeded"

CLUSTER_ERROR = "cluster connection failed"


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the targets at one instant.

    ``requeue_after`` is Tilt's own wish to look again, in nanoseconds from now (0: none). ``recheck_at`` is the
    earliest deadline, in nanoseconds since the epoch, that has not passed: unlike Tilt's wish it is kept at the very
    instant of the deadline, where a real clock never stands.
    """

    done: bool
    error: str
    requeue_after: int = 0
    recheck_at: int | None = None

    @property
    def exit_code(self) -> int | None:
        """What Tilt's process exits with: 0 or 1, or None while the session goes on."""
        return None if not self.done else int(bool(self.error))


def judge(
    spec: session.SessionSpec,
    targets: Sequence[session.Target],
    start_time: int | None,
    now: int,
    cluster_error: bool = False,
    wanted: int = 0,
) -> Verdict:
    """Judge a session as Tilt's session controller does.

    ``start_time`` is in microseconds since the epoch (None is Go's zero time: elapsed then counts from year 1),
    ``now`` in nanoseconds since the epoch; ``wanted`` is a wake-up that is already asked for, in nanoseconds from now
    (0: none), of which the earlier one is kept.
    """
    if spec.exit_condition == MANUAL:
        return Verdict(False, "", wanted, now + wanted if wanted else None)
    done, error = False, ""
    if spec.exit_condition != CI:
        done, error = True, f"unsupported exit condition: {spec.exit_condition}"
    if cluster_error:
        return Verdict(True, CLUSTER_ERROR, wanted)
    failure = next(filter(None, map(_failure, targets)), None)
    if failure is not None:
        return Verdict(True, failure, wanted)
    summary = _Summary(targets)
    if summary.all_ok and len(targets) > 1:
        return Verdict(True, error, wanted)
    if done:
        return Verdict(done, error, wanted)
    return _enforce_timeouts(spec.ci or session.SessionCISpec(), summary, targets, start_time, now, wanted)


def _failure(target: session.Target) -> str | None:
    """Give the error that ends the session, unless the grace period tolerates it."""
    terminated = target.state.terminated
    if terminated is None or not terminated.error or terminated.grace_status == TOLERATED:
        return None
    return f"exceeded grace period: {terminated.error}" if terminated.grace_status == EXCEEDED else terminated.error


class _Summary:
    """The targets that stand in the way of success, by how they do."""

    def __init__(self, targets: Iterable[session.Target]) -> None:
        self.waiting: list[str] = []
        self.not_ready: list[str] = []
        self.retrying: list[str] = []
        for target in targets:
            state = target.state
            if state.waiting is not None:
                self.waiting.append(f"{target.name} {state.waiting.wait_reason}")
            elif state.active is not None and not state.active.ready:
                self.not_ready.append(target.name)
            elif state.terminated is not None and state.terminated.error:
                self.retrying.append(target.name)

    @property
    def all_ok(self) -> bool:
        return not (self.waiting or self.not_ready or self.retrying)

    def __str__(self) -> str:
        groups = (("waiting", self.waiting), ("not ready", self.not_ready), ("retrying", self.retrying))
        return ", ".join(f"{len(names)} resources {word} ({','.join(names)})" for word, names in groups if names)


def _enforce_timeouts(
    ci: session.SessionCISpec,
    summary: _Summary,
    targets: Iterable[session.Target],
    start_time: int | None,
    now: int,
    wanted: int,
) -> Verdict:
    """Look at the readiness timeout of each server, then at the timeout of the whole session.

    Both are strict: a session that stands exactly at its limit goes on.
    """
    requeue_after, deadlines = wanted, [now + wanted] if wanted else []
    limit = ci.readiness_timeout or 0
    if limit > 0:
        rests = []
        for target in targets:
            since = _not_ready_since(target)
            if since is None:
                continue
            rest = limit - (now - since * times.MICROSECOND)
            if rest < 0:
                error = f"Readiness timeout after {times.format_duration(limit)}: target {target.name} not ready"
                return Verdict(True, error, requeue_after)
            rests.append(rest)
        deadlines += [now + rest for rest in rests]
        shortest = min(rests, default=limit)
        if shortest < limit:
            requeue_after = _earlier(requeue_after, shortest)
    limit = ci.timeout or 0
    if limit > 0:
        rest = limit - _elapsed(start_time, now)
        if rest < 0:
            return Verdict(True, f"Timeout after {times.format_duration(limit)}: {summary}", requeue_after)
        requeue_after = _earlier(requeue_after, rest)
        deadlines.append(now + rest)
    return Verdict(False, "", requeue_after, min(deadlines, default=None))


def _not_ready_since(target: session.Target) -> int | None:
    """Give the microsecond from which a server's readiness timeout counts; None where it does not apply."""
    active = target.state.active
    if active is None or active.ready or target.type == session.JOB or target.state.waiting is not None:
        return None
    return active.start_time if active.last_ready_time is None else active.last_ready_time


def _earlier(wanted: int, wish: int) -> int:
    """Keep the earlier of two wake-ups, where 0 is none."""
    return wish if not wanted or wish < wanted else wanted


def _elapsed(start_time: int | None, now: int) -> int:
    """Give now - start in nanoseconds; it ends at int64's limit, as Go's durations do."""
    start = times.ZERO_TIME_MICROS if start_time is None else start_time
    return min(now - start * times.MICROSECOND, times.INT64_MAX)
