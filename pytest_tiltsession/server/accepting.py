"""Takes clients from a listening socket, as fast as they come and files can be opened; knows no connection's life."""

import asyncio
import errno
import socket

from pytest_tiltsession import errors
from pytest_tiltsession.server import doors as doors_module
from pytest_tiltsession.server import protocol, service

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_RETRY = 0.1  # seconds until the next attempt to accept when the process has no file descriptor left


class Accepting:
    """Accepts between :meth:`begin` and :meth:`end`, again and again. All but the first runs on the server's loop.

    ``url`` names the server in messages.
    """

    def __init__(
        self,
        sock: socket.socket,
        shared: service.Service,
        loop: asyncio.AbstractEventLoop,
        doors: doors_module.Doors,
        *,
        url: str,
    ) -> None:
        self._sock = sock
        self._service = shared
        self._loop = loop
        self._doors = doors
        self._url = url
        self._wanted = False
        self._told = False

    def begin(self) -> None:
        """Accept from now on; clients may have connected before. Any thread."""
        self._wanted = True
        self._doors.open(self._sock, self.accept)

    def end(self) -> None:
        """Accept nobody more, until the next :meth:`begin`."""
        self._wanted = False
        self._doors.shut(self._sock)

    def accept(self) -> None:
        """Accept one that waits; for the next one this is called again."""
        try:
            sock, _ = self._sock.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._pause(error)
            return
        connection = protocol.Connection(self._service, self._loop, sock)
        try:
            connection.begin()
        except OSError:  # the system watches no more sockets
            connection.break_off(reset=True)

    def _pause(self, error: OSError) -> None:
        if error.errno not in _EXHAUSTED:
            raise error
        if not self._told:
            self._told = True
            why = errors.ServerError(
                f"the server at {self._url} cannot accept a client: {error.strerror}. "
                "Close connections that are no longer used, or raise the limit of open files (ulimit -n)."
            )
            self._service.on_error(why, None)
        self._doors.shut(self._sock)
        self._loop.call_later(_RETRY, self._try_again)

    def _try_again(self) -> None:
        if self._wanted:
            self.begin()
