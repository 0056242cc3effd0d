"""One TLS handshake: which certificate it shows, and how it ended where no request came of it; knows no sockets."""

import dataclasses
import ssl
from collections.abc import Callable
from typing import Protocol

# What clients mean by the alerts with which they end a handshake.
_MEANINGS = {
    "TLSV1_ALERT_UNKNOWN_CA": "the client does not trust the certificate's authority",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "the client says that the certificate has expired",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the client does not accept the certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the client does not accept the certificate",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the client wants another version of TLS",
    "UNSUPPORTED_PROTOCOL": "the client wants another version of TLS",
    "NO_SHARED_CIPHER": "no cipher that both sides have",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Spoilt:
    """A handshake that a fault spoils: the settings it is made with, and the fault's name."""

    context: ssl.SSLContext
    fault: str


# Told of a connection of which no request came: why, the status that was answered (0: none), the fault's name.
Unheard = Callable[[str, int, str], None]


class Greeter(Protocol):
    """What a greeting needs of its service. ``greet`` gives the fault of a handshake that begins."""

    greet: Callable[[], Spoilt | None] | None
    on_unheard: Unheard | None


class Greeting:
    """One handshake, from the first byte to its end."""

    __slots__ = ("_begun", "_greet", "_on_unheard", "_over", "_spoilt")

    def __init__(self, greeter: Greeter) -> None:
        self._greet = greeter.greet
        self._on_unheard = greeter.on_unheard
        self._spoilt: Spoilt | None = None
        self._begun = False
        self._over = False

    def begin(self) -> ssl.SSLContext | None:
        """Learn that the client has sent something; give the settings of a handshake that is to be spoilt, once."""
        if self._begun:
            return None
        self._begun = True
        self._spoilt = self._greet() if self._greet is not None else None
        return None if self._spoilt is None else self._spoilt.context

    def succeed(self) -> None:
        """Learn that it is done, and a request may come."""
        self._over = True
        if self._spoilt is not None:
            self._tell("the client took the certificate")

    def fail(self, error: ssl.SSLError) -> None:
        """Learn that it failed."""
        reason = error.reason or type(error).__name__
        self._end(f"the TLS handshake failed: {_MEANINGS.get(reason, reason.replace('_', ' ').lower())}")

    def refuse(self, *, http: bool) -> None:
        """Learn that the client does not speak TLS."""
        if http:
            self._end("plain HTTP came to the TLS port; write https://", 400)
        else:
            self._end("what came to the TLS port is no TLS")

    def lose(self) -> None:
        """Learn that the connection is gone. One that never said a word is nobody's business."""
        if self._begun:
            self._end("the client hung up during the TLS handshake")

    def _end(self, why: str, status: int = 0) -> None:
        if not self._over:
            self._over = True
            self._tell(why, status)

    def _tell(self, why: str, status: int = 0) -> None:
        if self._on_unheard is not None:
            self._on_unheard(why, status, "" if self._spoilt is None else self._spoilt.fault)
