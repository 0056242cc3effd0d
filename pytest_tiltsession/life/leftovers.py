"""What a fake that nobody stopped leaves behind, and who clears it away: the interpreter, at its end."""

import os
import pathlib
import shutil
import tempfile
import warnings
import weakref
from typing import Any

from pytest_tiltsession import errors, locks, placing, serving
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.engine import gate as gates
from pytest_tiltsession.life import forks


class Leftovers:
    """The folder and the site of one started fake, until :meth:`clear`.

    A fake that is never stopped serves until the interpreter ends. Then a ResourceWarning says so, and what it wrote is
    taken away. A forked process has nothing of its own to clear.
    """

    def __init__(self, owner: object, gate: gates.Gate, directory: pathlib.Path | None) -> None:
        self._directory = directory
        self._own: pathlib.Path | None = None
        self._lock = locks.guard()
        self._cleared = False
        self.site: placing.Site | None = None
        self.server: serving.Serving | None = None
        self._process = os.getpid()
        forks.watch(gate)
        self._finalizer = weakref.finalize(owner, self._abandoned)

    def check_process(self) -> None:
        """Raise ServerError in a forked process, where this is the parent's."""
        if os.getpid() != self._process:
            raise errors.ServerError(forks.refusal(self._process))

    def site_for(self, settings: settings_module.Settings, config: pathlib.Path | None) -> placing.Site:
        """Give the site of a fake, whose files go into the folder."""
        self.site = placing.Site(settings, self._folder, config, secret=self._directory is None)
        return self.site

    def _folder(self) -> pathlib.Path:
        """Give the folder; where none is given, a temporary one is made when it is first asked for."""
        if self._directory is not None:
            return self._directory
        with self._lock:
            if self._own is None:
                if self._cleared:  # a name only
                    return pathlib.Path(tempfile.gettempdir(), "tilt-stopped")
                try:
                    self._own = pathlib.Path(tempfile.mkdtemp(prefix="tilt-"))
                except OSError as problem:
                    raise errors.KubeconfigError(
                        f"no temporary folder can be made for the kubeconfig: {problem.strerror}. "
                        "Free some space, or name a folder of your own: FakeTilt(directory=...)."
                    ) from None
            return self._own

    def belong_to(self, owner: object, gate: gates.Gate) -> None:
        """Be those of another fake from now on, which has taken the place of the first one."""
        self._finalizer.detach()
        forks.watch(gate)
        self._finalizer = weakref.finalize(owner, self._abandoned)

    def clear(self) -> None:
        """Stop serving and leave nothing; harmless when repeated, and in a forked process, whose parent goes on."""
        self._finalizer.detach()
        if os.getpid() == self._process:
            self._clear()

    def _clear(self) -> None:
        try:
            with self._lock:
                self._cleared = True
            if self.site is not None:
                self.site.folder_goes()
            if self.server is not None and self.server.running:
                self.server.end()
            if self.site is not None:
                self.site.clear()
        finally:
            if self._own is not None:
                _take_away(self._own)

    def _abandoned(self) -> None:
        if os.getpid() != self._process:
            return
        where: Any = self.server.url if self.server is not None else self._own or "it served nothing"
        self._clear()
        # Said last: where warnings are errors, everything has been cleared all the same.
        warnings.warn(
            f"a FakeTilt was started and never stopped ({where}): use it in a with block, or call stop()",
            ResourceWarning,
            stacklevel=1,
        )


def _take_away(folder: pathlib.Path) -> None:
    """Remove a folder that holds a file or two; whatever else somebody has put into it goes as well."""
    try:
        for item in folder.iterdir():
            item.unlink()
        folder.rmdir()
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
