"""Where a Tilt is to be found, from one process of it to the next: ports, config file, authority; knows no session."""

import contextlib
import pathlib
from collections.abc import Callable, Mapping

from pytest_tiltsession import errors, kubeconfig, locks
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.kubeconfig import addressing, file, promised
from pytest_tiltsession.server import reservation, tls


class Site:
    """Where a Tilt is to be found, from one process of it to the next: web port and context, config file, authority.

    Where no process runs, its ports can be held, so that who connects is refused and nobody else is given them.

    ``folder`` gives where files go, and makes it. ``secret``: nobody knows that folder but who asks here, so that
    files are written when they are first asked for, and need not be taken back before the folder goes away.
    """

    def __init__(
        self,
        settings: settings_module.Settings,
        folder: Callable[[], pathlib.Path],
        config: pathlib.Path | None,
        *,
        secret: bool,
    ) -> None:
        self.settings = settings
        self.certificates = tls.shared() if settings.tls else None
        self.web_port = 0
        self.context = settings.context or ""
        self._folder = folder
        self._secret = secret
        self._config = promised.Promised(lambda: config or folder() / "config")
        self._known = config is not None or not secret
        self._ca: pathlib.Path | None = None
        self._held: list[reservation.Reservation] = []
        self._lock = locks.guard()  # a process may end on the server's thread while the test's own clears up
        self._cleared = False

    def hold(self, api_port: int = 0) -> int:
        """Hold the web port and a port of the API, while nobody serves on them; give the latter.

        Raises ServerError where somebody else has them.
        """
        self.release()
        with self._lock:
            if self._cleared:
                return api_port
            for port in (api_port, self.web_port):
                self._held.append(reservation.Reservation(port))
            api, web = (held.port for held in self._held)
        self.move_to(web)
        return api

    def hand_over(self) -> dict[int, reservation.Reservation]:
        """Give the ports that are held to who is to serve on them, and who lets the others go."""
        with self._lock:
            kept = {held.port: held for held in self._held}
            self._held.clear()
            return kept

    def release(self) -> None:
        """Let the ports go."""
        for held in self.hand_over().values():
            held.release()

    def move_to(self, web: int) -> None:
        """Learn the web port, and with it the name of the context."""
        self.web_port = web
        self.context = self.settings.context or kubeconfig.context_name(web)

    @property
    def config(self) -> pathlib.Path:
        """The config file. Raises KubeconfigError where it cannot be written."""
        return self._config.path

    @property
    def ca(self) -> pathlib.Path | None:
        """A file with the certificate to trust; None without TLS. Raises KubeconfigError where it cannot be written."""
        if self._ca is None and self.certificates is not None:
            self._write_authority(self.certificates)
        return self._ca

    def write_authority(self) -> None:
        """Write the file with the certificate to trust. Raises KubeconfigError where that is not to be."""
        if self.certificates is not None and (self._ca is not None or not self._secret):
            self.clear_authority()
            self._write_authority(self.certificates)

    def _write_authority(self, certificates: tls.Certificates) -> None:
        path = self._folder() / f"{self.context}-ca.pem"
        self._ca = path if self._cleared else _write(path, certificates.ca_pem)

    def clear_authority(self) -> None:
        """Take that file away."""
        if self._ca is not None:
            self._ca.unlink(missing_ok=True)

    def folder_goes(self) -> None:
        """Learn that the folder is about to be taken away with all that is in it."""
        if not self._known:
            self._config.let_go()

    def clear(self) -> None:
        """Leave nothing: no entry, one of a process that was killed neither, no file, no port."""
        self._cleared = True
        self.release()
        self._config.clear()
        self.clear_authority()

    def enter(self, url: str, token: str) -> None:
        """Write the entry of the config file. Raises KubeconfigError where that is not to be."""
        authority = None if self.certificates is None else self.certificates.leaf_and_ca_pem
        entry = kubeconfig.Entry(context=self.context, server=url, ca_pem=authority, token=token)
        self._config.add(entry, current_context=self.settings.current_context)
        self.make_known()

    def make_known(self) -> None:
        """Write the config file where others know of it. Raises KubeconfigError where that is not to be."""
        if self._known:
            _ = self._config.path

    def leave(self) -> None:
        """Take the entry out of the config file."""
        self._config.remove(self.context)

    @property
    def web_url(self) -> str:
        """The address of the web port."""
        return addressing.web_url(self.web_port)

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which Tilt's own tools, Kubernetes clients and Node find this Tilt."""
        # Tilt's own tools look for the context of that port, which another port than the fake's may have named.
        port = addressing.web_port_of(self.context) or self.web_port
        return addressing.environment(self.config, port, self.ca)


def _write(path: pathlib.Path, content: bytes) -> pathlib.Path:
    try:
        path.write_bytes(content)
    except OSError as problem:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise errors.KubeconfigError(
            f"{path}: the certificate cannot be written: {problem.strerror}. {file.instead(problem, 'a folder')}."
        ) from None
    return path
