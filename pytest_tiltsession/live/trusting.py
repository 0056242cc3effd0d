"""TLS as a recording speaks it: whom it trusts, and sockets that no failed handshake leaves open; knows no HTTP."""

import errno
import ssl
from typing import Any

from pytest_tiltsession import errors, kubeconfig


class Socket(ssl.SSLSocket):
    """A TLS socket that is closed where its peer has gone before the handshake.

    Without this, Python (3.11 to 3.13) drops such a socket unclosed: wrapping it finds out that there is no peer, reads
    once, and raises what that read raises. A Tilt that ends while a poll connects does just that.
    """

    def getpeername(self) -> Any:
        """Give the peer's address; raises ConnectionResetError, and closes, where there is none."""
        try:
            return super().getpeername()
        except OSError as problem:
            self.close()
            if problem.errno != errno.ENOTCONN:
                raise
            raise ConnectionResetError(errno.ECONNRESET, "the peer has gone before the handshake") from None


def context(entry: kubeconfig.Entry) -> ssl.SSLContext:
    """Trust what a kubeconfig's entry names, or what the machine trusts where it names nothing.

    Raises :class:`errors.KubeconfigError` for certificates that cannot be read.
    """
    if entry.ca_pem is None:
        made = ssl.create_default_context()
    else:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            made.load_verify_locations(cadata=entry.ca_pem.decode("ascii"))
        except (ssl.SSLError, UnicodeDecodeError, ValueError) as problem:
            raise errors.KubeconfigError(
                f"the certificates of context {entry.context!r} cannot be read: {problem}; "
                "let Tilt write its entry anew"
            ) from None
    made.sslsocket_class = Socket
    return made
