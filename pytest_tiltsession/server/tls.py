"""Certificates and the bearer token: one authority and one certificate for the run, or others; knows no HTTP.

Real Tilt makes RSA keys; elliptic curves have the same shape and take a four-hundredth of the time.
"""

import base64
import datetime
import secrets
import ssl
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pytest_tiltsession import errors, locks
from pytest_tiltsession.clock import dates

if TYPE_CHECKING:
    import trustme

_IDENTITIES = ("localhost", "127.0.0.1", "::1")
_TOKEN_BYTES = 64  # 88 characters of base64, as Tilt's

T = TypeVar("T")

_lock = locks.turn()
_shared: "Certificates | None" = None


class Certificates:
    """An authority, the certificate that it signed for the server, and what the server and its clients need of them.

    Both are valid from 2000 to 2999, as trustme makes them from constants: whether a test has frozen the clock when
    they are made, or a client's machine is years off, does not matter. The shape is what Python 3.13 asks for
    (fidelity.md, What clients need): an authority with keyCertSign and a subject key identifier, a leaf that names it.
    """

    def __init__(self) -> None:
        # Imported here because it brings the cryptography package, 50 ms that a run without TLS need not pay.
        import trustme

        self._authority = _dated(
            lambda: trustme.CA(organization_name="pytest-tiltsession", organization_unit_name="localhost-ca")
        )
        self._leaf = self._issued()
        self.ca_pem: bytes = self._authority.cert_pem.bytes()
        self._context: ssl.SSLContext | None = None

    @property
    def leaf_and_ca_pem(self) -> bytes:
        """The server's certificate and then the authority's, as PEM: what Tilt writes into its config file."""
        return self._leaf.cert_chain_pems[0].bytes() + self.ca_pem

    def server_context(self) -> ssl.SSLContext:
        """Give the TLS settings of all that is served with this certificate: TLS 1.2 or later, HTTP/1.1 by ALPN."""
        with _lock:
            if self._context is None:
                context = keyless_context()
                try:
                    self._leaf.configure_cert(context)
                except (OSError, ssl.SSLError) as problem:
                    raise errors.ServerError(
                        f"the certificate cannot be loaded: {problem.strerror or problem}. That takes a temporary file "
                        f"of some kilobytes: free some space in {tempfile.gettempdir()} or, where too many files are "
                        "open, raise that limit (ulimit -n); tls=False does without"
                    ) from None
                self._context = context
            return self._context

    def expired_context(self) -> ssl.SSLContext:
        """Give TLS settings with a certificate of the same authority that expired with the year 2000."""
        context = keyless_context()
        self._issued(lambda: datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)).configure_cert(context)
        return context

    def _issued(self, not_after: "Callable[[], datetime.datetime | None]" = lambda: None) -> "trustme.LeafCert":
        return _dated(
            lambda: self._authority.issue_cert(
                *_IDENTITIES,
                common_name="localhost",
                organization_name="pytest-tiltsession",
                organization_unit_name="localhost",
                not_after=not_after(),
            )
        )


def _dated(make: Callable[[], T]) -> T:
    """Make something that holds dates, of the class that the cryptography package takes in this process.

    That is the one which it met first. If a freezer were in force then, it would take none but frozen dates for good;
    so it is shown the machine's own, unless somebody else has used it before.
    """
    for kind in dates.classes():
        try:
            with dates.of_class(kind):
                return make()
        except TypeError as problem:
            refused = problem
    raise refused


def shared() -> Certificates:
    """Give the certificates of the run, made when they are first needed, once for the process."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Certificates()
        return _shared


def ca_pem() -> bytes:
    """Give the certificate of the run's authority, as PEM."""
    return shared().ca_pem


def leaf_and_ca_pem() -> bytes:
    """Give the run's certificate and then its authority's, as PEM."""
    return shared().leaf_and_ca_pem


def server_context() -> ssl.SSLContext:
    """Give the TLS settings that the fakes of the run share."""
    return shared().server_context()


def keyless_context() -> ssl.SSLContext:
    """Give TLS settings without a certificate, with which every handshake fails with the alert ``handshake_failure``.

    TLS 1.2 or later, HTTP/1.1 by ALPN.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # One session ticket: nobody needs it, but it acknowledges the client's last message of the handshake.
    # Without, a client with Nagle's algorithm holds its first request back for 40 ms.
    context.num_tickets = 1
    return context


def new_token() -> str:
    """Give a random bearer token in the shape of Tilt's: 88 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).decode("ascii")
