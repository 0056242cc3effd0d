"""A port that is kept while nobody serves on it: who connects is refused, and nobody else is given it."""

import contextlib
import socket

from pytest_tiltsession import errors


class Reservation:
    """Keeps a port of the loopback, a free one for 0, from when it is made until :meth:`release`.

    A socket that is bound and does not listen: the system answers a connection with a reset, as for a port that is
    free, and gives the port to nobody who asks for any. It can be made beside one that still serves there, where that
    one's socket is shared (:func:`share`). Raises ServerError where the port is not to be had.
    """

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            # What is left of connections to an earlier listener keeps nobody from the port.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port:
                share(self._socket)
            self._socket.bind(("127.0.0.1", port))
            if port:
                share(self._socket, shared=False)
        except OSError as problem:
            self._socket.close()
            raise errors.ServerError(
                f"port {port} of 127.0.0.1 cannot be kept: {problem.strerror}. Stop the program that has it."
            ) from None
        self.port: int = self._socket.getsockname()[1]

    def take(self) -> socket.socket:
        """Give the socket, to listen on it; it is the caller's from now on."""
        return self._socket

    def release(self) -> None:
        """Let the port go; harmless when repeated."""
        self._socket.close()


def share(sock: socket.socket, *, shared: bool = True) -> None:
    """Let others of this user bind to the port of a socket if they share it too, or no more; harmless once closed."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
