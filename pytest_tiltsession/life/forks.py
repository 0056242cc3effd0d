"""What becomes of the fakes of a process that forks: they live on in the parent, and the child is told so.

Their threads do not exist in the child, whose copies of them nobody serves. Their URLs work there: the parent answers.
That the child's copies are whole, and their locks free, is the business of ``locks``.
"""

import os
import weakref

from pytest_tiltsession.engine import gate as gates

_served: "weakref.WeakSet[gates.Gate]" = weakref.WeakSet()


def watch(gate: gates.Gate) -> None:
    """Look after a fake, by its gate, which is about to be served, whenever this process forks."""
    _served.add(gate)


def refusal(parent: int) -> str:
    """Say what a child may not do with a fake of its parent, and what to do instead."""
    return (
        f"this process ({os.getpid()}) was forked from process {parent}, in which this fake lives and goes on: "
        "read it at its URL, drive it there, or start another fake here"
    )


def _in_child() -> None:
    why = refusal(os.getppid())
    for gate in tuple(_served):
        gate.forsake(why)
    _served.clear()


os.register_at_fork(after_in_child=_in_child)
