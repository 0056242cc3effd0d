"""The listening sockets of a process, watched together by one loop; any thread opens one, and wakes nobody by that."""

import asyncio
import contextlib
import selectors
import socket
from collections.abc import Callable

_PER_TURN = 64  # clients; then the loop's other work has its turn


class Doors:
    """Calls what belongs to a listening socket, on the loop's thread, whenever a client waits there.

    The loop watches one selector, in which the sockets are: the operating system lets any thread add to that, also
    while another waits for it. A fake that starts need not wake the loop, which does nothing until a client comes.
    Where there is no such selector, such as in a process that gevent has patched, the loop watches each socket.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._selector = selectors.DefaultSelector()
        self._together = hasattr(self._selector, "fileno")
        if self._together:
            loop.add_reader(self._selector, self._answer)

    def open(self, sock: socket.socket, on_client: Callable[[], None]) -> None:
        """Call ``on_client`` whenever clients wait at a socket, until :meth:`shut`; harmless where it is open."""
        if self._together:
            with contextlib.suppress(KeyError):  # asking before would take longer: it writes what is missing
                self._selector.register(sock, selectors.EVENT_READ, on_client)
        else:
            self._loop.call_soon_threadsafe(self._open_alone, sock, on_client)

    def shut(self, sock: socket.socket) -> None:
        """Let clients wait; harmless where it is shut. On the loop's thread."""
        if self._together:
            with contextlib.suppress(KeyError):
                self._selector.unregister(sock)
        else:
            self._loop.remove_reader(sock)

    def close(self) -> None:
        """Let go of the selector, after the loop."""
        self._selector.close()

    def _open_alone(self, sock: socket.socket, on_client: Callable[[], None]) -> None:
        if sock.fileno() != -1:  # it may have been shut and closed meanwhile
            self._loop.add_reader(sock, on_client)

    def _answer(self) -> None:
        # All that wait, and not one in each turn: where others keep the loop busy, a turn takes long.
        answered = 0
        while answered < _PER_TURN and (waiting := self._selector.select(0)):
            for key, _ in waiting:
                key.data()
            answered += len(waiting)
