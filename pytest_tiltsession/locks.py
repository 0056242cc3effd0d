"""Locks that a forked process finds free, whoever held them in its parent; knows nothing of what they are for.

The threads that held them do not exist in the child, which would wait for them for ever. All are reentrant, so that a
thread that forks in the middle of something goes on with it in the child as in the parent.

What Python itself locks while a thread loads a module is no lock that could be freed. A fork waits for that as well.
"""

import os
import sys
import threading
import weakref

# A fork waits for at most so many rounds of so many seconds. In each it asks for all guards, and gives back what it has
# got where one is held for longer, so that it never waits for a thread that waits for it.
_ROUNDS, _ROUND = 50, 0.02
_OWN = f"{__package__}."

_known: "weakref.WeakValueDictionary[int, threading.RLock]" = weakref.WeakValueDictionary()
_guards: "weakref.WeakValueDictionary[int, threading.RLock]" = weakref.WeakValueDictionary()


class _Held(threading.local):
    """The guards that a thread holds which is about to fork; another may be about to do so as well."""

    def __init__(self) -> None:
        self.locks: list[threading.RLock] = []


_held = _Held()


def guard() -> "threading.RLock":
    """Make a lock that is held for moments only: a fork waits for those, so that the child's copy of all is whole."""
    found = turn()
    _guards[id(found)] = found
    return found


def turn() -> "threading.RLock":
    """Make a lock by which threads take turns, perhaps for long: a fork does not wait for it."""
    found = threading.RLock()
    _known[id(found)] = found
    return found


def known() -> "list[threading.RLock]":
    """Give all that were made here and are still in use."""
    return _those(_known)


def _those(kept: "weakref.WeakValueDictionary[int, threading.RLock]") -> "list[threading.RLock]":
    # Taken at once, since other threads make locks meanwhile.
    return [lock for reference in kept.valuerefs() if (lock := reference()) is not None]


def _before() -> None:
    for _ in range(_ROUNDS):
        for lock in _those(_guards):
            if not lock.acquire(timeout=_ROUND):
                break
            _held.locks.append(lock)
        else:
            if not _is_loading():
                return
            _release()
            threading.Event().wait(_ROUND)
        _release()


def _is_loading() -> bool:
    """Tell whether a module of the package is being loaded, which is done where it is needed: by any thread."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(_OWN)]
    return any(getattr(getattr(module, "__spec__", None), "_initializing", False) for module in modules)


def _release() -> None:
    while _held.locks:
        _held.locks.pop().release()


def _in_child() -> None:
    _release()
    for lock in known():
        if lock.acquire(blocking=False):  # free, or held by the thread that forked
            lock.release()
        else:
            lock._at_fork_reinit()  # type: ignore[attr-defined]  # noqa: SLF001  as the standard library's own are


os.register_at_fork(before=_before, after_in_parent=_release, after_in_child=_in_child)
