"""What a fake that nobody stopped leaves behind, and who clears it away: the interpreter, at its end."""

import os
import pathlib
import shutil
import tempfile
import warnings
import weakref
from typing import Any

from pytest_tiltsession import placing, serving


class Leftovers:
    """The folder and the site of one started fake, until :meth:`clear`.

    A fake that is never stopped serves until the interpreter ends. Then a ResourceWarning says so, and what it wrote is
    taken away. A forked process has nothing of its own to clear.
    """

    def __init__(self, owner: object, directory: pathlib.Path | None) -> None:
        self._own = None if directory is not None else pathlib.Path(tempfile.mkdtemp(prefix="tilt-"))
        self.folder = directory or pathlib.Path(str(self._own))
        self.site: placing.Site | None = None
        self.server: serving.Serving | None = None
        self._process = os.getpid()
        self._finalizer = weakref.finalize(owner, self._abandoned)

    def belong_to(self, owner: object) -> None:
        """Be those of another fake from now on, which has taken the place of the first one."""
        self._finalizer.detach()
        self._finalizer = weakref.finalize(owner, self._abandoned)

    def clear(self) -> None:
        """Stop serving and leave nothing; harmless when repeated."""
        self._finalizer.detach()
        self._clear()

    def _clear(self) -> None:
        try:
            if self.server is not None and self.server.running:
                self.server.end()
            if self.site is not None:
                self.site.clear()
        finally:
            if self._own is not None:
                shutil.rmtree(self._own, ignore_errors=True)

    def _abandoned(self) -> None:
        if os.getpid() != self._process:
            return
        where: Any = self.server.url if self.server is not None else self.folder
        self._clear()
        # Said last: where warnings are errors, everything has been cleared all the same.
        warnings.warn(
            f"a FakeTilt was started and never stopped ({where}): use it in a with block, or call stop()",
            ResourceWarning,
            stacklevel=1,
        )
