"""Says in words where two scenarios, A and B, tell different sessions; pure, plays both and compares what they show."""

import dataclasses
import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import process_lives, showing, steps

_CI = (("timeout", "timeout"), ("readinessTimeout", "readiness_timeout"), ("k8sGracePeriod", "k8s_grace_period"))
_MOST = 8


def differences(first: steps.Scenario, second: steps.Scenario, *, with_times: bool = False) -> list[str]:
    """Give one sentence for each difference, none where both tell the same.

    Times, uids and resourceVersions do not count; ``with_times`` lets the instants of states count as well. Raises
    :class:`errors.TiltSessionError` for steps that Tilt never shows.
    """
    lives = (process_lives.of(first), process_lives.of(second))
    told = [[_ended(life, with_times=with_times) for life in each] for each in lives]
    if told[0] != told[1]:
        found = [f"the process {_process(told[0])} in A and {_process(told[1])} in B"]
        return found + _of_one_life(first, second, lives[0][0].ended, lives[1][0].ended, with_times=with_times)
    found = []
    last = len(lives[0]) - 1
    for index, (one, other) in enumerate(zip(*lives, strict=True)):
        if one.scenario is None or other.scenario is None:
            played = ["nothing" if life.scenario is None else repr(life.scenario.title) for life in (one, other)]
            found += [f"after restart {index}: {played[0]} is played in A and {played[1]} in B"] if one != other else []
            continue
        # What is expected is of the last life.
        a = dataclasses.replace(one.scenario, expect=first.expect if index == last else None)
        b = dataclasses.replace(other.scenario, expect=second.expect if index == last else None)
        ends = [None if life.ended is None else life.ended - life.begin for life in (one, other)]
        within = f"after restart {index}: " if index else ""
        found += [f"{within}{line}" for line in _of_one_life(a, b, *ends, with_times=with_times)]
    return found


def _ended(life: process_lives.Life, *, with_times: bool) -> str:
    if life.by is None:
        return "goes on"
    how = {steps.Exit: "exits", steps.Crash: "is killed", steps.Restart: "is restarted"}[type(life.by)]
    return f"{how} at {_at(life.ended or 0)}" if with_times else how


def _process(told: Sequence[str]) -> str:
    """Say what becomes of the processes, one after the other."""
    return ", then starts again and ".join(told)


def _of_one_life(first: steps.Scenario, second: steps.Scenario, *ends: int | None, with_times: bool) -> list[str]:
    a, b = (showing.show(each, until) for each, until in zip((first, second), ends, strict=True))
    found = [*_only(a, b), *_specs(a, b), *_session(a, b)]
    for name in _common(a, b):
        found += _target(name, a, b)
    found += _order(a, b)
    found += _outcome(first, second, a, b)
    if with_times:
        found += _times(a, b)
    return found


def _common(a: showing.Showing, b: showing.Showing) -> list[str]:
    return [name for name in a.states if name in b.states]


def _only(a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    for label, own, other in (("A", a, b), ("B", b, a)):
        for name in own.states:
            if name not in other.states:
                yield f"target {name} is only in {label}, where it goes {_path(own.states[name])}"


def _specs(a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    told = [[_spec(spec) for spec in each.specs] for each in (a, b)]
    if told[0] == told[1]:
        return
    if len(told[0]) == len(told[1]) == 1:
        for key in told[0][0]:
            if told[0][0][key] != told[1][0][key]:
                yield f"spec.{key} is {told[0][0][key]} in A and {told[1][0][key]} in B"
        return
    written = [" → ".join(_written(spec) for spec in each) for each in told]
    yield f"the spec is {written[0]} in A and {written[1]} in B"


def _spec(spec: session.SessionSpec) -> dict[str, str]:
    found = {"tiltfilePath": spec.tiltfile_path, "exitCondition": spec.exit_condition}
    found["ci"] = "absent" if spec.ci is None else "present"
    for key, attribute in _CI:
        value = None if spec.ci is None else getattr(spec.ci, attribute)
        found[f"ci.{key}"] = "absent" if value is None else times.format_duration(value)
    return found


def _written(spec: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in spec.items() if value not in ("absent", "present")) + "}"


def _session(a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    if a.life != b.life:
        yield f"the session is {' → '.join(a.life)} in A and {' → '.join(b.life)} in B"
    for index, what in enumerate(("labels", "annotations")):
        both = [_distinct([marks[index] for marks in each.marks]) for each in (a, b)]
        if both[0] != both[1]:
            shown = [" → ".join(map(str, each)) or "none" for each in both]
            yield f"the {what} are {shown[0]} in A and {shown[1]} in B"


def _target(name: str, a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    declared = [(each.targets[name].type, each.targets[name].resources) for each in (a, b)]
    if declared[0] != declared[1]:
        yield f"target {name} is a {_declared(*declared[0])} in A and a {_declared(*declared[1])} in B"
    left, right = a.states[name], b.states[name]
    if left == right:
        return
    if [shown.word for shown in left] == [shown.word for shown in right]:
        for one, other in zip(left, right, strict=True):
            if one != other:
                yield _detail(name, one, other)
        return
    yield f"target {name} goes {_path(left)} in A and {_path(right)} in B{_missing(left, right)}"


def _declared(type_: str, resources: tuple[str, ...] | None) -> str:
    return f"{type_} of {', '.join(resources or ()) or 'no resource'}"


def _detail(name: str, one: showing.Shown, other: showing.Shown) -> str:
    if one.word == "waiting":
        return f"target {name} waits for {one.detail!r} in A and for {other.detail!r} in B"
    if one.word == "active":
        return f"target {name} is {one.detail} in A where it is {other.detail} in B"
    ends = [f"fails with {shown.detail!r}" if shown.detail else "ends well" for shown in (one, other)]
    return f"target {name} {ends[0]} in A and {ends[1]} in B"


def _missing(left: Sequence[showing.Shown], right: Sequence[showing.Shown]) -> str:
    """Name the states that one of them does not show, where the rest is the same."""
    told = [list(map(str, each)) for each in (left, right)]
    changes = difflib.SequenceMatcher(None, told[0], told[1], autojunk=False).get_opcodes()
    kinds = {change[0] for change in changes} - {"equal"}
    if kinds == {"delete"}:
        lost = [word for tag, start, end, *_ in changes if tag == "delete" for word in told[0][start:end]]
        return f": B does not show {', '.join(lost)}"
    if kinds == {"insert"}:
        lost = [word for tag, _, _, start, end in changes if tag == "insert" for word in told[1][start:end]]
        return f": A does not show {', '.join(lost)}"
    return ""


def _order(a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    """Compare in which order the targets of both started, and in which they came to their last state."""
    for what, words in (("start", ("active",)), ("end", ("terminated",))):
        orders = [_first_times(each, words) for each in (a, b)]
        names = [name for name in orders[0] if name in orders[1]]
        turned = [
            (one, other)
            for index, one in enumerate(names)
            for other in names[index + 1 :]
            if (orders[0][one] - orders[0][other]) * (orders[1][one] - orders[1][other]) < 0
        ]
        for one, other in turned[:_MOST]:
            early, late = (one, other) if orders[0][one] < orders[0][other] else (other, one)
            yield f"{early} {what}s before {late} in A and after it in B"
        if len(turned) > _MOST:
            yield f"{len(turned) - _MOST} more pairs of targets {what} in another order"


def _first_times(each: showing.Showing, words: tuple[str, ...]) -> dict[str, int]:
    """Give when each target first came to one of the states, in the order of time."""
    found = {
        name: next((shown.at for shown in states if shown.word in words), None) for name, states in each.states.items()
    }
    return {name: at for name, at in found.items() if at is not None}


def _outcome(first: steps.Scenario, second: steps.Scenario, a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    told = [_verdict(each) for each in (a, b)]
    if told[0] != told[1]:
        yield f"the session {told[0]} in A and {told[1]} in B"
    codes = [None if each.expect is None else each.expect.exit_code for each in (first, second)]
    if codes[0] != codes[1]:
        shown = ["no exit code" if code is None else f"the exit code {code}" for code in codes]
        yield f"A has {shown[0]} and B has {shown[1]}"


def _verdict(each: showing.Showing) -> str:
    if not each.done:
        return "is still running at the end"
    return f"fails with {each.error!r}" if each.error else "succeeds"


def _times(a: showing.Showing, b: showing.Showing) -> Iterator[str]:
    for name in _common(a, b):
        if a.states[name] != b.states[name]:
            continue
        for one, other in zip(a.states[name], b.states[name], strict=True):
            if one.at != other.at:
                yield f"target {name} is {one} at {_at(one.at)} in A and at {_at(other.at)} in B"
    if a.done and b.done and a.ended is not None and b.ended is not None and a.ended != b.ended:
        yield f"the session is done at {_at(a.ended)} in A and at {_at(b.ended)} in B"


def _at(micros: int) -> str:
    return times.format_duration(micros * times.MICROSECOND)


def _path(states: Sequence[showing.Shown]) -> str:
    shown = list(map(str, states))
    if len(shown) > 2 * _MOST:
        shown = [*shown[:_MOST], f"… {len(shown) - 2 * _MOST} more …", *shown[-_MOST:]]
    return " → ".join(shown)


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Drop empty values at the beginning, and what repeats its predecessor."""
    return [value for index, value in enumerate(values) if (values[index - 1] if index else {}) != value]
