"""How programs are told where one Tilt is: its API, files to read, the environment; knows neither fake nor real one."""

import pathlib
import re
from collections.abc import Mapping
from typing import Protocol

from pytest_tiltsession import kubeconfig

_HOST = "127.0.0.1"
_NUMBERED = re.compile(r"tilt-([1-9][0-9]{0,4})")


def web_port_of(context: str) -> int | None:
    """Give the web port that Tilt's own tools take for a context's; None where its name tells none."""
    if context == kubeconfig.context_name(kubeconfig.DEFAULT_WEB_PORT):
        return kubeconfig.DEFAULT_WEB_PORT
    found = _NUMBERED.fullmatch(context)
    return int(found[1]) if found is not None and int(found[1]) < 65_536 else None


def web_url(port: int) -> str:
    """Give the address of a web port of this machine."""
    return f"http://{_HOST}:{port}"


def environment(config: pathlib.Path, web_port: int, ca: pathlib.Path | None) -> dict[str, str]:
    """Give the environment in which Tilt's own tools, Kubernetes clients and Node find a Tilt.

    ``config`` is its kubeconfig, ``ca`` a PEM file with the certificates to trust; None where the machine's own are.
    """
    found = {
        "TILT_CONFIG": str(config),
        "TILT_HOST": _HOST,
        "TILT_PORT": str(web_port),
        "KUBECONFIG": str(config),
    }
    return found if ca is None else found | {"NODE_EXTRA_CA_CERTS": str(ca)}


class Endpoint(Protocol):
    """What answers: the address of the API and the bearer token for it."""

    @property
    def url(self) -> str:
        """The address."""

    @property
    def token(self) -> str:
        """The token."""


class Place(Protocol):
    """Where the files are that point to it, and how it is called."""

    @property
    def ca(self) -> pathlib.Path | None:
        """A PEM file."""

    @property
    def config(self) -> pathlib.Path:
        """A kubeconfig."""

    @property
    def context(self) -> str:
        """The name of the context."""

    @property
    def web_url(self) -> str:
        """The address of the web port."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment."""


class Addressed:
    """Where a Tilt is to be found, or was. Raises :class:`errors.TiltSessionError` before it was anywhere."""

    @property
    def _serving(self) -> Endpoint:
        raise NotImplementedError

    @property
    def _placed(self) -> Place:
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The address of the API: ``https://127.0.0.1:PORT``."""
        return self._serving.url

    @property
    def token(self) -> str:
        """The bearer token, as the kubeconfig holds it."""
        return self._serving.token

    @property
    def ca(self) -> pathlib.Path | None:
        """A PEM file with the certificates to trust; None without TLS, and where the machine's own are."""
        return self._placed.ca

    @property
    def kubeconfig(self) -> pathlib.Path:
        """The kubeconfig that points here."""
        return self._placed.config

    @property
    def context(self) -> str:
        """The kubeconfig's context: ``tilt-<web port>``."""
        return self._placed.context

    @property
    def web_url(self) -> str:
        """The address of Tilt's web port; a fake's refuses everybody."""
        return self._placed.web_url

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which a program finds this Tilt."""
        return self._placed.env

    def describe(self) -> dict[str, str | None]:
        """Give what a program in another language needs to know, as ``tiltsession serve`` prints it."""
        return {
            "url": self.url,
            "token": self.token,
            "ca": None if self.ca is None else str(self.ca),
            "kubeconfig": str(self.kubeconfig),
            "context": self.context,
            "web_url": self.web_url,
        }
