"""One listening socket and its connections: count and stop them; knows sockets and one loop, nothing of HTTP."""

import asyncio
import contextlib
import functools
import os
import socket
import threading
from collections.abc import Callable

from pytest_tiltsession import errors
from pytest_tiltsession.server import accepting, doors, queueing, reservation, service

BACKLOG = 1024
_REACHED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where one is reached that listens everywhere
_GLANCE = 0.02  # seconds in which a client must have read something to be waited for when the listener closes
_GRACE = 0.5  # seconds after which it is not waited for in any case
_STUCK = 10.0  # seconds after which a loop that does not answer is called stuck


class Listener:
    """What :func:`host.serve` gives: where the server answers, and how to stop it.

    ``host``, ``port`` and ``url`` are where clients reach it; ``activity`` tells how busy it is. Methods may be
    called from any thread, in the process that made the listener.
    """

    def __init__(
        self,
        sock: socket.socket,
        shared: service.Service,
        loop: asyncio.AbstractEventLoop,
        watched: doors.Doors,
        loop_thread: int | None,
    ) -> None:
        address = sock.getsockname()
        self.port: int = address[1]
        self.host: str = _REACHED.get(address[0], address[0])
        shown = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"{'http' if shared.tls is None else 'https'}://{shown}:{self.port}"
        self.activity = shared.activity
        self.on_closed: Callable[[Listener], None] | None = None
        self._sock = sock
        self._service = shared
        self._loop = loop
        self._loop_thread = loop_thread
        self._process = os.getpid()
        self._accepting = accepting.Accepting(sock, shared, loop, watched, url=self.url)
        self._closed = threading.Event()
        self._unsent: dict[service.Client, int] = {}
        self._full: queueing.FullQueue | None = None

    @property
    def connections(self) -> int:
        """Give how many clients are connected."""
        return self.activity.connections

    @property
    def in_work(self) -> int:
        """Give how many requests are being received or answered."""
        return self.activity.in_work

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Give the server's loop, on whose thread everything is answered."""
        return self._loop

    @property
    def on_its_thread(self) -> bool:
        """Tell whether the caller is the server's own thread, which must wait for nobody."""
        return threading.get_ident() == self._loop_thread

    def close(self) -> None:
        """Stop: end open watches cleanly, close every connection and the socket, and wait until that is done.

        Takes a fraction of a millisecond; a client that has not read its answer is waited for as long as it reads,
        at most 0.5 s. Closing twice is fine. The thread that calls must not hold a lock that the application
        takes. Called on the server's own thread, such as by ``Response.after``, it does not wait. Raises
        :class:`errors.ServerError` in a forked child, and when the application does not return for 10 s.
        """
        self.begin_to_close()
        self.wait_closed()

    def abort(self, *, reset: bool = True) -> None:
        """Stop as a crash would: break off every connection, with RST or FIN, and the socket; else as :meth:`close`."""
        self.begin_to_abort(reset=reset)
        self.wait_closed()

    def begin_to_close(self) -> None:
        """Begin what :meth:`close` does, without waiting."""
        self._check_process("close")
        self.on_loop(self._begin_to_close)

    def begin_to_abort(self, *, reset: bool = True) -> None:
        """Begin what :meth:`abort` does, without waiting."""
        self._check_process("close")
        self.on_loop(functools.partial(self._begin_to_abort, reset=reset))

    def wait_closed(self) -> None:
        """Wait until what was begun is done; see :meth:`close`."""
        if not self.on_its_thread and not self._loop.is_closed() and not self._closed.wait(_STUCK):
            raise errors.ServerError(
                f"the server at {self.url} did not stop within {_STUCK:g} s: its thread is busy or waits for a lock. "
                "Do not close it while you hold a lock that the application takes."
            )

    def share_port(self) -> None:
        """Let a reservation be made of the port, which is kept by it when this one is closed."""
        reservation.share(self._sock)

    def disconnect(self, *, reset: bool = False) -> None:
        """Break off all present connections, with FIN or RST, and go on listening; does not wait."""
        self._check_process("disconnect")
        self.on_loop(functools.partial(self._break_off_all, reset=reset))

    def hand_over(self, change: Callable[[service.Service], None]) -> None:
        """Let ``change`` put another application in the place of the present one; waits, as :meth:`close`."""
        self._do(lambda: change(self._service))

    def fill_queue(self, *, full: bool) -> None:
        """Accept nobody, and let the queue of those that wait be full, or accept again; waits as :meth:`close` does."""
        self._do(self._fill_queue if full else self._empty_queue)

    def turned_away(self) -> int | None:
        """Give how many attempts to connect did not fit since the queue is full; None where nobody counts them."""
        full = self._full  # once: the loop may empty the queue meanwhile
        return 0 if full is None else full.turned_away()

    def on_loop(self, function: Callable[[], None]) -> None:
        """Do something on the server's thread: now if this is it, else soon; not at all once the loop is closed."""
        if self.on_its_thread:
            function()
            return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def start(self) -> None:
        """Begin to accept; clients may have connected before."""
        self._accepting.begin()

    # On the loop

    def forget(self) -> None:
        """In a forked child: close its copies of the sockets, which belong to the parent."""
        self._service.stopping = True
        self._sock.close()
        if self._full is not None:
            self._full.forget()
        for connection in self._service.connections:
            connection.forget()

    def _fill_queue(self) -> None:
        if self._full is None and not self._service.stopping:
            # In this order: a queue that cannot be filled, for want of files, leaves a listener that goes on accepting.
            self._full = queueing.FullQueue(self._sock, BACKLOG)
            self._accepting.end()

    def _empty_queue(self) -> None:
        if self._full is not None and not self._service.stopping:
            full, self._full = self._full, None
            full.end()
            self.start()

    def _begin_to_close(self) -> None:
        if self._stop_listening():
            for connection in list(self._service.connections):
                connection.stop()
            self._unsent = {connection: connection.unsent() for connection in self._service.connections}
            self._close_if_empty()
            if any(self._unsent.values()):
                now = self._loop.time()
                self._loop.call_later(_GLANCE, self._lose_patience, now + _GRACE, now + _GLANCE)

    def _begin_to_abort(self, *, reset: bool) -> None:
        if self._stop_listening():
            self._break_off_all(reset=reset)
            self._close_if_empty()

    def _stop_listening(self) -> bool:
        if self._service.stopping:
            return False
        self._service.stopping = True
        self._service.on_empty = self._close_if_empty
        if self._full is not None:
            self._full.end()
        self._accepting.end()
        self._sock.close()
        return True

    def _break_off_all(self, *, reset: bool) -> None:
        for connection in list(self._service.connections):
            connection.break_off(reset=reset)

    def _lose_patience(self, until: float, due: float) -> None:
        """Reset the clients that have read nothing since the last glance; the others get another.

        A machine that lets this wait beyond when it was ``due`` lets its clients wait as well: then all get another.
        """
        now = self._loop.time()
        late = now - due > _GLANCE / 2
        for connection in list(self._service.connections):
            unsent = connection.unsent()
            if (unsent >= self._unsent.get(connection, unsent + 1) and not late) or now >= until:
                connection.break_off(reset=True)
            self._unsent[connection] = unsent
        if not self._closed.is_set():
            self._loop.call_later(_GLANCE, self._lose_patience, until, now + _GLANCE)

    def _close_if_empty(self) -> None:
        if self._service.stopping and not self._service.connections:
            self._unsent.clear()
            if self.on_closed is not None:
                self.on_closed(self)
            self._closed.set()

    # On the caller's thread

    def _do(self, function: Callable[[], None]) -> None:
        """Do something on the loop, and wait until it is done; on its own thread, do it. Raises what that raises."""
        done = threading.Event()
        failed: list[BaseException] = []

        def do() -> None:
            try:
                function()
            except BaseException as problem:  # for the caller, who would else wait in vain
                failed.append(problem)
            finally:
                done.set()

        self.on_loop(do)
        for _ in range(round(_STUCK / _GLANCE)):
            if done.wait(_GLANCE) or self._closed.is_set() or self._loop.is_closed():
                if failed:
                    raise failed[0]
                return
        raise errors.ServerError(f"the server at {self.url} is busy or waits for a lock that the caller holds")

    def _check_process(self, what: str) -> None:
        if os.getpid() != self._process:
            raise errors.ServerError(
                f"cannot {what} the server at {self.url} in process {os.getpid()}: it belongs to process "
                f"{self._process}, from which this one was forked. Its URL works here too; to have a server of your "
                "own, start another fake in this process."
            )
