"""What a watch and polls saw, put together."""

import pytest

from pytest_tiltsession.live import sightings


def document(version, uid="u", **status):
    """Give a Session."""
    start = {"pid": 7, "startTime": "2026-01-01T00:00:00.000000Z", "targets": None, "done": False}
    return {
        "metadata": {"name": "Tiltfile", "uid": uid, "resourceVersion": str(version)},
        "spec": {"tiltfilePath": "/app/Tiltfile", "exitCondition": "ci"},
        "status": start | status,
    }


@pytest.fixture
def seen():
    """Sightings of nothing yet."""
    return sightings.Sightings()


def test_each_version_counts_once(seen):
    """The watch, its reconnect and the polls show the same versions again."""
    for via in ("WATCH", "POLL", "WATCH"):
        seen.take(1, via, "ADDED", document(1))
    seen.take(2, "WATCH", "MODIFIED", document(2))
    assert (seen.events, seen.latest.metadata.resource_version) == (2, "2")


def test_an_answer_that_is_older_than_the_event_says_nothing(seen):
    """A 404 that was asked for before the Session came is no removal."""
    seen.take(20, "WATCH", "ADDED", document(1))
    seen.absent(10, 30)
    assert seen.present
    seen.close()
    assert [step.session for step in seen.recorder.scenario("x").steps] == ["present"]


def test_a_removal_that_no_event_told_of_is_recorded(seen):
    """The poll that finds it gone says when."""
    seen.recorder.retime(lambda at: (at, None))
    seen.take(10, "WATCH", "ADDED", document(1))
    seen.absent(20, 30)
    assert not seen.present
    seen.close()
    assert [step.session for step in seen.recorder.scenario("x").steps] == ["present", "absent"]


def test_a_removal_is_recorded_once(seen):
    """A poll found it gone before the watch said so."""
    seen.take(10, "WATCH", "ADDED", document(1))
    seen.absent(20, 30)
    seen.take(40, "WATCH", "DELETED", document(1))
    seen.close()
    assert [step.session for step in seen.recorder.scenario("x").steps] == ["present", "absent"]


def test_what_is_no_session_is_kept_as_odd(seen):
    """The recording goes on, and says what it met."""
    for odd in ({}, {"kind": "Status"}, {"metadata": 3}, {**document(1), "status": {"pid": "x"}}, document("abc")):
        assert not seen.take(1, "WATCH", "MODIFIED", odd)
    assert (seen.events, len(seen.odd)) == (0, 5)


def test_another_tilt_ends_the_recording(seen):
    """Another uid with another start is another Tilt; with the same, it was re-created."""
    seen.take(1, "WATCH", "ADDED", document(1))
    seen.take(2, "WATCH", "ADDED", document(2, uid="v"))
    assert not seen.ended
    seen.take(3, "WATCH", "ADDED", document(1, uid="w", pid=8))
    assert seen.ended == "another Tilt took its place"
    assert seen.events == 2


def test_what_the_watch_passes_over_is_counted(seen):
    """A poll showed it, the watch went on to a later version."""
    seen.take(1, "WATCH", "ADDED", document(1))
    seen.take(2, "POLL", "POLL", document(2))
    assert seen.overdue(3) == 2
    seen.take(3, "WATCH", "MODIFIED", document(3))
    assert (seen.unwatched, seen.overdue(9)) == (1, None)
