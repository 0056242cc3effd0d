"""Watches: a cursor into the journal, and events in the form that a client asks for. Writes nothing.

A watch holds a number, never a queue, so that a reader who stops keeps up nobody. What exists already and the cursor
are taken under one lock. Sources: the *watch* and *watch-live* stories and the recorded streams; for the
``kubernetes`` profile the published rules of resuming, bookmarks and sendInitialEvents.
"""

import collections
import dataclasses
from collections.abc import Callable

from pytest_tiltsession.api import calls, event_lines, messages, negotiation, options, reading, refusals, routes, shown
from pytest_tiltsession.store import journal, requests

BOOKMARK_EVERY = 60 * 1_000_000  # microseconds of the session's clock
_COMMITS_PER_READ = 256

Ended = Callable[["Watch"], None]


def watch(call: calls.Call, server: calls.Server, route: routes.Route, ended: Ended) -> "Watch":
    """Start a watch. Raises :class:`refusals.Refusal` where it cannot start.

    ``ended`` is called once, when the watch is closed.
    """
    header = call.request.header("accept")
    media = negotiation.output(header)
    asked = call.list_options(server.profile)
    include = call.include(media)
    writer = event_lines.Writer(server.world.journal, negotiation.output(header, streams=True), include)
    return Watch(server, asked, writer, ended, served=route.kind is shown.SESSIONS)


class Watch:
    """One open watch, pulled by the server's loop; see :class:`messages.WatchStream`."""

    status = 200

    def __init__(
        self,
        server: calls.Server,
        asked: options.ListOptions,
        writer: event_lines.Writer,
        ended: Ended,
        *,
        served: bool = True,
    ) -> None:
        self.headers: messages.Headers = (("Content-Type", writer.content_type),)
        self.timeout = _seconds(asked.timeout or 0)
        self.record: requests.RequestRecord | None = None
        self._server = server
        self._asked = asked
        self._writer = writer
        self._served = served
        self._when_ended: Ended | None = ended
        self._bookmarks = asked.bookmarks and server.profile.bookmarks
        self._waiting: collections.deque[event_lines.Event] = collections.deque()
        self._selected: dict[str, int] = {}
        self._last_word = False
        self._unheard = False
        self._subscriptions: list[Callable[[], None]] = []
        with server.world.lock:
            self._cursor = len(server.world.journal)
            self._spoken = server.world.clock.now
            if served:
                self._begin()

    @property
    def ended(self) -> bool:
        """Whether the last event has been pulled and none will follow."""
        return self._last_word and not self._waiting

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call back whenever there may be something to pull."""
        self._subscriptions.append(self._server.world.journal.subscribe(callback))
        if self._bookmarks:
            self._subscriptions.append(self._server.world.clock.on_move(lambda _: callback()))

    def close(self) -> None:
        """Let go of the journal; harmless when repeated."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions.clear()
        when_ended, self._when_ended = self._when_ended, None
        if when_ended is not None:
            when_ended(self)

    def pull(self, limit: int = 65_536) -> bytes:
        """Give the events that may be sent now, whole ones, until about ``limit`` bytes are reached."""
        if self.timeout is not None and self.timeout <= 0:
            return b""
        lines: list[bytes] = []
        size = 0
        last: event_lines.Event | None = None
        while size < limit:
            if not self._waiting and not self._advance():
                break
            event = self._waiting.popleft()
            try:
                line = self._writer.line(event)
            except refusals.Refusal:
                # An object that cannot be written in this form ends the stream without a word.
                self._end()
                break
            lines.append(line)
            size += len(line)
            last = event
            self._spoken = self._server.world.clock.now
        if last is not None and self.record is not None:
            self._note(last, self.record)
        return b"".join(lines)

    def error_event(self, refused: refusals.Refusal) -> bytes:
        """Give an ERROR event in the form of this watch, for a fault to send."""
        event = event_lines.Event(event_lines.ERROR, error=refused)
        line = self._writer.line(event)
        if self.record is not None:
            self._note(event, self.record)
        return line

    def _note(self, event: event_lines.Event, record: requests.RequestRecord) -> None:
        record.events = self._writer.written
        if event.error is not None:
            status = event.error.status
            record.message = f"{status.code} {status.reason}: {status.message}"
        elif event.value is not None:
            record.version = int(event.value.metadata.resource_version or 0)
        else:
            record.version = self._server.world.journal.read(event.seq, 1)[0].version

    def _end(self) -> None:
        self._waiting.clear()
        self._last_word = True

    # -- what is to come ----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Take what exists already, or go back to the version that the client has; the caller holds the lock."""
        server, asked = self._server, self._asked
        resumes = server.profile.watch_versions and asked.version not in ("", "0")
        # A watch that names no version to resume from gets initial events anyway; it is told their end like the others.
        wanted = not asked.match and not resumes if asked.initial_events is None else asked.initial_events
        initial = wanted and server.profile.initial_events
        asked_version = reading.version(asked.version) if server.profile.watch_versions else 0
        if resumes and not initial:
            self._resume(asked_version)
            return
        for seq in reading.current(server):
            object_meta = server.world.journal.metadata_at(seq)
            if reading.selects(asked, object_meta):
                self._selected[object_meta.name] = seq
                if asked.initial_events is not False:
                    self._waiting.append(event_lines.Event(journal.ADDED, seq))
        if initial and self._bookmarks:
            self._waiting.append(
                event_lines.Event(
                    event_lines.BOOKMARK, value=event_lines.bookmark(server.world.objects.revision, closing=True)
                )
            )

    def _resume(self, version: int) -> None:
        if self._server.history.expired(version):
            self._expire(version)
            return
        self._cursor = self._server.history.after(version)
        for seq in self._server.history.stored_at(version):
            object_meta = self._server.world.journal.metadata_at(seq)
            if reading.selects(self._asked, object_meta):
                self._selected[object_meta.name] = seq

    def _expire(self, version: int) -> None:
        message = f"too old resource version: {version} ({self._server.world.objects.revision})"
        self._waiting.append(event_lines.Event(event_lines.ERROR, error=refusals.expired(message)))
        self._last_word = True

    def _advance(self) -> bool:
        """Read on in the journal until there is an event to send; False where there is none yet."""
        if self._last_word or not self._served or self._server.world.frozen:
            return False
        world = self._server.world
        while self._cursor < len(world.journal):
            if self._server.profile.watch_versions and self._server.history.lost(self._cursor):
                self._expire(world.journal.read(self._cursor, 1)[0].version)
                return True
            for committed in world.journal.read(self._cursor, _COMMITS_PER_READ):
                self._cursor = committed.seq + 1
                event = None if committed.silent else self._event(committed)
                if event is not None:
                    self._waiting.append(event)
                    self._unheard = False
                    return True
                self._unheard = True
        return self._mark()

    def _event(self, committed: journal.Committed) -> event_lines.Event | None:
        """Decide what a commit is to this watch. Tilt looks at the Session as it is now, Kubernetes also as it was.

        A Session that leaves the selection is shown as it last was in it, with the version at which it left.
        """
        object_meta = self._server.world.journal.metadata_at(committed.seq)
        matches = reading.selects(self._asked, object_meta)
        if not self._server.profile.selector_events:
            return event_lines.Event(committed.type, committed.seq) if matches else None
        before = self._selected.pop(committed.name, None)
        if matches and committed.type != journal.DELETED:
            self._selected[committed.name] = committed.seq
            return event_lines.Event(journal.ADDED if before is None else journal.MODIFIED, committed.seq)
        if before is None or matches:
            return None if before is None else event_lines.Event(journal.DELETED, committed.seq)
        left = self._server.world.journal.session_at(before)
        object_meta = dataclasses.replace(left.metadata, resource_version=object_meta.resource_version)
        return event_lines.Event(journal.DELETED, value=dataclasses.replace(left, metadata=object_meta))

    def _mark(self) -> bool:
        """Send a bookmark where other Sessions moved the version on, and once a minute of the session's clock."""
        now = self._server.world.clock.now
        if not self._bookmarks or not (self._unheard or now - self._spoken >= BOOKMARK_EVERY):
            return False
        self._unheard = False
        self._waiting.append(
            event_lines.Event(event_lines.BOOKMARK, value=event_lines.bookmark(self._server.world.objects.revision))
        )
        return True


def _seconds(asked: int) -> float | None:
    """Give how long a watch lasts; None for no end. Go counts it in 64 bits of nanoseconds, which wrap around."""
    nanos = (asked * 1_000_000_000 + (1 << 63)) % (1 << 64) - (1 << 63)
    return nanos / 1_000_000_000 if nanos else None
