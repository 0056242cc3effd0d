"""The instants at which Tilt loses its patience: the timeout, a server's readiness timeout, a grace period; pure.

Times are microseconds since the session's start, limits nanoseconds. Which clock each counts from is the exit
decision's (:mod:`pytest_tiltsession.rules.exit_conditions`) and that of :mod:`pytest_tiltsession.rules.kubernetes`.
"""

import bisect
import dataclasses
import operator
from collections.abc import Sequence

from pytest_tiltsession import times
from pytest_tiltsession.expectations import lettering, states, timeline
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.store import journal

TIMEOUT = "timeout"
READINESS = "readiness timeout"
GRACE = "k8s grace period"


@dataclasses.dataclass(frozen=True, slots=True)
class Deadline:
    """A limit that runs out at ``at``; ``target`` is empty for the whole session."""

    at: int
    kind: str
    limit: int
    target: str = ""

    def in_words(self) -> str:
        """Say which it is and when."""
        whose = f" of {self.target}" if self.target else ""
        return f"{self.kind}{whose} ({times.format_duration(self.limit)}) ends at {lettering.clock(self.at)}"


class Deadlines:
    """Finds the deadlines of one session. ``origin`` is the session's start in microseconds since the epoch."""

    def __init__(self, value: timeline.Timeline, entries: Sequence[journal.Committed], origin: int) -> None:
        self._value = value
        self._origin = origin
        self._specs: list[tuple[int, sessions.SessionSpec]] = []
        for entry in entries:
            known = self._specs[-1][1] if self._specs else None
            if entry.name == value.name and entry.type != journal.DELETED and entry.spec != known:
                self._specs.append((entry.at - origin, entry.spec))
        self._deploys: dict[str, list[tuple[int, int]]] = {}
        for row in value.rows:
            for item in row.segments:
                ended = None if item.state is None else item.state.terminated
                if ended is not None and not ended.error and ended.finish_time is not None:
                    for resource in row.resources:
                        self._deploys.setdefault(resource, []).append((item.begin, ended.finish_time))

    def spec(self, at: int) -> sessions.SessionSpec | None:
        """Give the spec in force at an instant; None before the session is there."""
        place = bisect.bisect_right(self._specs, at, key=operator.itemgetter(0))
        return self._specs[place - 1][1] if place else None

    def of_session(self) -> Deadline | None:
        """Give when the whole session runs out of time; None where it has no such limit."""
        spec = self.spec(self._value.now)
        if spec is None or spec.exit_condition != exit_conditions.CI:
            return None
        limit = (spec.ci or sessions.SessionCISpec()).timeout or 0
        return Deadline(limit // times.MICROSECOND, TIMEOUT, limit) if limit > 0 else None

    def of_segment(self, row: timeline.Row, segment: timeline.Segment) -> Deadline | None:
        """Give the deadline that a target had in one of its states; None where it had none."""
        spec = self.spec(self._value.now if segment.end is None else segment.end)
        if spec is None or spec.exit_condition != exit_conditions.CI or segment.state is None:
            return None
        limits = spec.ci or sessions.SessionCISpec()
        words, active = states.words_of(segment.state), segment.state.active
        if states.NOT_READY in words and row.type != sessions.JOB and active is not None:
            since = active.start_time if active.last_ready_time is None else active.last_ready_time
            return self._after(since, limits.readiness_timeout, READINESS, row.name)
        if states.RETRYING in words:
            return self._after(self._deployed(row, segment.begin), limits.k8s_grace_period, GRACE, row.name)
        return None

    def mark(self, row: timeline.Row, segment: timeline.Segment) -> Deadline | None:
        """Give the deadline of a state where it was met, or may still be; None where it was averted or is void."""
        found = self.of_segment(row, segment)
        if found is None or (segment.end is not None and segment.end < found.at):
            return None
        return None if self._value.done and found.at > self._value.now else found

    def _after(self, since: int | None, limit: int | None, kind: str, target: str) -> Deadline | None:
        if since is None or not limit or limit <= 0:
            return None
        return Deadline(since - self._origin + limit // times.MICROSECOND, kind, limit, target)

    def _deployed(self, row: timeline.Row, at: int) -> int | None:
        """Give the instant of a resource's last deploy: the end of the last build that went well."""
        ends = [end for name in row.resources for begin, end in self._deploys.get(name, ()) if begin <= at]
        return max(ends, default=None)
