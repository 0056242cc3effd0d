"""The process of a Tilt: whether it runs, how it ended, what it exits with; knows no sockets and no files.

That it ends or starts is decided under the fake's lock. What follows for ports and files is done afterwards, outside
the lock, in the order of the decisions: that is what ``settle`` is for.
"""

import collections
import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator

from pytest_tiltsession import locks
from pytest_tiltsession.api import messages
from pytest_tiltsession.engine import gate as gates
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.scenario import process_lives
from pytest_tiltsession.store import journal

KILLED = process_lives.KILLED  # a shell says 137

WAITS, RUNS, ENDED = "waits", "runs", "ended"


class Process:
    """One Tilt's process, from one start to the next.

    ``code`` is what it exits with, from the moment at which that is decided; ``exited`` is true once it has ended.
    Where it ``ends``, it does so by itself when a session is done, as ``tilt ci`` does. ``on_end`` is told, under the
    lock, that it ends.
    """

    def __init__(self, *, ends: bool, on_end: Callable[[], None]) -> None:
        self.state = RUNS
        self.code: int | None = None
        self.exited = False
        self.starts = 0
        self._ends = ends
        self._on_end = on_end
        self._gate: gates.Gate | None = None
        self._close: Callable[[str, bool], None] = lambda _how, _reset: None
        self._listeners: list[Callable[[], None]] = []
        self._told = False  # whether the listeners of this end have been told
        self._pending: collections.deque[Callable[[], None]] = collections.deque()
        self._acting = locks.turn()
        self._actor: int | None = None  # the thread that has that turn
        self._held = False

    def bind(self, gate: gates.Gate, close: Callable[[str, bool], None], *, waits: bool) -> None:
        """Learn what the process is one of: its gate, and how to ``close`` what serves.

        ``close`` is told whether it exited or was killed, and whether connections are to be reset then.
        """
        self._gate = gate
        self._close = close
        if waits:
            self.state = WAITS
            gate.close("this Tilt has not started yet; call start() first")

    @property
    def gate(self) -> gates.Gate:
        """The gate by which everything in this Tilt changes."""
        assert self._gate is not None
        return self._gate

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever the process has ended; at once where it has, until it is started again."""
        with self.gate.world.lock:
            self._listeners.append(listener)
            late = self._told
        if late:
            listener()

    def session_done(self, name: str, error: str) -> None:  # noqa: ARG002  any Session that is done ends the process
        """Learn, under the lock, that a session is done."""
        if self._ends and self.state == RUNS:
            self.end(journal.EXITED, int(bool(error)), ", since its session was done (exit_when_done=True)")

    def end(self, how: str, code: int, why: str = "", *, reset: bool = False) -> None:
        """Decide that the process ends, now; the caller holds the lock and lets it :meth:`settle` afterwards."""
        world = self.gate.world
        said = f"exited with {code}" if how == journal.EXITED else "was killed"
        at = lettering.clock(world.clock.now - world.clock.start)
        self.state, self.code = ENDED, code
        world.journal.mark(how, world.clock.now, f"Tilt {said}")
        self.gate.close(f"this Tilt's process {said} at {at}{why}; call restart() to start it again")
        self._on_end()
        self._pending.append(lambda: self._ended(how, reset))

    def begin(self, text: str) -> None:
        """Learn, under the lock, that the process has been started."""
        world = self.gate.world
        self.state, self.code, self.exited, self._told = RUNS, None, False, False
        self.starts += 1
        world.journal.mark(journal.STARTED, world.clock.now, text)

    def then(self, action: Callable[[], None]) -> None:
        """Do something outside the lock, once everything that was decided before is done."""
        self._pending.append(action)

    def settle(self, *, wait: bool = False) -> None:
        """Do what has been decided. Called outside the lock, on the thread that moved the session.

        Two threads never act at once: the one that comes later leaves it to the other, unless it is to ``wait``, which
        the server's own thread must not. In the middle of an instant nothing is done: the clock lets it settle after.
        """
        if self.gate.world.clock.runner == threading.get_ident():
            return
        while self._pending and not self._held and self._acting.acquire(blocking=wait):
            self._actor = threading.get_ident()
            try:
                while self._pending and not self._held:
                    self._pending.popleft()()
            finally:
                self._actor = None
                self._acting.release()

    @property
    def acts_here(self) -> bool:
        """Whether the caller's thread does what has been decided, so that nothing of it comes while it waits."""
        return self._actor == threading.get_ident()

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Do nothing of what is decided until the end of the block: a process starts, and may end by its first step."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def answered(self, answer: messages.Answer) -> messages.Answer:
        """Take note of an answer to a request: where its own write ends the process, first it is sent, then that."""
        if not self._pending or not isinstance(answer, messages.Response):
            return answer
        after = answer.after

        def then_settle() -> None:
            if after is not None:
                after()
            self.settle()

        return dataclasses.replace(answer, after=then_settle)

    def _ended(self, how: str, reset: bool) -> None:
        self.exited = True
        self._close(how, reset)
        with self.gate.world.lock:
            listeners, self._told = tuple(self._listeners), True
        for listener in listeners:
            listener()
