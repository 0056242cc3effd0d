"""What a fake holds while it serves: two ports, the kubeconfig's entry, the certificate's file; knows no session."""

import contextlib
import functools
import ssl
from collections.abc import Callable

from pytest_tiltsession import errors, placing
from pytest_tiltsession.api import messages, web_port
from pytest_tiltsession.kubeconfig import addressing
from pytest_tiltsession.server import applications, host, reservation, service

Answering = applications.Answering


class Serving:
    """One process that serves at a site, from when it is made until :meth:`end` or :meth:`break_off`.

    Raises ServerError for an occupied port and KubeconfigError where a file cannot be written, and leaves nothing
    running then.
    """

    def __init__(self, answering: Answering, site: placing.Site, *, token: str, port: int) -> None:
        self._site = site
        self._listeners: list[host.Listener] = []
        self.running = True
        self.token = token
        kept = site.hand_over()
        try:
            context = None if site.certificates is None else site.certificates.server_context()
            self.listener = self._serve(answering, answering.application, port, kept, tls=context)
            self.url = self.listener.url
            site.move_to(self._serve(answering, web_port.answer, site.web_port, kept).port)
            site.write_authority()
            site.enter(self.url, token)
        except BaseException:
            self._close(host.Listener.begin_to_close)
            raise
        finally:
            for held in kept.values():  # last, so that a port that is to be new is another one
                held.release()

    def _serve(
        self,
        answering: Answering,
        application: messages.Application,
        port: int,
        kept: dict[int, reservation.Reservation],
        tls: ssl.SSLContext | None = None,
    ) -> host.Listener:
        made = host.serve(
            application,
            now_seconds=answering.now_seconds,
            too_large=answering.too_large,
            on_error=answering.on_error,
            tls=tls,
            port=port,
            kept=kept.pop(port, None),
            greet=answering.greet,
            on_unheard=answering.on_unheard,
        )
        self._listeners.append(made)
        return made

    def hand_over(self, answering: Answering) -> None:
        """Let another answer at the same ports: clients get what is written, watches end, and all are closed."""
        for listener, application in zip(self._listeners, (answering.application, web_port.answer), strict=True):
            listener.hand_over(functools.partial(answering.take, application))

    def end(self, *, keep: bool = False) -> None:
        """End as a process does: watches get their last event and EOF, then nobody is served, then the entry goes.

        ``keep``: the site holds the ports from then on, so that nobody else answers there.
        """
        self._close(host.Listener.begin_to_close, keep=keep)
        self._site.leave()

    def break_off(self, *, reset: bool) -> None:
        """End as a process does that is killed: in the middle of whatever is being said; entry and ports are kept."""
        self._close(lambda listener: listener.begin_to_abort(reset=reset), keep=True)

    def _close(self, begin: Callable[[host.Listener], None], *, keep: bool = False) -> None:
        def begin_all() -> None:
            for listener in self._listeners:
                begin(listener)

        self.running = False
        kept = keep and self._keep_ports()  # before they are let go: many ask for a free port at any moment
        if self._listeners:
            self._listeners[0].on_loop(begin_all)  # in one turn: the loop is woken once
        for listener in self._listeners:
            listener.wait_closed()
        if keep and not kept:
            self._keep_ports()

    def _keep_ports(self) -> bool:
        """Let the site hold the ports; False where the system does not give them."""
        for listener in self._listeners:
            listener.share_port()
        with contextlib.suppress(errors.ServerError):
            self._site.hold(self.listener.port)
            return True
        return False


class Served(addressing.Addressed):
    """Where something that serves is to be found, or was. Raises ServerError where it never served."""

    _server: Serving | None
    _site: placing.Site | None

    @property
    def activity(self) -> service.Activity:
        """How busy the server is: requests in work, and for how long nothing has moved."""
        return self._serving.listener.activity

    @property
    def _serving(self) -> Serving:
        if self._server is None and self._site is not None:
            raise errors.ServerError(
                f"this Tilt has not started yet (starts={self._site.settings.starts!r}): call start() first"
            )
        if self._server is None:
            raise errors.ServerError("this fake is not serving: use it in a with block, or call start() first")
        return self._server

    @property
    def _placed(self) -> placing.Site:
        if self._site is None:
            raise errors.ServerError("this fake is not serving: use it in a with block, or call start() first")
        return self._site

    @property
    def serving(self) -> bool:
        """Whether it answers now."""
        return self._server is not None and self._server.running
