"""Metadata of objects in Kubernetes' protobuf, for clients that ask for metadata alone. Knows no negotiation.

The fields are those of meta/v1's ``generated.proto``. Kubernetes' generated code writes every plain field, empty
ones too; maps are written by their keys' order.
"""

from collections.abc import Mapping

from pytest_tiltsession.api import protobuf
from pytest_tiltsession.models import encoding, metadata

_MAGIC = b"k8s\x00"


def partial(value: metadata.ObjectMeta) -> bytes:
    """Write a PartialObjectMetadata."""
    return protobuf.nested(1, object_meta(value))


def partial_list(list_meta: metadata.ListMeta, items: list[metadata.ObjectMeta]) -> bytes:
    """Write a PartialObjectMetadataList."""
    head = protobuf.text(1, "") + protobuf.text(2, list_meta.resource_version) + protobuf.text(3, list_meta.continue_)
    if list_meta.remaining_item_count is not None:
        head += protobuf.number(4, list_meta.remaining_item_count)
    return protobuf.nested(1, head) + b"".join(protobuf.nested(2, partial(item)) for item in items)


def envelope(api_version: str, kind: str, content: bytes) -> bytes:
    """Put an object into the envelope that all of Kubernetes' protobuf objects are sent in."""
    type_meta = protobuf.text(1, api_version) + protobuf.text(2, kind)
    # Encoding and type of the content are the usual ones, and empty.
    return _MAGIC + protobuf.nested(1, type_meta) + protobuf.nested(2, content) + b"\x1a\x00\x22\x00"


def event(type_: str, enveloped: bytes) -> bytes:
    """Write a watch event with its length in front, as a stream of events has it."""
    content = protobuf.text(1, type_) + protobuf.nested(2, protobuf.nested(1, enveloped))
    return len(content).to_bytes(4, "big") + content


def object_meta(value: metadata.ObjectMeta) -> bytes:
    """Write an ObjectMeta."""
    parts = [
        protobuf.text(1, value.name),
        protobuf.text(2, value.generate_name),
        protobuf.text(3, value.namespace),
        protobuf.text(4, value.self_link),
        protobuf.text(5, value.uid),
        protobuf.text(6, value.resource_version),
        protobuf.number(7, value.generation),
        protobuf.nested(8, _time(value.creation_timestamp)),
    ]
    if value.deletion_timestamp is not None:
        parts.append(protobuf.nested(9, _time(value.deletion_timestamp)))
    if value.deletion_grace_period_seconds is not None:
        parts.append(protobuf.number(10, value.deletion_grace_period_seconds))
    parts.append(_map(11, value.labels))
    parts.append(_map(12, value.annotations))
    parts += [protobuf.nested(13, _owner(owner)) for owner in value.owner_references or ()]
    parts += [protobuf.text(14, finalizer) for finalizer in value.finalizers or ()]
    parts += [protobuf.nested(17, _managed(entry)) for entry in value.managed_fields or ()]
    return b"".join(parts)


def _time(seconds: int | None) -> bytes:
    return b"" if seconds is None else protobuf.number(1, seconds) + protobuf.number(2, 0)


def _map(field: int, values: Mapping[str, str] | None) -> bytes:
    pairs = sorted((values or {}).items())
    return b"".join(protobuf.nested(field, protobuf.text(1, key) + protobuf.text(2, value)) for key, value in pairs)


def _owner(owner: metadata.OwnerReference) -> bytes:
    written = protobuf.text(1, owner.kind) + protobuf.text(3, owner.name) + protobuf.text(4, owner.uid)
    written += protobuf.text(5, owner.api_version)
    if owner.controller is not None:
        written += protobuf.number(6, owner.controller)
    if owner.block_owner_deletion is not None:
        written += protobuf.number(7, owner.block_owner_deletion)
    return written


def _managed(entry: metadata.ManagedFieldsEntry) -> bytes:
    written = protobuf.text(1, entry.manager) + protobuf.text(2, entry.operation) + protobuf.text(3, entry.api_version)
    if entry.time is not None:
        written += protobuf.nested(4, _time(entry.time))
    written += protobuf.text(6, entry.fields_type)
    if entry.fields_v1 is not None:
        written += protobuf.nested(7, protobuf.nested(1, encoding.compact(entry.fields_v1).encode()))
    return written + protobuf.text(8, entry.subresource)
