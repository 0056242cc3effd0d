"""Turns the versions that a recording saw into steps: what changed from each to the next; pure.

What no step can say, since only a client wrote it, is left out and told.
"""

import dataclasses
from collections.abc import Sequence

from pytest_tiltsession.engine import tilt
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import observed, states, steps

_EXIT_CONDITIONS = (exit_conditions.CI, exit_conditions.MANUAL)


class Transcript:
    """The steps of one recording, version by version. ``base`` is the session's start, in microseconds."""

    def __init__(self, base: int) -> None:
        self.steps: list[steps.Step] = []
        self.declared: dict[str, steps.Declaration] = {}
        self.left_out: list[str] = []
        self._base = base
        self._shown: dict[str, session.Target] = {}
        self._before: session.Session | None = None
        self._uid: str | None = None
        self._said: session.Session | None = None

    def add(self, version: observed.Version, at: int) -> None:
        """Add what a version changes, at an offset."""
        objection = None if version.deleted else self._objection(version.session)
        if objection is not None:
            self.left_out.append(f"version {version.revision}: {objection}")
            return
        if version.deleted:
            if self._uid is not None:
                self.steps.append(steps.Step(at=at, session="absent"))
            self._uid = None
            return
        value = version.session
        word: steps.SessionWord | None = None
        if version.uid != self._uid:
            word = "present" if self._uid is None else "recreated"
        self._uid = version.uid
        targets = {target.name: target for target in value.status.targets or ()}
        step = steps.Step(
            at=at,
            set={
                name: self._scripted(target, at) for name, target in targets.items() if self._shown.get(name) != target
            },
            remove=tuple(name for name in self._shown if name not in targets),
            session=word,
            recorded=steps.Recorded(value.status.done, value.status.error, version.revision),
        )
        self.steps.append(self._respecified(step, value))
        self._shown = targets

    def _scripted(self, target: session.Target, at: int) -> steps.ScriptedState:
        declared = self.declared.setdefault(
            target.name, steps.Declaration(target.name, target.type, target.resources or ())
        )
        before = self._shown.get(target.name)
        return states.scripted_from(
            target, declared, before.state if before is not None else None, self._base + at, self._base
        )

    def _respecified(self, step: steps.Step, value: session.Session) -> steps.Step:
        """Add to a step what the Tiltfile says otherwise than before."""
        said, self._said = self._said, value
        if said is None:
            # The header says it, unless it holds what only an update may.
            spec = None if value.spec == header_spec(value) else value.spec
            return dataclasses.replace(step, spec=spec)
        labels, annotations = value.metadata.labels, own_annotations(value)
        return dataclasses.replace(
            step,
            spec=value.spec if value.spec != said.spec else None,
            labels=(labels or {}) if labels != said.metadata.labels else None,
            annotations=(annotations or {}) if annotations != own_annotations(said) else None,
        )

    def _objection(self, value: session.Session) -> str | None:
        """Say what of a Session only a client can have written."""
        names = set()
        for target in value.status.targets or ():
            declared = self.declared.get(target.name)
            held = [word for word in ("waiting", "active", "terminated", "disabled") if getattr(target.state, word)]
            if target.name in names:
                return f"target {target.name} twice"
            if len(held) > 1:
                return f"target {target.name} is {' and '.join(held)} at once"
            if target.type not in (session.JOB, session.SERVER) or target.resources is None:
                return f"target {target.name} is of type {target.type!r} with resources {target.resources!r}"
            if declared is not None and (declared.type, declared.resources) != (target.type, target.resources):
                return f"target {target.name} has another type or other resources than before"
            names.add(target.name)
        return None


def header_spec(value: session.Session) -> session.SessionSpec:
    """Give the spec that a scenario's header can hold: a path, and a condition that Tilt creates Sessions with."""
    spec = value.spec
    known = spec.exit_condition if spec.exit_condition in _EXIT_CONDITIONS else exit_conditions.CI
    path = spec.tiltfile_path or steps.DEFAULT_SPEC.tiltfile_path
    return dataclasses.replace(spec, exit_condition=known, tiltfile_path=path)


def own_annotations(value: session.Session) -> dict[str, str] | None:
    """Give the annotations beside the one that Tilt gives each Session; None where there are no others."""
    kept = {key: text for key, text in (value.metadata.annotations or {}).items() if key != tilt.RESOURCE_ANNOTATION}
    return kept or None


def expectation(versions: Sequence[observed.Version], exit_code: int | None) -> steps.Expectation | None:
    """Give how the recorded session ended, from its last version and Tilt's exit code; None where it was deleted."""
    if not versions or versions[-1].deleted:
        return None
    status = versions[-1].session.status
    if not status.done:
        return steps.Expectation(outcome="running")
    error = status.error or None
    agreed = exit_code if exit_code == int(bool(error)) else None
    return steps.Expectation(outcome="failed" if error else "succeeded", error=error, exit_code=agreed)
