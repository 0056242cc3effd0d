"""What the server fills in, takes back and finds wrong when a client creates or updates a Session."""

import dataclasses
from typing import Any

import pytest

from pytest_tiltsession import profiles
from pytest_tiltsession.models import metadata, session
from pytest_tiltsession.rules import admission, metadata_rules

GOOD = session.Session(metadata.ObjectMeta(name="a"), session.SessionSpec("/w/Tiltfile", "ci"))


def with_meta(value: session.Session = GOOD, **changes: Any) -> session.Session:
    """Give a Session with other metadata."""
    return dataclasses.replace(value, metadata=dataclasses.replace(value.metadata, **changes))


def told(found: list[Any]) -> list[tuple[str, str]]:
    """Give field and message of each error."""
    return [(item.field, item.message) for item in found]


def test_a_create_is_given_what_the_server_gives() -> None:
    """uid and creation are the server's; what a client may not set is cleared, its generation is kept."""
    sent = with_meta(
        uid="mine", namespace="n", self_link="/x", resource_version="7", generation=3, creation_timestamp=1,
        deletion_timestamp=2, deletion_grace_period_seconds=3, labels={"a": "b"},
    )  # fmt: skip

    found = admission.prepare_create(sent, uid="u", now=9)

    expected = metadata.ObjectMeta(name="a", uid="u", generation=3, creation_timestamp=9, labels={"a": "b"})
    assert found.metadata == expected
    assert admission.prepare_create(sent, uid="u", now=9, profile=profiles.KUBERNETES).metadata.generation == 1


def test_a_wrong_spec_is_told_alone() -> None:
    """Metadata is looked at only when the spec is right; a good Session has no errors."""
    wrong = dataclasses.replace(with_meta(name=""), spec=session.SessionSpec("", "Manual"))
    assert told(admission.check_create(wrong)) == [
        ("tiltfilePath", "Required value: cannot be empty"),
        ("exitCondition", 'Invalid value: "Manual": valid values: manual, ci'),
    ]
    assert told(admission.check_create(with_meta(name=""))) == [
        ("metadata.name", "Required value: name or generateName is required")
    ]
    assert admission.check_create(GOOD) == []


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("a b", []),
        ("日本", []),
        ("x" * 1000, []),
        (".", ["may not be '.'"]),
        ("..", ["may not be '..'"]),
        ("a/b%", ["may not contain '/'", "may not contain '%'"]),
        ("...", []),
    ],
)
def test_names_must_fit_into_a_path(name: str, problems: list[str]) -> None:
    """Nothing else is asked of a name."""
    assert metadata_rules.name_problems(name) == problems


@pytest.mark.parametrize(
    ("changes", "field", "beginning"),
    [
        ({"generate_name": "a/"}, "metadata.generateName", 'Invalid value: "a/": may not contain'),
        ({"generation": -1}, "metadata.generation", "Invalid value: -1: must be greater than or equal to 0"),
        ({"labels": {"-x": ""}}, "metadata.labels", 'Invalid value: "-x": name part must consist'),
        ({"labels": {"x": "y" * 64}}, "metadata.labels", 'Invalid value: "yyyy'),
        ({"annotations": {"x y": ""}}, "metadata.annotations", 'Invalid value: "x y": name part'),
        ({"annotations": {"a": "x" * 262_144}}, "metadata.annotations", "Too long: may not be more than 262144 bytes"),
        ({"finalizers": ("a b",)}, "metadata.finalizers", 'Invalid value: "a b": name part'),
        ({"finalizers": ("orphan", "foregroundDeletion")}, "metadata.finalizers",
         'Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set'),
        ({"managed_fields": (metadata.ManagedFieldsEntry(operation="Bogus"),)}, "metadata.managedFields[0].operation",
         'Invalid value: "Bogus": must be `Apply` or `Update`'),
        ({"managed_fields": (metadata.ManagedFieldsEntry(operation="Apply", fields_type="X"),)},
         "metadata.managedFields[0].fieldsType", 'Invalid value: "X": must be `FieldsV1`'),
        ({"managed_fields": (metadata.ManagedFieldsEntry(operation="Apply", subresource="x" * 257),)},
         "metadata.managedFields[0].subresource", "Too long: may not be more than 256 bytes"),
    ],
)  # fmt: skip
def test_metadata_is_checked(changes: dict[str, Any], field: str, beginning: str) -> None:
    """Each problem names its field and its value."""
    ((where, message),) = told(admission.check_create(with_meta(**changes)))

    assert where == field
    assert message.startswith(beginning)


def test_annotations_may_have_upper_case_prefixes() -> None:
    """Keys of annotations are compared without regard to case, those of labels are not."""
    assert admission.check_create(with_meta(annotations={"UPPER.com/x": "y"})) == []
    assert admission.check_create(with_meta(labels={"UPPER.com/x": "y"})) != []


def test_owners_are_checked_one_by_one() -> None:
    """Each owner needs version, kind, name and uid; an Event owns nothing, and one controller is enough."""
    owners = (
        metadata.OwnerReference("", "", "", ""),
        metadata.OwnerReference("v1", "Event", "n", "u", controller=True),
        metadata.OwnerReference("a/v1", "K", "n", "u", controller=True),
    )

    found = told(admission.check_create(with_meta(owner_references=owners)))

    assert found[:4] == [
        ("metadata.ownerReferences.apiVersion", 'Invalid value: "": version must not be empty'),
        ("metadata.ownerReferences.kind", 'Invalid value: "": must not be empty'),
        ("metadata.ownerReferences.name", 'Invalid value: "": must not be empty'),
        ("metadata.ownerReferences.uid", 'Invalid value: "": must not be empty'),
    ]
    assert found[4][1].endswith(": /v1, Kind=Event is disallowed from being an owner")
    assert found[5][1].endswith('Found "true" in references for Event/n and K/n')
    assert len(found) == 6


def test_an_update_finds_labels_twice_and_tells_them_once() -> None:
    """Kubernetes looks at labels in both of its checks (story update-invalid-label)."""
    found = told(admission.check_update(with_meta(labels={"-x": "y"}), GOOD))

    assert len(found) == 2
    assert len(set(found)) == 1


def test_an_update_cannot_change_what_is_immutable() -> None:
    """Values are shown as Go prints them: times as JSON, numbers plain, nothing as null."""
    changed = with_meta(uid="x", deletion_timestamp=0, deletion_grace_period_seconds=5)
    assert told(admission.check_update(changed, with_meta(uid="u"))) == [
        ("metadata.uid", 'Invalid value: "x": field is immutable'),
        ("metadata.deletionTimestamp", 'Invalid value: "1970-01-01T00:00:00Z": field is immutable'),
        ("metadata.deletionGracePeriodSeconds", "Invalid value: 5: field is immutable"),
    ]


def test_no_finalizer_can_be_added_to_what_is_being_deleted() -> None:
    """Those that are new are listed in order."""
    live = with_meta(deletion_timestamp=1, finalizers=("a/b",))
    after = with_meta(live, finalizers=("d/e", "a/b", "c/d"))

    ((field, message),) = told(admission.check_update(after, live))

    assert field == "metadata.finalizers"
    assert message.endswith('found new finalizers []string{"c/d", "d/e"}')


def test_the_main_resource_takes_everything_but_the_status() -> None:
    """Status and creation are the stored ones; a uid that is missing is filled in."""
    live = dataclasses.replace(with_meta(uid="u", creation_timestamp=1, generation=2), status=session.SessionStatus(7))
    sent = dataclasses.replace(
        with_meta(labels={"a": "b"}, namespace="n"), spec=session.SessionSpec("/x"), status=session.SessionStatus(9)
    )

    found = admission.prepare_update(sent, live)

    assert found.status.pid == 7
    assert found.spec.tiltfile_path == "/x"
    assert found.metadata == metadata.ObjectMeta(
        name="a", uid="u", creation_timestamp=1, generation=2, labels={"a": "b"}
    )


def test_the_status_takes_nothing_else() -> None:
    """Metadata and spec are the stored ones; where the profile keeps them, managed fields come along."""
    entry = metadata.ManagedFieldsEntry("m", subresource="status")
    written = dataclasses.replace(GOOD, status=session.SessionStatus(9))
    sent = with_meta(written, labels={"a": "b"}, managed_fields=(entry,))

    found = admission.prepare_update(sent, GOOD, subresource="status")
    assert found == written
    kept = admission.prepare_update(sent, GOOD, subresource="status", profile=profiles.KUBERNETES)
    assert kept.metadata == dataclasses.replace(GOOD.metadata, managed_fields=(entry,))


def test_a_spec_is_checked_on_update_where_the_profile_says_so() -> None:
    """Tilt takes any spec in an update."""
    wrong = dataclasses.replace(GOOD, spec=session.SessionSpec("", "x"))

    assert admission.check_update(wrong, GOOD) == []
    assert [item.field for item in admission.check_update(wrong, GOOD, profiles.KUBERNETES)] == [
        "spec.tiltfilePath",
        "spec.exitCondition",
    ]


def test_a_deletion_is_marked_once() -> None:
    """A second mark does not move the time on."""
    marked = admission.marked_for_deletion(GOOD, now=5)

    assert (marked.metadata.deletion_timestamp, marked.metadata.deletion_grace_period_seconds) == (5, 0)
    assert admission.marked_for_deletion(marked, now=9) == marked


def test_owners_that_repeat_are_taken_out() -> None:
    """Only an owner that is equal in everything repeats another."""
    one = metadata.OwnerReference("v1", "K", "n", "u")
    other = dataclasses.replace(one, controller=True)

    assert admission.without_repeated_owners((one, other, one, one)) == ((one, other), ("u", "u"))
    assert admission.without_repeated_owners((one, other)) == ((one, other), ())
    assert admission.without_repeated_owners(None) == (None, ())
