"""Certificates and the bearer token: one authority and one certificate for the whole run; knows no HTTP.

Real Tilt makes RSA keys; elliptic curves have the same shape and take a four-hundredth of the time.
"""

import base64
import hmac
import secrets
import ssl
import threading
import typing

if typing.TYPE_CHECKING:
    import trustme

_IDENTITIES = ("localhost", "127.0.0.1", "::1")
_TOKEN_BYTES = 64  # 88 characters of base64, as Tilt's

_lock = threading.Lock()
_pair: "tuple[trustme.CA, trustme.LeafCert] | None" = None
_context: ssl.SSLContext | None = None


def _certificates() -> "tuple[trustme.CA, trustme.LeafCert]":
    """Make the authority and the certificate when they are first needed, once for the process.

    Both are valid from 2000 to 2999, as trustme makes them from constants: whether a test has frozen the clock when
    they are made, or a client's machine is years off, does not matter. The shape is what Python 3.13 asks for
    (fidelity.md, What clients need): an authority with keyCertSign and a subject key identifier, a leaf that names it.
    """
    # Imported here because it brings the cryptography package, 50 ms that a run without TLS need not pay.
    import trustme

    global _pair
    if _pair is None:
        authority = trustme.CA(organization_name="pytest-tiltsession", organization_unit_name="localhost-ca")
        leaf = authority.issue_cert(
            *_IDENTITIES,
            common_name="localhost",
            organization_name="pytest-tiltsession",
            organization_unit_name="localhost",
        )
        _pair = (authority, leaf)
    return _pair


def ca_pem() -> bytes:
    """Give the certificate of the run's authority, as PEM."""
    with _lock:
        return _certificates()[0].cert_pem.bytes()


def leaf_and_ca_pem() -> bytes:
    """Give the server's certificate and then the authority's, as PEM: what Tilt writes into its config file."""
    with _lock:
        authority, leaf = _certificates()
    return leaf.cert_chain_pems[0].bytes() + authority.cert_pem.bytes()


def server_context() -> ssl.SSLContext:
    """Give the TLS settings that all fakes of the run share: TLS 1.2 or later, HTTP/1.1 by ALPN."""
    global _context
    with _lock:
        if _context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.set_alpn_protocols(["http/1.1"])
            # One session ticket: nobody needs it, but it acknowledges the client's last message of the handshake.
            # Without, a client with Nagle's algorithm holds its first request back for 40 ms.
            context.num_tickets = 1
            _certificates()[1].configure_cert(context)
            _context = context
        return _context


def new_token() -> str:
    """Give a random bearer token in the shape of Tilt's: 88 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).decode("ascii")


def same_token(given: str, expected: str) -> bool:
    """Compare two tokens in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
