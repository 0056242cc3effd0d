"""Clients' creates and updates as the gate does them."""

import dataclasses
import uuid

import pytest

from pytest_tiltsession import profiles
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import deletes, gate, tilt, unwritten, world, writes
from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.store import journal, objects

VALUE = session.Session(metadata.ObjectMeta(name="a"), session.SessionSpec("/w", "manual"))


@pytest.fixture
def entry() -> gate.Gate:
    """A gate to an empty world."""
    clock = simulated.SimulatedClock(5_000_000)
    seed = uuid.UUID(int=3)
    return gate.Gate(world.World(clock, tilt.Tilt(session.SessionSpec(), start_time=0, pid=1, seed=seed)))


def relabelled(live: session.Session | None) -> session.Session:
    """Give a Session another label."""
    assert live is not None
    return dataclasses.replace(live, metadata=dataclasses.replace(live.metadata, labels={"a": "b"}))


def unchanged(live: session.Session | None) -> session.Session:
    """Give the Session back."""
    assert live is not None
    return live


def events(entry: gate.Gate) -> list[tuple[str, int, str, bool]]:
    """Give type, version, cause and silence of all commits."""
    return [(item.type, item.version, item.cause, item.silent) for item in entry.world.journal.read(0)]


def test_a_create_is_shown_as_it_was_stored_first(entry: gate.Gate) -> None:
    """The outcome has uid, creation time and version."""
    write = writes.Create(VALUE)
    entry.submit(write)

    assert write.outcome is not None
    assert (write.outcome.metadata.resource_version, write.outcome.metadata.creation_timestamp) == ("1", 5)
    assert uuid.UUID(write.outcome.metadata.uid).version == 4
    assert entry.world.objects.get("a") == write.outcome


def test_a_name_is_stored_once(entry: gate.Gate) -> None:
    """A second create is refused and leaves nothing."""
    entry.submit(writes.Create(VALUE))

    with pytest.raises(unwritten.AlreadyStored):
        entry.submit(writes.Create(VALUE))
    assert len(entry.world.journal) == 1


def test_an_invalid_session_is_refused_with_its_errors(entry: gate.Gate) -> None:
    """Nothing is stored, and the errors are carried."""
    with pytest.raises(unwritten.Unadmitted) as refused:
        entry.submit(writes.Create(dataclasses.replace(VALUE, spec=session.SessionSpec())))

    assert [item.field for item in refused.value.found] == ["tiltfilePath", "exitCondition"]
    assert len(entry.world.objects) == 0


def test_empty_lists_and_maps_of_the_metadata_are_not_stored(entry: gate.Gate) -> None:
    """The JSON that is kept leaves them out, so that who reads the Session back finds none."""
    meta = dataclasses.replace(VALUE.metadata, labels={}, annotations={}, finalizers=(), owner_references=())
    entry.submit(writes.Create(dataclasses.replace(VALUE, metadata=meta)))

    stored = entry.world.objects.get("a")
    assert stored is not None
    found = stored.metadata
    assert (found.labels, found.annotations, found.finalizers, found.owner_references) == (None, None, None, None)


def test_generated_names_are_the_same_in_each_run() -> None:
    """Names come from the fake's seed, so that a test can be repeated."""
    made = []
    for _ in range(2):
        clock = simulated.SimulatedClock(0)
        state = world.World(clock, tilt.Tilt(session.SessionSpec(), start_time=0, pid=1, seed=uuid.UUID(int=4)))
        value = dataclasses.replace(VALUE, metadata=metadata.ObjectMeta(generate_name="x" * 70))
        write = writes.Create(value, profile=profiles.KUBERNETES)
        gate.Gate(state).submit(write)
        assert write.outcome is not None
        made.append(write.outcome.name)

    assert made[0] == made[1]
    assert len(made[0]) == 63


def test_an_update_raises_the_version_and_one_without_effect_does_not(entry: gate.Gate) -> None:
    """What changes nothing is written down all the same."""
    entry.submit(writes.Create(VALUE))
    entry.submit(writes.Update("a", relabelled))
    entry.submit(writes.Update("a", unchanged))

    assert events(entry) == [
        (journal.ADDED, 1, "client", False),
        (journal.MODIFIED, 2, "client", False),
        (journal.MODIFIED, 2, "client", False),
    ]


def test_what_a_transform_refuses_is_raised(entry: gate.Gate) -> None:
    """The transform's own refusal comes through, and nothing is written."""
    entry.submit(writes.Create(VALUE))

    def refusing(live: session.Session | None) -> session.Session:
        raise KeyError("no")

    with pytest.raises(KeyError):
        entry.submit(writes.Update("a", refusing))
    assert len(entry.world.journal) == 1


def test_a_missing_session_is_not_transformed(entry: gate.Gate) -> None:
    """The transform is asked only where there is something, or something may be made."""
    with pytest.raises(unwritten.NotStored):
        entry.submit(writes.Update("a", relabelled))
    with pytest.raises(unwritten.NothingToUpdate):
        entry.submit(writes.Update("a", lambda _: VALUE, may_create=True))


@pytest.mark.parametrize("version", ["", "0", "2", "18446744073709551615"])
def test_another_version_conflicts(entry: gate.Gate, version: str) -> None:
    """None, zero, a future one: all are other versions."""
    entry.submit(writes.Create(VALUE))
    other = dataclasses.replace(VALUE, metadata=metadata.ObjectMeta(name="a", resource_version=version))

    with pytest.raises(objects.VersionConflict):
        entry.submit(writes.Update("a", lambda _: other))


@pytest.mark.parametrize(
    ("text", "number"), [("", 0), ("0", 0), ("0205", 205), ("18446744073709551615", (1 << 64) - 1)]
)
def test_versions_are_unsigned_numbers(text: str, number: int) -> None:
    """Leading zeros do not matter."""
    assert writes.version_number(text) == number


@pytest.mark.parametrize("text", ["abc", "-1", "+1", "1.0", " 1", "٣", "18446744073709551616"])
def test_what_is_no_version_is_refused_with_its_text(text: str) -> None:
    """The text is carried for the refusal."""
    with pytest.raises(objects.InvalidVersion, match="^" + text.replace("+", r"\+").replace(".", r"\.") + "$"):
        writes.version_number(text)


def test_the_last_finalizers_removal_deletes_in_one_commit(entry: gate.Gate) -> None:
    """The DELETED commit has a version of its own, and the Session is gone."""
    held = dataclasses.replace(VALUE, metadata=metadata.ObjectMeta(name="a", finalizers=("a/b",)))
    entry.submit(writes.Create(held))
    entry.submit(deletes.Delete("a"))

    def released(live: session.Session | None) -> session.Session:
        assert live is not None
        return dataclasses.replace(live, metadata=dataclasses.replace(live.metadata, finalizers=()))

    write = writes.Update("a", released)
    entry.submit(write)

    assert [(type_, version) for type_, version, _, _ in events(entry)] == [
        (journal.ADDED, 1), (journal.MODIFIED, 2), (journal.DELETED, 3),
    ]  # fmt: skip
    assert write.outcome is not None
    assert write.outcome.metadata.resource_version == "3"
    assert entry.world.objects.get("a") is None


def test_a_dry_run_leaves_no_trace_where_the_profile_keeps_its_word(entry: gate.Gate) -> None:
    """Create, update and delete show their outcome and commit nothing."""
    strict = profiles.KUBERNETES
    create = writes.Create(VALUE, profile=strict, dry_run=True)
    entry.submit(create)
    assert create.outcome is not None
    assert len(entry.world.journal) == 0
    entry.submit(writes.Create(VALUE, profile=strict))
    update = writes.Update("a", relabelled, profile=strict, dry_run=True)
    entry.submit(update)
    delete = deletes.Delete("a", profile=strict, dry_run=True)
    entry.submit(delete)

    assert update.outcome is not None
    assert (update.outcome.metadata.labels, delete.deleted) == ({"a": "b"}, True)
    assert len(entry.world.journal) == 1
    assert entry.world.objects.revision == 1


def test_a_held_session_is_marked_once_and_shown_again(entry: gate.Gate) -> None:
    """A second delete changes nothing, but watches are told."""
    held = dataclasses.replace(VALUE, metadata=metadata.ObjectMeta(name="a", finalizers=("a/b",)))
    entry.submit(writes.Create(held))
    first, second = deletes.Delete("a"), deletes.Delete("a")
    entry.submit(first)
    entry.world.clock.advance("1m")
    entry.submit(second)

    assert first.outcome == second.outcome
    assert not first.deleted
    assert [version for _, version, _, _ in events(entry)] == [1, 2, 2]


def test_a_collection_goes_silently(entry: gate.Gate) -> None:
    """Each Session that is selected is removed by a commit that no watch sees; the counter stays."""
    for name in ("b", "a", "c"):
        entry.submit(writes.Create(dataclasses.replace(VALUE, metadata=metadata.ObjectMeta(name=name))))
    write = deletes.DeleteCollection(lambda value: value.name != "c")
    entry.submit(write)

    assert [value.name for value in write.removed] == ["a", "b"]
    assert [silent for _, _, _, silent in events(entry)] == [False, False, False, True, True]
    assert (entry.world.objects.names(), entry.world.objects.revision) == (["c"], 3)
