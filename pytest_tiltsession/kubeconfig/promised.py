"""A config file that is written when somebody first asks where it is; knows no server.

Nobody can look into a file of which nobody knows the path, and most tests ask for the URL alone: what the file would
hold is kept until then. A file whose path others know is written at once.
"""

import contextlib
import os
import pathlib
from collections.abc import Callable

from pytest_tiltsession import kubeconfig, locks

_PATIENCE = 1.0  # seconds for which a fork waits for somebody who writes


class Promised:
    """The entries of one fake in its config file, from when it is made until :meth:`let_go`.

    ``place`` gives the path, and makes its folder. All that writes raises KubeconfigError.
    """

    def __init__(self, place: Callable[[], pathlib.Path]) -> None:
        self._place = place
        self._path: pathlib.Path | None = None
        self._entries: dict[str, tuple[kubeconfig.Entry, bool]] = {}
        self._gone = False
        self._lock = locks.turn()
        _unfinished.add(self)

    @property
    def path(self) -> pathlib.Path:
        """Where the file is, written by now; after :meth:`let_go`, where it would have been."""
        with self._lock:
            if self._path is None:
                path = self._place()
                if not self._gone:
                    kubeconfig.make(path)
                    for entry, current in self._entries.values():
                        kubeconfig.add_entry(path, entry, current_context=current)
                self._path = path
            return self._path

    def add(self, entry: kubeconfig.Entry, *, current_context: bool) -> None:
        """Enter a Tilt, see :func:`kubeconfig.add_entry`."""
        with self._lock:
            self._entries.pop(entry.context, None)
            self._entries[entry.context] = entry, current_context
            if self._path is not None and not self._gone:
                kubeconfig.add_entry(self._path, entry, current_context=current_context)

    def remove(self, context: str) -> None:
        """Take a Tilt out, see :func:`kubeconfig.remove_entry`."""
        with self._lock:
            self._entries.pop(context, None)
            if self._path is not None and not self._gone:
                kubeconfig.remove_entry(self._path, context)

    def clear(self) -> None:
        """Take out every Tilt that was entered, and write nothing from now on."""
        for context in tuple(self._entries):
            self.remove(context)
        self.let_go()

    def let_go(self) -> None:
        """Write nothing from now on, since nobody may read the file or its whole folder is going away."""
        self._gone = True
        _unfinished.discard(self)

    def keep(self) -> None:
        """Write what is promised; where that cannot be, whoever asks for the path learns of it."""
        if self._lock.acquire(timeout=_PATIENCE):
            try:
                with contextlib.suppress(Exception):
                    _ = self.path
            finally:
                self._lock.release()


_unfinished: set[Promised] = set()


def _before_fork() -> None:
    """Write what is promised, so that a forked process finds the same file as its parent, who takes it away again."""
    for promised in tuple(_unfinished):
        promised.keep()


os.register_at_fork(before=_before_fork)
