"""Whether a scenario can be played: each step is tried on the states before it, without a clock; pure.

What Tilt never shows is ``rules.transitions``' business; here it is told which step asks for it.
"""

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.rules import builds, holds, kubernetes, metadata_rules, statuses, transitions
from pytest_tiltsession.scenario import instants, states, steps

_NEARLY = 0.85  # how alike two reasons are, by difflib, of which one is taken for a slip of the other
_REASONS = (*holds.REASONS, builds.INITIAL_BUILD, kubernetes.WAITING_FOR_POD, statuses.UNKNOWN)


class Objection(NamedTuple):
    """What is wrong at a step (its index) with a target, or with the step itself where ``name`` is empty."""

    step: int
    name: str
    text: str


def objections(scenario: steps.Scenario) -> Iterator[Objection]:
    """Give what stands against playing the steps, which must be merged by instant."""
    base = scenario.start
    shown = _first_states(scenario)
    for index, step in enumerate(scenario.steps):
        if not instants.representable(base + step.at):
            yield Objection(index, "", "its time lies beyond the year 9999, which no MicroTime can show")
            return
        yield from (Objection(index, "", text) for _, text in mislabelled(step))
        for name, scripted in step.set.items():
            declared = scenario.declaration(name)
            if declared is None:
                yield Objection(index, name, undeclared(name, scenario))
                continue
            target = states.resolve(scripted, declared, shown.get(name), base + step.at, base)
            objection = _beyond(target) or impossible(target, step) or _unlikely(target, step, base)
            if objection is not None:
                yield Objection(index, name, objection.in_file)
            shown[name] = target.state
        for name in step.remove:
            if scenario.declaration(name) is None:
                yield Objection(index, name, undeclared(name, scenario))
            elif shown.pop(name, None) is None:
                yield Objection(index, name, f"{name} is to be removed and is not shown at this time; set it first")


def _first_states(scenario: steps.Scenario) -> dict[str, session.TargetState]:
    """Give the states that targets have before the first step."""
    opening = instants.opening(scenario)
    shown = {}
    for name, scripted in opening.set.items() if opening is not None else ():
        declared = scenario.declaration(name) or steps.TILTFILE
        shown[name] = states.resolve(scripted, declared, None, scenario.start, scenario.start).state
    return shown


def undeclared(name: str, scenario: steps.Scenario) -> str:
    """Say that a target was never declared, with the nearest one that was."""
    near = difflib.get_close_matches(name, scenario.targets, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"declare it under targets, such as {name}: {{type: job}}"
    return f"target {name} is not declared; {hint}"


def impossible(target: session.Target, step: steps.Step) -> transitions.Objection | None:
    """Say why Tilt never shows this target. What a recording saw, Tilt did show."""
    return None if step.recorded is not None else transitions.examine(target)


def mislabelled(owner: steps.Scenario | steps.Step) -> Iterator[tuple[str, str]]:
    """Say which labels and annotations no Session can have, in Kubernetes' words; each with the key they stand under.

    Those are ``labels`` and ``annotations``. What a recording saw, a Session did have.
    """
    told = (owner,) if isinstance(owner, steps.Step) else owner.steps
    if (owner.labels or owner.annotations) and not any(step.recorded is not None for step in told):
        given = metadata.ObjectMeta(name=session.TILTFILE_SESSION, labels=owner.labels, annotations=owner.annotations)
        for found in metadata_rules.check(given):
            yield found.field.rpartition(".")[2], f"{found.field}: {found.message}"


def _unlikely(target: session.Target, step: steps.Step, base: int) -> transitions.Objection | None:
    """Object to what only a script says: what a recording saw, Tilt did show."""
    return None if step.recorded is not None else _untimely(target, step, base) or _misspelt(target)


def _untimely(target: session.Target, step: steps.Step, base: int) -> transitions.Objection | None:
    """Object to times that lie ahead of the step that shows them."""
    for what, instant in _times(target.state):
        if instant is not None and instant > base + step.at:
            shown = instants.shown(instant - base)
            return transitions.Objection(
                f"{target.name}: its {what} is {shown}, and Tilt never shows a time that is still to come",
                write=f"give an offset of at most {instants.shown(step.at)}, or leave {what} out",
            )
    return None


def _misspelt(target: session.Target) -> transitions.Objection | None:
    """Object to a wait reason that is nearly one of Tilt's; others may be a pod's status, or of another release."""
    waiting = target.state.waiting
    if waiting is None or waiting.wait_reason in _REASONS:
        return None
    reason = waiting.wait_reason
    near = difflib.get_close_matches(reason, _REASONS, 1, _NEARLY)
    if not near:
        return None
    return transitions.Objection(f"{target.name}: Tilt has no wait reason {reason!r}", write=f"did you mean {near[0]}?")


def _times(state: session.TargetState) -> tuple[tuple[str, int | None], ...]:
    if state.active is not None:
        return (("startTime", state.active.start_time), ("lastReadyTime", state.active.last_ready_time))
    if state.terminated is not None:
        return (("finishTime", state.terminated.finish_time), ("startTime", state.terminated.start_time))
    return ()


def _beyond(target: session.Target) -> transitions.Objection | None:
    """Object to times that no MicroTime can show."""
    times_ = (instant for _, instant in _times(target.state))
    if all(instant is None or instants.representable(instant) for instant in times_):
        return None
    return transitions.Objection(f"{target.name}: a time lies outside the years 1 to 9999; give a smaller offset")
