"""Makes a script of what was read from a file and of the scripts that it includes; knows no YAML.

The absolute part (header, targets, steps) is assembled by ``scenario.assembling``.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import assembling, instants, problems, process_kind, process_lives, shapes, steps
from pytest_tiltsession.scenario.relative import entry_assembling, script

_INHERITED = ("title", "description", "source", "start", "expect", "consumer")
_RELATIVE = ("startUp", "load", "loadError", "pace", "maxParallelUpdates", "goesOn")
_FIELDS = ("start_up", "load", "load_error", "pace", "max_parallel_updates", "goes_on")


def assembled(
    document: shapes.Found, included: Sequence[script.Script], told: problems.Problems, play: process_kind.Play
) -> script.Script:
    """Give the script; what the file does not say of the session is taken from the first file that it includes.

    ``play`` reads the scenarios that restarts bring.
    """
    first = included[0] if included else None
    base = assembling.Assembler(_absolute(document, included), told, play).scenario()
    if included:
        inherited = tuple(fault for one in included for fault in one.base.faults)
        happenings = [it for one in included for it in one.base.process]
        process = process_kind.ordered((*(dataclasses.replace(it, line=None) for it in happenings), *base.process))
        base = dataclasses.replace(base, faults=(*inherited, *base.faults), process=process)
    for objection in process_lives.objections(base):
        told.add(objection.happening.line or document.line_of("process"), objection.text)
    if first is not None:
        kept = {key: getattr(first.base, key) for key in _INHERITED if key not in document.lines}
        base = dataclasses.replace(base, **kept)
    entries = [entry for one in included for entry in one.entries]
    entries += entry_assembling.entries(document.get("resources"), told)
    own_events = entry_assembling.events(document.get("events", ()), base.spec, told)
    events = [event for one in included for event in one.events] + own_events
    fields: dict[str, Any] = {
        field: document.values[key] if key in document.values else getattr(first, field)
        for key, field in zip(_RELATIVE, _FIELDS, strict=True)
        if key in document.values or first is not None
    }
    return script.Script(base=_with_steps(base, included), entries=tuple(entries), events=tuple(events), **fields)


def _absolute(document: shapes.Found, included: Sequence[script.Script]) -> shapes.Found:
    """Give the document with the targets and the session that it takes from what it includes."""
    found = shapes.Found(document.line, dict(document.values), dict(document.lines))
    if not included:
        return found
    own: shapes.Found = document.get("session") or shapes.Found(document.line)
    found.values["session"] = shapes.Found(own.line, {**_session(included[0].base), **own.values}, own.lines)
    targets: shapes.Found = document.get("targets") or shapes.Found(document.line)
    inherited = {name: it for one in included for name, it in one.base.targets.items()}
    values = {name: _target(it, document.line) for name, it in inherited.items()}
    lines = dict.fromkeys(values, document.line)
    found.values["targets"] = shapes.Found(targets.line, {**values, **targets.values}, {**lines, **targets.lines})
    return found


def _session(base: steps.Scenario) -> dict[str, Any]:
    """Give the keys of a session as if they stood in the file."""
    found: dict[str, Any] = {
        "exitCondition": base.spec.exit_condition,
        "tiltfilePath": base.spec.tiltfile_path,
        "ci": None if base.spec.ci is None else shapes.Found(1, _ci(base.spec.ci)),
        "pid": base.pid,
    }
    for key, texts in (("labels", base.labels), ("annotations", base.annotations)):
        if texts is not None:
            found[key] = shapes.Found(1, dict(texts))
    return found


def _ci(ci: session.SessionCISpec) -> dict[str, int]:
    given = {
        "timeout": ci.timeout,
        "readinessTimeout": ci.readiness_timeout,
        "k8sGracePeriod": ci.k8s_grace_period,
    }
    return {key: nanos for key, nanos in given.items() if nanos is not None}


def _target(declared: steps.Declaration, line: int) -> shapes.Found:
    values = {"type": declared.type, "resources": declared.resources}
    return shapes.Found(line, values, dict.fromkeys(values, line))


def _with_steps(base: steps.Scenario, included: Sequence[script.Script]) -> steps.Scenario:
    """Give the base with the steps of everything that is included, in the order of time."""
    if not included:
        return base
    everything = [step for one in included for step in one.base.steps] + list(base.steps)
    everything.sort(key=lambda step: step.at)
    return dataclasses.replace(base, steps=instants.merged(everything, f"{base.path}: "))
