"""Updates and applies on Sessions as JSON: who manages what afterwards, and what an apply makes of the object.

Pure: knows neither times nor HTTP, and decodes nothing. Follows Kubernetes' structured-merge-diff: an update takes
the fields that it changed from all others; an apply conflicts with others over the fields that it changes, and
takes out of the object what the same applier set before, sets no more, and nobody else manages.
"""

import dataclasses
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.api import field_owners, field_sets, merge_schema, typed_changes, typed_values
from pytest_tiltsession.models import session as session_models


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """The owners after an operation; ``merged`` is the new object, None where an apply changes nothing.

    With ``conflicts`` nothing was done, and the rest has no meaning.
    """

    owners: dict[field_owners.Owner, field_owners.Holding]
    merged: dict[str, Any] | None = None
    conflicts: tuple[field_owners.Conflict, ...] = ()


def update(
    old: dict[str, Any],
    new: dict[str, Any],
    owners: field_owners.Owners,
    owner: field_owners.Owner,
    ignored: field_sets.FieldSet,
) -> Result:
    """Give an updater the fields in which ``new`` differs from ``old``, and take them from all others.

    ``ignored`` are fields that the endpoint resets, which no one is to manage for having written them there.
    Raises :class:`errors.InvalidValue` as :func:`readable` does.
    """
    owners = readable(owners)
    change = typed_changes.compare(old, new).without(ignored)
    written = change.written
    kept = _without(owners, change.removed.union(written), except_for=owner)
    held = kept[owner].fields if owner in kept else field_sets.EMPTY
    fields = held.difference(change.removed).union(written).recursive_difference(ignored)
    return Result(_with(kept, owner, fields))


def apply(
    live: dict[str, Any],
    config: dict[str, Any],
    owners: field_owners.Owners,
    owner: field_owners.Owner,
    ignored: field_sets.FieldSet,
    *,
    force: bool,
) -> Result:
    """Merge what an applier sets into the live object. Raises as :func:`readable` does."""
    schema = merge_schema.session()
    owners = readable(owners)
    merged: dict[str, Any] = typed_changes.merge(live, config, schema)
    last = owners.get(owner)
    fields = typed_values.mentioned(config, schema).recursive_difference(ignored)
    held = {**owners, owner: field_owners.Holding(fields, session_models.API_VERSION, last.time if last else None)}
    if last is not None and last.fields:
        merged = _pruned(merged, last.fields, held)
    change = typed_changes.compare(live, merged).without(ignored)
    if not force:
        conflicts = _conflicts(held, change.written, owner)
        if conflicts:
            return Result({}, conflicts=conflicts)
    kept = _without(held, change.removed.union(change.written), except_for=owner)
    return Result(kept, merged=None if merged == live else merged)


def readable(owners: field_owners.Owners) -> dict[field_owners.Owner, field_owners.Holding]:
    """Leave out entries in versions that Sessions do not have, and fold paths inside atomic fields.

    Raises :class:`errors.InvalidValue` for a version that is not even the text of one.
    """
    for holding in owners.values():
        if holding.api_version.count("/") > 1:
            raise errors.InvalidValue(f"unexpected GroupVersion string: {holding.api_version}")
    schema = merge_schema.session()
    return {
        owner: _with_fields(holding, typed_values.in_schema(holding.fields, schema))
        for owner, holding in owners.items()
        if holding.api_version == session_models.API_VERSION
    }


def _with(
    owners: field_owners.Owners, owner: field_owners.Owner, fields: field_sets.FieldSet
) -> dict[field_owners.Owner, field_owners.Holding]:
    """Set an owner's fields; an owner of nothing goes."""
    others = {key: holding for key, holding in owners.items() if key != owner}
    if not fields:
        return others
    last = owners.get(owner)
    return {**others, owner: field_owners.Holding(fields, session_models.API_VERSION, last.time if last else None)}


def _without(
    owners: field_owners.Owners, fields: field_sets.FieldSet, *, except_for: field_owners.Owner
) -> dict[field_owners.Owner, field_owners.Holding]:
    """Take fields from all owners but one; owners of nothing go, that one included."""
    left = {
        owner: holding if owner == except_for else _with_fields(holding, holding.fields.difference(fields))
        for owner, holding in owners.items()
    }
    return {owner: holding for owner, holding in left.items() if holding.fields}


def _with_fields(holding: field_owners.Holding, fields: field_sets.FieldSet) -> field_owners.Holding:
    return holding if fields is holding.fields else holding._replace(fields=fields)


def _conflicts(
    owners: field_owners.Owners, written: field_sets.FieldSet, owner: field_owners.Owner
) -> tuple[field_owners.Conflict, ...]:
    """List the fields of others that an apply would change, by owner."""
    others = sorted((other for other in owners if other != owner), key=lambda other: other.identifier)
    return tuple(
        field_owners.Conflict(other, path)
        for other in others
        for path in owners[other].fields.intersection(written).paths()
    )


def _pruned(merged: dict[str, Any], last: field_sets.FieldSet, owners: field_owners.Owners) -> dict[str, Any]:
    """Take away what the applier set last time, unless it or another owner still manages it.

    Structs that only lead to such fields go with them when nothing else is in them.
    """
    schema = merge_schema.session()
    named = typed_values.with_named_fields
    managed = field_sets.EMPTY
    for holding in owners.values():
        managed = managed.union(holding.fields)
    before = named(typed_values.mentioned(merged, schema), schema)
    last = named(last, schema)
    pruned = typed_changes.remove(merged, last, schema)
    kept = named(typed_values.mentioned(pruned, schema), schema).union(named(managed, schema))
    pruned = typed_changes.remove(merged, before.difference(kept), schema)
    kept = named(typed_values.mentioned(pruned, schema), schema)
    result: dict[str, Any] = typed_changes.remove(merged, before.difference(kept).intersection(last), schema)
    return result
