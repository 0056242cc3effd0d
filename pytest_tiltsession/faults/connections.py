"""Faults of connections, before anybody knows what they are for. Knows no TLS and no sockets."""

import dataclasses

from pytest_tiltsession.faults import scope


@dataclasses.dataclass(frozen=True)
class ConnectionFault(scope.Fault):
    """A fault of connections: nobody knows yet who the client is and what it wants."""

    HITS = ()
    USUALLY = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.client is not None:
            raise self.refusal("client", "it hits connections, before their clients are known; leave it out")


@dataclasses.dataclass(frozen=True)
class FailHandshake(ConnectionFault):
    """Let TLS handshakes fail with the alert ``handshake_failure``.

    ``FailHandshake(times=2)``; in a file ``{fault: fail-handshake, times: 2}``.
    """

    NAME = "fail-handshake"


@dataclasses.dataclass(frozen=True)
class ExpiredCertificate(ConnectionFault):
    """Show new connections a certificate of the same authority that has expired.

    ``ExpiredCertificate(after="1m")``; in a file ``{fault: expired-certificate, after: 1m}``.
    """

    NAME = "expired-certificate"


@dataclasses.dataclass(frozen=True)
class FullAcceptQueue(ConnectionFault):
    """Accept nobody, with a full queue: the operating system lets new connections hang, and has them try again.

    Connections that are there go on. When the span is over they come in at their next try, on Linux after 1, 3, 7 …
    seconds of the machine's clock. ``FullAcceptQueue(after="10s", for_="5s")``; in a file
    ``{fault: full-accept-queue, after: 10s, for: 5s}``. It has a span and no ``times``.
    """

    NAME = "full-accept-queue"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.times is not None:
            raise self.refusal("times", "it lasts for a span of time; say when with after, until or for")
