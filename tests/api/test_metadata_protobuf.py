"""Metadata in protobuf, against bytes written by hand after meta/v1's generated.proto."""

from pytest_tiltsession.api import metadata_protobuf
from pytest_tiltsession.models import metadata

EMPTY = b"\x0a\x00\x12\x00\x1a\x00\x22\x00\x2a\x00\x32\x00\x38\x00\x42\x00"


def test_plain_fields_are_written_empty() -> None:
    """Strings, generation and the creation time are always there; the rest is not."""
    assert metadata_protobuf.object_meta(metadata.ObjectMeta()) == EMPTY


def test_every_field_has_its_number() -> None:
    """Times, maps, owners, finalizers and managed fields stand at their numbers."""
    owner = metadata.OwnerReference("v1", "K", "n", "u", controller=True, block_owner_deletion=False)
    entry = metadata.ManagedFieldsEntry("m", "Update", "v1", 3, "FieldsV1", {"f:spec": {}}, "status")
    value = metadata.ObjectMeta(
        name="a",
        generation=2,
        creation_timestamp=1,
        deletion_timestamp=2,
        deletion_grace_period_seconds=0,
        labels={"b": "2", "a": "1"},
        annotations={"c": "3"},
        owner_references=(owner,),
        finalizers=("f",),
        managed_fields=(entry,),
    )
    expected = (
        b"\x0a\x01a\x12\x00\x1a\x00\x22\x00\x2a\x00\x32\x00\x38\x02"
        b"\x42\x04\x08\x01\x10\x00\x4a\x04\x08\x02\x10\x00\x50\x00"
        b"\x5a\x06\x0a\x01a\x12\x011\x5a\x06\x0a\x01b\x12\x012\x62\x06\x0a\x01c\x12\x013"
        b"\x6a\x11\x0a\x01K\x1a\x01n\x22\x01u\x2a\x02v1\x30\x01\x38\x00"
        b"\x72\x01f"
        b"\x8a\x01\x38\x0a\x01m\x12\x06Update\x1a\x02v1\x22\x04\x08\x03\x10\x00"
        b"\x32\x08FieldsV1\x3a\x0f\x0a\x0d" + b'{"f:spec":{}}' + b"\x42\x06status"
    )

    assert metadata_protobuf.object_meta(value) == expected


def test_a_list_has_its_own_metadata() -> None:
    """The version of a list, how it continues and how much remains stand before its items."""
    listed = metadata.ListMeta(resource_version="7", continue_="c", remaining_item_count=3)

    written = metadata_protobuf.partial_list(listed, [metadata.ObjectMeta()])

    assert written == b"\x0a\x0a\x0a\x00\x12\x017\x1a\x01c\x20\x03" + b"\x12\x12\x0a\x10" + EMPTY


def test_objects_are_sent_in_an_envelope() -> None:
    """Four bytes of magic, what it is, the object, and two empty fields."""
    assert metadata_protobuf.envelope("v1", "K", b"xy") == (
        b"k8s\x00\x0a\x07\x0a\x02v1\x12\x01K\x12\x02xy\x1a\x00\x22\x00"
    )
