"""The journal: every commit in order, as deltas, read by cursors; knows neither HTTP nor scripts.

It has a sequence number of its own, since a no-op write repeats a resourceVersion and a delete raises none. A
watcher is a number (its cursor), never a queue. Whole objects and their JSON are made on demand and kept for a
while, so that a thousand targets times a hundred thousand steps stay a matter of megabytes.
"""

import collections
import dataclasses
import itertools
import operator
from collections.abc import Callable, Iterable

from pytest_tiltsession import locks
from pytest_tiltsession.models import encoding, metadata, session, wire

ADDED = "ADDED"
MODIFIED = "MODIFIED"
DELETED = "DELETED"

EXITED = "exited"
KILLED = "killed"
STARTED = "started"

_WHOLE_EVERY = 64
_KEPT_BODIES_BYTES = 16 << 20


@dataclasses.dataclass(frozen=True, slots=True)
class Delta:
    """What distinguishes a version from the one before: everything but the targets, and the targets that differ."""

    base: int  # sequence number of the version before, of the same object
    depth: int  # how many deltas lie between this version and a whole one
    bare: session.Session  # the session with no targets
    changed: tuple[session.Target, ...]
    removed: tuple[str, ...]


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
        self._forms: list[session.Session | Delta] = []
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
            changed, removed = _differences(before, value)
            self._forms.append(self._form(base, before, value, changed, removed))
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
                found = self._rebuild(seq)
                self._remember(seq, found)
            return found

    def metadata_at(self, seq: int) -> metadata.ObjectMeta:
        """Give the object's metadata as a commit left it, which costs nothing to find."""
        form = self._forms[seq]
        return (form.bare if isinstance(form, Delta) else form).metadata

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

    def _form(
        self,
        base: int | None,
        before: session.Session | None,
        value: session.Session,
        changed: tuple[session.Target, ...],
        removed: tuple[str, ...],
    ) -> session.Session | Delta:
        if base is None or before is None:
            return value
        form = self._forms[base]
        kept = value.status.targets is before.status.targets
        if not ((isinstance(form, Delta) or _in_order(before)) and (kept or _in_order(value))):
            return value
        depth = form.depth + 1 if isinstance(form, Delta) else 1
        if depth >= _WHOLE_EVERY or 2 * len(changed) >= len(value.status.targets or ()):
            return value
        bare = wire.replaced(value, status=wire.replaced(value.status, targets=()))
        return Delta(base, depth, bare, changed, removed)

    def _rebuild(self, seq: int) -> session.Session:
        deltas: list[Delta] = []
        form = self._forms[seq]
        while isinstance(form, Delta):
            deltas.append(form)
            # Who reads in order has just read the version before.
            form = self._recent.get(form.base) or self._forms[form.base]
        targets = {target.name: target for target in form.status.targets or ()}
        value, count = form, len(targets)
        for delta in reversed(deltas):
            targets.update((target.name, target) for target in delta.changed)
            for name in delta.removed:
                del targets[name]
            value = delta.bare
        if value is form:
            return form
        names: Iterable[str] = targets
        if len(targets) != count or any(delta.removed for delta in deltas):
            names = sorted(targets, key=str.encode)
        ordered = tuple(targets[name] for name in names)
        return dataclasses.replace(value, status=dataclasses.replace(value.status, targets=ordered))

    def _remember(self, seq: int, value: session.Session) -> None:
        self._recent[seq] = value
        if len(self._recent) > _WHOLE_EVERY:
            self._recent.popitem(last=False)


def _in_order(value: session.Session) -> bool:
    """Tell whether the targets are a list sorted by name in byte order without repetition, as the controller writes."""
    targets = value.status.targets
    if not targets:
        return False
    # The order of code points is that of UTF-8's bytes.
    names = [target.name for target in targets]
    return all(map(operator.lt, names, itertools.islice(names, 1, None)))


def _differences(
    before: session.Session | None, after: session.Session
) -> tuple[tuple[session.Target, ...], tuple[str, ...]]:
    new = after.status.targets or ()
    known = () if before is None else before.status.targets or ()
    if len(known) == len(new):
        # The common case, a few of many targets changed in place: found by identity alone.
        differing = [pair for pair in zip(known, new, strict=True) if pair[0] is not pair[1]]
        if all(first.name == second.name for first, second in differing):
            return tuple(second for first, second in differing if first != second), ()
    old = {target.name: target for target in known}
    changed = tuple(target for target in new if (earlier := old.get(target.name)) is not target and earlier != target)
    names = {target.name for target in new}
    return changed, tuple(name for name in old if name not in names)
