"""The keys of each phase of a scenario file, and the phases that they make."""

import dataclasses
from typing import Any

from pytest_tiltsession.scenario import kinds, shapes, time_kinds
from pytest_tiltsession.scenario.relative import script, words

_TIME = time_kinds.Offset(nullable=True)
_START = shapes.Key("startTime", _TIME, "When execution began, of a bare target where that does not follow.")
_FINISH = shapes.Key("finishTime", _TIME, "When execution ended, of a bare target where that does not follow.")
_CODE = kinds.Whole(1, 255)
_NAME = kinds.Text(empty=False)

WAIT = shapes.Shape(
    "a wait",
    shapes.Key("after", _NAME, "The target or resource that is waited for.", "write after: db"),
    *(
        shapes.Key(what, time_kinds.Offset(), f"Until it has {verb} for the first time, and this much later.")
        for what, verb in (
            ("started", "started"),
            ("ready", "become ready"),
            ("done", "ended"),
            ("succeeded", "succeeded"),
            ("failed", "failed"),
        )
    ),
    shapes.Key("delay", time_kinds.Offset(), "How much later, where nothing is said of what is waited for."),
    shapes.Key("reason", _NAME, "The wait reason that is shown meanwhile."),
)
WAITING = shapes.Shape("a waiting state", blank=True)
ACTIVE = shapes.Shape(
    "an active state",
    shapes.Key("ready", kinds.Flag(), "Whether readiness checks passed; without it a server is ready, a job is not."),
    _START,
    shapes.Key("lastReadyTime", _TIME, "When it was last seen ready, of a bare target where that does not follow."),
    blank=True,
)
READY = shapes.Shape("a ready state", blank=True)
SUCCEEDED = shapes.Shape("a good end", _START, _FINISH, blank=True)
FAILED = shapes.Shape(
    "a failure",
    shapes.Key("error", kinds.Text(), "What went wrong; without it what Tilt says of such a failure."),
    shapes.Key("exitCode", _CODE, "The exit code of a Compose container."),
    shapes.Key("graceStatus", kinds.Choice(("Tolerated", "Exceeded")), "Of a bare target: the grace of its error."),
    _START,
    _FINISH,
    blank=True,
)
TERMINATED = shapes.Shape("a terminated state", *FAILED.keys.values(), blank=True)
NOTHING = shapes.Shape("this state", blank=True)
CONTAINER = shapes.Shape(
    "a container",
    shapes.Key("name", _NAME, "Its name; main where not given."),
    shapes.Key("waiting", kinds.Text(), "Why it waits, such as ErrImagePull."),
    shapes.Key("exitCode", kinds.Whole(0, 255), "The exit code with which it has terminated."),
    shapes.Key("reason", _NAME, "The reason beside the exit code, such as OOMKilled."),
    shapes.Key("message", kinds.Text(), "What Kubernetes says of it."),
    shapes.Key("ready", kinds.Flag(), "Whether it is ready, where it runs."),
)
POD = shapes.Shape(
    "a pod",
    shapes.Key("phase", kinds.Choice(words.PHASES), "Its phase.", "write phase: Running"),
    shapes.Key("name", _NAME, "Its name; numbered by the resource where not given."),
    shapes.Key("status", kinds.Text(), "What kubectl shows of it, where it does not follow from its containers."),
    shapes.Key("containers", shapes.ListOf(CONTAINER, "a container"), "Its containers."),
    shapes.Key("initContainers", shapes.ListOf(CONTAINER, "an init container"), "Its init containers."),
    shapes.Key("jobComplete", kinds.Flag(), "Whether the Job that it belongs to has the condition JobComplete."),
)
_SHAPES = {
    "waiting": WAITING,
    "active": ACTIVE,
    "ready": READY,
    "succeeded": SUCCEEDED,
    "failed": FAILED,
    "terminated": TERMINATED,
    "pod": POD,
}


def of_word(word: str) -> shapes.Shape:
    """Give the shape of a word's details."""
    return _SHAPES.get(word, NOTHING)


def plain(word: str, where: script.Where) -> script.Phase:
    """Give the phase of a word without details; a pod has some."""
    found = phase(word, shapes.Found(where.line), where)
    assert isinstance(found, script.Phase)
    return found


def phase(word: str, found: shapes.Found, where: script.Where) -> Any:
    """Give the phase of a word and the details that were found."""
    if word == "pod":
        return _pod(found, where)
    if word == "ready":
        return script.Phase("active", ready=True, where=where)
    given: Any = {
        name: found.values[key]
        for key, name in (
            ("ready", "ready"),
            ("error", "error"),
            ("exitCode", "exit_code"),
            ("graceStatus", "grace_status"),
            ("startTime", "start_time"),
            ("finishTime", "finish_time"),
            ("lastReadyTime", "last_ready_time"),
        )
        if key in found.values
    }
    if word == "terminated":
        word = "failed" if given.get("error") or "exit_code" in given else "succeeded"
    known: Any = word
    return script.Phase(known, **given, where=where)


def _pod(found: shapes.Found, where: script.Where) -> Any:
    if "phase" not in found.values:
        return kinds.UNREADABLE
    pod = script.Pod(
        found.values["phase"],
        found.get("status"),
        tuple(map(_container, found.get("containers", ()))),
        tuple(map(_container, found.get("initContainers", ()))),
        found.get("jobComplete", False),
    )
    return script.Phase("pod", pod_name=found.get("name", ""), pod=pod, where=where)


def _container(found: shapes.Found) -> script.Container:
    return script.Container(
        found.get("name", "main"),
        found.get("waiting"),
        found.get("exitCode"),
        found.get("reason", ""),
        found.get("message", ""),
        found.get("ready", False),
    )


def lasting(found: script.Phase, lasts: int | None, pod_name: str) -> script.Phase:
    """Give a phase with what stands beside its word."""
    return dataclasses.replace(found, lasts=lasts, pod_name=pod_name or found.pod_name)
