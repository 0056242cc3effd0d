"""ObjectMeta, ListMeta and Status of the Kubernetes API, in the field order that Tilt writes (recorded formats)."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession.models import wire
from pytest_tiltsession.models.wire import field


@dataclasses.dataclass(frozen=True, slots=True)
class OwnerReference:
    """The object that owns this one; when the owner goes, so does the object."""

    api_version: str = field("apiVersion", wire.STRING, "API version of the owner.")
    kind: str = field("kind", wire.STRING, "Kind of the owner.")
    name: str = field("name", wire.STRING, "Name of the owner.")
    uid: str = field("uid", wire.STRING, "UID of the owner.", go_type="types.UID")
    controller: bool | None = field(
        "controller", wire.BOOL, "Whether the owner is the managing controller.", omit_empty=True, optional=True
    )
    block_owner_deletion: bool | None = field(
        "blockOwnerDeletion",
        wire.BOOL,
        "Whether this reference keeps a foreground deletion of the owner waiting.",
        omit_empty=True,
        optional=True,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class ManagedFieldsEntry:
    """The fields that one manager set by one operation, as server-side apply keeps them."""

    manager: str = field("manager", wire.STRING, "Name of the workflow that manages these fields.", omit_empty=True)
    operation: str = field(
        "operation", wire.STRING, "Apply or Update.", omit_empty=True, go_type="v1.ManagedFieldsOperationType"
    )
    api_version: str = field("apiVersion", wire.STRING, "Version that the field set is written in.", omit_empty=True)
    time: int | None = field("time", wire.TIME, "When the manager last changed one of the fields.", omit_empty=True)
    fields_type: str = field("fieldsType", wire.STRING, "Always FieldsV1.", omit_empty=True)
    fields_v1: Any = field("fieldsV1", wire.RAW, "The set of fields, as a JSON tree.", omit_empty=True)
    subresource: str = field("subresource", wire.STRING, "The subresource that was written, if any.", omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectMeta:
    """Metadata of one object. Times are whole seconds since the epoch; None is Go's zero time."""

    name: str = field("name", wire.STRING, "Name, unique among the Sessions.", omit_empty=True)
    generate_name: str = field("generateName", wire.STRING, "Prefix for a generated name.", omit_empty=True)
    namespace: str = field("namespace", wire.STRING, "Empty: Sessions are cluster-scoped.", omit_empty=True)
    self_link: str = field("selfLink", wire.STRING, "No longer filled by servers.", omit_empty=True)
    uid: str = field(
        "uid",
        wire.STRING,
        "Identifies the object in time; new when it is re-created.",
        omit_empty=True,
        go_type="types.UID",
    )
    resource_version: str = field(
        "resourceVersion", wire.STRING, "Version of the object, from one counter of the server.", omit_empty=True
    )
    generation: int = field("generation", wire.INT64, "Counts changes of the desired state.", omit_empty=True)
    creation_timestamp: int | None = field(
        "creationTimestamp", wire.TIME, "When the server created the object.", omit_empty=True
    )
    deletion_timestamp: int | None = field(
        "deletionTimestamp", wire.TIME, "When deletion was asked for; set by the server.", omit_empty=True
    )
    deletion_grace_period_seconds: int | None = field(
        "deletionGracePeriodSeconds",
        wire.INT64,
        "Seconds that a deletion may take before the object is removed.",
        omit_empty=True,
        optional=True,
    )
    labels: Mapping[str, str] | None = field("labels", wire.STRING_MAP, "Labels for selectors.", omit_empty=True)
    annotations: Mapping[str, str] | None = field(
        "annotations", wire.STRING_MAP, "Free text for tools, not for selectors.", omit_empty=True
    )
    owner_references: tuple[OwnerReference, ...] | None = field(
        "ownerReferences", wire.LIST, "Owners of the object.", of=OwnerReference, omit_empty=True
    )
    finalizers: tuple[str, ...] | None = field(
        "finalizers", wire.STRINGS, "What must be cleared before the object is removed.", omit_empty=True
    )
    managed_fields: tuple[ManagedFieldsEntry, ...] | None = field(
        "managedFields", wire.LIST, "Who manages which fields.", of=ManagedFieldsEntry, omit_empty=True
    )


@dataclasses.dataclass(frozen=True, slots=True)
class ListMeta:
    """Metadata of a list."""

    self_link: str = field("selfLink", wire.STRING, "No longer filled by servers.", omit_empty=True)
    resource_version: str = field("resourceVersion", wire.STRING, "The server's counter.", omit_empty=True)
    continue_: str = field("continue", wire.STRING, "Token that asks for the next page.", omit_empty=True)
    remaining_item_count: int | None = field(
        "remainingItemCount", wire.INT64, "How many items follow this page.", omit_empty=True, optional=True
    )


@dataclasses.dataclass(frozen=True, slots=True)
class StatusCause:
    """One cause of a refusal: a reason, a message and the field it is about."""

    reason: str = field("reason", wire.STRING, "Reason in CamelCase.", omit_empty=True)
    message: str = field("message", wire.STRING, "Description for people.", omit_empty=True)
    field_: str = field("field", wire.STRING, "Path of the field.", omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class StatusDetails:
    """What a refusal is about."""

    name: str = field("name", wire.STRING, "Name of the object.", omit_empty=True)
    group: str = field("group", wire.STRING, "API group of the object.", omit_empty=True)
    kind: str = field("kind", wire.STRING, "Kind or resource of the object.", omit_empty=True)
    uid: str = field("uid", wire.STRING, "UID of the object.", omit_empty=True)
    causes: tuple[StatusCause, ...] | None = field(
        "causes", wire.LIST, "The single causes.", of=StatusCause, omit_empty=True
    )
    retry_after_seconds: int = field("retryAfterSeconds", wire.INT32, "Seconds to wait.", omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """``metav1.Status``: the answer to a refused request."""

    metadata: ListMeta = field("metadata", wire.STRUCT, "Empty.", of=ListMeta)
    status: str = field("status", wire.STRING, "Success or Failure.", omit_empty=True)
    message: str = field("message", wire.STRING, "Description for people.", omit_empty=True)
    reason: str = field("reason", wire.STRING, "Reason in CamelCase.", omit_empty=True)
    details: StatusDetails | None = field(
        "details", wire.POINTER, "What the refusal is about.", of=StatusDetails, omit_empty=True
    )
    code: int = field("code", wire.INT32, "HTTP status.", omit_empty=True)
