"""What an expectation looks at: one Tilt's session, journal, requests and clock at one moment; judges nothing."""

import dataclasses
import functools
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import request_table
from pytest_tiltsession.expectations import timeline as timelines
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal as journals
from pytest_tiltsession.store import requests as request_logs


class Clock(Protocol):
    """A clock that tells the time in microseconds since the epoch, and where it started."""

    @property
    def now(self) -> int:
        """The present instant."""

    @property
    def start(self) -> int:
        """The instant that the clock started from."""


class World(Protocol):
    """What holds the commits and the time of one Tilt, with the lock that keeps them together."""

    @property
    def journal(self) -> journals.Journal:
        """The commits."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def lock(self) -> "threading.RLock":
        """Held for the moment of looking, so that nothing is seen by halves."""


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """The Tilt that a test makes claims about, as it goes on.

    ``exit_code`` gives what the process exited with; without it, that follows from the journal. ``requests`` is None
    where nobody sees them, as with a real Tilt.
    """

    world: World
    requests: Iterable[request_logs.RequestRecord] | None = ()
    exit_code: Callable[[], int | None] | None = None

    def look(self, name: str = sessions.TILTFILE_SESSION) -> "Observed":
        """Give what is to be seen now of the session of that name."""
        with self.world.lock:
            exited = None if self.exit_code is None else (self.exit_code(),)
            journal = self.world.journal
            return Observed(self, name, len(journal), self.world.clock.now, exited, journal.marks)


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
    """What was to be seen at one moment, ``instant`` microseconds since the epoch; other times count from ``origin``.

    Looking costs nothing; what is asked for is read then, of the first ``count`` commits. ``exited`` holds the known
    exit code, None inside for a Tilt that goes on; it is None where nothing is known.
    """

    subject: Subject
    name: str
    count: int
    instant: int
    exited: tuple[int | None] | None = None
    marks: tuple[journals.Mark, ...] = ()

    @property
    def begun(self) -> int:
        """The number of the first commit of the process that runs, or ran last."""
        return next((mark.seq for mark in reversed(self.marks) if mark.word == journals.STARTED), 0)

    @property
    def ended(self) -> journals.Mark | None:
        """The end of Tilt's process, where it does not run."""
        return self.marks[-1] if self.marks and self.marks[-1].word != journals.STARTED else None

    @property
    def journal(self) -> journals.Journal:
        """The journal, which may have gone on meanwhile."""
        return self.subject.world.journal

    @functools.cached_property
    def entries(self) -> tuple[journals.Committed, ...]:
        """The commits of all sessions up to this moment."""
        return tuple(self.journal.read(0, self.count))

    @functools.cached_property
    def requests(self) -> tuple[request_logs.RequestRecord, ...]:
        """The requests that clients made, copied, since the record of a watch goes on changing.

        Raises :class:`errors.NotAFake` where nobody sees them.
        """
        if self.subject.requests is None:
            raise errors.NotAFake(
                "what clients ask a real Tilt is not seen, so that nothing can be claimed of it: "
                "make this claim on a fake only, such as after `if not tilt_session.live:`"
            )
        return tuple(dataclasses.replace(record) for record in self.subject.requests)

    @functools.cached_property
    def origin(self) -> int:
        """Where offsets count from: the first ``startTime`` of the Session ``Tiltfile``, else the clock's start."""
        for number in range(self.count):
            (entry,) = self.journal.read(number, 1)
            if entry.name == sessions.TILTFILE_SESSION:
                started = self.journal.session_at(entry.seq).status.start_time
                return self.subject.world.clock.start if started is None else started
        return self.subject.world.clock.start

    @property
    def now(self) -> int:
        """The moment, in microseconds since ``origin``."""
        return self.instant - self.origin

    @functools.cached_property
    def last(self) -> journals.Committed | None:
        """The last commit of the session, its deletion too; None before the first."""
        for number in reversed(range(self.begun, self.count)):
            (entry,) = self.journal.read(number, 1)
            if entry.name == self.name:
                return entry
        return None

    @functools.cached_property
    def session(self) -> sessions.Session | None:
        """The session as it is, or None where it does not exist."""
        if self.last is None or self.last.type == journals.DELETED:
            return None
        return self.journal.session_at(self.last.seq)

    @functools.cached_property
    def timeline(self) -> timelines.Timeline:
        """What the session went through."""
        found = timelines.read(self.entries, self.name, self.origin, self.now, self.marks)
        hit = sorted(
            (record for record in self.subject.requests or () if record.fault_at is not None),
            key=lambda record: record.fault_at or 0,
        )
        return dataclasses.replace(found, faults=tuple(map(self._fault, hit))) if hit else found

    def _fault(self, record: request_logs.RequestRecord) -> timelines.Event:
        """Say which request a fault hit, and when."""
        asked = f"{record.method} {request_table.short_path(record)}"
        hit = f"{asked} of {request_table.client(record.user_agent)}"
        text = f"the fault {record.fault} hit {hit if record.method else 'a connection'}"
        return timelines.Event((record.fault_at or 0) - self.origin, -1, timelines.FAULT, text)

    @functools.cached_property
    def done(self) -> timelines.Event | None:
        """How the session came to be done as it is now; None while it is not done or not there."""
        telling = (timelines.DONE, timelines.UNDONE, timelines.VANISHED, timelines.STARTED)
        last = next((event for event in reversed(self.timeline.events) if event.word in telling), None)
        return last if last is not None and last.word == timelines.DONE else None

    @functools.cached_property
    def exit(self) -> Exit | None:
        """The exit of Tilt: any session that is done ends it, and the first one counts."""
        by_name: dict[str, list[journals.Committed]] = {}
        for entry in self.entries[self.begun :]:
            by_name.setdefault(entry.name, []).append(entry)
        ended = [
            entry
            for entries in by_name.values()
            for entry, overruled in timelines.settled(entries)
            if entry.done and not overruled and entry.type != journals.DELETED
        ]
        first = min(ended, key=lambda entry: entry.seq, default=None)
        return None if first is None else Exit(first.at - self.origin, first.name, first.error)

    @property
    def exit_code(self) -> int | None:
        """What Tilt's process exits with, or None while it goes on."""
        if self.exited is not None:
            return self.exited[0]
        return None if self.exit is None else self.exit.code
