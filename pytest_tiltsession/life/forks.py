"""What becomes of the fakes of a process that forks: they live on in the parent, and the child is told so.

Their threads do not exist in the child, whose copies of them nobody serves. Their URLs work there: the parent answers.
"""

import os
import weakref
from typing import Protocol

from pytest_tiltsession.engine import gate, world

_PATIENCE = 1.0  # seconds for which a fork waits for what is under way in a fake


class Forkable(Protocol):
    """A fake, as far as a fork is concerned."""

    _gate: gate.Gate
    _world: world.World


_started: dict[int, "weakref.ref[Forkable]"] = {}
_locked: list[Forkable] = []


def watch(fake: Forkable) -> None:
    """Look after a fake, which is about to be served, whenever this process forks."""
    key = id(fake)
    _started[key] = weakref.ref(fake, lambda _: _started.pop(key, None))


def refusal(parent: int) -> str:
    """Say what a child may not do with a fake of its parent, and what to do instead."""
    return (
        f"this process ({os.getpid()}) was forked from process {parent}, in which this fake lives and goes on: "
        "read it at its URL, drive it there, or start another fake here"
    )


def _before() -> None:
    """Let each fake finish what it does, so that the child's copy is whole and no lock of it is held for ever."""
    fakes = (reference() for reference in tuple(_started.values()))
    _locked.extend(fake for fake in fakes if fake is not None and fake._world.lock.acquire(timeout=_PATIENCE))


def _release() -> None:
    while _locked:
        _locked.pop()._world.lock.release()


def _in_child() -> None:
    _release()
    why = refusal(os.getppid())
    for reference in tuple(_started.values()):
        fake = reference()
        if fake is not None:
            fake._gate.closed = why
            fake._world.clock.forsake(why)
    _started.clear()


os.register_at_fork(before=_before, after_in_parent=_release, after_in_child=_in_child)
