"""Single values as a client could read them: Sessions, targets, their states; each one that some session shows."""

import uuid

from hypothesis import strategies as st

from pytest_tiltsession.engine import gate
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import builder, player, steps
from pytest_tiltsession.scenario import states as scripted_states
from pytest_tiltsession.store import journal
from pytest_tiltsession.strategies import asking, declaring, histories, spans, states, texts

_TYPES = (session.JOB, session.SERVER)
_SUFFIXES = ("update", "serve", "runtime")


def sessions(
    *, targets: int = 4, exit_condition: str | None = None, outcome: steps.Outcome | None = None
) -> st.SearchStrategy[session.Session]:
    """Give Sessions as Tilt shows them at some time: ``pytest_tiltsession.Session`` values.

    With an ``outcome`` they are those at the end, ``failed`` and ``succeeded`` ones done. The parameters are those of
    :func:`scenarios`. Raises InvalidValue for what cannot be.

    >>> @hypothesis.given(strategies.sessions(outcome="failed"))
    ... def test_a_failure_is_red(session):
    ...     assert colour(session.status) == "red"
    """
    found = histories.scenarios(targets=targets, max_steps=5, exit_condition=exit_condition, outcome=outcome)
    if outcome is not None:
        return found.map(lambda told: _shown(told)[-1])
    return found.flatmap(lambda told: st.sampled_from(_shown(told)))


def targets(name: str | None = None) -> st.SearchStrategy[session.Target]:
    """Give targets in any state that Tilt shows: ``pytest_tiltsession.Target`` values.

    ``name`` ends with ``:update`` for a job, ``:serve`` or ``:runtime`` for a server; raises InvalidValue for others.

    >>> strategies.targets("web:serve")
    """
    if name is not None:
        return declaring.type_of(name).flatmap(lambda type_: _targets(name, type_))
    resources = st.just(texts.letter(0)) | texts.odd_names()
    names = st.builds(lambda resource, suffix: f"{resource}:{suffix}", resources, st.sampled_from(_SUFFIXES))
    return names.flatmap(targets)


def target_states(type_: str | None = None) -> st.SearchStrategy[session.TargetState]:
    """Give states that a target may have, of a ``job`` or a ``server``, or of both: ``TargetState`` values.

    Raises InvalidValue for another type.

    >>> strategies.target_states("server")
    """
    asking.one_of("type_", type_, _TYPES)
    suffixes = {session.JOB: ("update", "runtime"), session.SERVER: ("serve", "runtime")}
    found = [_targets(f"a:{suffix}", one) for one in _TYPES if type_ in (None, one) for suffix in suffixes[one]]
    return st.one_of(found).map(lambda target: target.state)


@st.composite
def _targets(draw: st.DrawFn, name: str, type_: str) -> session.Target:
    declared = steps.Declaration(name, type_, (name.rpartition(":")[0],))
    start, since, at = steps.DEFAULT_START, draw(spans.gaps()), 0
    before: session.TargetState | None = None
    if draw(st.booleans()):
        running = steps.ScriptedState("active")
        before = scripted_states.resolve(running, declared, None, start + since, start).state
        at = since
    at += draw(spans.gaps())
    shown = draw(states.any_state(declared))
    if isinstance(shown.start_time, int) and shown.start_time > at:
        shown = steps.ScriptedState(shown.word, error=shown.error, grace_status=shown.grace_status)
    return scripted_states.resolve(shown, declared, before, start + at, start)


def _shown(told: builder.Scenario) -> list[session.Session]:
    """Give the Session as each commit left it, when the scenario is played out."""
    scenario = told.build()
    world = player.world_for(scenario, seed=uuid.UUID(int=0))
    player.Player(scenario, gate.Gate(world)).begin()
    world.clock.move_on_to(scenario.start + scenario.end)
    expected = scenario.expect.outcome if scenario.expect is not None else None
    while expected in ("failed", "succeeded") and not _ends(world.journal)[-1].status.done and world.clock.step():
        pass
    return _ends(world.journal)


def _ends(kept: journal.Journal) -> list[session.Session]:
    return [kept.session_at(commit.seq) for commit in kept.read(0) if commit.type != journal.DELETED]
