"""Who manages which fields, between metadata.managedFields and sets of fields; knows no schema and no HTTP.

Each entry of managedFields is one owner: a manager with an operation, an API version (of no account for appliers)
and a subresource. Follows the field manager of Kubernetes' apimachinery.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pytest_tiltsession import errors
from pytest_tiltsession.api import field_sets, fields_v1
from pytest_tiltsession.models import encoding, go_texts, metadata

APPLY, UPDATE = "Apply", "Update"
FIELDS_TYPE = "FieldsV1"
MAX_UPDATERS = 10
ANCIENT = "ancient-changes"

# What belongs to the server or to the object itself, and is never said to be managed by anyone.
_OF_METADATA = ("name", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp")
NEVER_MANAGED = field_sets.of(
    [
        *(field_sets.fields(name) for name in ("apiVersion", "kind", "metadata")),
        *(field_sets.fields("metadata", name) for name in (*_OF_METADATA, "clusterName", "managedFields")),
    ]
)


class Owner(NamedTuple):
    """What tells one owner from another; ``api_version`` is empty for an applier."""

    manager: str
    operation: str
    api_version: str = ""
    subresource: str = ""

    @property
    def identifier(self) -> str:
        """The text by which Kubernetes sorts owners: the entry's JSON without its fields and time."""
        entry = metadata.ManagedFieldsEntry(
            manager=self.manager,
            operation=self.operation,
            api_version=self.api_version,
            subresource=self.subresource,
        )
        return encoding.compact(encoding.to_wire(entry))

    @property
    def shown(self) -> str:
        """The owner as conflicts show it: ``"kit" with subresource "status" using tilt.dev/v1alpha1``."""
        text = go_texts.quoted(self.manager)
        if self.subresource:
            text += f" with subresource {go_texts.quoted(self.subresource)}"
        return f"{text} using {self.api_version}" if self.operation == UPDATE else text


class Holding(NamedTuple):
    """What an owner manages: a set of fields, the version it is written in, and when it last changed (seconds).

    ``fresh`` marks what this very request stamped. Kubernetes sorts by seconds and then by name; but on a frozen clock
    writes that would be seconds apart are of one second, and the order in which they came stands for their times
    (story *manager-param*, whose writes are 1.1 s apart).
    """

    fields: field_sets.FieldSet
    api_version: str
    time: int | None = None
    fresh: bool = False


Owners = Mapping[Owner, Holding]


def from_entries(entries: Sequence[metadata.ManagedFieldsEntry] | None) -> dict[Owner, Holding]:
    """Read managedFields. Raises :class:`errors.InvalidValue` for an entry that Kubernetes cannot read either."""
    owners: dict[Owner, Holding] = {}
    for position, entry in enumerate(entries or ()):
        if entry.operation not in (APPLY, UPDATE):
            raise errors.InvalidValue("operation must be `Apply` or `Update`")
        if not entry.api_version:
            raise errors.InvalidValue("apiVersion must not be empty")
        if not entry.fields_type:
            raise errors.InvalidValue(f"missing fieldsType in managed fields entry {position}")
        if entry.fields_type != FIELDS_TYPE:
            found = go_texts.quoted(entry.fields_type)
            raise errors.InvalidValue(f"invalid fieldsType {found} in managed fields entry {position}")
        owners[_owner_of(entry)] = Holding(fields_v1.to_set(entry.fields_v1), entry.api_version, entry.time)
    return owners


def owner_of(manager: str, operation: str, api_version: str, subresource: str = "") -> Owner:
    """Name an owner; an applier is the same in every API version."""
    return Owner(manager, operation, "" if operation == APPLY else api_version, subresource)


def to_entries(
    owners: Owners, stored: Sequence[metadata.ManagedFieldsEntry] | None = None
) -> tuple[metadata.ManagedFieldsEntry, ...] | None:
    """Write managedFields: appliers first, then by seconds, manager, version and subresource; None without owners.

    ``stored`` are those of the object as it is, whose entries are taken over where nothing in them changes. Those of
    one second keep their order, and what is fresh comes after them.
    """
    earlier = {_owner_of(entry): entry for entry in stored or ()}
    places = {owner: place for place, owner in enumerate(earlier)}
    ranked = sorted(owners.items(), key=lambda item: _rank(item[0], item[1], places.get(item[0], len(places))))
    return tuple(_entry(owner, holding, earlier.get(owner)) for owner, holding in ranked) or None


def _entry(owner: Owner, holding: Holding, stored: metadata.ManagedFieldsEntry | None) -> metadata.ManagedFieldsEntry:
    """Write one owner's entry: the stored one where it says the same, or else at least with its tree if that does."""
    tree = None if stored is None else stored.fields_v1
    if not (isinstance(tree, fields_v1.Tree) and tree.fields == holding.fields):
        tree = fields_v1.from_set(holding.fields)
    elif stored is not None and (stored.time, stored.api_version) == (holding.time, holding.api_version):
        return stored
    return metadata.ManagedFieldsEntry(
        manager=owner.manager,
        operation=owner.operation,
        api_version=holding.api_version,
        time=holding.time,
        fields_type=FIELDS_TYPE,
        fields_v1=tree,
        subresource=owner.subresource,
    )


def _owner_of(entry: metadata.ManagedFieldsEntry) -> Owner:
    return owner_of(entry.manager, entry.operation, entry.api_version, entry.subresource)


def _rank(owner: Owner, holding: Holding, place: int) -> tuple[str, int, bool, int, str, str, str]:
    when = holding.time or 0
    return (owner.operation, when, holding.fresh, place, owner.manager, holding.api_version, owner.subresource)


def capped(owners: Owners) -> dict[Owner, Holding]:
    """Join the oldest updaters into ``ancient-changes`` until no more than ten are left.

    They are joined by API version: the first of a version is kept as it is until a second one comes, whose time
    the joined entry takes.
    """
    kept = dict(owners)
    updaters = [owner for owner in kept if owner.operation == UPDATE]
    surplus = len(updaters) - MAX_UPDATERS
    if surplus <= 0:
        return kept
    updaters.sort(key=lambda owner: (kept[owner].time or 0, kept[owner].fresh, owner.identifier))
    first_of: dict[str, Owner] = {}
    for owner in updaters:
        if surplus <= 0:
            break
        holding = kept[owner]
        bucket = Owner(ANCIENT, UPDATE, holding.api_version)
        first = first_of.setdefault(holding.api_version, owner)
        if first == owner:
            continue
        if bucket not in kept:
            kept[bucket] = kept.pop(first)
        kept[bucket] = holding._replace(fields=holding.fields.union(kept[bucket].fields))
        # Where an updater comes before the joined entry itself, this drops the joined entry, as Kubernetes does.
        del kept[owner]
        surplus -= 1
    return kept


@dataclasses.dataclass(frozen=True, slots=True)
class Conflict:
    """A field that an apply would change although another owner manages it."""

    owner: Owner
    path: field_sets.Path

    @property
    def message(self) -> str:
        """The conflict without its path, as a cause of the refusal says it."""
        return f"conflict with {self.owner.shown}"


def conflicts_text(conflicts: Sequence[Conflict]) -> str:
    """Write the message of an apply that conflicts: one line for one conflict, else a list below each owner."""
    if len(conflicts) == 1:
        return f"Apply failed with 1 conflict: {conflicts[0].message}: {field_sets.text(conflicts[0].path)}"
    lines: list[str] = []
    for owner in sorted({conflict.owner for conflict in conflicts}, key=lambda found: found.identifier):
        lines.append(f"conflicts with {owner.shown}:")
        lines += [f"- {field_sets.text(conflict.path)}" for conflict in conflicts if conflict.owner == owner]
    return f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
