"""What a client may store: what the server fills in and takes back, and what it finds wrong. Pure functions.

Follows the order of Kubernetes' registry (BeforeCreate, BeforeUpdate) as Tilt uses it: a wrong spec is told alone,
then everything that is wrong with the metadata at once. Knows profiles, no HTTP and no store.
"""

import dataclasses

from pytest_tiltsession import profiles
from pytest_tiltsession.models import metadata, wire
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import field_errors, metadata_rules

EXIT_CONDITIONS = ("manual", "ci")


def wiped(value: sessions.Session) -> sessions.Session:
    """Clear what a client may not set on create, before anyone comes to manage it."""
    object_meta = dataclasses.replace(
        value.metadata,
        namespace="",
        self_link="",
        uid="",
        creation_timestamp=None,
        deletion_timestamp=None,
        deletion_grace_period_seconds=None,
    )
    return dataclasses.replace(value, metadata=object_meta)


def prepare_create(
    value: sessions.Session, *, uid: str, now: int, profile: profiles.Profile = profiles.TILT
) -> sessions.Session:
    """Fill in what the server sets on create and clear what a client may not set. ``now`` is in seconds."""
    value = wiped(value)
    object_meta = dataclasses.replace(
        value.metadata,
        uid=uid,
        resource_version="",
        generation=1 if profile.generation else value.metadata.generation,
        creation_timestamp=now,
    )
    status = sessions.SessionStatus() if profile.status_on_create else value.status
    return dataclasses.replace(value, metadata=object_meta, status=status)


def check_create(value: sessions.Session, profile: profiles.Profile = profiles.TILT) -> list[field_errors.FieldError]:
    """Give what is wrong with a new Session; of its metadata only where its spec is right."""
    return check_spec(value.spec, profile) or metadata_rules.check(value.metadata)


def check_spec(spec: sessions.SessionSpec, profile: profiles.Profile = profiles.TILT) -> list[field_errors.FieldError]:
    """Give what is wrong with a spec."""
    parent = "spec." if profile.field_paths else ""
    found = []
    if not spec.tiltfile_path:
        found.append(field_errors.required(f"{parent}tiltfilePath", "cannot be empty"))
    if spec.exit_condition not in EXIT_CONDITIONS:
        found.append(
            field_errors.invalid(
                f"{parent}exitCondition",
                field_errors.Named(spec.exit_condition),
                f"valid values: {', '.join(EXIT_CONDITIONS)}",
            )
        )
    return found


def prepare_update(
    after: sessions.Session,
    live: sessions.Session,
    *,
    subresource: str = "",
    profile: profiles.Profile = profiles.TILT,
) -> sessions.Session:
    """Give an update with what a client cannot change taken from the stored Session.

    Through ``status`` only the status counts (and, where the profile keeps them, its managed fields); through the
    main resource everything else does.
    """
    if subresource:
        kept = live.metadata
        if profile.managed_status:
            kept = dataclasses.replace(kept, managed_fields=after.metadata.managed_fields)
        return dataclasses.replace(live, metadata=kept, status=after.status)
    old, new = live.metadata, after.metadata
    grace = new.deletion_grace_period_seconds
    generation = old.generation
    if profile.generation and after.spec != live.spec:
        generation += 1
    object_meta = wire.replaced(
        new,
        namespace="",
        self_link="" if profile.self_links else new.self_link,
        generation=generation,
        uid=new.uid or old.uid,
        creation_timestamp=old.creation_timestamp,
        deletion_timestamp=new.deletion_timestamp if old.deletion_timestamp is None else old.deletion_timestamp,
        deletion_grace_period_seconds=old.deletion_grace_period_seconds if grace is None else grace,
    )
    return wire.replaced(after, metadata=object_meta, status=live.status)


def check_update(
    after: sessions.Session, live: sessions.Session, profile: profiles.Profile = profiles.TILT
) -> list[field_errors.FieldError]:
    """Give what is wrong with a prepared update of a stored Session. Tilt looks at the spec on create only."""
    found = metadata_rules.check_update(after.metadata, live.metadata)
    return found + check_spec(after.spec, profile) if profile.update_validation else found


def marked_for_deletion(
    value: sessions.Session, *, now: int, profile: profiles.Profile = profiles.TILT
) -> sessions.Session:
    """Give a Session that finalizers hold as a delete leaves it: marked once, at the first delete."""
    old = value.metadata
    marked = dataclasses.replace(
        old,
        deletion_timestamp=now if old.deletion_timestamp is None else min(now, old.deletion_timestamp),
        deletion_grace_period_seconds=0,
    )
    if profile.generation and old.deletion_timestamp is None:
        marked = dataclasses.replace(marked, generation=old.generation + 1)
    return dataclasses.replace(value, metadata=marked)


def without_repeated_owners(
    references: tuple[metadata.OwnerReference, ...] | None,
) -> tuple[tuple[metadata.OwnerReference, ...] | None, tuple[str, ...]]:
    """Take out owner references that repeat an earlier one entirely; give the uids of those taken out, too."""
    kept: list[metadata.OwnerReference] = []
    repeated: list[str] = []
    for reference in references or ():
        if reference in kept:
            repeated.append(reference.uid)
        else:
            kept.append(reference)
    return (tuple(kept) if repeated else references), tuple(repeated)
