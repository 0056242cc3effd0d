"""The gate: ``submit`` takes every change, commits it, lets the session controller judge, and plans the next look.

Knows neither HTTP nor files. A script's changes of one instant and the verdict are one commit; a client's write is
committed first and the Session that it wrote is re-judged in a second commit, as Tilt does it.
"""

from collections.abc import Callable
from typing import Protocol

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.engine import changes
from pytest_tiltsession.engine import tilt as tilts
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.models import session
from pytest_tiltsession.store import journal


class Change(Protocol):
    """Something that is to change. ``commit`` runs under the lock and writes what it asks for, or raises."""

    @property
    def cause(self) -> str:
        """Who asks for the change: see ``engine.changes``."""

    def commit(self, world: worlds.World) -> list[journal.Committed]:
        """Write what is asked for and give the commits, or raise and write nothing."""


class Gate:
    """The one way to change anything in a fake Tilt.

    ``on_done`` is called, under the lock, whenever a commit leaves a Session done: with its name and its error.
    """

    def __init__(self, world: worlds.World, on_done: Callable[[str, str], None] | None = None) -> None:
        self.world = world
        self._on_done = on_done
        self._deadlines: dict[str, wakeups.Wakeup] = {}
        self.closed = ""

    def close(self, why: str) -> None:
        """Let nothing happen in Tilt any more, since its process does not run; ``why`` says so, and what to call.

        A test that drives it is told; what a script and deadlines would bring is dropped.
        """
        with self.world.lock:
            self.closed = why
            self._forget_deadlines()

    def forsake(self, why: str) -> None:
        """Let nothing happen any more: this is a copy in a forked process, and the fake lives on in its parent."""
        self.closed = why
        self.world.clock.forsake(why)

    def begin_again(self, tilt: tilts.Tilt) -> None:
        """Take changes for a process that has just been started, with nothing but this Tilt's state."""
        with self.world.lock:
            self._forget_deadlines()
            self.world.begin_again(tilt)
            self.closed = ""

    def _forget_deadlines(self) -> None:
        for planned in self._deadlines.values():
            planned.cancel()
        self._deadlines.clear()

    def submit(self, change: Change) -> list[journal.Committed]:
        """Admit, commit and judge one change; give its commits, those of the controller last.

        When this returns, everyone who waits for commits has been told. What the change refuses is raised, and
        then nothing has been written. Raises ImpossibleTransition for a test that drives a process that is not there.
        """
        with self.world.lock:
            if self.closed and change.cause != changes.CLIENT:
                if change.cause == changes.DRIVER:
                    raise errors.ImpossibleTransition(f"{_named(change)}: {self.closed}")
                return []
            committed = change.commit(self.world)
            if self.world.frozen:
                return committed
            if change.cause == changes.CLIENT:
                committed = committed + self._rejudge(committed)
            self._look_ahead(committed)
        if committed:
            self.world.journal.notify()
        return committed

    def _rejudge(self, written: list[journal.Committed]) -> list[journal.Committed]:
        """Settle the Sessions that a client wrote: each one's targets, done and error are the controller's."""
        names = dict.fromkeys(item.name for item in written if item.type != journal.DELETED)
        return [settled for name in names for settled in self._settle(name, changes.CONTROLLER, self._now_nanos())]

    def _settle(self, name: str, cause: str, now: int) -> list[journal.Committed]:
        value = self.world.objects.get(name)
        if value is None or self.world.verbatim or _leaving(value):
            return []
        verdict = self.world.tilt.judge(value, now)
        settled = self.world.tilt.settled(value, verdict.done, verdict.error)
        if settled is value:
            return []
        return [self.world.objects.commit(settled, at=self.world.clock.now, cause=cause)]

    def _now_nanos(self) -> int:
        return self.world.clock.now * times.MICROSECOND

    def _look_ahead(self, committed: list[journal.Committed]) -> None:
        """Plan the next look at each Session that was written, and say which are done."""
        for name in dict.fromkeys(item.name for item in committed):
            planned = self._deadlines.pop(name, None)
            if planned is not None:
                planned.cancel()
            value = self.world.objects.get(name)
            if value is None or _leaving(value):
                continue
            if value.status.done:
                if self._on_done is not None:
                    self._on_done(name, value.status.error)
            elif not self.world.verbatim:
                self._plan(name, value)

    def _plan(self, name: str, value: session.Session) -> None:
        """Plan the next look at a Session, at its earliest deadline."""
        recheck_at = self.world.tilt.judge(value, self._now_nanos()).recheck_at
        if recheck_at is None:
            return
        # Up to the next microsecond: the clock has no finer instants, and a deadline is never early.
        at = -(-recheck_at // times.MICROSECOND)
        self._deadlines[name] = self.world.clock.call_at(
            at, lambda: self._deadline(name), rank=wakeups.DEADLINE, what=f"deadline of {name}"
        )

    def _deadline(self, name: str) -> None:
        """Judge a Session because a deadline came due; the clock holds the lock."""
        self._deadlines.pop(name, None)
        if self.closed or self.world.frozen:
            return
        committed = self._settle(name, changes.DEADLINE, tilts.deadline_nanos(self.world.clock.now))
        if committed:
            self._look_ahead(committed)
            self.world.journal.notify()
        elif (value := self.world.objects.get(name)) is not None and not value.status.done:
            self._plan_after(name, value)

    def _plan_after(self, name: str, value: session.Session) -> None:
        """Plan the look after one that changed nothing; it lies later, or the clock would never move on."""
        recheck_at = self.world.tilt.judge(value, tilts.deadline_nanos(self.world.clock.now)).recheck_at
        if recheck_at is not None:
            at = max(-(-recheck_at // times.MICROSECOND), self.world.clock.now + 1)
            self._deadlines[name] = self.world.clock.call_at(
                at, lambda: self._deadline(name), rank=wakeups.DEADLINE, what=f"deadline of {name}"
            )


def _named(change: Change) -> str:
    """Say what was to happen, by the targets that it is about."""
    note = getattr(change, "note", "").removeprefix("together")
    names = ", ".join(
        dict.fromkeys([*(it.name for it in getattr(change, "targets", ())), *getattr(change, "removed", ())])
    )
    return note if not names or names in note else f"{names} ({note})" if note else names


def _leaving(value: session.Session) -> bool:
    """Tell whether a Session only waits for its finalizers: Tilt's controller leaves such a one as it is."""
    return value.metadata.deletion_timestamp is not None
