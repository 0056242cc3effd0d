"""Points the programs of a test to one real Tilt: a kubeconfig with that alone, its certificates, the environment.

Tilt's own file is only read. It holds other Tilts, and no current context, which some clients cannot bear.
"""

import pathlib
from collections.abc import Mapping

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.kubeconfig import addressing


class Pointer:
    """Writes the files into a folder when made. Raises :class:`errors.KubeconfigError` where it cannot."""

    def __init__(self, entry: kubeconfig.Entry, folder: pathlib.Path, *, current_context: bool) -> None:
        self.url = entry.server
        self.token = entry.token or ""
        self.context = entry.context
        self.config = folder / "config"
        self.ca = None if entry.ca_pem is None else folder / f"{entry.context}-ca.pem"
        try:
            if self.ca is not None and entry.ca_pem is not None:
                self.ca.write_bytes(entry.ca_pem)
        except OSError as problem:
            raise errors.KubeconfigError(f"{self.ca}: cannot be written: {problem.strerror}") from None
        kubeconfig.add_entry(self.config, entry, current_context=current_context)

    @property
    def web_url(self) -> str:
        """The address of Tilt's web port."""
        return addressing.web_url(self._web_port)

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which Tilt's own tools, Kubernetes clients and Node find this Tilt."""
        return addressing.environment(self.config, self._web_port, self.ca)

    @property
    def _web_port(self) -> int:
        return addressing.web_port_of(self.context) or kubeconfig.DEFAULT_WEB_PORT

    def withdraw(self) -> None:
        """Take the entry out again, as a Tilt does that ends; harmless when repeated."""
        kubeconfig.remove_entry(self.config, self.context)
        if self.ca is not None:
            self.ca.unlink(missing_ok=True)


class Pointed(addressing.Addressed):
    """Where a real Tilt is to be found, by its pointer. Raises :class:`errors.TiltSessionError` before it was found."""

    _pointer: Pointer | None

    @property
    def _serving(self) -> Pointer:
        return self._placed

    @property
    def _placed(self) -> Pointer:
        if self._pointer is None:
            raise errors.TiltSessionError("this Tilt was not found yet: use it in a with block, or call start() first")
        return self._pointer
