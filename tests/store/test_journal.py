"""The journal keeps deltas, and gives back every version whole."""

import dataclasses
import random

import pytest

from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.store import journal, objects


def job(name, reason):
    """Make a waiting job."""
    waiting = session.TargetState(waiting=session.TargetStateWaiting(reason))
    return session.Target(name, "job", (name.partition(":")[0],), waiting)


def make(targets, name="Tiltfile"):
    """Make a session with these targets."""
    return session.Session(metadata=metadata.ObjectMeta(name=name), status=session.SessionStatus(targets=targets))


@pytest.fixture
def log():
    """Give an empty journal."""
    return journal.Journal()


@pytest.fixture
def store(log):
    """Give an empty store."""
    return objects.Objects(log)


def test_every_version_comes_back_whole_from_its_deltas(log, store):
    """Three hundred versions of a session with forty targets are read back in any order as they were committed."""
    chance = random.Random(7)
    targets = {f"t{number:02d}:update": job(f"t{number:02d}:update", "unknown") for number in range(40)}
    committed = []
    for turn in range(300):
        name = chance.choice(sorted(targets))
        if turn % 17 == 16:
            del targets[name]
        else:
            targets[name] = job(name, f"turn {turn}")
        value = make(tuple(targets[key] for key in sorted(targets)))
        committed.append((store.commit(value, at=turn, cause="script").seq, store.get("Tiltfile")))
    chance.shuffle(committed)
    assert [value for _, value in committed] == [log.session_at(seq) for seq, _ in committed]


def test_an_entry_names_what_changed_and_what_went(log, store):
    """A commit tells which targets differ from the version before and which are gone."""
    a, b, c = (job(name, "unknown") for name in ("a:update", "b:update", "c:update"))
    store.commit(make((a, b, c)), at=0, cause="script")
    later = dataclasses.replace(b, state=session.INACTIVE)
    entry = store.commit(make((a, later)), at=1, cause="script")
    assert ((later,), ("c:update",)) == (entry.changed, entry.removed)


def test_targets_in_another_order_than_the_controllers_are_kept_as_they_are(log, store):
    """A client may write targets unsorted or twice; the version is read back exactly so."""
    a, b = job("a:update", "x"), job("b:update", "y")
    store.commit(make((a, b)), at=0, cause="client")
    entry = store.commit(make((b, a, b)), at=0, cause="client")
    for turn in range(100):
        store.commit(make((a, b), name=f"other-{turn}"), at=0, cause="client")
    assert (b, a, b) == log.session_at(entry.seq).status.targets


def test_versions_come_from_one_counter_that_only_rises(store):
    """Creates and updates of all names count on one counter; a removal leaves it where it is."""
    store.skip_revisions(4)
    first = store.commit(make(None, "a"), at=0, cause="client").version
    second = store.commit(make(None, "b"), at=0, cause="client").version
    removed = store.remove(store.get("a"), at=0, cause="client")
    assert (5, 6, 5, 6) == (first, second, removed.version, store.revision)


def test_a_recorded_revision_moves_the_counter_forward_only(store):
    """A replay may jump ahead; a number that was passed is not minted again."""
    store.commit(make(None), at=0, cause="script", revision=22)
    entry = store.commit(make(None), at=0, cause="script", revision=9)
    assert (23, "23") == (entry.version, store.get("Tiltfile").metadata.resource_version)


def test_a_repeated_write_keeps_the_version_and_is_journalled(log, store):
    """A no-op write is one more entry with the same version."""
    store.commit(make(None), at=0, cause="client")
    entry = store.repeat(store.get("Tiltfile"), at=0, cause="client")
    assert (2, 1, "MODIFIED") == (len(log), entry.version, entry.type)


def test_an_object_that_is_created_again_is_added_again(log, store):
    """After a removal the next commit of that name is ADDED, and its changes are all its targets."""
    a = job("a:update", "x")
    store.commit(make((a,)), at=0, cause="script")
    store.remove(store.get("Tiltfile"), at=0, cause="client")
    entry = store.commit(make((a,)), at=0, cause="script")
    assert (["ADDED", "DELETED", "ADDED"], (a,)) == ([item.type for item in log.read(0)], entry.changed)


def test_the_body_of_a_version_is_made_once(log, store):
    """Readers of one version share one byte string."""
    entry = store.commit(make(None), at=0, cause="script")
    assert log.body_at(entry.seq) is log.body_at(entry.seq)
    assert log.body_at(entry.seq).startswith(b'{"kind":"Session","apiVersion":"tilt.dev/v1alpha1","metadata":{"name"')


def test_listeners_are_told_until_they_unsubscribe(log):
    """Notify calls each listener; unsubscribing twice is harmless."""
    calls = []
    end = log.subscribe(lambda: calls.append(1))
    log.notify()
    end()
    end()
    log.notify()
    assert [1] == calls
