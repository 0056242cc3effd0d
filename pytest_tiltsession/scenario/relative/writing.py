"""Writes a script as YAML for people, in the relative form; the absolute part of it as ``scenario.writing`` does.

Knows the keys of the format and nothing of reading it.
"""

import dataclasses
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps, yaml_text
from pytest_tiltsession.scenario import writing as absolute
from pytest_tiltsession.scenario.relative import phase_writing, script

_TRUE = yaml_text.Token("true")
_FALSE = yaml_text.Token("false")


def document(told: script.Script) -> str:
    """Give the text of the script's file; reading it gives an equal script."""
    base = told.base
    whole = absolute.document(base)
    bare = dataclasses.replace(base, targets={}, steps=(), faults=(), process=(), expect=None, consumer=None)
    head = absolute.document(bare)
    lines = [line for key, value in _header(told) for line in yaml_text.entry(key, value)]
    if told.entries:
        lines.append("resources:")
        for entry in told.entries:
            lines += yaml_text.entry(entry.name, _entry(entry), "  ")
    if told.events:
        lines.append("events:")
        spec = base.spec
        for event in told.events:
            lines += yaml_text.item(_event(event, spec), "  ")
            spec = event.reload.spec if event.reload is not None and event.reload.spec is not None else spec
    return head + "".join(f"{line}\n" for line in lines) + whole[len(head) :]


def _header(told: script.Script) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if told.start_up != "loaded":
        found.append(("startUp", told.start_up))
    if told.load != script.DEFAULT_LOAD:
        found.append(("load", _offset(told.load)))
    if told.load_error:
        found.append(("loadError", told.load_error))
    if told.pace != script.DEFAULT_PACE:
        found.append(("pace", _offset(told.pace)))
    if told.max_parallel_updates != script.DEFAULT_PARALLEL:
        found.append(("maxParallelUpdates", yaml_text.Token(str(told.max_parallel_updates))))
    if told.goes_on:
        found.append(("goesOn", _TRUE))
    return found


def _entry(entry: script.Resource | script.Track) -> dict[str, Any]:
    match entry:
        case script.Track():
            found: dict[str, Any] = {entry.type: [phase_writing.phase(it) for it in entry.phases]}
            natural: tuple[str, ...] = (entry.name.rpartition(":")[0],)
            if entry.name == steps.TILTFILE.name:
                natural = steps.TILTFILE.resources
            return found if entry.resources == natural else {**found, "resources": list(entry.resources)}
        case script.Local():
            return {"local": _local(entry)}
        case script.Kubernetes():
            return {"kubernetes": _kubernetes(entry)}
    return {"compose": _compose(entry)}


def _local(entry: script.Local) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if entry.update is not None:
        found["update"] = phase_writing.build(entry.update)
    if entry.serve is not None:
        found["serve"] = phase_writing.phases(entry.serve)
    return found | _common(entry) | ({"allowParallel": _TRUE} if entry.allow_parallel else {})


def _kubernetes(entry: script.Kubernetes) -> dict[str, Any]:
    found: dict[str, Any] = {"build": phase_writing.build(entry.build), "pods": phase_writing.phases(entry.pods)}
    if entry.pod_readiness != models.WAIT:
        found["podReadiness"] = entry.pod_readiness
    return found | _images(entry) | _common(entry)


def _compose(entry: script.Compose) -> dict[str, Any]:
    found: dict[str, Any] = {
        "build": phase_writing.build(entry.build),
        "container": phase_writing.phases(entry.container),
    }
    if entry.container_id:
        found["containerID"] = entry.container_id
    return found | _images(entry) | _common(entry)


def _images(entry: script.Kubernetes | script.Compose) -> dict[str, Any]:
    return {"images": list(entry.images)} if entry.images else {}


def _common(entry: script.Resource) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if entry.after:
        found["after"] = list(entry.after)
    if not entry.trigger_mode.auto_init:
        found["autoInit"] = _FALSE
    if not entry.trigger_mode.auto_on_change:
        found["triggerMode"] = "manual"
    if entry.disabled:
        found["disabled"] = _TRUE
    return found


def _event(event: script.Event, spec: session.SessionSpec) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(event.at, script.After):
        found |= phase_writing.wait(event.at)
    else:
        found["at"] = _offset(event.at)
    for word in ("disable", "enable", "trigger", "change"):
        if getattr(event, word):
            found[word] = list(getattr(event, word))
    if event.reload is not None:
        found["reload"] = _reload(event.reload, spec)
    if event.cluster:
        found["cluster"] = {event.cluster: event.cluster_error} if event.cluster_error else event.cluster
    if event.note:
        found["note"] = event.note
    return found


def _reload(reload: script.Reload, before: session.SessionSpec) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reload.add:
        found["add"] = {entry.name: _entry(entry) for entry in reload.add}
    for word in ("remove", "changed"):
        if getattr(reload, word):
            found[word] = list(getattr(reload, word))
    if reload.error:
        found["error"] = reload.error
    if reload.takes != script.DEFAULT_LOAD:
        found["takes"] = _offset(reload.takes)
    if reload.spec is not None:
        found["spec"] = _spec(before, reload.spec)
    return found


def _spec(before: session.SessionSpec, after: session.SessionSpec) -> dict[str, Any]:
    """Give what a Tiltfile says otherwise than before; ``ci`` as a whole."""
    found: dict[str, Any] = {}
    if after.exit_condition != before.exit_condition:
        found["exitCondition"] = after.exit_condition
    if after.tiltfile_path != before.tiltfile_path:
        found["tiltfilePath"] = after.tiltfile_path
    if after.ci != before.ci:
        found["ci"] = yaml_text.Token("null") if after.ci is None else _ci(after.ci)
    return found


def _ci(ci: session.SessionCISpec) -> dict[str, Any]:
    given = (
        ("timeout", ci.timeout),
        ("readinessTimeout", ci.readiness_timeout),
        ("k8sGracePeriod", ci.k8s_grace_period),
    )
    return {key: yaml_text.Token(times.format_duration(nanos)) for key, nanos in given if nanos is not None}


def _offset(micros: int) -> yaml_text.Token:
    return yaml_text.Token(instants.shown(micros))
