"""The conversion of a resource to its targets, pinned to what Tilt's own code made of hand-built engine states."""

import collections
import json
from typing import Any

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import encoding, resources, runtimes, session
from pytest_tiltsession.rules import exit_conditions, pods, targets

GROUPS = {
    "builds": 84,
    "compose-state": 54,
    "compose-trigger-mode": 118,
    "disabled": 42,
    "holds": 139,
    "k8s-error-text": 23,
    "k8s-grace": 75,
    "k8s-job-complete": 61,
    "k8s-never-deployed-with-pods": 64,
    "k8s-no-pods": 92,
    "k8s-pod-conversion": 36,
    "k8s-pod-matrix": 300,
    "k8s-several-pods": 18,
    "k8s-status-text": 51,
    "k8s-times": 10,
    "k8s-trigger-mode": 109,
    "local-serve-state": 37,
    "local-trigger-mode": 83,
    "names": 4,
    "synthetic-runtime-state": 25,
    "tiltfile": 18,
}


def differences(label: str, expected: Any, found: Any) -> list[str]:
    """Say in which row, and how, what was found differs from what is expected."""
    if expected == found:
        return []
    return [f"{label}\n  expected {json.dumps(expected)}\n  found    {json.dumps(found)}"]


def test_every_recorded_group_is_replayed(target_rows):
    """No group of the table is left out."""
    found = collections.Counter(row.raw["group"] for row in target_rows)

    assert found == GROUPS


@pytest.mark.parametrize("group", GROUPS)
def test_a_resource_has_the_recorded_targets(target_rows, machine_now, group):
    """Each resource of the table gets Tilt's targets, in Tilt's order, and Tilt's wish to look again."""
    wrong = []
    for row in target_rows:
        if row.raw["group"] != group:
            continue
        converted = targets.targets_of(
            row.resource,
            now=row.now,
            hold_reason=row.raw["input"]["hold_reason"],
            k8s_grace_period=row.grace,
            wanted=row.raw["input"]["requeue_in_s"] * times.SECOND,
            machine_now=machine_now,
        )
        expected = row.raw["expected"]
        found = [encoding.to_wire(target) for target in converted.targets]
        wrong += differences(row.label, expected["targets"], found)
        wrong += differences(f"{row.label}: requeue", expected["requeue_after_ns"], converted.requeue_after_ns)

    assert not wrong, "\n".join(wrong)


def test_the_sessions_of_the_stories_are_recomputed_whole(stories, machine_now):
    """From engine state and holds follow the recorded targets, the verdict, its requeue, and whether it is written."""
    wrong = []
    for story in stories:
        # One reconcile with an empty engine came before the first step.
        empty = resources.EngineState(tiltfile=resources.Resource(name="(Tiltfile)", kind=resources.TILTFILE))
        first = story[0]
        before, _ = reconcile(empty, first.spec, {}, first.raw["status"], first.now, machine_now)
        for step in story:
            raw = step.raw
            status, requeue = reconcile(step.state, step.spec, raw["holds"], raw["status"], step.now, machine_now)
            wrong += differences(step.label, raw["status"], status)
            wrong += differences(f"{step.label}: requeue", raw["requeue_after_ns"], requeue)
            wrong += differences(f"{step.label}: written", raw["status_written"], status != before)
            before = status

    assert not wrong, "\n".join(wrong)


def session_targets(
    state: resources.EngineState, *, now: int, holds: dict[str, str], grace: int | None, machine_now: int
) -> targets.Converted:
    """Convert a whole engine, as Tilt's controller does: each resource by itself, the targets by their names."""
    parts = [
        targets.targets_of(it, now=now, hold_reason=holds.get(it.name), k8s_grace_period=grace, machine_now=machine_now)
        for it in (*([state.tiltfile] if state.tiltfile else []), *state.resources)
    ]
    found = sorted((target for part in parts for target in part.targets), key=lambda it: it.name.encode())
    wishes = [part.requeue_after_ns for part in parts if part.requeue_after_ns]
    return targets.Converted(tuple(found), min(wishes, default=0))


def reconcile(
    state: resources.EngineState,
    spec: session.SessionSpec,
    holds: dict[str, str],
    kept: dict[str, Any],
    now: int,
    machine_now: int,
) -> tuple[dict[str, Any], int]:
    """Give the status that Tilt's controller would write, and its requeue; pid and start time are kept."""
    grace = spec.ci.k8s_grace_period if spec.ci else None
    converted = session_targets(state, now=now, holds=holds, grace=grace, machine_now=machine_now)
    start = times.parse_micro_time(kept["startTime"])
    verdict = exit_conditions.judge(
        spec,
        converted.targets,
        start,
        now,
        cluster_error=targets.cluster_failed(state),
        wanted=converted.requeue_after_ns,
    )
    status = session.SessionStatus(kept["pid"], start, converted.targets, verdict.done, verdict.error)
    return encoding.to_wire(status), verdict.requeue_after


def test_a_change_dated_after_the_machine_clock_waits_unless_another_clock_is_given():
    """Without a machine clock of its own, a conversion compares the times of changes with ``now``."""
    changed = resources.Builds(history=(resources.Build(start=1, finish=2),), manifest_change=5_000_000)
    tiltfile = resources.Resource(name="(Tiltfile)", kind=resources.TILTFILE, builds=changed)

    early = targets.targets_of(tiltfile, now=4_999_999_999)
    due = targets.targets_of(tiltfile, now=5_000_000_000)
    ahead = targets.targets_of(tiltfile, now=1, machine_now=5_000_000_000)

    assert [it.targets[0].state.word for it in (early, due, ahead)] == ["terminated", "waiting", "waiting"]


def test_a_pod_without_a_creation_time_is_the_oldest():
    """The pod that counts is the one created latest; one that has no creation time yet comes last."""
    unborn, old = runtimes.Pod(name="z"), runtimes.Pod(name="a", created_at=0)

    assert pods.newest([unborn, old]) == old


def test_a_failed_pod_is_named_as_go_quotes_it():
    """Control characters, quotes and unprintable characters of a pod's name are escaped as Go's %q escapes them."""
    pod = runtimes.Pod(name='a"\\\x00\x7f\u200b\U000e0001é', phase="Failed")
    runtime = runtimes.K8sRuntime(has_ever_deployed=True, pods=(pod,))
    resource = resources.Resource(name="fe", kind=resources.K8S, runtime=runtime)

    _, target = targets.targets_of(resource, now=0).targets

    assert target.state.terminated is not None
    assert target.state.terminated.error == r'Pod "a\"\\\x00\x7f\u200b\U000e0001é" failed'


def test_the_first_failing_container_is_named_init_containers_first():
    """Of several failing containers the error names the first init container."""
    failed = [runtimes.Container(name=name, state="terminated", exit_code=1) for name in ("main", "i1", "i2")]
    pod = runtimes.Pod(name="p", status="Init:Error", containers=tuple(failed[:1]), init_containers=tuple(failed[1:]))
    runtime = runtimes.K8sRuntime(has_ever_deployed=True, pods=(pod,))
    resource = resources.Resource(name="fe", kind=resources.K8S, runtime=runtime)

    _, target = targets.targets_of(resource, now=0).targets

    assert target.state.terminated is not None
    assert target.state.terminated.error == "Pod p in error state due to container i1: Init:Error"
