"""Steps of one instant: they are one commit, and say each thing once; pure, knows no file.

Also the step that every scenario begins with when it does not tell the start-up itself.
"""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator

from pytest_tiltsession import errors, times
from pytest_tiltsession.scenario import steps

_ONCE = ("spec", "labels", "annotations", "session", "cluster_error", "recorded")
_WRITTEN = {"cluster_error": "clusterError"}
# MicroTime has four digits for the year, and Go's zero time is null.
_FIRST = times.ZERO_TIME_MICROS + 1
_LAST = 253_402_300_799_999_999
_RELOADED = steps.ScriptedState("waiting", wait_reason="tiltfile-reload")


def opening(scenario: steps.Scenario) -> steps.Step | None:
    """Give what is shown at 0s before the first step: the Tiltfile is loaded and every target waits for its turn.

    None where the steps tell the start-up themselves.
    """
    if scenario.tells_start_up:
        return None
    waiting = dict.fromkeys(scenario.targets, _RELOADED)
    loaded = {steps.TILTFILE.name: steps.ScriptedState("terminated")}
    return steps.Step(at=0, set={**waiting, **loaded}, session="present")


def representable(micros: int) -> bool:
    """Tell whether an instant can be written as a MicroTime."""
    return _FIRST <= micros <= _LAST


def shown(at: int) -> str:
    """Write an offset in microseconds as a Go duration, as files and messages have it."""
    return times.format_duration(at * times.MICROSECOND)


def contradictions(step: steps.Step) -> Iterator[str]:
    """Name the targets that one step both sets and removes, or removes twice."""
    yield from (name for index, name in enumerate(step.remove) if name in step.set or name in step.remove[:index])


def conflicts(first: steps.Step, second: steps.Step) -> Iterator[str]:
    """Name what both steps of one instant say, so that only one of them would ever be seen."""
    touched = {*first.set, *first.remove}
    yield from (name for name in (*second.set, *second.remove) if name in touched)
    for field in _ONCE:
        if getattr(first, field) is not None and getattr(second, field) is not None:
            yield _WRITTEN.get(field, field)


def merge(first: steps.Step, second: steps.Step) -> steps.Step:
    """Make one step of two; where both say a thing, the second counts."""
    return dataclasses.replace(
        first,
        set={**first.set, **second.set},
        remove=(*first.remove, *second.remove),
        reload=first.reload or second.reload,
        note="; ".join(filter(None, (first.note, second.note))),
        **{field: getattr(second, field) for field in _ONCE if getattr(second, field) is not None},
    )


def merged(unmerged: Iterable[steps.Step], where: str = "") -> tuple[steps.Step, ...]:
    """Give one step for each instant.

    Raises :class:`errors.InvalidScenario` where time runs backwards or one instant says a thing twice.
    """
    result: list[steps.Step] = []
    for step in unmerged:
        last = result[-1] if result else None
        if step.at < 0 or (last is not None and step.at < last.at):
            raise errors.InvalidScenario(f"{where}the step at {shown(step.at)}: {backwards(last)}")
        same = last if last is not None and step.at == last.at else None
        twice = next(itertools.chain(contradictions(step), conflicts(same, step) if same else ()), None)
        if twice is not None:
            raise errors.InvalidScenario(f"{where}the step at {shown(step.at)}: {repeated(twice)}")
        if same is None:
            result.append(step)
        else:
            result[-1] = merge(same, step)
    return tuple(result)


def backwards(last: steps.Step | None) -> str:
    """Say that a step stands after a later one, or before the session's start."""
    if last is None:
        return "it lies before the session's start; offsets count from there, write 0s or more"
    stands = f" (line {last.line})" if last.line is not None else ""
    return f"it stands after a step at {shown(last.at)}{stands}; steps stand in the order of time, so move it up"


def repeated(name: str) -> str:
    """Say that one instant says a thing twice."""
    return f"{name} is given twice in this instant, of which only one would ever be seen; give one of them a later at"
