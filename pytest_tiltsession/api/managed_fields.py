"""metadata.managedFields of a Session after a write, and server-side apply.

The entry to this: everything else about managed fields is below it. Knows Sessions and refusals, not routes or the
store. Follows the field manager of Kubernetes' apimachinery, which Tilt's API server uses as it is; recorded in the
stories *managed-fields*, *patch-apply*, *update* and *create*.
"""

import dataclasses
from collections.abc import Collection
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.api import apply_bodies, field_owners, field_sets, last_applied, refusals, structured_merge
from pytest_tiltsession.models import encoding, metadata, wire
from pytest_tiltsession.models import session as session_models

MAX_MANAGER_BYTES = 128
UNKNOWN_MANAGER = "unknown"
BEFORE_FIRST_APPLY = "before-first-apply"

# Stands for the writer while an update is compared, so that its entry counts as one of the others'.
_THIS_UPDATE = field_owners.Owner("", "")


def manager_from_user_agent(user_agent: str) -> str:
    """Name the manager of a request without ``fieldManager``: what stands before the first slash, printable only.

    At most 128 bytes of UTF-8. Recorded: ``my agent/1.0 (x)`` gives ``my agent``.
    """
    name, used = "", 0
    for char in user_agent.split("/", 1)[0]:
        if not char.isprintable():
            continue
        used += len(char.encode())
        if used > MAX_MANAGER_BYTES:
            break
        name += char
    return name


def record_update(
    before: session_models.Session | None,
    after: session_models.Session,
    *,
    manager: str,
    now: int,
    subresource: str = "",
    ignored: Collection[str] = (),
) -> session_models.Session:
    """Give ``after`` the managedFields that it has once ``manager`` has created it or changed it from ``before``.

    ``after`` is what the request makes of the object: where its own managedFields can be read they count, and an
    empty list (or one empty entry) takes all tracking away; through a subresource only the stored ones count.
    ``now`` is in seconds. ``ignored`` names top-level fields that the endpoint resets (none on Tilt).
    """
    live = before or session_models.Session()
    owners = _owners_of_update(live, after, subresource)
    if owners or not live.metadata.uid:
        try:
            owners = _updated(live, after, owners, _owner(manager, field_owners.UPDATE, subresource), now, ignored)
        except errors.InvalidValue:
            return _with_entries(after, live.metadata.managed_fields)
    return _with_entries(after, field_owners.to_entries(owners, live.metadata.managed_fields))


def _owners_of_update(
    live: session_models.Session, after: session_models.Session, subresource: str
) -> dict[field_owners.Owner, field_owners.Holding]:
    """Read the owners that an update starts from: the request's own, else the stored ones, else none."""
    if not subresource:
        given = after.metadata.managed_fields
        if given == () or given == (metadata.ManagedFieldsEntry(),):
            return {}
        owners = _readable_owners(given)
        if owners:
            return owners
    return _readable_owners(live.metadata.managed_fields)


def _readable_owners(
    entries: tuple[metadata.ManagedFieldsEntry, ...] | None,
) -> dict[field_owners.Owner, field_owners.Holding]:
    try:
        return field_owners.from_entries(entries)
    except errors.InvalidValue:
        return {}


def _owner(manager: str, operation: str, subresource: str) -> field_owners.Owner:
    return field_owners.owner_of(manager or UNKNOWN_MANAGER, operation, session_models.API_VERSION, subresource)


def _updated(
    live: session_models.Session,
    after: session_models.Session,
    owners: dict[field_owners.Owner, field_owners.Holding],
    owner: field_owners.Owner,
    now: int,
    ignored: Collection[str],
) -> dict[field_owners.Owner, field_owners.Holding]:
    """Give the fields that an update wrote to its owner, stamped with ``now``; nothing is stamped without any."""
    written = structured_merge.update(*_differing(live, after), owners, _THIS_UPDATE, _paths(ignored)).owners
    holding = written.pop(_THIS_UPDATE, None)
    fields = holding.fields.difference(field_owners.NEVER_MANAGED) if holding else field_sets.EMPTY
    if fields:
        earlier = written[owner].fields if owner in written else field_sets.EMPTY
        written[owner] = field_owners.Holding(earlier.union(fields), session_models.API_VERSION, now, fresh=True)
    return field_owners.capped(written)


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """The Session that an apply makes, managedFields included, and the texts of Warning headers."""

    session: session_models.Session
    warnings: tuple[str, ...] = ()


def apply(
    current: session_models.Session | None,
    body: bytes,
    *,
    manager: str,
    force: bool,
    now: int,
    subresource: str = "",
    field_validation: str = "Warn",
    ignored: Collection[str] = (),
) -> Applied:
    """Merge what ``body`` (YAML or JSON) sets into a Session; ``current`` is None where none is stored.

    Whatever the body says of name, uid and resourceVersion is in the result, for the caller to compare. ``now`` and
    ``ignored`` are as for :func:`record_update`. Raises :class:`refusals.Refusal`, a conflict with one cause for each
    field that another manager holds.
    """
    sent = apply_bodies.read(body)
    config = sent.config
    live = current or session_models.Session()
    try:
        owners = field_owners.from_entries(live.metadata.managed_fields)
    except errors.InvalidValue as problem:
        raise refusals.unclassified(f"failed to decode managed fields: {problem}") from None
    apply_bodies.check(config)
    if not owners:
        first = _owner(BEFORE_FIRST_APPLY, field_owners.UPDATE, subresource)
        owners = _updated(session_models.Session(), live, owners, first, now, ignored)
    owner = _owner(manager, field_owners.APPLY, subresource)
    try:
        result = _merged(_wire(live), config, owners, owner, _paths(ignored), force=force)
    except errors.InvalidValue as problem:
        raise refusals.unclassified(str(problem)) from None
    session = live if result.merged is None else apply_bodies.to_session(result.merged, config)
    if manager == last_applied.MANAGER:
        session = _with_last_applied(session, config)
    owners = _stamped(result.owners, owner, None if result.merged is None else now)
    session = _with_entries(session, field_owners.to_entries(owners, live.metadata.managed_fields))
    return Applied(session, sent.warnings(field_validation))


def _merged(
    live: dict[str, Any],
    config: dict[str, Any],
    owners: dict[field_owners.Owner, field_owners.Holding],
    owner: field_owners.Owner,
    ignored: field_sets.FieldSet,
    *,
    force: bool,
) -> structured_merge.Result:
    """Apply, and refuse what conflicts, save what ``kubectl`` may take over for having applied it before."""
    result = structured_merge.apply(live, config, owners, owner, ignored, force=force)
    conflicts = result.conflicts
    allowed = last_applied.unchanged_since(live) if conflicts and owner.manager == last_applied.MANAGER else None
    if allowed is not None:
        conflicts = tuple(conflict for conflict in conflicts if not allowed.has(conflict.path))
        if not conflicts:
            return structured_merge.apply(live, config, owners, owner, ignored, force=True)
    if conflicts:
        causes = [
            metadata.StatusCause("FieldManagerConflict", conflict.message, field_sets.text(conflict.path))
            for conflict in conflicts
        ]
        raise refusals.apply_conflict(field_owners.conflicts_text(conflicts), causes)
    return result


def _with_last_applied(session: session_models.Session, config: dict[str, Any]) -> session_models.Session:
    annotations = dict(session.metadata.annotations or {})
    if not annotations.get(last_applied.ANNOTATION):
        return session
    renewed = last_applied.renewed(config, annotations)
    return dataclasses.replace(session, metadata=dataclasses.replace(session.metadata, annotations=renewed))


def _stamped(
    owners: dict[field_owners.Owner, field_owners.Holding], owner: field_owners.Owner, now: int | None
) -> dict[field_owners.Owner, field_owners.Holding]:
    """Take what is never managed from an applier and stamp it, unless ``now`` is None: nothing changed then."""
    stamped = dict(owners)
    holding = stamped.pop(owner, None)
    fields = holding.fields.difference(field_owners.NEVER_MANAGED) if holding else field_sets.EMPTY
    if holding and fields:
        stamped[owner] = holding._replace(
            fields=fields, time=holding.time if now is None else now, fresh=now is not None
        )
    return stamped


def keep_times(before: session_models.Session, after: session_models.Session) -> session_models.Session:
    """Take the earlier times back where nothing but the times of managedFields differs.

    Kubernetes' own store does so before it writes, lest a write without effect count as a change; Tilt's does not.
    """
    old, new = before.metadata.managed_fields, after.metadata.managed_fields
    timeless = tuple(dataclasses.replace(entry, time=None) for entry in new or ())
    if timeless and timeless == tuple(dataclasses.replace(entry, time=None) for entry in old or ()):
        kept = _with_entries(after, old)
        return kept if kept == before else after
    return after


def _with_entries(
    session: session_models.Session, entries: tuple[metadata.ManagedFieldsEntry, ...] | None
) -> session_models.Session:
    if entries is session.metadata.managed_fields:
        return session
    return wire.replaced(session, metadata=wire.replaced(session.metadata, managed_fields=entries))


def _wire(session: session_models.Session) -> dict[str, Any]:
    """Give a Session as JSON without its managedFields, which never manage themselves."""
    return encoding.session_to_wire(_with_entries(session, None))


def _differing(one: session_models.Session, other: session_models.Session) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give two Sessions as JSON, but only what of their parts differs: they are there to be compared."""
    parts = {
        "metadata": encoding.differing(one.metadata, other.metadata, leaving_out="managed_fields"),
        "spec": encoding.differing(one.spec, other.spec),
        "status": encoding.differing(one.status, other.status),
    }
    return {name: first for name, (first, _) in parts.items()}, {name: second for name, (_, second) in parts.items()}


def _paths(names: Collection[str]) -> field_sets.FieldSet:
    return field_sets.of(field_sets.fields(name) for name in names)
