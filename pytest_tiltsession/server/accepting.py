"""Takes clients from a listening socket, as fast as they come and files can be opened; knows no connection's life."""

import asyncio
import errno
import socket
from collections.abc import Callable

from pytest_tiltsession import errors
from pytest_tiltsession.server import protocol, service

_PER_TURN = 64  # clients; then the loop's other work has its turn
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_RETRY = 0.1  # seconds until the next attempt to accept when the process has no file descriptor left


class Accepting:
    """Accepts between :meth:`begin` and :meth:`end`, again and again. Every method runs on the server's loop.

    ``url`` names the server in messages; ``on_settled`` is told whenever a client that was accepted has a connection,
    or has failed to get one.
    """

    def __init__(
        self,
        sock: socket.socket,
        shared: service.Service,
        loop: asyncio.AbstractEventLoop,
        *,
        url: str,
        on_settled: Callable[[], None],
    ) -> None:
        self._sock = sock
        self._service = shared
        self._loop = loop
        self._url = url
        self._on_settled = on_settled
        self._under_way: dict[asyncio.Task[object], socket.socket] = {}
        self._wanted = False
        self._told = False

    @property
    def under_way(self) -> bool:
        """Whether clients were accepted that have no connection yet."""
        return bool(self._under_way)

    def begin(self) -> None:
        """Accept from now on; clients may have connected before."""
        self._wanted = True
        self._loop.add_reader(self._sock.fileno(), self.accept)

    def end(self) -> None:
        """Accept nobody more, until the next :meth:`begin`; those that are under way get their connection."""
        self._wanted = False
        self._loop.remove_reader(self._sock.fileno())

    def forget(self) -> None:
        """In a forked child: close its copies of the sockets of clients that are under way."""
        for sock in self._under_way.values():
            sock.close()

    def accept(self) -> None:
        """Accept those that wait."""
        for _ in range(_PER_TURN):
            try:
                sock, _address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(error)
                return
            sock.settimeout(0)
            task = self._loop.create_task(self._connect(sock))
            self._under_way[task] = sock
            task.add_done_callback(self._connected)

    async def _connect(self, sock: socket.socket) -> None:
        await self._loop.connect_accepted_socket(lambda: protocol.Connection(self._service, self._loop, sock), sock)

    def _connected(self, task: asyncio.Task[object]) -> None:
        sock = self._under_way.pop(task)
        if task.cancelled() or task.exception() is not None:
            sock.close()
        self._on_settled()

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
        self._loop.remove_reader(self._sock.fileno())
        self._loop.call_later(_RETRY, self._try_again)

    def _try_again(self) -> None:
        if self._wanted:
            self.begin()
