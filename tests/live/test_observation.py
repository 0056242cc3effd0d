"""What a recording has seen, in order and in time, however late it arrives."""

import types

import pytest

from pytest_tiltsession.live import observation, sightings
from pytest_tiltsession.models import metadata, session

START = 1_767_225_600_000_000


def made(version, *, name="Tiltfile", uid="one", targets=()):
    """Make a version of a Session."""
    meta = metadata.ObjectMeta(name=name, uid=uid, resource_version=str(version))
    shown = tuple(session.Target(name, session.JOB, (name,), state) for name, state in targets)
    return session.Session(meta, session.SessionSpec(), session.SessionStatus(pid=1, start_time=START, targets=shown))


@pytest.fixture
def seen():
    """Sightings, and what is observed of them, on a machine whose clock is the Tilt's."""
    found = sightings.Sightings()
    recorded = types.SimpleNamespace(seen=found, time_at=lambda arrived: arrived)
    found.observed = observation.Observation(recorded)
    found.subject = observation.Subject(found.observed, None, lambda: None)
    return found


def test_versions_that_arrive_late_are_put_in_order(seen):
    """A poll has shown the third version before the watch tells of the second; a look from before stays as it was."""
    seen.recorder.take(START + 10, False, made(1))
    seen.recorder.take(START + 30, False, made(3, targets=[("a", session.INACTIVE)]))
    before = seen.subject.look()
    seen.recorder.take(START + 31, False, made(2))
    assert [1, 2, 3] == [commit.version for commit in seen.observed.commits]
    assert [1, 3] == [commit.version for commit in before.entries]
    assert "3" == before.session.metadata.resource_version
    assert [START + 10, START + 31, START + 32] == [commit.at for commit in seen.observed.commits]


def test_a_session_that_was_made_anew_was_gone_before(seen):
    """Another uid without a removal in between is a removal, and the object's first version."""
    seen.recorder.take(START + 10, False, made(1))
    seen.recorder.take(START + 20, False, made(2, uid="two"))
    assert ["ADDED", "DELETED", "ADDED"] == [commit.type for commit in seen.observed.commits]
    words = [event.word for event in seen.subject.look().timeline.events]
    assert ["appeared", "re-created"] == words


def test_a_session_that_was_deleted_is_gone(seen):
    """What is observed is what a client would read now."""
    seen.recorder.take(START + 10, False, made(1))
    assert "1" == seen.observed.session.metadata.resource_version
    seen.recorder.take(START + 20, True, made(1))
    assert seen.observed.session is None
    assert seen.subject.look().session is None


def test_time_stands_when_it_is_over(seen):
    """After the end nothing moves, and later sightings are none of this."""
    seen.recorder.take(START + 10, False, made(1))
    seen.observed.stop()
    now = seen.observed.clock.now
    seen.recorder.take(START + 20, False, made(2))
    assert (now, 1) == (seen.observed.clock.now, len(seen.observed.commits))
