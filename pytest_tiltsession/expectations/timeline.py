"""The journal read as a timeline: which target was in which state, from when to when; pure.

All times are simulated microseconds since the session's start.
"""

import collections
import dataclasses
from collections.abc import Iterator, Sequence

from pytest_tiltsession import times
from pytest_tiltsession.engine import changes
from pytest_tiltsession.expectations import states
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal

APPEARED = "appeared"
VANISHED = "vanished"
RECREATED = "re-created"
RESPECIFIED = "spec changed"
DONE = "done"
UNDONE = "no longer done"
NOTE = "note"
# What happens to Tilt's process, and so to all its sessions.
EXITED, KILLED, STARTED = journal.EXITED, journal.KILLED, journal.STARTED
FAULT = "fault"


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """One state of one target. ``end`` is None while it lasts; ``state`` None is a target that a reload removed.

    ``seq`` is the journal's number of the commit that began it.
    """

    begin: int
    end: int | None
    state: sessions.TargetState | None
    seq: int

    def lasted(self, now: int) -> int:
        """Give how long it lasted up to ``now``, in microseconds."""
        return (now if self.end is None else self.end) - self.begin


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """What one target went through, in order. Between two segments lies a time without the session."""

    name: str
    type: str
    resources: tuple[str, ...]
    segments: tuple[Segment, ...]

    @property
    def last(self) -> Segment:
        """The state that it was in last."""
        return self.segments[-1]


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the session itself. ``text`` says more: the error, the difference, the note."""

    at: int
    seq: int
    word: str
    text: str = ""
    cause: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Timeline:
    """The rows of one session in the order of their names, its events, and ``now``.

    ``ended`` is when Tilt's process ended, where it was not started again. ``faults`` are the requests and connections
    that faults hit, in the order of time.
    """

    name: str
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    now: int
    done: bool = False
    ended: int | None = None
    faults: tuple[Event, ...] = ()

    def row(self, name: str) -> Row | None:
        """Give the row of a target, or None."""
        return next((row for row in self.rows if row.name == name), None)

    @property
    def changed(self) -> int:
        """When the last change was."""
        begun = [row.last.begin if row.last.end is None else row.last.end for row in self.rows]
        return max([*begun, *(event.at for event in self.events)], default=0)


def read(
    entries: Sequence[journal.Committed], name: str, start: int, now: int, marks: Sequence[journal.Mark] = ()
) -> Timeline:
    """Read the commits of one session. ``start`` is microseconds since the epoch, ``now`` since the start.

    What a client wrote into a status and the controller put right at the same instant is not shown: Tilt never was
    in that state. ``marks`` are those of Tilt's process.
    """
    reader = _Reader(start)
    left = collections.deque(marks)
    for entry, overruled in settled([entry for entry in entries if entry.name == name]):
        while left and left[0].seq <= entry.seq:
            reader.mark(left.popleft())
        reader.take(entry, overruled=overruled)
    for mark in left:
        reader.mark(mark)
    return reader.timeline(name, now)


def settled(entries: Sequence[journal.Committed]) -> Iterator[tuple[journal.Committed, bool]]:
    """Give each commit of one session, and whether the controller overruled its status at once."""
    for number, entry in enumerate(entries):
        after = entries[number + 1] if number + 1 < len(entries) else None
        overruled = (
            entry.cause == changes.CLIENT
            and after is not None
            and after.cause == changes.CONTROLLER
            and after.at == entry.at
        )
        yield entry, overruled


class _Reader:
    """Takes commits in order and keeps what is open."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._targets: dict[str, sessions.Target] = {}
        self._segments: dict[str, list[Segment]] = {}
        self._events: list[Event] = []
        # What an overruled commit changed and the one after it may have left so; None is a removed target.
        self._held: dict[str, sessions.Target | None] = {}
        self._before: journal.Committed | None = None
        self._done: tuple[bool, str] = (False, "")
        self._ended: int | None = None

    def mark(self, mark: journal.Mark) -> None:
        """Take what happened to the process: one that was started knows nothing of what the one before it showed."""
        at = mark.at - self._start
        if mark.word == STARTED:
            for name in self._segments:
                self._close(name, at if self._ended is None else self._ended)
            self._before, self._done, self._held, self._ended = None, (False, ""), {}, None
        else:
            self._ended = at
        # An end comes after the last commit of its process, a start before the first.
        seq = mark.seq if mark.word == STARTED else max(0, mark.seq - 1)
        self._events.append(Event(at, seq, mark.word, mark.text))

    def take(self, entry: journal.Committed, *, overruled: bool) -> None:
        at = entry.at - self._start
        if entry.type == journal.DELETED:
            self._happened(entry, VANISHED)
            for name in self._segments:
                self._close(name, at)
            self._before, self._done = None, (False, "")
            return
        if self._before is None:
            self._appear(entry)
        elif entry.spec != self._before.spec:
            self._happened(entry, RESPECIFIED, _spec_difference(self._before.spec, entry.spec))
        if entry.note:
            self._happened(entry, NOTE, entry.note)
        self._held |= {target.name: target for target in entry.changed} | dict.fromkeys(entry.removed)
        if not overruled:
            for name, target in self._held.items():
                if target is None:
                    self._remove(name, at, entry.seq)
                else:
                    self._show(target, at, entry.seq)
            self._held = {}
            self._judged(entry)
        self._before = entry

    def _appear(self, entry: journal.Committed) -> None:
        last = self._events[-1] if self._events else None
        if last is not None and last.word == VANISHED and last.at == entry.at - self._start:
            self._events.pop()
        known = False
        for event in self._events:
            known = event.word in (APPEARED, RECREATED) or (known and event.word != STARTED)
        self._happened(entry, RECREATED if known else APPEARED)

    def _judged(self, entry: journal.Committed) -> None:
        verdict = (entry.done, entry.error)
        if verdict != self._done:
            self._done = verdict
            self._happened(entry, DONE if entry.done else UNDONE, entry.error)

    def _happened(self, entry: journal.Committed, word: str, text: str = "") -> None:
        self._events.append(Event(entry.at - self._start, entry.seq, word, text, entry.cause))

    def _show(self, target: sessions.Target, at: int, seq: int) -> None:
        self._targets[target.name] = target
        segments = self._segments.setdefault(target.name, [])
        if segments and segments[-1].end is None:
            if _same(segments[-1].state, target.state):
                return
            self._close(target.name, at)
        segments.append(Segment(at, None, target.state, seq))

    def _remove(self, name: str, at: int, seq: int) -> None:
        if name in self._segments:
            self._close(name, at)
            self._segments[name].append(Segment(at, None, None, seq))

    def _close(self, name: str, at: int) -> None:
        segments = self._segments[name]
        if segments and segments[-1].end is None:
            segments[-1] = dataclasses.replace(segments[-1], end=at)

    def timeline(self, name: str, now: int) -> Timeline:
        rows = [
            Row(target.name, target.type, target.resources or (), tuple(self._segments[target.name]))
            for target in sorted(self._targets.values(), key=lambda found: found.name.encode("utf-8", "surrogatepass"))
        ]
        return Timeline(name, tuple(rows), tuple(self._events), now, self._done[0], self._ended)


def _same(before: sessions.TargetState | None, after: sessions.TargetState) -> bool:
    """Tell whether two states are one to a reader: a run that goes on, whenever it was last seen ready."""
    if before is None or states.words_of(before) != states.words_of(after):
        return False
    if before.active is not None and after.active is not None and before.word == states.ACTIVE:
        return before.active.start_time == after.active.start_time
    return before == after


def _spec_difference(before: sessions.SessionSpec, after: sessions.SessionSpec) -> str:
    """Say what differs between two specs, in the words of the wire."""
    old, new = _spec_values(before), _spec_values(after)
    return ", ".join(f"{key} {old[key]} → {new[key]}" for key in old if old[key] != new[key])


def _spec_values(spec: sessions.SessionSpec) -> dict[str, str]:
    ci = spec.ci or sessions.SessionCISpec()
    limits = {"timeout": ci.timeout, "readinessTimeout": ci.readiness_timeout, "k8sGracePeriod": ci.k8s_grace_period}
    shown = {key: "none" if value is None else times.format_duration(value) for key, value in limits.items()}
    return {"exitCondition": spec.exit_condition, **shown, "tiltfilePath": spec.tiltfile_path}
