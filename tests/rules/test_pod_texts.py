"""Status text and errors of pods, pinned to Tilt's own conversion of pods from Kubernetes."""

import pytest

from pytest_tiltsession.models import runtimes
from pytest_tiltsession.rules import pod_texts, pods, short_pods

# Groups of targets.jsonl whose pods were converted by Tilt from Kubernetes objects; in the others they are hand-made.
CONVERTED = {
    "k8s-pod-matrix",
    "k8s-never-deployed-with-pods",
    "k8s-pod-conversion",
    "k8s-job-complete",
    "k8s-several-pods",
}


def detail(raw):
    return pod_texts.Detail(
        state=raw["state"],
        reason=raw.get("reason", ""),
        exit_code=raw["exitCode"],
        signal=raw.get("signal", 0),
        ready=raw["ready"],
        message=raw.get("message", ""),
        last_exit_code=raw.get("last_exit_code", 0),
        last_message=raw.get("last_message", ""),
    )


def converted(target_rows, stories):
    """Give every recorded pod that Tilt converted."""
    for row in target_rows:
        if row.raw["group"] in CONVERTED:
            yield from row.raw["input"]["pods"] or ()
    for story in stories:
        for step in story:
            for resource in step.raw["engine"]["resources"]:
                yield from resource.get("pods") or ()


def test_every_recorded_pod_has_its_status_and_its_errors(target_rows, stories):
    """From a pod's phase, reason and containers follow the status and the messages that Tilt took from it."""
    wrong, seen = [], 0
    for raw in converted(target_rows, stories):
        init, main = ([detail(it) for it in raw[key] or ()] for key in ("initContainers", "containers"))
        found = pod_texts.status(raw["phase"], init, main, raw.get("status_reason", "")), pod_texts.messages(init, main)
        seen += 1
        if found != (raw["status"], tuple(raw["errors"] or ())):
            wrong.append(f"{raw}\n  found {found}")

    assert not wrong, "\n".join(wrong)
    assert seen == 609


@pytest.mark.parametrize(
    ("reason", "fails"),
    [
        ("ContainerCreating", False),
        ("ErrImagePull", True),
        ("CreateContainerConfigError", False),
        ("Init:0/1", False),
        ("Init:Error", True),
        ("Init:ExitCode:3", True),
        ("Init:CrashLoopBackOff", True),
        ("Init:CreateContainerError", False),
        ("unknown", False),
    ],
)
def test_a_pod_in_short_fails_as_its_status_says(reason, fails):
    """A pending pod that is told by its status has containers that Tilt judges accordingly."""
    pod = short_pods.pending("p", reason, 0, container="c")

    assert ("" if reason == "unknown" else reason) == pod.status
    assert fails == (pods.failing_container(pod) is not None)


def test_pods_in_short_show_their_phase():
    """A pod that runs is ready or not; one that has ended has a container that says so."""
    running = short_pods.running("p", 1, container="c", ready=True)
    failed = short_pods.failed("p", 1, container="c", error="boom")

    assert pods.all_ready(running)
    assert not pods.all_ready(short_pods.running("p", 1, container="c", ready=False))
    assert (("boom",), "Failed") == (failed.errors, failed.phase)
    assert short_pods.succeeded("p", 1, container="c").containers == (
        runtimes.Container(name="c", state="terminated", reason="Completed"),
    )
