"""The port of the control interface: opened beside a fake, with a token of its own; knows no verb."""

from collections.abc import Callable

from pytest_tiltsession import fake_tilt
from pytest_tiltsession.api import messages
from pytest_tiltsession.control import application, desk
from pytest_tiltsession.server import host, tls


class Control:
    """The control interface of one fake, for a ``with`` block. It is served as the API is, with TLS or without.

    ``url`` and ``token`` open it. ``on_shutdown`` is called, on any thread, when it is asked to end the program.
    Raises ServerError for an occupied ``port``.
    """

    def __init__(
        self, fake: fake_tilt.FakeTilt, *, port: int = 0, on_shutdown: Callable[[], None] = lambda: None
    ) -> None:
        self.token = tls.new_token()
        self.desk = desk.Desk(fake, on_shutdown)
        self.errors: list[str] = []
        self._application = application.Application(self.desk, self.token, self._failed)
        self._listener = host.serve(
            self._application,
            now_seconds=lambda: self.fake.clock.now // 1_000_000,
            too_large=self._application.too_large,
            on_error=self._failed,
            tls=tls.server_context() if fake.settings.tls else None,
            port=port,
        )
        self.url = self._application.url = self._listener.url

    def describe(self) -> dict[str, str]:
        """Give what a program needs to know to use it, as ``serve`` prints it."""
        return {"url": self.url, "token": self.token}

    @property
    def fake(self) -> fake_tilt.FakeTilt:
        """The fake that is served now: another one after a reset."""
        return self.desk.running.fake

    def close(self) -> None:
        """Serve no more. Harmless when repeated."""
        self._listener.close()

    def __enter__(self) -> "Control":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _failed(self, problem: BaseException, request: messages.Request | None) -> None:
        what = f" while doing {request.method} {request.path}" if request is not None else ""
        self.errors.append(f"{type(problem).__name__}: {problem}{what}")
