"""What an expectation looks at: one Tilt's session, journal, requests and clock at one moment; judges nothing."""

import contextlib
import dataclasses
import functools
import threading
from collections.abc import Iterable
from typing import Protocol

from pytest_tiltsession.expectations import timeline
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal as journals
from pytest_tiltsession.store import requests


class Clock(Protocol):
    """A clock that tells the time in microseconds since the epoch, and where it started."""

    @property
    def now(self) -> int: ...

    @property
    def start(self) -> int: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """The Tilt that a test makes claims about, as it goes on.

    ``start`` is the instant that offsets count from, in microseconds since the epoch; None: the first
    ``status.startTime`` of the Session ``Tiltfile``, else the clock's own start. ``lock`` is held for the moment of
    looking, so that nothing is seen by halves.
    """

    journal: journals.Journal
    clock: Clock
    requests: Iterable[requests.RequestRecord] = ()
    start: int | None = None
    lock: "threading.RLock | None" = None

    def look(self, name: str = sessions.TILTFILE_SESSION) -> "Observed":
        """Give what is to be seen now of the session of that name."""
        with self.lock or contextlib.nullcontext():
            entries, now = tuple(self.journal.read(0)), self.clock.now
            # Copies, since the record of a watch goes on changing.
            made = tuple(dataclasses.replace(record) for record in self.requests)
        origin = self._origin(entries)
        return Observed(self.journal, entries, made, name, origin, now - origin)

    def _origin(self, entries: tuple[journals.Committed, ...]) -> int:
        if self.start is not None:
            return self.start
        first = next((entry for entry in entries if entry.name == sessions.TILTFILE_SESSION), None)
        started = None if first is None else self.journal.session_at(first.seq).status.start_time
        return self.clock.start if started is None else started


@dataclasses.dataclass(frozen=True, slots=True)
class Exit:
    """When Tilt's process exits, or would: a session is done. ``at`` is microseconds since the session's start."""

    at: int
    name: str
    error: str

    @property
    def code(self) -> int:
        """The exit code of ``tilt ci``."""
        return int(bool(self.error))


@dataclasses.dataclass(frozen=True)
class Observed:
    """What was to be seen at one moment. ``now`` is microseconds since ``origin``, which is since the epoch."""

    journal: journals.Journal
    entries: tuple[journals.Committed, ...]
    requests: tuple[requests.RequestRecord, ...]
    name: str
    origin: int
    now: int

    @functools.cached_property
    def last(self) -> journals.Committed | None:
        """The last commit of the session, its deletion too; None before the first."""
        return next((entry for entry in reversed(self.entries) if entry.name == self.name), None)

    @functools.cached_property
    def session(self) -> sessions.Session | None:
        """The session as it is, or None where it does not exist."""
        if self.last is None or self.last.type == journals.DELETED:
            return None
        return self.journal.session_at(self.last.seq)

    @functools.cached_property
    def timeline(self) -> timeline.Timeline:
        """What the session went through."""
        return timeline.read(self.entries, self.name, self.origin, self.now)

    @functools.cached_property
    def done(self) -> timeline.Event | None:
        """How the session came to be done as it is now; None while it is not done or not there."""
        telling = (timeline.DONE, timeline.UNDONE, timeline.VANISHED)
        last = next((event for event in reversed(self.timeline.events) if event.word in telling), None)
        return last if last is not None and last.word == timeline.DONE else None

    @functools.cached_property
    def exit(self) -> Exit | None:
        """The exit of Tilt: any session that is done ends it, and the first one counts (behaviour.md, 2)."""
        by_name: dict[str, list[journals.Committed]] = {}
        for entry in self.entries:
            by_name.setdefault(entry.name, []).append(entry)
        ended = [
            entry
            for entries in by_name.values()
            for entry, overruled in timeline.settled(entries)
            if entry.done and not overruled and entry.type != journals.DELETED
        ]
        first = min(ended, key=lambda entry: entry.seq, default=None)
        return None if first is None else Exit(first.at - self.origin, first.name, first.error)
