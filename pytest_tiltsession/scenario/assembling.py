"""Makes a Scenario of what was read from a file, and tells at which line it could not be played; knows no YAML."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import checking, instants, problems, process_kind, process_lives, shapes, steps

_CONSUMER_TIMEOUT = 60 * times.SECOND
_SUFFIXES = {"update": session.JOB, "serve": session.SERVER, "runtime": session.SERVER}


class Assembler:
    """Assembles one file's scenario. ``found`` is the whole document; ``play`` reads what a restart brings."""

    def __init__(self, found: shapes.Found, told: problems.Problems, play: process_kind.Play) -> None:
        self._found = found
        self._play = play
        self._problems = told
        # For each instant, the line of each target that its steps name.
        self._lines: list[dict[str, int]] = []

    def scenario(self) -> steps.Scenario:
        """Give the scenario, with its problems told."""
        found = self._found
        header: shapes.Found = found.get("session") or shapes.Found(found.line)
        spec = spec_from(header, steps.DEFAULT_SPEC)
        scenario = steps.Scenario(
            title=found.get("title", ""),
            spec=spec,
            start=found.get("start", steps.DEFAULT_START),
            targets=self._targets(),
            steps=self._steps(spec),
            description=found.get("description", ""),
            pid=header.get("pid", steps.DEFAULT_PID),
            labels=_texts(header, "labels"),
            annotations=_texts(header, "annotations"),
            expect=self._expect(),
            consumer=self._consumer(),
            faults=found.get("faults", ()),
            process=process_kind.assembled(found.get("process", ()), self._play, self._problems),
            source=found.get("source", ""),
            path=self._problems.path,
        )
        for key, text in checking.mislabelled(scenario):
            self._problems.add(header.line_of(key), text)
        readable = not self._problems
        for objection in checking.objections(scenario):
            # A removal may only look impossible because the step that set the target could not be read.
            if readable or objection.name in scenario.steps[objection.step].set:
                self._problems.add(self._line(scenario, objection), objection.text)
        return scenario

    def _line(self, scenario: steps.Scenario, objection: checking.Objection) -> int:
        line = scenario.steps[objection.step].line or 1
        return self._lines[objection.step].get(objection.name, line)

    def _targets(self) -> dict[str, steps.Declaration]:
        found: shapes.Found | None = self._found.get("targets")
        if found is None:
            return {}
        # One that could not be read is declared all the same, or each of its steps would be told of as well.
        return {name: self._declaration(name, found.get(name), found.lines[name]) for name in found.lines}

    def _declaration(self, name: str, found: shapes.Found | None, line: int) -> steps.Declaration:
        if name == steps.TILTFILE.name:
            resource, type_ = steps.TILTFILE.resources[0], steps.TILTFILE.type
        else:
            resource, _, suffix = name.rpartition(":")
            type_ = _SUFFIXES.get(suffix, "") if resource else ""
        given = found if found is not None else shapes.Found(line)
        if found is not None and not (type_ or {"type", "resources"} <= given.lines.keys()):
            self._problems.add(
                line,
                f"target {name}: what it is cannot be told from its name, which does not end with :update, :serve "
                f"or :runtime; write {name}: {{type: job, resources: [{resource or name}]}}",
            )
        return steps.Declaration(name, given.get("type", type_ or session.JOB), given.get("resources", (resource,)))

    def _steps(self, spec: session.SessionSpec) -> tuple[steps.Step, ...]:
        result: list[steps.Step] = []
        for found in self._found.get("steps", ()):
            spec = spec_from(found.get("spec"), spec) if "spec" in found.values else spec
            if "at" not in found.values:
                continue
            step = _step(found, spec)
            last = result[-1] if result else None
            if last is not None and step.at < last.at:
                self._problems.add(found.line, f"the step at {instants.shown(step.at)}: {instants.backwards(last)}")
                continue
            lines = _target_lines(found)
            for name in instants.contradictions(step):
                self._problems.add(lines[name], f"the step at {instants.shown(step.at)}: {instants.repeated(name)}")
            if last is None or step.at > last.at:
                result.append(step)
                self._lines.append(lines)
                continue
            for name in instants.conflicts(last, step):
                line = lines.get(name, found.line)
                self._problems.add(line, f"the step at {instants.shown(step.at)}: {instants.repeated(name)}")
            result[-1] = instants.merge(last, step)
            self._lines[-1] |= lines
        return tuple(result)

    def _expect(self) -> steps.Expectation | None:
        found: shapes.Found | None = self._found.get("expect")
        if found is None:
            return None
        given = steps.Expectation(
            outcome=found.get("outcome"),
            error=found.get("error"),
            match=found.get("match"),
            at=found.get("at"),
            exit_code=found.get("exit_code"),
            line=found.line,
        )
        for key, text in contradictions(given, ended="process" in self._found.lines):
            self._problems.add(found.line_of(key), text)
        return given

    def _consumer(self) -> steps.Consumer | None:
        found: shapes.Found | None = self._found.get("consumer")
        if found is None:
            return None
        expected: shapes.Found = found.get("expect") or shapes.Found(found.line)
        return steps.Consumer(
            command=found.get("command", ()),
            timeout=found.get("timeout", _CONSUMER_TIMEOUT),
            expect=steps.ConsumerExpectation(**expected.values),
            env=_texts(found, "env") or {},
            line=found.line,
        )


def spec_from(found: shapes.Found | None, before: session.SessionSpec) -> session.SessionSpec:
    """Give a spec as it was before, changed by what is written."""
    if found is None:
        return before
    ci = before.ci
    if "ci" in found.values:
        given: shapes.Found | None = found.values["ci"]
        ci = None if given is None else session.SessionCISpec(
            given.get("k8sGracePeriod"), given.get("timeout"), given.get("readinessTimeout")
        )  # fmt: skip
    return dataclasses.replace(
        before,
        exit_condition=found.get("exitCondition", before.exit_condition),
        tiltfile_path=found.get("tiltfilePath", before.tiltfile_path),
        ci=ci,
    )


def contradictions(given: steps.Expectation, *, ended: bool = False) -> list[tuple[str, str]]:
    """Give what cannot be true together in an expectation, each with the key that says it.

    ``ended``: something happens to the process, whose exit code then need not follow from its session.
    """
    found = []
    if given.error is not None and given.match is not None:
        found.append(("match", "expect has both error and match; keep the exact error or the pattern"))
    for key, value in (("error", given.error), ("match", given.match)):
        if value is not None and given.outcome not in (None, "failed"):
            found.append((key, f"expect has {key} and outcome: {given.outcome}; only outcome: failed has one"))
    exits = {"succeeded": "exits with 0", "failed": "exits with 1", "running": "does not exit"}
    right = exits.get(given.outcome or "")
    code = given.exit_code
    if code is not None and code < 0 and code != process_lives.KILLED:
        found.append(("exit_code", f"expect has exit_code: {code}; write 0 to 255, or -9 for a Tilt that is killed"))
    elif code == process_lives.KILLED and not ended:
        found.append(("exit_code", "expect has exit_code: -9, and nothing under process kills Tilt"))
    elif not ended and code is not None and right is not None and right != f"exits with {given.exit_code}":
        text = f"expect has exit_code: {code} and outcome: {given.outcome}; Tilt {right} then"
        found.append(("exit_code", text))
    return found


def _step(found: shapes.Found, spec: session.SessionSpec) -> steps.Step:
    values = found.values
    changed: shapes.Found | None = values.get("set")
    recorded: shapes.Found | None = values.get("recorded")
    return steps.Step(
        at=values["at"],
        set=changed.values if changed is not None else {},
        remove=values.get("remove", ()),
        spec=spec if "spec" in values else None,
        labels=_texts(found, "labels"),
        annotations=_texts(found, "annotations"),
        session=values.get("session"),
        reload=values.get("reload", False),
        cluster_error=values.get("clusterError"),
        recorded=None
        if recorded is None
        else steps.Recorded(recorded.get("done", False), recorded.get("error", ""), recorded.get("resourceVersion")),
        note=values.get("note", ""),
        line=found.line,
    )


def _target_lines(found: shapes.Found) -> dict[str, int]:
    changed: shapes.Found | None = found.get("set")
    lines = dict.fromkeys(found.get("remove", ()), found.line_of("remove"))
    return lines | (changed.lines if changed is not None else {})


def _texts(found: shapes.Found, key: str) -> Mapping[str, str] | None:
    texts: Any = found.get(key)
    return None if texts is None else texts.values
