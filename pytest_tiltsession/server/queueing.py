"""A full queue of connections that wait to be accepted, as the operating system keeps it; knows one socket.

Linux drops what does not fit, so that a client's connect hangs and is tried again after 1, 3, 7 … seconds.
"""

import contextlib
import pathlib
import socket
import struct
import sys

_STATISTICS = pathlib.Path("/proc/net/netstat")
_RESET = struct.pack("ii", 1, 0)
# Linux tells of each socket what it takes of the memory, and how often it dropped something: linux/sock_diag.h.
_MEMORY = 55  # SO_MEMINFO, which the socket module does not name
_DROPS, _FIGURES = 8, struct.Struct("9I")


class FullQueue:
    """Fills the queue of a listening socket from when it is made; nobody may accept meanwhile.

    Afterwards the queue is to hold ``backlog`` again. Raises OSError where it cannot be filled; then it is as it was.
    """

    def __init__(self, sock: socket.socket, backlog: int) -> None:
        self._sock = sock
        self._backlog = backlog
        self._filler = socket.socket(sock.family, socket.SOCK_STREAM)
        try:
            sock.listen(0)
            self._filler.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
                self._filler.connect(sock.getsockname())
        except BaseException:
            self._empty()
            raise
        self._count = drops if drops(sock) is not None else lambda _: overflows()
        self._before = self._count(sock)
        self._turned_away = 0

    def turned_away(self) -> int | None:
        """Give how many attempts to connect have not fitted into the queue so far; None where nobody counts them.

        Where the socket itself does not tell, those of the whole machine are counted.
        """
        if self._before is None:
            return None
        now = self._count(self._sock)
        if now is not None:
            self._turned_away = now - self._before
        return self._turned_away

    def forget(self) -> None:
        """In a forked child: close its copy of what fills the queue."""
        self._filler.close()

    def end(self) -> None:
        """Let the queue have room again; what was turned away until now stays known."""
        self.turned_away()
        self._count = lambda _: None
        self._empty()

    def _empty(self) -> None:
        with contextlib.suppress(OSError):
            self._filler.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._filler.close()
        with contextlib.suppress(OSError):  # the socket is closed
            self._sock.listen(self._backlog)


def drops(sock: socket.socket) -> int | None:
    """Give how many attempts to connect a listening socket dropped; None where it does not tell, or is closed."""
    if sys.platform != "linux":
        return None
    try:
        told = sock.getsockopt(socket.SOL_SOCKET, _MEMORY, _FIGURES.size)
    except OSError:
        return None
    return int(_FIGURES.unpack(told)[_DROPS]) if len(told) == _FIGURES.size else None


def overflows() -> int | None:
    """Give how many attempts to connect did not fit into a queue, of this machine; None where nobody counts them."""
    try:
        lines = [line.split() for line in _STATISTICS.read_text().splitlines()]
    except OSError:
        return None
    for names, values in zip(lines[::2], lines[1::2], strict=False):
        counted = dict(zip(names, values, strict=False))
        if "ListenOverflows" in counted:
            return int(counted["ListenOverflows"])
    return None
