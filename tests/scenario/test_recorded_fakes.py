"""A fake that is recorded from its own journal replays as it was."""

import dataclasses
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_tiltsession import times
from pytest_tiltsession.engine import changes, gate
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import player, recorder, steps
from pytest_tiltsession.store import journal


def run(scenario, mode):
    """Play a scenario to its end; gives the world."""
    world = player.world_for(scenario, seed=uuid.UUID(int=3))
    player.Player(scenario, gate.Gate(world), mode).begin()
    world.clock.advance_to((scenario.end + 1) / 1_000_000)
    return world


def recorded(world, start):
    """Give a recorder that has taken the commits of a world. Of those that share an instant, one follows the other."""
    made, last = recorder.Recorder(), -1
    for commit in world.journal.read(0):
        last = max(commit.at - start, last + 1)
        made.take(last, commit.type == journal.DELETED, world.journal.session_at(commit.seq))
    return made


@st.composite
def legal_scenarios(draw):
    """A CI session of a job and a server that moves at random, and may vanish and return."""
    active = steps.ScriptedState
    choices = {
        "a:update": [active("waiting"), active("active"), active("terminated"), active("disabled")],
        "b:serve": [
            active("active"),
            active("active", ready=False),
            active("terminated", error="boom"),
            active("inactive"),
        ],
    }
    targets = {
        "a:update": steps.Declaration("a:update", "job", ("a",)),
        "b:serve": steps.Declaration("b:serve", "server", ("b",)),
    }
    offset, result = 0, []
    for _ in range(draw(st.integers(1, 8))):
        offset += draw(st.integers(1, 3_000_000))
        names = draw(st.sets(st.sampled_from(sorted(targets)), min_size=1))
        changed = {name: draw(st.sampled_from(choices[name])) for name in sorted(names)}
        word = draw(st.sampled_from([None, None, None, "recreated", "absent", "present"]))
        spec = draw(st.sampled_from([None, None, dataclasses.replace(steps.DEFAULT_SPEC, ci=session.SessionCISpec())]))
        result.append(steps.Step(offset, changed, session=word, spec=spec))
    first = next((index for index, step in enumerate(result) if step.session), None)
    if first is not None and result[first].session == "present":
        result[first] = dataclasses.replace(result[first], session="absent")
    spec = session.SessionSpec("/app/Tiltfile", "ci", session.SessionCISpec(timeout=9 * times.SECOND))
    return steps.Scenario("x", spec, steps.DEFAULT_START, targets, tuple(result))


@settings(max_examples=60, deadline=None)
@given(legal_scenarios())
def test_a_fake_that_is_recorded_replays_as_it_was(scenario):
    """Commits of a fake, recorded and played verbatim, are the same objects; judged, the same statuses."""
    world = run(scenario, "judged")
    made = recorded(world, scenario.start)
    again = made.scenario("again")
    original = [world.journal.session_at(commit.seq) for commit in world.journal.read(0)]

    verbatim = run(again, "verbatim")
    replayed = [verbatim.journal.session_at(commit.seq) for commit in verbatim.journal.read(0)]
    assert [value.status for value in replayed] == [value.status for value in original]
    assert [value.metadata for value in replayed] == [value.metadata for value in original]
    assert made.left_out == ()

    judged = run(again, "judged")
    shown = [judged.journal.session_at(commit.seq).status for commit in judged.journal.read(0)]
    assert shown == [value.status for value in original]


def test_a_clients_write_and_its_answer_are_recorded_one_after_the_other():
    """Two commits of one instant are two steps, the second a microsecond later."""
    world = run(steps.Scenario("x", steps.DEFAULT_SPEC, steps.DEFAULT_START, {}, ()), "judged")
    world.clock.advance_to("5s")
    for text in ("b", "c"):
        gate.Gate(world).submit(changes.TiltChange(labels={"a": text}))
    made = recorded(world, steps.DEFAULT_START)
    found = [(step.at, step.labels) for step in made.scenario("x").steps]
    assert found == [(0, None), (5_000_000, {"a": "b"}), (5_000_001, {"a": "c"})]
