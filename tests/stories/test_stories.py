"""The recorded stories of a real Tilt's Session API, played against the API in process, one test for each."""

import json
import pathlib
import uuid
from typing import Any

import pytest
import story_playing as playing

from pytest_tiltsession import times
from pytest_tiltsession.api import application
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import changes, gate, tilt, world
from pytest_tiltsession.models import session

START = times.parse_micro_time("2026-11-24T06:28:24.611744Z")
STORIES = [
    json.loads(line)
    for line in (pathlib.Path(__file__).parents[1] / "recorded/stories/stories.jsonl").read_bytes().splitlines()
]


def target(name: str, type_: str, resource: str, **state: Any) -> session.Target:
    """Make a target of one resource."""
    return session.Target(name, type_, (resource,), session.TargetState(**state))


def fixture_state() -> tuple[application.Application, simulated.SimulatedClock]:
    """Make the state that every story starts from: ``tilt up`` with four targets, of which one never gets ready."""
    at = START + 1_000_000
    clock = simulated.SimulatedClock(START)
    minute = times.MINUTE
    spec = session.SessionSpec("/project/Tiltfile", "manual", session.SessionCISpec(None, 30 * minute, 5 * minute))
    state = world.World(clock, tilt.Tilt(spec, start_time=START, pid=11190, seed=uuid.UUID(int=7)))
    entry = gate.Gate(state)
    targets = (
        target("job:update", "job", "job", terminated=session.TargetStateTerminated(at, at + 1)),
        target("never:serve", "server", "never", active=session.TargetStateActive(at)),
        target("tiltfile:update", "job", "(Tiltfile)", terminated=session.TargetStateTerminated(at, at + 1)),
        target("web:serve", "server", "web", active=session.TargetStateActive(at, True, at + 1)),
    )
    clock.advance("3s")
    entry.submit(changes.TiltChange(session="present", targets=targets))
    state.objects.skip_revisions(60)
    return application.Application(state, entry, token=playing.TOKEN), clock


@pytest.mark.parametrize("story", STORIES, ids=[story["id"] for story in STORIES])
def test_the_api_answers_as_a_real_tilt_did(story: dict[str, Any]) -> None:
    """Every answer and every event of the story is what the real server gave."""
    api, clock = fixture_state()

    differences = playing.Player(api, clock).play(story)

    assert differences == [], "\n  ".join(["", story["title"], *differences])
