"""What clients change, as values: create and update of Sessions; knows no HTTP. Deletes are in ``engine.deletes``.

Each is submitted to the gate once. What a write refuses it raises (``engine.unwritten``, or what its ``transform``
raises), and then nothing has been written. After the submission ``outcome`` is the Session that the client is shown,
which may differ from what is stored: a dry run stores nothing, and the last finalizer's removal deletes.
"""

import dataclasses
import random
from collections.abc import Callable
from typing import Any

from pytest_tiltsession import profiles
from pytest_tiltsession.engine import changes, unwritten, world
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import admission
from pytest_tiltsession.store import journal, objects

_NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_NAME_PREFIX_LIMIT = 58
_VERSION_LIMIT = (1 << 64) - 1


@dataclasses.dataclass(slots=True, kw_only=True)
class Write:
    """What all writes have: the profile, and whether only the answer is wanted. The outcome is set by ``commit``.

    So is ``stored``, the sequence number of the commit that the outcome is of, for its encoded bytes; None without one.
    """

    profile: profiles.Profile = profiles.TILT
    dry_run: bool = False
    outcome: sessions.Session | None = dataclasses.field(default=None, init=False)
    stored: int | None = dataclasses.field(default=None, init=False)

    @property
    def cause(self) -> str:
        """Clients' writes are judged in a commit of their own."""
        return changes.CLIENT

    @property
    def persists(self) -> bool:
        """Tell whether the write takes effect: dry runs do where the profile ignores them."""
        return not (self.dry_run and self.profile.dry_run)


@dataclasses.dataclass(slots=True)
class Create(Write):
    """Store a new Session. ``value`` is as the client sent it, with its managed fields."""

    value: sessions.Session

    def commit(self, world: world.World) -> list[journal.Committed]:
        """Fill in, check and store."""
        value = self._named(world)
        if self.profile.version_on_create and value.metadata.resource_version not in ("", "0"):
            raise unwritten.VersionOnCreate(value.name)
        now = world.clock.now // 1_000_000
        value = admission.prepare_create(value, uid=world.tilt.next_uid(), now=now, profile=self.profile)
        found = admission.check_create(value, self.profile)
        if found:
            raise unwritten.Unadmitted(value.name, found)
        if world.objects.get(value.name) is not None:
            generated = self.profile.generated_names and bool(value.metadata.generate_name)
            raise unwritten.AlreadyStored(value.name, generated=generated)
        self.outcome = _without_empties(value)
        if not self.persists:
            return []
        committed = world.objects.commit(self.outcome, at=world.clock.now, cause=self.cause)
        self.outcome, self.stored = world.journal.session_at(committed.seq), committed.seq
        return [committed]

    def _named(self, world: world.World) -> sessions.Session:
        """Give the Session a name where the client wants one made: the prefix and five characters."""
        given = self.value.metadata
        if given.name or not given.generate_name:
            return self.value
        if not self.profile.generated_names:
            raise unwritten.NameNotGenerated(given.generate_name)
        taken = set(world.objects.names())
        while True:
            # From the uids of this fake, so that a test sees the same names in each of its runs.
            letters = random.Random(world.tilt.next_uid()).choices(_NAME_LETTERS, k=5)  # noqa: S311  no secret
            name = given.generate_name[:_NAME_PREFIX_LIMIT] + "".join(letters)
            if name not in taken:
                return dataclasses.replace(self.value, metadata=dataclasses.replace(given, name=name))


@dataclasses.dataclass(slots=True)
class Update(Write):
    """Change a Session, whole or through its ``status``.

    ``transform`` gives the Session that is wanted from the stored one (None where there is none, which it is asked
    for only if ``may_create``). ``replaces`` tells a PUT, whose uid is a precondition where the profile says so.
    """

    name: str
    transform: Callable[[sessions.Session | None], sessions.Session]
    subresource: str = ""
    may_create: bool = False
    replaces: bool = False
    created: bool = dataclasses.field(default=False, init=False)

    def commit(self, world: world.World) -> list[journal.Committed]:
        """Transform, compare versions, check, and store what changed; delete where the last finalizer goes."""
        live = world.objects.get(self.name)
        if live is None and not self.may_create:
            raise unwritten.NotStored(self.name)
        after = self.transform(live)
        if live is None:
            return self._create(after, world)
        after = self._at_version(after, live)
        after = admission.prepare_update(after, live, subresource=self.subresource, profile=self.profile)
        found = admission.check_update(after, live, self.profile)
        if found:
            raise unwritten.Unadmitted(after.name, found)
        after = _without_empties(after)
        changed = _differ(after, live)
        deleting = after.metadata.deletion_timestamp is not None and not after.metadata.finalizers
        self.outcome = after
        if not self.persists:
            return []
        if deleting:
            return [self._remove(after, world, changed)]
        if changed:
            committed = world.objects.commit(after, at=world.clock.now, cause=self.cause)
            self.outcome, self.stored = world.journal.session_at(committed.seq), committed.seq
            return [committed]
        if self.profile.quiet_no_ops:
            self.outcome = live
            return []
        return [world.objects.repeat(after, at=world.clock.now, cause=self.cause)]

    def _at_version(self, after: sessions.Session, live: sessions.Session) -> sessions.Session:
        """Compare the versions as numbers; a leading zero does not matter, and the answer repeats it."""
        given = after.metadata.resource_version
        meant = ("", live.metadata.uid)
        if self.replaces and self.profile.uid_preconditions and after.metadata.uid not in meant:
            given_uid, live_uid = after.metadata.uid, live.metadata.uid
            why = (
                f"StorageError: invalid object, Code: 4, Key: /registry/tilt.dev/sessions/{self.name}, "
                "ResourceVersion: 0, AdditionalErrorMsg: "
                f"Precondition failed: UID in precondition: {given_uid}, UID in object meta: {live_uid}"
            )
            raise unwritten.PreconditionFailed(self.name, why)
        if self.profile.unconditional_update and version_number(given) == 0:
            current = dataclasses.replace(after.metadata, resource_version=live.metadata.resource_version)
            return dataclasses.replace(after, metadata=current)
        if version_number(given) != version_number(live.metadata.resource_version):
            raise objects.VersionConflict(self.name)
        return after

    def _create(self, after: sessions.Session, world: world.World) -> list[journal.Committed]:
        asked = version_number(after.metadata.resource_version)
        if not self.profile.apply_creates:
            raise objects.VersionConflict(self.name) if asked else unwritten.NothingToUpdate(self.name)
        after = dataclasses.replace(after, metadata=dataclasses.replace(after.metadata, resource_version=""))
        create = Create(after, profile=self.profile, dry_run=self.dry_run)
        committed = create.commit(world)
        self.outcome, self.stored, self.created = create.outcome, create.stored, True
        return committed

    def _remove(self, after: sessions.Session, world: world.World, changed: bool) -> journal.Committed:
        last = world.objects.renewed(after) if changed and not world.objects.deletes_raise else after
        committed = world.objects.remove(last, at=world.clock.now, cause=self.cause)
        self.outcome = world.journal.session_at(committed.seq)
        return committed


def version_number(text: str) -> int:
    """Read a resourceVersion; the empty one is 0. Raises :class:`objects.InvalidVersion` with the text otherwise."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) > _VERSION_LIMIT:
        raise objects.InvalidVersion(text)
    return int(text)


def _differ(one: sessions.Session, other: sessions.Session) -> bool:
    """Compare as the store does: the JSON without the version, so that no two ways to write nothing differ."""
    parts = (
        encoding.differing(one.metadata, other.metadata, leaving_out="resource_version"),
        encoding.differing(one.spec, other.spec),
        encoding.differing(one.status, other.status),
    )
    return any(first != second for first, second in parts)


def _without_empties(value: sessions.Session) -> sessions.Session:
    """Give a Session as it is read back from the store: lists and maps of the metadata that are empty are absent."""
    old = value.metadata
    lists = ("labels", "annotations", "owner_references", "finalizers", "managed_fields")
    empties: dict[str, Any] = {
        name: None for name in lists if getattr(old, name) is not None and not getattr(old, name)
    }
    return dataclasses.replace(value, metadata=dataclasses.replace(old, **empties)) if empties else value
