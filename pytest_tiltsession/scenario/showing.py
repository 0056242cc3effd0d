"""What a scenario shows from beginning to end, target by target: the material of comparisons; pure, plays it once."""

import dataclasses
import uuid

from pytest_tiltsession.engine import gate
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import player, steps
from pytest_tiltsession.store import journal


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """One state of a target as people tell it, and when it came, in microseconds from the session's start.

    ``word`` is the state (``absent`` once it was removed), ``detail`` its wait reason, readiness or error.
    """

    word: str
    detail: str
    at: int = dataclasses.field(compare=False)

    def __str__(self) -> str:
        return f"{self.word} ({self.detail})" if self.detail else self.word


@dataclasses.dataclass(slots=True)
class Showing:
    """Everything that a scenario shows: for each target its states in order, what was said of the session itself."""

    states: dict[str, list[Shown]] = dataclasses.field(default_factory=dict)
    targets: dict[str, session.Target] = dataclasses.field(default_factory=dict)
    specs: list[session.SessionSpec] = dataclasses.field(default_factory=list)
    life: list[str] = dataclasses.field(default_factory=list)
    marks: list[tuple[dict[str, str], dict[str, str]]] = dataclasses.field(default_factory=list)
    done: bool = False
    error: str = ""
    ended: int | None = None


def show(scenario: steps.Scenario, until: int | None = None) -> Showing:
    """Play a scenario, verbatim where it holds what was recorded, and give what it showed, up to an offset.

    Raises :class:`errors.TiltSessionError` for steps that Tilt never shows.
    """
    recorded = any(step.recorded is not None for step in scenario.steps)
    world = player.world_for(scenario, seed=uuid.UUID(int=0))
    player.Player(scenario, gate.Gate(world), "verbatim" if recorded else "judged").begin()
    expected = scenario.expect
    end = max(scenario.end, expected.at if expected is not None and expected.at is not None else 0)
    world.clock.move_on_to(scenario.start + (end if until is None else min(end, until)))
    result = Showing()
    uid = None
    for commit in world.journal.read(0):
        value = world.journal.session_at(commit.seq)
        gone = commit.type == journal.DELETED
        if gone or value.metadata.uid != uid:
            result.life.append("absent" if gone else "present")
        uid = None if gone else value.metadata.uid
        if not gone:
            _add(result, value, commit.at - scenario.start)
    if expected is not None and expected.outcome in ("succeeded", "failed"):
        result.done, result.error = True, expected.error or result.error
    return result


def _add(result: Showing, value: session.Session, at: int) -> None:
    present = {target.name: target for target in value.status.targets or ()}
    for name in result.states:
        if name not in present and result.states[name][-1].word != "absent":
            result.states[name].append(Shown("absent", "", at))
    for name, target in present.items():
        result.targets[name] = target
        states = result.states.setdefault(name, [])
        shown = Shown(target.state.word, _detail(target), at)
        if not states or states[-1] != shown:
            states.append(shown)
    if not result.specs or result.specs[-1] != value.spec:
        result.specs.append(value.spec)
    marks = (dict(value.metadata.labels or {}), dict(value.metadata.annotations or {}))
    if not result.marks or result.marks[-1] != marks:
        result.marks.append(marks)
    if value.status.done and not result.done:
        result.ended = at
    result.done, result.error = value.status.done, value.status.error


def _detail(target: session.Target) -> str:
    state = target.state
    if state.waiting is not None:
        return state.waiting.wait_reason
    if state.active is not None:
        return "" if target.type == session.JOB else "ready" if state.active.ready else "not ready"
    if state.terminated is not None:
        return ", ".join(filter(None, (state.terminated.error, state.terminated.grace_status)))
    return ""
