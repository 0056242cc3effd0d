"""Who answers at a listener, and who does so after him; knows no Tilt and no bytes."""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import greetings, service


@dataclasses.dataclass(frozen=True, slots=True)
class Answering:
    """Who answers requests, by what time, who learns of failures, and of TLS handshakes; see ``host.serve``."""

    application: messages.Application
    now_seconds: Callable[[], int]
    too_large: Callable[[messages.Request], messages.Response]
    on_error: Callable[[BaseException, messages.Request | None], None]
    greet: Callable[[], greetings.Spoilt | None] | None = None
    on_unheard: greetings.Unheard | None = None

    def take(self, application: messages.Application, shared: service.Service) -> None:
        """Take over what somebody else answered; on the server's thread."""
        for connection in list(shared.connections):
            connection.stop()
        shared.application, shared.now_seconds = application, self.now_seconds
        shared.too_large, shared.on_error = self.too_large, self.on_error
        shared.greet, shared.on_unheard = self.greet, self.on_unheard
