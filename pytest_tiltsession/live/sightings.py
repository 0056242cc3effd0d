"""What a watch and the polls beside it saw of one Session, each version once; safe from any thread, opens nothing."""

import collections
import threading
from collections.abc import Callable, Mapping
from typing import Any

from pytest_tiltsession import locks
from pytest_tiltsession.models import decoding, session
from pytest_tiltsession.scenario import recorder

WATCH = "WATCH"
POLL = "POLL"
_DELETED = "DELETED"
_MOST_ODD = 20

Key = tuple[str, str, bool]


class Sightings:
    """Collects versions by the time of their arrival, in microseconds of the machine, and what went wrong meanwhile."""

    def __init__(self, name: str = session.TILTFILE_SESSION) -> None:
        self.name = name
        self.recorder = recorder.Recorder(name)
        self.changed = threading.Condition(locks.turn())
        self.events = 0
        self.latest: session.Session | None = None
        self.present = False
        self.ended = ""
        self.first_at: int | None = None
        self.others: set[str] = set()
        self.odd: list[tuple[int, str]] = []
        self.gaps: list[tuple[int, int]] = []
        self.hangs: list[tuple[int, int]] = []
        self.outages: list[tuple[int, int, str]] = []
        self.first: session.Session | None = None
        self._seen: dict[Key, str] = {}
        self._pending: collections.OrderedDict[Key, int] = collections.OrderedDict()
        self._seen_at = 0
        self._absent: tuple[int, session.Session] | None = None
        self.unwatched = 0

    # -- taking -------------------------------------------------------------------------------------------------

    def take(self, at: int, via: str, type_: str, document: Mapping[str, Any]) -> bool:
        """Take an object as it arrived; tell whether it was news. What is no Session is kept as something odd."""
        try:
            value = decoding.decode(session.Session, dict(document), strict=False).value
            if value.name != self.name:
                self._other(value.name, document)
                return False
            with self.changed:
                return self._take(at, via, type_ == _DELETED, value)
        except Exception as problem:
            self.strange(at, f"an object that is no Session ({problem})")
            return False

    def absent(self, sent: int, at: int) -> None:
        """Learn that the Session is not there, by an answer that was asked for at ``sent`` and arrived at ``at``."""
        with self.changed:
            # What was seen since the question may be younger than the answer; the next poll will tell.
            if self.latest is None or not self.present or self._seen_at >= sent:
                return
            self.present = False
            self._absent = (at, self.latest)
            self.changed.notify_all()

    def strange(self, at: int, text: str) -> None:
        """Keep what was seen instead of a Session."""
        with self.changed:
            if len(self.odd) < _MOST_ODD and text not in (known for _, known in self.odd):
                self.odd.append((at, text))

    def end(self, why: str) -> None:
        """Learn that nothing more will come; the first reason counts."""
        with self.changed:
            self.ended = self.ended or why
            self.changed.notify_all()

    def wake(self) -> None:
        """Let those who wait look again."""
        with self.changed:
            self.changed.notify_all()

    def wait_for(self, predicate: Callable[["Sightings"], object], timeout: float | None = None) -> bool:
        """Wait until ``predicate`` is true of this; False after ``timeout`` seconds of the machine's clock."""
        with self.changed:
            return bool(self.changed.wait_for(lambda: predicate(self), timeout))

    def overdue(self, since: int) -> int | None:
        """Give when the oldest version arrived that only polls have shown, if that was before an instant."""
        with self.changed:
            first = next(iter(self._pending.values()), None)
            return first if first is not None and first < since else None

    def forgive(self) -> None:
        """Expect of the watch no longer what polls have shown; a new one shows only the present state."""
        with self.changed:
            self._pending.clear()

    def close(self) -> None:
        """Settle what can be said only at the end: a removal that no event told of."""
        with self.changed:
            if self._absent is None:
                return
            at, value = self._absent
            key = (value.metadata.uid, True)
            if not any((uid, deleted) == key for uid, _, deleted in self._seen):
                self.recorder.take(at, True, value)
                self._absent = None

    # -- within -------------------------------------------------------------------------------------------------

    def _other(self, name: str, document: Mapping[str, Any]) -> None:
        if document.get("kind", session.KIND) != session.KIND or not name:
            raise ValueError(f"kind {document.get('kind')!r}, name {name!r}")
        with self.changed:
            self.others.add(name)
            self.changed.notify_all()

    def _take(self, at: int, via: str, deleted: bool, value: session.Session) -> bool:
        key = (value.metadata.uid, value.metadata.resource_version, deleted)
        if via == WATCH:
            # Events come in order: what the watch has not shown before a later one, it will not show.
            while self._pending and (key in self._pending or self._older(next(iter(self._pending)), key)):
                older, _ = self._pending.popitem(last=False)
                self.unwatched += older != key
        self._seen_at = max(at, self._seen_at)
        if self._absent is not None and not deleted and self._absent[1].metadata.uid == value.metadata.uid:
            self._absent, self.present = None, True
        if key in self._seen:
            return False
        if self.first is not None and self._another_tilt(self.first, value):
            self.end("another Tilt took its place")
            return False
        self.recorder.take(at, deleted, value)
        self._seen[key] = via
        self.first = self.first or value
        self.first_at = at if self.first_at is None else min(at, self.first_at)
        self.events += 1
        if via == POLL:
            self._pending[key] = at
        if self.latest is None or not _older_than(value, self.latest):
            self.latest, self.present = value, not deleted
        self.changed.notify_all()
        return True

    def _another_tilt(self, first: session.Session, value: session.Session) -> bool:
        """Tell a Session of another Tilt from one that this Tilt re-created, which keeps pid and start time."""
        if any(uid == value.metadata.uid for uid, _, _ in self._seen):
            return False
        both = (first.status, value.status)
        return len({(status.pid, status.start_time) for status in both}) > 1

    def _older(self, pending: Key, key: Key) -> bool:
        return pending[1].isdecimal() and key[1].isdecimal() and int(pending[1]) <= int(key[1])


def _older_than(value: session.Session, latest: session.Session) -> bool:
    return int(value.metadata.resource_version) < int(latest.metadata.resource_version)
