"""Points the programs of a test to one real Tilt: a kubeconfig with that alone, its certificates, the environment.

Tilt's own file is only read. It holds other Tilts, and no current context, which some clients cannot bear.
"""

import pathlib
from collections.abc import Mapping

from pytest_tiltsession import errors, kubeconfig


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
    def web_port(self) -> str:
        """Tilt's web port, as its context names it."""
        port = self.context.removeprefix("tilt-")
        return port if port.isdecimal() else str(kubeconfig.DEFAULT_WEB_PORT)

    @property
    def web_url(self) -> str:
        """The address of Tilt's web port."""
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which Tilt's own tools, Kubernetes clients and Node find this Tilt."""
        found = {
            "TILT_CONFIG": str(self.config),
            "TILT_HOST": "127.0.0.1",
            "TILT_PORT": self.web_port,
            "KUBECONFIG": str(self.config),
        }
        return found if self.ca is None else found | {"NODE_EXTRA_CA_CERTS": str(self.ca)}

    def withdraw(self) -> None:
        """Take the entry out again, as a Tilt does that ends; harmless when repeated."""
        kubeconfig.remove_entry(self.config, self.context)
        if self.ca is not None:
            self.ca.unlink(missing_ok=True)


class Pointed:
    """Where a real Tilt is to be found, by its pointer. Raises :class:`errors.TiltSessionError` before it was found."""

    _pointer: Pointer | None

    @property
    def url(self) -> str:
        """The address of the API."""
        return self._pointing.url

    @property
    def token(self) -> str:
        """The bearer token of the API."""
        return self._pointing.token

    @property
    def ca(self) -> pathlib.Path | None:
        """A PEM file with the certificates to trust; None where the machine's own are."""
        return self._pointing.ca

    @property
    def kubeconfig(self) -> pathlib.Path:
        """A kubeconfig that points here alone."""
        return self._pointing.config

    @property
    def context(self) -> str:
        """The kubeconfig's context: ``tilt-<web port>``."""
        return self._pointing.context

    @property
    def web_url(self) -> str:
        """The address of Tilt's web port."""
        return self._pointing.web_url

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which a program finds this Tilt."""
        return self._pointing.env

    def describe(self) -> dict[str, str | None]:
        """Give what a program in another language needs to know."""
        return {
            "url": self.url,
            "token": self.token,
            "ca": None if self.ca is None else str(self.ca),
            "kubeconfig": str(self.kubeconfig),
            "context": self.context,
            "web_url": self.web_url,
        }

    @property
    def _pointing(self) -> Pointer:
        if self._pointer is None:
            raise errors.TiltSessionError("this Tilt was not found yet: use it in a with block, or call start() first")
        return self._pointer
