"""The journal: every commit in order, kept as ``deltas``, read by cursors; knows neither HTTP nor scripts.

It has a sequence number of its own, since a no-op write repeats a resourceVersion and a delete raises none. A
watcher is a number (its cursor), never a queue. Whole objects and their JSON are made on demand and kept for a
while, so that a thousand targets times a hundred thousand steps stay a matter of megabytes.
"""

import collections
import dataclasses
from collections.abc import Callable

from pytest_tiltsession import locks
from pytest_tiltsession.models import encoding, metadata, session
from pytest_tiltsession.store import deltas

ADDED = "ADDED"
MODIFIED = "MODIFIED"
DELETED = "DELETED"

EXITED = "exited"
KILLED = "killed"
STARTED = "started"

_KEPT_SESSIONS = 64  # whole versions that are at hand
_KEPT_BODIES_BYTES = 16 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class Committed:
    """One commit. ``at`` is simulated time in microseconds; ``silent`` commits reach no watch.

    ``changed`` and ``removed`` tell which targets differ from the object's version before (all, on the first).
    """

    seq: int
    name: str
    type: str
    version: int
    at: int
    cause: str
    note: str
    silent: bool
    changed: tuple[session.Target, ...]
    removed: tuple[str, ...]
    spec: session.SessionSpec
    done: bool
    error: str


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to Tilt's process: ``exited``, ``killed`` or ``started``.

    ``seq`` is how many commits came before it, ``at`` simulated time in microseconds, ``text`` says it in words.
    """

    seq: int
    at: int
    word: str
    text: str


class Journal:
    """Append-only list of commits, and the marks of the process beside them.

    All methods are safe from any thread; listeners must return at once.
    """

    def __init__(self) -> None:
        self._lock = locks.guard()
        self._entries: list[Committed] = []
        self._forms: list[deltas.Form] = []
        self._last: dict[str, int] = {}
        self._recent: collections.OrderedDict[int, session.Session] = collections.OrderedDict()
        self._bodies: collections.OrderedDict[int, bytes] = collections.OrderedDict()
        self._bodies_size = 0
        self._texts = encoding.SessionTexts()
        self._listeners: list[Callable[[], None]] = []
        self.marks: tuple[Mark, ...] = ()
        self.begun = 0  # sequence number of the first commit of the process that runs, or ran last

    def __len__(self) -> int:
        return len(self._entries)

    def append(
        self,
        type_: str,
        value: session.Session,
        version: int,
        at: int,
        cause: str,
        note: str = "",
        silent: bool = False,
    ) -> Committed:
        """Write down one commit and give it its sequence number."""
        with self._lock:
            seq = len(self._entries)
            base = self._last.get(value.name)
            before = None if base is None else self.session_at(base)
            changed, removed = deltas.differences(before, value)
            kept = None if base is None else self._forms[base]
            self._forms.append(deltas.form(base, kept, before, value, changed, removed))
            committed = Committed(
                seq, value.name, type_, version, at, cause, note, silent, changed, removed,
                value.spec, value.status.done, value.status.error,
            )  # fmt: skip
            self._entries.append(committed)
            if type_ == DELETED:
                self._last.pop(value.name, None)
            else:
                self._last[value.name] = seq
            self._remember(seq, value)
            return committed

    def mark(self, word: str, at: int, text: str) -> Mark:
        """Write down what happens to the process; where it is started, no commit from before has to do with it."""
        with self._lock:
            mark = Mark(len(self._entries), at, word, text)
            self.marks += (mark,)
            if word == STARTED:
                self.begun = mark.seq
                self._last.clear()
            return mark

    def notify(self) -> None:
        """Tell every listener that there are new commits."""
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after commits, from the committing thread; gives the function that ends it."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def read(self, start: int, limit: int | None = None) -> list[Committed]:
        """Give the commits from sequence number ``start`` on."""
        return self._entries[start : None if limit is None else start + limit]

    def session_at(self, seq: int) -> session.Session:
        """Give the whole object as a commit left it (for DELETED: as it last was)."""
        with self._lock:
            found = self._recent.get(seq)
            if found is None:
                # Who reads in order has just read the version before.
                found = deltas.rebuilt(self._forms[seq], lambda base: self._recent.get(base) or self._forms[base])
                self._remember(seq, found)
            return found

    def metadata_at(self, seq: int) -> metadata.ObjectMeta:
        """Give the object's metadata as a commit left it, which costs nothing to find."""
        form = self._forms[seq]
        return (form.bare if isinstance(form, deltas.Delta) else form).metadata

    def body_at(self, seq: int) -> bytes:
        """Give the compact JSON of the object as a commit left it, without a final newline."""
        with self._lock:
            body = self._bodies.get(seq)
            if body is None:
                body = self._texts.text(self.session_at(seq)).encode()
                self._bodies[seq] = body
                self._bodies_size += len(body)
                while self._bodies_size > _KEPT_BODIES_BYTES and len(self._bodies) > 1:
                    self._bodies_size -= len(self._bodies.popitem(last=False)[1])
            return body

    def _remember(self, seq: int, value: session.Session) -> None:
        self._recent[seq] = value
        if len(self._recent) > _KEPT_SESSIONS:
            self._recent.popitem(last=False)
