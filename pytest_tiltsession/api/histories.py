"""How far back the server remembers, and what was stored at an earlier version. Reads the journal, writes nothing.

Matters in the ``kubernetes`` profile only, where watches resume, pages continue and exact versions are listed. The
caller holds the fake's lock.
"""

import bisect
from collections.abc import Sequence

from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.store import journal


class History:
    """The remembered part of a journal: what is older than ``span`` microseconds of the clock is forgotten."""

    def __init__(self, world: worlds.World, span: int) -> None:
        self._world = world
        self._span = span

    def expired(self, version: int) -> bool:
        """Tell whether something that happened after a version is forgotten, so that the rest is not the whole."""
        forgotten = self._horizon()
        begun = self._world.journal.begun  # what an earlier process stored is no history of this one
        return forgotten > begun and self._entry(forgotten - 1).version > version

    def lost(self, seq: int) -> bool:
        """Tell whether the commit of that sequence number is forgotten: a reader who comes to it missed it."""
        return seq < self._horizon()

    def after(self, version: int) -> int:
        """Give the sequence number of the first commit after a version: where a watch resumes."""
        return bisect.bisect_right(_Versions(self._world.journal), version, lo=self._world.journal.begun)

    def stored_at(self, version: int) -> list[int]:
        """Give the sequence numbers that hold the Sessions as they were at a version, in the order of their names."""
        held: dict[str, int] = {}
        begun = self._world.journal.begun
        for committed in self._world.journal.read(begun, self.after(version) - begun):
            if committed.type == journal.DELETED:
                held.pop(committed.name, None)
            else:
                held[committed.name] = committed.seq
        return [held[name] for name in sorted(held, key=lambda name: name.encode("utf-8", "surrogatepass"))]

    def _horizon(self) -> int:
        """Give how many commits are forgotten."""
        oldest = self._world.clock.now - self._span
        return max(self._world.journal.begun, bisect.bisect_left(_Instants(self._world.journal), oldest))

    def _entry(self, seq: int) -> journal.Committed:
        return self._world.journal.read(seq, 1)[0]


class _Versions(Sequence[int]):
    """The versions of a journal's commits, which never fall while one process runs, for a search by halves."""

    def __init__(self, entries: journal.Journal) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> int:  # type: ignore[override]  # bisect takes no slices
        return self._entries.read(index, 1)[0].version


class _Instants(_Versions):
    """The instants of a journal's commits, which never fall either."""

    def __getitem__(self, index: int) -> int:  # type: ignore[override]  # bisect takes no slices
        return self._entries.read(index, 1)[0].at
