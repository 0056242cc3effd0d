"""Writes a Scenario as YAML for people: short mappings on one line, long ones and long texts in blocks.

Knows the keys of the format and nothing of reading it. The text is made here because a YAML library would break lines,
sort keys and quote as it pleases; the same scenario always gives the same bytes.
"""

from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import description, fault_kind, instants, process_kind, steps, yaml_text

_CI = (("timeout", "timeout"), ("readinessTimeout", "readiness_timeout"), ("k8sGracePeriod", "k8s_grace_period"))


def document(scenario: steps.Scenario) -> str:
    """Give the text of the scenario's file."""
    parts: list[tuple[str, Any]] = [("version", yaml_text.Token(str(description.VERSION)))]
    parts += [(key, getattr(scenario, key)) for key in ("title", "description", "source") if getattr(scenario, key)]
    parts.append(("session", _session(scenario)))
    parts.append(("start", yaml_text.Token(times.format_micro_time(scenario.start))))
    lines = [line for key, value in parts for line in yaml_text.entry(key, value)]
    if scenario.targets:
        lines.append("targets:")
        for declared in scenario.targets.values():
            value = {"type": declared.type, "resources": list(declared.resources)}
            lines += yaml_text.entry(declared.name, value, "  ")
    if scenario.steps:
        lines.append("steps:")
        spec = scenario.spec
        for step in scenario.steps:
            lines += yaml_text.item(_step(step, spec), "  ")
            spec = step.spec or spec
    if scenario.faults:
        lines.append("faults:")
        for fault in scenario.faults:
            lines += yaml_text.item(fault_kind.written(fault), "  ")
    if scenario.process:
        lines.append("process:")
        for happening in scenario.process:
            lines += yaml_text.item(process_kind.written(happening), "  ")
    if scenario.expect is not None:
        lines += yaml_text.entry("expect", _expect(scenario.expect))
    if scenario.consumer is not None:
        lines += yaml_text.entry("consumer", _consumer(scenario.consumer))
    return "\n".join(lines) + "\n"


def _session(scenario: steps.Scenario) -> dict[str, Any]:
    spec = scenario.spec
    result: dict[str, Any] = {
        "exitCondition": spec.exit_condition,
        "tiltfilePath": spec.tiltfile_path,
        "ci": _ci(spec.ci),
    }
    if scenario.pid != steps.DEFAULT_PID:
        result["pid"] = yaml_text.Token(str(scenario.pid))
    return result | _texts(scenario)


def _ci(ci: session.SessionCISpec | None) -> Any:
    if ci is None:
        return yaml_text.Token("null")
    return {key: _duration(getattr(ci, name)) for key, name in _CI if getattr(ci, name) is not None}


def _texts(owner: "steps.Scenario | steps.Step") -> dict[str, Any]:
    both = (("labels", owner.labels), ("annotations", owner.annotations))
    return {key: dict(value) for key, value in both if value is not None}


def _step(step: steps.Step, before: session.SessionSpec) -> dict[str, Any]:
    result: dict[str, Any] = {"at": _offset(step.at)}
    if step.set:
        result["set"] = {name: _state(scripted) for name, scripted in step.set.items()}
    if step.remove:
        result["remove"] = list(step.remove)
    if step.spec is not None:
        result["spec"] = _changes(before, step.spec)
    result |= _texts(step)
    if step.session is not None:
        result["session"] = step.session
    if step.reload:
        result["reload"] = yaml_text.Token("true")
    if step.cluster_error is not None:
        result["clusterError"] = _flag(step.cluster_error)
    if step.recorded is not None:
        result["recorded"] = _recorded(step.recorded)
    if step.note:
        result["note"] = step.note
    return result


def _state(scripted: steps.ScriptedState) -> Any:
    details: dict[str, Any] = {}
    if scripted.word == "waiting":
        return {"waiting": scripted.wait_reason}
    if scripted.word == "active":
        if scripted.ready is not None:
            details["ready"] = _flag(scripted.ready)
        details |= _times(startTime=scripted.start_time, lastReadyTime=scripted.last_ready_time)
    elif scripted.word == "terminated":
        details |= {
            key: text for key, text in (("error", scripted.error), ("graceStatus", scripted.grace_status)) if text
        }
        details |= _times(startTime=scripted.start_time, finishTime=scripted.finish_time)
    return {scripted.word: details} if details else scripted.word


def _times(**offsets: steps.Offset) -> dict[str, Any]:
    return {
        key: yaml_text.Token("null") if offset is None else _offset(offset)
        for key, offset in offsets.items()
        if not isinstance(offset, steps.Natural)
    }


def _changes(before: session.SessionSpec, after: session.SessionSpec) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if after.exit_condition != before.exit_condition:
        result["exitCondition"] = after.exit_condition
    if after.tiltfile_path != before.tiltfile_path:
        result["tiltfilePath"] = after.tiltfile_path
    if after.ci != before.ci:
        result["ci"] = _ci(after.ci)
    return result


def _recorded(recorded: steps.Recorded) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if recorded.revision is not None:
        result["resourceVersion"] = yaml_text.Token(str(recorded.revision))
    if recorded.done:
        result["done"] = yaml_text.Token("true")
    if recorded.error:
        result["error"] = recorded.error
    return result


def _expect(expected: steps.Expectation) -> dict[str, Any]:
    given = {"outcome": expected.outcome, "error": expected.error, "match": expected.match}
    result: dict[str, Any] = {key: text for key, text in given.items() if text is not None}
    if expected.at is not None:
        result["at"] = _offset(expected.at)
    if expected.exit_code is not None:
        result["exit_code"] = yaml_text.Token(str(expected.exit_code))
    return result


def _consumer(consumer: steps.Consumer) -> dict[str, Any]:
    expected = consumer.expect
    outputs = {"stdout": expected.stdout, "stderr": expected.stderr}
    result: dict[str, Any] = {"command": list(consumer.command), "timeout": _duration(consumer.timeout)}
    if consumer.env:
        result["env"] = dict(consumer.env)
    result["expect"] = {
        "exit_code": yaml_text.Token(str(expected.exit_code)),
        **{key: text for key, text in outputs.items() if text is not None},
    }
    return result


def _offset(micros: int) -> yaml_text.Token:
    return yaml_text.Token(instants.shown(micros))


def _duration(nanos: int) -> yaml_text.Token:
    return yaml_text.Token(times.format_duration(nanos))


def _flag(value: bool) -> yaml_text.Token:
    return yaml_text.Token("true" if value else "false")
