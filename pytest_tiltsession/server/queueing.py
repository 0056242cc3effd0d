"""A full queue of connections that wait to be accepted, as the operating system keeps it; knows one socket.

Linux drops what does not fit, so that a client's connect hangs and is tried again after 1, 3, 7 … seconds.
"""

import contextlib
import pathlib
import socket
import struct

_STATISTICS = pathlib.Path("/proc/net/netstat")
_RESET = struct.pack("ii", 1, 0)


class FullQueue:
    """Fills the queue of a listening socket from when it is made; nobody may accept meanwhile."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._filler = socket.socket(sock.family, socket.SOCK_STREAM)
        sock.listen(0)
        self._filler.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self._filler.connect(sock.getsockname())

    def forget(self) -> None:
        """In a forked child: close its copy of what fills the queue."""
        self._filler.close()

    def end(self, backlog: int) -> None:
        """Let the queue have room again."""
        self._filler.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._filler.close()
        with contextlib.suppress(OSError):  # the socket is closed
            self._sock.listen(backlog)


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
