"""The Sessions that are stored, and the only place that mints resourceVersions; knows no rules of Tilt.

One counter serves all objects of a Tilt, those of other kinds too, so the numbers jump (fidelity.md, Formats).
"""

from pytest_tiltsession.models import session, wire
from pytest_tiltsession.store import journal as journals


class VersionConflict(Exception):
    """A write against another version than the stored one."""


class InvalidVersion(Exception):
    """A resourceVersion that is no unsigned decimal number; carries the text."""


class Objects:
    """Sessions by name. The caller holds the fake's lock around what must be one step.

    ``deletes_raise`` gives each removal a version of its own, as Kubernetes does and Tilt does not.
    """

    def __init__(self, journal: journals.Journal) -> None:
        self.journal = journal
        self.deletes_raise = False
        self._revision = 0
        self._versions: dict[str, int] = {}  # name → sequence number of the commit that holds the object

    @property
    def revision(self) -> int:
        """The counter as it stands: what list metadata shows."""
        return self._revision

    def skip_revisions(self, count: int) -> None:
        """Let the counter run on, as writes to Tilt's other objects do."""
        self._revision += count

    def get(self, name: str) -> session.Session | None:
        """Give a stored Session, or None."""
        seq = self._versions.get(name)
        return None if seq is None else self.journal.session_at(seq)

    def seq_of(self, name: str) -> int | None:
        """Give the sequence number of the commit that holds the object, for its encoded bytes; or None."""
        return self._versions.get(name)

    def names(self) -> list[str]:
        """Give the names in byte order: the stable order of lists."""
        return sorted(self._versions, key=lambda name: name.encode("utf-8", "surrogatepass"))

    def __len__(self) -> int:
        return len(self._versions)

    def commit(
        self, value: session.Session, *, at: int, cause: str, note: str = "", revision: int | None = None
    ) -> journals.Committed:
        """Store a new object or a new version of one, with the next resourceVersion.

        ``revision`` sets the counter, for replays that show the recorded versions; one that is not larger than the
        counter is ignored, since the counter never goes back.
        """
        self._revision = revision if revision is not None and revision > self._revision else self._revision + 1
        changed = wire.replaced(value.metadata, resource_version=str(self._revision))
        stored = wire.replaced(value, metadata=changed)
        type_ = journals.MODIFIED if value.name in self._versions else journals.ADDED
        return self._keep(type_, stored, at, cause, note)

    def repeat(self, value: session.Session, *, at: int, cause: str) -> journals.Committed:
        """Write down a write that changed nothing: the version stays, watches still see it.

        The stored object stays what it was, since ``value`` may repeat a client's own spelling of the version (0205).
        """
        return self.journal.append(journals.MODIFIED, value, self._version_of(value), at, cause)

    def remove(
        self, value: session.Session, *, at: int, cause: str, note: str = "", silent: bool = False
    ) -> journals.Committed:
        """Remove an object. Unless ``deletes_raise``, the counter stays; ``value`` is what the DELETED event shows."""
        del self._versions[value.name]
        if self.deletes_raise:
            value = self.renewed(value)
        return self.journal.append(
            journals.DELETED, value, self._version_of(value), at, cause, note=note, silent=silent
        )

    def renewed(self, value: session.Session) -> session.Session:
        """Give a Session the next version without storing it."""
        self._revision += 1
        changed = wire.replaced(value.metadata, resource_version=str(self._revision))
        return wire.replaced(value, metadata=changed)

    def _keep(self, type_: str, stored: session.Session, at: int, cause: str, note: str) -> journals.Committed:
        committed = self.journal.append(type_, stored, self._version_of(stored), at, cause, note)
        self._versions[stored.name] = committed.seq
        return committed

    def _version_of(self, value: session.Session) -> int:
        text = value.metadata.resource_version
        return int(text) if text.isdecimal() else self._revision
