"""Transitions of targets, each a commit of its own or part of a batch; knows what is committed, not what is allowed."""

import contextlib
import threading
from collections.abc import Callable, Iterator

from pytest_tiltsession.engine import changes, gate
from pytest_tiltsession.models import session

_Batch = dict[str, session.Target | None]  # what becomes of targets, by name; None: taken away


class _Open(threading.local):
    """The batch that a thread has open: what other threads do meanwhile is no part of it."""

    batch: _Batch | None = None


class Batches:
    """The targets as they stand, in the open batch of the calling thread too."""

    def __init__(self, gate_: gate.Gate, settle: Callable[[], None]) -> None:
        self._gate = gate_
        self._settle = settle
        self._open = _Open()

    def change(self, name: str, target: session.Target | None, note: str) -> None:
        """Give a target its next state, or take it away for None: one commit, or part of the open batch's."""
        if self._open.batch is None:
            self._commit({name: target}, note)
        else:
            self._open.batch[name] = target

    @contextlib.contextmanager
    def together(self, note: str) -> Iterator[None]:
        """Make all changes inside one commit; none is made when the block raises."""
        if self._open.batch is not None:
            yield
            return
        batch = self._open.batch = {}
        try:
            yield
        finally:
            self._open.batch = None
        self._commit(batch, note)

    def find(self, name: str) -> session.Target | None:
        """Give a target by its own name, or None."""
        open_ = self._open.batch
        return open_[name] if open_ is not None and name in open_ else self._gate.world.tilt.target(name)

    def standing(self) -> tuple[session.Target, ...]:
        """Give all targets."""
        known: _Batch = {target.name: target for target in self._gate.world.tilt.targets or ()}
        return tuple(filter(None, (known | (self._open.batch or {})).values()))

    def _commit(self, batch: _Batch, note: str) -> None:
        gone = tuple(name for name, target in batch.items() if target is None)
        self._gate.submit(changes.TiltChange(targets=tuple(filter(None, batch.values())), removed=gone, note=note))
        self._settle()
