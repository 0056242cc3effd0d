"""What clients delete, as values: one Session or those that a selector takes; knows no HTTP.

Like the writes of ``engine.writes``, each is submitted to the gate once and keeps what the client is shown.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession.engine import unwritten, world, writes
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.rules import admission
from pytest_tiltsession.store import journal


@dataclasses.dataclass(slots=True)
class Delete(writes.Write):
    """Delete a Session, or only mark it while finalizers hold it. ``uid`` and ``version`` are preconditions."""

    name: str
    uid: str | None = None
    version: str | None = None
    deleted: bool = dataclasses.field(default=False, init=False)

    def commit(self, world: world.World) -> list[journal.Committed]:
        """Delete or mark; marking again changes nothing, but watches see it again."""
        live = world.objects.get(self.name)
        if live is None:
            raise unwritten.NotStored(self.name)
        if self.profile.preconditions:
            self._check(live)
        after, committed = _deleted(live, world, self)
        self.outcome, self.deleted = after, not live.metadata.finalizers
        return committed

    def _check(self, live: sessions.Session) -> None:
        pairs = (
            ("UID", self.uid, live.metadata.uid, "deleted and then recreated"),
            ("ResourceVersion", self.version, live.metadata.resource_version, "modified"),
        )
        for what, wanted, found, happened in pairs:
            if wanted is not None and wanted != found:
                why = (
                    f"the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). "
                    f"The object might have been {happened}"
                )
                raise unwritten.PreconditionFailed(self.name, why, of_delete=True)


@dataclasses.dataclass(slots=True)
class DeleteCollection(writes.Write):
    """Delete the Sessions that ``selects`` takes; ``removed`` are they, in the order of their names."""

    selects: Callable[[sessions.Session], bool]
    removed: list[sessions.Session] = dataclasses.field(default_factory=list, init=False)

    def commit(self, world: world.World) -> list[journal.Committed]:
        """Delete one after the other: silently and whatever holds them, or as the profile says."""
        committed: list[journal.Committed] = []
        for name in world.objects.names():
            live = world.objects.get(name)
            if live is None or not self.selects(live):
                continue
            if self.profile.collection_finalizers:
                after, commits = _deleted(live, world, self)
                self.removed.append(after)
                committed += commits
                continue
            self.removed.append(live)
            if self.persists:
                silent = not self.profile.collection_events
                committed.append(world.objects.remove(live, at=world.clock.now, cause=self.cause, silent=silent))
        return committed


def _deleted(
    live: sessions.Session, world: world.World, write: writes.Write
) -> tuple[sessions.Session, list[journal.Committed]]:
    """Delete one Session, or mark it where finalizers hold it; give what it is then, and the commits."""
    now = world.clock.now
    if not live.metadata.finalizers:
        if not write.persists:
            return live, []
        removed = world.objects.remove(live, at=now, cause=write.cause)
        return world.journal.session_at(removed.seq), [removed]
    after = admission.marked_for_deletion(live, now=now // 1_000_000, profile=write.profile)
    if not write.persists:
        return after, []
    if after != live:
        committed = world.objects.commit(after, at=now, cause=write.cause)
        return world.journal.session_at(committed.seq), [committed]
    return live, [] if write.profile.quiet_no_ops else [world.objects.repeat(live, at=now, cause=write.cause)]
