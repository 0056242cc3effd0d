"""What a fake holds while it serves: two ports, the kubeconfig's entry, the certificate's file; knows no session.

And how its process ends by itself.
"""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import messages, web_port
from pytest_tiltsession.server import host, service, tls

_DEFAULT_PORT = 10350


class Serving:
    """A served application with everything by which clients find it. Starts when made; ``stop`` undoes all of it.

    Raises ServerError for an occupied port and KubeconfigError where a file cannot be written, and leaves nothing
    running then.
    """

    def __init__(
        self,
        application: messages.Application,
        settings: settings_module.Settings,
        *,
        token: str,
        folder: pathlib.Path,
        config: pathlib.Path | None,
        now_seconds: Callable[[], int],
        too_large: Callable[[messages.Request], messages.Response],
        on_error: Callable[[BaseException, messages.Request | None], None],
    ) -> None:
        context = tls.server_context() if settings.tls else None
        self.listener = host.serve(
            application,
            now_seconds=now_seconds,
            too_large=too_large,
            on_error=on_error,
            tls=context,
            port=settings.port,
        )
        self._web: host.Listener | None = None
        self.running = True
        self.url = self.listener.url
        self.token = token
        self.ca: pathlib.Path | None = None
        try:
            self._web = host.serve(web_port.answer, now_seconds=now_seconds, too_large=too_large, on_error=on_error)
            self.web_url = self._web.url
            self.context = settings.context or f"tilt-{self._web.port}"
            if settings.tls:
                self.ca = _write(folder / f"{self.context}-ca.pem", tls.ca_pem())
            self.config = config or folder / "config"
            kubeconfig.add_entry(
                self.config,
                kubeconfig.Entry(
                    context=self.context,
                    server=self.url,
                    ca_pem=tls.leaf_and_ca_pem() if settings.tls else None,
                    token=token,
                ),
                current_context=settings.current_context,
            )
        except BaseException:
            self._close()
            raise

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which Tilt's own tools, Kubernetes clients and Node find this Tilt."""
        web_port_number = self.web_url.rpartition(":")[2]
        found = {
            "TILT_CONFIG": str(self.config),
            "TILT_HOST": "127.0.0.1",
            "TILT_PORT": str(_DEFAULT_PORT) if self.context == "tilt-default" else web_port_number,
            "KUBECONFIG": str(self.config),
        }
        if self.ca is not None:
            found["NODE_EXTRA_CA_CERTS"] = str(self.ca)
        return found

    def stop(self) -> None:
        """Stop serving and take the entry out of the kubeconfig, as a Tilt does that ends. Harmless when repeated."""
        if not self.running:
            return
        self._close()
        kubeconfig.remove_entry(self.config, self.context)
        if self.ca is not None:
            self.ca.unlink(missing_ok=True)

    def _close(self) -> None:
        self.running = False
        self.listener.close()
        if self._web is not None:
            self._web.close()


class Process:
    """The process of a Tilt. Where it ``ends``, it does so by itself when a session is done, as ``tilt ci`` does.

    ``code`` is what it exits with, from the moment at which that is decided; ``exited`` is true once it has ended.
    ``end`` lets it serve no more: watches get their last event and EOF, then the port is closed.
    """

    def __init__(self, end: Callable[[], None], *, ends: bool) -> None:
        self.code: int | None = None
        self.exited = False
        self._end = end
        self._ends = ends
        self._listeners: list[Callable[[], None]] = []

    def on_exit(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the process has ended by itself."""
        self._listeners.append(listener)

    def session_done(self, name: str, error: str) -> None:  # noqa: ARG002  any Session that is done ends the process
        """Learn, under the lock, that a session is done."""
        if self._ends and self.code is None:
            self.code = int(bool(error))

    def settle(self) -> None:
        """End where it is to end. Called outside the lock, on the thread that moved the session."""
        if self.code is None or self.exited:
            return
        self.exited = True
        self._end()
        for listener in self._listeners:
            listener()

    def answered(self, answer: messages.Answer) -> messages.Answer:
        """Take note of an answer to a request: where its own write ends the process, first it is sent, then that."""
        if self.code is None or self.exited or not isinstance(answer, messages.Response):
            return answer
        after = answer.after

        def then_exit() -> None:
            if after is not None:
                after()
            self.settle()

        return dataclasses.replace(answer, after=then_exit)


class Served:
    """Where something that serves is to be found, or was. Raises ServerError where it never served."""

    _server: Serving | None

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
        """A PEM file with the certificates to trust; None without TLS."""
        return self._serving.ca

    @property
    def kubeconfig(self) -> pathlib.Path:
        """The kubeconfig that points here."""
        return self._serving.config

    @property
    def context(self) -> str:
        """The kubeconfig's context: ``tilt-<web port>``."""
        return self._serving.context

    @property
    def web_url(self) -> str:
        """The address of Tilt's web port, which refuses everybody."""
        return self._serving.web_url

    @property
    def env(self) -> Mapping[str, str]:
        """The environment in which a program finds this Tilt as it would find a real one."""
        return self._serving.env

    @property
    def activity(self) -> service.Activity:
        """How busy the server is: requests in work, and for how long nothing has moved."""
        return self._serving.listener.activity

    @property
    def _serving(self) -> Serving:
        if self._server is None:
            raise errors.ServerError("this fake is not serving: use it in a with block, or call start() first")
        return self._server

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


def _write(path: pathlib.Path, content: bytes) -> pathlib.Path:
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise errors.KubeconfigError(
            f"{path}: the certificate cannot be written: {problem.strerror}; give a folder that this user may write to"
        ) from None
    return path
