"""When a scenario's session is done: the instant of the first verdict, from its steps alone; pure.

``rules.exit_conditions`` decides. What is counted here only says when it is worth asking: a long scenario costs its
steps, and not its steps times its targets.
"""

import heapq
from typing import NamedTuple

from pytest_tiltsession import times
from pytest_tiltsession.engine import tilt
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import instants, states, steps


class Ending(NamedTuple):
    """The verdict, and when it comes: microseconds from the session's start."""

    at: int
    verdict: exit_conditions.Verdict


def ending(scenario: steps.Scenario) -> Ending | None:
    """Give the first verdict of a scenario whose steps are merged by instant; None where there is none."""
    judging = _Judging(scenario)
    opening = instants.opening(scenario)
    everything = (*([opening] if opening is not None else []), *scenario.steps)
    for index, step in enumerate(everything):
        found = judging.deadline_before(step.at)
        if found is not None:
            return found
        judging.apply(step)
        followed = index + 1 < len(everything) and everything[index + 1].at == step.at
        if not followed and (found := judging.judged(step.at)) is not None:
            return found
    return judging.deadline_before(None)


class _Judging:
    """The targets of a session as its steps move them, and what they amount to."""

    def __init__(self, scenario: steps.Scenario) -> None:
        self._scenario = scenario
        self._start = scenario.start
        self._spec = scenario.spec
        self._present = False
        self._cluster_error = False
        self._targets: dict[str, session.Target] = {}
        self._blocking: set[str] = set()
        self._failing: set[str] = set()
        # Of servers that are not ready: since when, by name and as a heap, from which stale ones are dropped late.
        self._since: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def apply(self, step: steps.Step) -> None:
        """Take over what a step says."""
        self._spec = step.spec or self._spec
        if step.session is not None:
            self._present = step.session != "absent"
        self._present = self._present or step.reload
        if step.cluster_error is not None:
            self._cluster_error = step.cluster_error
        for name, scripted in step.set.items():
            declared = self._scenario.declaration(name)
            if declared is None:
                continue  # told of by ``checking``
            before = self._targets.get(name)
            state = before.state if before is not None else None
            self._show(states.resolve(scripted, declared, state, self._start + step.at, self._start))
        for name in step.remove:
            self._targets.pop(name, None)
            self._blocking.discard(name)
            self._failing.discard(name)
            self._since.pop(name, None)

    def _show(self, target: session.Target) -> None:
        name, state = target.name, target.state
        self._targets[name] = target
        self._since.pop(name, None)
        error = state.terminated is not None and bool(state.terminated.error)
        unready = state.active is not None and not state.active.ready
        _put(self._blocking, name, present=error or unready or state.waiting is not None)
        tolerated = state.terminated is not None and state.terminated.grace_status == exit_conditions.TOLERATED
        _put(self._failing, name, present=error and not tolerated)
        if state.active is not None and unready and target.type != session.JOB:
            since = state.active.start_time if state.active.last_ready_time is None else state.active.last_ready_time
            if since is not None:
                self._since[name] = since
                heapq.heappush(self._heap, (since, name))

    def judged(self, at: int) -> Ending | None:
        """Give the verdict at an instant of a step, where there may be one."""
        if not self._present or self._spec.exit_condition == exit_conditions.MANUAL:
            return None
        usual = self._spec.exit_condition == exit_conditions.CI and not self._cluster_error
        due = None if self._spec.ci is None else self._due(self._spec.ci)
        # Passed before the session was there, or before its spec said so.
        passed = due is not None and due < at
        if usual and not passed and not self._failing and (self._blocking or len(self._targets) < 2):
            return None
        return self._ask(at, (self._start + at) * times.MICROSECOND)

    def deadline_before(self, at: int | None) -> Ending | None:
        """Give the verdict that a timeout brings before an instant, or ever."""
        if not self._present or self._spec.ci is None or self._spec.exit_condition != exit_conditions.CI:
            return None
        due = self._due(self._spec.ci)
        if due is None or (at is not None and due >= at):
            return None
        return self._ask(due, tilt.deadline_nanos(self._start + due))

    def _due(self, ci: session.SessionCISpec) -> int | None:
        """Give the offset of the earliest deadline, in whole microseconds."""
        found = []
        if (ci.timeout or 0) > 0:
            found.append(_whole(ci.timeout or 0))
        while self._heap and self._since.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if (ci.readiness_timeout or 0) > 0 and self._heap:
            found.append(self._heap[0][0] - self._start + _whole(ci.readiness_timeout or 0))
        return min(found, default=None)

    def _ask(self, at: int, now: int) -> Ending | None:
        targets = sorted(self._targets.values(), key=lambda target: target.name.encode("utf-8", "surrogatepass"))
        verdict = exit_conditions.judge(self._spec, targets, self._start, now, cluster_error=self._cluster_error)
        return Ending(at, verdict) if verdict.done else None


def _put(names: set[str], name: str, *, present: bool) -> None:
    if present:
        names.add(name)
    else:
        names.discard(name)


def _whole(nanos: int) -> int:
    """Give a duration in microseconds; a deadline within one is reached at its end."""
    return -(-nanos // times.MICROSECOND)
