"""Phases as values for YAML: the shortest form that reads back as the same phase."""

from typing import Any

from pytest_tiltsession.scenario import instants, steps, yaml_text
from pytest_tiltsession.scenario.relative import script

_TRUE = yaml_text.Token("true")
_FALSE = yaml_text.Token("false")
_TIMES = (("startTime", "start_time"), ("finishTime", "finish_time"), ("lastReadyTime", "last_ready_time"))


def build(told: script.Phases) -> Any:
    """Give the phases of builds: a duration where it takes that long and ends well."""
    match told:
        case (script.Phase("active", int(takes)) as first, script.Phase("succeeded") as last):
            if (first, last) == (script.Phase("active", takes), script.Phase("succeeded")):
                return yaml_text.Token(instants.shown(takes))
    return phases(told)


def phases(told: script.Phases) -> Any:
    """Give phases: one alone as it is, where that is a word."""
    found = [phase(it) for it in told]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else found


def phase(told: script.Phase | script.After) -> Any:
    """Give one phase: a word, or a mapping of the word and its details, beside how long it lasts."""
    if isinstance(told, script.After):
        return wait(told)
    word, details = _state(told)
    beside: dict[str, Any] = {}
    if told.pod_name and told.pod is None:
        beside["podName"] = told.pod_name
    if told.lasts is not None:
        beside["for"] = _offset(told.lasts)
    if details is None and not beside:
        return word
    return {word: {} if details is None else details, **beside}


def wait(told: script.After) -> dict[str, Any]:
    """Give a wait: ``{after: db, ready: 1s}``."""
    found: dict[str, Any] = {"after": told.of}
    if told.what is not None:
        found[told.what] = _offset(told.delay)
    elif told.delay:
        found["delay"] = _offset(told.delay)
    if told.reason is not None:
        found["reason"] = told.reason
    return found


def _state(told: script.Phase) -> tuple[str, Any]:
    """Give the word of a phase and its details; None for none."""
    times = _times(told)
    match told.word:
        case "waiting":
            return "waiting", None if told.reason == "unknown" else told.reason
        case "active" if told.ready and not times:
            return "ready", None
        case "active":
            shown = {} if told.ready is None else {"ready": _TRUE if told.ready else _FALSE}
            return "active", {**shown, **times} or None
        case "failed":
            return "failed", _failure(told, times)
        case "succeeded":
            return "succeeded", times or None
        case "pod":
            return "pod", _pod(told)
    return told.word, None


def _failure(told: script.Phase, times: dict[str, Any]) -> Any:
    details: dict[str, Any] = {"error": told.error} if told.error else {}
    if told.exit_code is not None:
        details["exitCode"] = yaml_text.Token(str(told.exit_code))
    if told.grace_status:
        details["graceStatus"] = told.grace_status
    details |= times
    return told.error if list(details) == ["error"] else details or None


def _times(told: script.Phase) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, name in _TIMES:
        offset = getattr(told, name)
        if not isinstance(offset, steps.Natural):
            found[key] = yaml_text.Token("null") if offset is None else _offset(offset)
    return found


def _pod(told: script.Phase) -> dict[str, Any]:
    pod = told.pod
    assert pod is not None
    found: dict[str, Any] = {"phase": pod.phase}
    if told.pod_name:
        found["name"] = told.pod_name
    if pod.status is not None:
        found["status"] = pod.status
    for key, containers in (("containers", pod.containers), ("initContainers", pod.init_containers)):
        if containers:
            found[key] = [_container(it) for it in containers]
    if pod.job_complete:
        found["jobComplete"] = _TRUE
    return found


def _container(container: script.Container) -> dict[str, Any]:
    found: dict[str, Any] = {"name": container.name}
    if container.waiting is not None:
        found["waiting"] = container.waiting
    if container.exit_code is not None:
        found["exitCode"] = yaml_text.Token(str(container.exit_code))
    if container.reason:
        found["reason"] = container.reason
    if container.message:
        found["message"] = container.message
    if container.ready:
        found["ready"] = _TRUE
    return found


def _offset(micros: int) -> yaml_text.Token:
    return yaml_text.Token(instants.shown(micros))
