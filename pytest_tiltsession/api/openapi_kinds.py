"""The kinds that OpenAPI describes beside the models: lists, options, watch events, discovery. They hold no values.

Declared as the models are, so that one generator describes all. Sources: openapi-structure.json of the recordings
for what belongs to Sessions; Kubernetes' published API for the rest.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.models import metadata, wire
from pytest_tiltsession.models import session as session_models
from pytest_tiltsession.models.wire import field


@dataclasses.dataclass(frozen=True, slots=True)
class SessionList:
    """A list of Sessions."""

    metadata: Any = field("metadata", wire.STRUCT, "Metadata of the list.", of=metadata.ListMeta)
    items: Any = field("items", wire.LIST, "The Sessions.", of=session_models.Session)


@dataclasses.dataclass(frozen=True, slots=True)
class ShardInfo:
    """The part of a sharded collection that a list holds."""

    selector: str = field("selector", wire.STRING, "The selector of the shard.")


@dataclasses.dataclass(frozen=True, slots=True)
class Preconditions:
    """What must be true of the object when the server acts."""

    uid: Any = field("uid", wire.STRING, "The UID that the object must have.", omit_empty=True, optional=True)
    resource_version: Any = field(
        "resourceVersion", wire.STRING, "The version that the object must have.", omit_empty=True, optional=True
    )


@dataclasses.dataclass(frozen=True, slots=True)
class DeleteOptions:
    """Options of a deletion."""

    grace_period_seconds: Any = field(
        "gracePeriodSeconds", wire.INT64, "Seconds that the deletion may take.", omit_empty=True, optional=True
    )
    preconditions: Any = field(
        "preconditions", wire.POINTER, "Delete only if these hold.", of=Preconditions, omit_empty=True
    )
    orphan_dependents: Any = field(
        "orphanDependents",
        wire.BOOL,
        "Whether dependents stay. Deprecated: use propagationPolicy.",
        omit_empty=True,
        optional=True,
    )
    propagation_policy: Any = field(
        "propagationPolicy",
        wire.STRING,
        "What becomes of dependents: Orphan, Background or Foreground.",
        omit_empty=True,
        optional=True,
    )
    dry_run: Any = field("dryRun", wire.STRINGS, "All: check, but delete nothing.", omit_empty=True)
    ignore_read_error: Any = field(
        "ignoreStoreReadErrorWithClusterBreakingPotential",
        wire.BOOL,
        "Whether to delete an object that the store cannot read.",
        omit_empty=True,
        optional=True,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class RawExtension:
    """An object of any kind."""


@dataclasses.dataclass(frozen=True, slots=True)
class Patch:
    """A change to an object, in the form that its content type names."""


@dataclasses.dataclass(frozen=True, slots=True)
class WatchEvent:
    """One event of a watch."""

    type: str = field("type", wire.STRING, "ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.")
    object: Any = field("object", wire.STRUCT, "The object, as it now is or last was.", of=RawExtension)


@dataclasses.dataclass(frozen=True, slots=True)
class GroupVersionForDiscovery:
    """A version of a group."""

    group_version: str = field("groupVersion", wire.STRING, "Group and version: tilt.dev/v1alpha1.")
    version: str = field("version", wire.STRING, "The version alone.")


@dataclasses.dataclass(frozen=True, slots=True)
class ServerAddressByClientCIDR:
    """The address of the server for clients of a network."""

    client_cidr: str = field("clientCIDR", wire.STRING, "The network of the client.")
    server_address: str = field("serverAddress", wire.STRING, "Host and port to use.")


@dataclasses.dataclass(frozen=True, slots=True)
class APIGroup:
    """A group of kinds, and its versions."""

    name: str = field("name", wire.STRING, "Name of the group.")
    versions: Any = field("versions", wire.LIST, "The versions served.", of=GroupVersionForDiscovery)
    preferred_version: Any = field(
        "preferredVersion", wire.STRUCT, "The version that clients had best use.", of=GroupVersionForDiscovery,
        omit_empty=True,
    )  # fmt: skip
    server_addresses: Any = field(
        "serverAddressByClientCIDRs", wire.LIST, "Where to find the server.", of=ServerAddressByClientCIDR,
        omit_empty=True,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class APIGroupList:
    """The groups that the server serves."""

    groups: Any = field("groups", wire.LIST, "The groups.", of=APIGroup)


@dataclasses.dataclass(frozen=True, slots=True)
class APIResource:
    """A resource: its names, its kind and what can be done with it."""

    name: str = field("name", wire.STRING, "Plural name, as in paths.")
    singular_name: str = field("singularName", wire.STRING, "Singular name.")
    namespaced: bool = field("namespaced", wire.BOOL, "Whether its objects live in namespaces.")
    group: str = field("group", wire.STRING, "Group, where it differs from the list's.", omit_empty=True)
    version: str = field("version", wire.STRING, "Version, where it differs from the list's.", omit_empty=True)
    kind: str = field("kind", wire.STRING, "Kind of its objects.")
    verbs: Any = field("verbs", wire.STRINGS, "What can be done: get, list, watch and so on.")
    short_names: Any = field("shortNames", wire.STRINGS, "Short names for command lines.", omit_empty=True)
    categories: Any = field("categories", wire.STRINGS, "Groups of resources that it belongs to.", omit_empty=True)
    storage_version_hash: str = field("storageVersionHash", wire.STRING, "Identifies the stored form.", omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class APIResourceList:
    """The resources of a group version."""

    group_version: str = field("groupVersion", wire.STRING, "Group and version: tilt.dev/v1alpha1.")
    resources: Any = field("resources", wire.LIST, "The resources.", of=APIResource)


@dataclasses.dataclass(frozen=True, slots=True)
class Info:
    """What the server is built of."""

    major: str = field("major", wire.STRING, "Major version of Kubernetes.")
    minor: str = field("minor", wire.STRING, "Minor version of Kubernetes.")
    emulation_major: str = field("emulationMajor", wire.STRING, "Major version emulated.", omit_empty=True)
    emulation_minor: str = field("emulationMinor", wire.STRING, "Minor version emulated.", omit_empty=True)
    min_major: str = field("minCompatibilityMajor", wire.STRING, "Lowest compatible major.", omit_empty=True)
    min_minor: str = field("minCompatibilityMinor", wire.STRING, "Lowest compatible minor.", omit_empty=True)
    git_version: str = field("gitVersion", wire.STRING, "Version as git names it.")
    git_commit: str = field("gitCommit", wire.STRING, "Commit.")
    git_tree_state: str = field("gitTreeState", wire.STRING, "Whether the tree was clean.")
    build_date: str = field("buildDate", wire.STRING, "When it was built.")
    go_version: str = field("goVersion", wire.STRING, "Version of Go.")
    compiler: str = field("compiler", wire.STRING, "Compiler.")
    platform: str = field("platform", wire.STRING, "Operating system and architecture.")


# Fields that the published API has and the models, which no Tilt fills, leave out.
ADDED_FIELDS: dict[type[Any], tuple[wire.Field, ...]] = {
    metadata.ListMeta: (
        wire.Field(
            "", "shardInfo", wire.POINTER, ShardInfo, omit_empty=True, optional=False, doc="The shard that this is."
        ),
    )
}
