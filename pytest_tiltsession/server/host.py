"""One background thread with one event loop for all fakes of a process; starts and stops listeners, knows no HTTP.

The loop's time is the machine's monotonic clock, read in a way that neither freezegun nor time-machine replaces:
a frozen test must not stop its server's timers. (``clock_gettime`` is POSIX: Linux and macOS.)
"""

import asyncio
import atexit
import errno
import os
import selectors
import socket
import ssl
import threading
import warnings
from collections.abc import Callable

from pytest_tiltsession import errors, locks
from pytest_tiltsession.api import messages
from pytest_tiltsession.server import doors, greetings, listener, reservation, service, waking

_JOIN = 5.0  # seconds
_READ_SIZE = 65_536

Listener = listener.Listener


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, selector: selectors.BaseSelector) -> None:
        try:
            super().__init__(selector)
        except (OSError, RuntimeError):  # half made, it would complain when it is collected
            selector.close()
            asyncio.BaseEventLoop.close(self)
            raise

    def time(self) -> float:
        return service.machine_seconds()


class _Host:
    """The thread, its loop and the listeners that live on it."""

    def __init__(self) -> None:
        self.loop = _Loop(selectors.DefaultSelector())
        try:
            self.doors = doors.Doors(self.loop)
        except (OSError, RuntimeError):
            self.loop.close()
            raise
        self.waker = waking.Waker(self.loop)
        # All connections read into it, because it is emptied at once.
        self.read_buffer = memoryview(bytearray(_READ_SIZE))
        self.listeners: set[Listener] = set()
        self.thread = threading.Thread(target=self.loop.run_forever, name="tilt-session-server", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        for item in list(self.listeners):
            item.close()
        self.loop.call_soon_threadsafe(self.loop.stop)
        if threading.current_thread() is not self.thread:
            self.thread.join(_JOIN)
            if not self.thread.is_alive():
                self.loop.close()
                self.doors.close()


_lock = locks.turn()
_host: _Host | None = None
# What a forked child inherits must live on: were it collected, it would close or warn about what is the parent's.
_inherited: list[_Host] = []


def serve(
    application: messages.Application,
    *,
    now_seconds: Callable[[], int],
    too_large: Callable[[messages.Request], messages.Response],
    on_error: Callable[[BaseException, messages.Request | None], None],
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    kept: reservation.Reservation | None = None,
    allow_remote: bool = False,
    limits: service.Limits | None = None,
    greet: Callable[[], greetings.Spoilt | None] | None = None,
    on_unheard: greetings.Unheard | None = None,
) -> Listener:
    """Serve an application on a socket of its own until the listener that this gives is closed.

    ``application`` is called on the server's thread, one request at a time. ``now_seconds`` gives the time that
    Date headers show, in seconds since the Unix epoch. ``too_large`` answers a request whose body is beyond the
    limit; it gets the request without the body. ``on_error`` is told, on the server's thread, of an exception in
    the application (the client gets a 500), in a stream, or in the server, with the request where there is one.
    ``greet`` says which TLS handshakes a fault spoils, and ``on_unheard`` is told of connections that came to none.
    ``port`` 0 is a free one; where it was ``kept``, it is served on without being let go. ``host`` is an
    address of this machine's loopback (127.0.0.1, ::1); any other needs ``allow_remote=True`` and warns, because
    everybody on the network could then use the fake.

    Raises :class:`errors.ServerError` for a port that is occupied and for an address that cannot be bound.
    """
    address = "127.0.0.1" if host == "localhost" else host
    if not (address == "::1" or address.startswith("127.")):
        _warn_of_remote(host, allow_remote)
    with _lock:
        sock = _listen(address, port, kept)  # first: where sockets are blocked it leaves nothing half made
        try:
            current = _running()
        except BaseException:
            sock.close()
            raise
        shared = service.Service(
            application=application,
            now_seconds=now_seconds,
            too_large=too_large,
            on_error=on_error,
            limits=limits or service.Limits(),
            tls=tls,
            waker=current.waker,
            read_buffer=current.read_buffer,
            greet=greet,
            on_unheard=on_unheard,
        )
        made = Listener(sock, shared, current.loop, current.doors, current.thread.ident)
        made.on_closed = current.listeners.discard
        current.listeners.add(made)
        made.start()
    return made


def shutdown() -> None:
    """Close all listeners and end the thread; the next :func:`serve` starts another. Runs at exit by itself."""
    global _host
    with _lock:
        current, _host = _host, None
    if current is not None:
        current.stop()


def _running() -> _Host:
    global _host
    if _host is None or not _host.thread.is_alive():
        try:
            _host = _Host()
        except (OSError, RuntimeError) as error:
            raise _cannot_bind("127.0.0.1", 0, error) from None
    return _host


def _listen(address: str, port: int, kept: reservation.Reservation | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) if kept is None else kept.take()
    except (OSError, RuntimeError) as error:
        raise _cannot_bind(address, port, error) from None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections have what their listener has; without it each answer could wait 40 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(0)
        if kept is None:
            sock.bind((address, port))
        sock.listen(listener.BACKLOG)
    except (OSError, OverflowError) as error:
        sock.close()
        raise _cannot_bind(address, port, error) from None
    return sock


def _cannot_bind(address: str, port: int, error: OSError | OverflowError | RuntimeError) -> errors.ServerError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        why = f"port {port} of {address} is occupied by another program"
        instead = "Stop that program, choose another port, or write port=0 for a free one"
    elif number == errno.EACCES:
        why = f"this user may not listen on port {port} of {address}"
        instead = "Choose a port from 1024 on, or write port=0 for a free one"
    elif number in (errno.EMFILE, errno.ENFILE):
        why = f"no file can be opened any more: {os.strerror(number)}"
        instead = "Close what is no longer used, stop fakes that are, or raise the limit of open files (ulimit -n)"
    elif isinstance(error, RuntimeError):  # as pytest-socket raises it
        why = f"sockets are blocked in this process: {str(error).rstrip('.')}"
        instead = "Let 127.0.0.1 through, as --disable-socket --allow-hosts=127.0.0.1 of pytest-socket does"
    elif number is None:
        why = f"{port} is not a port"
        instead = "Choose one from 1 to 65535, or write port=0 for a free one"
    else:
        why = f"cannot listen on port {port} of {address!r}: {error}"
        instead = 'Write host="127.0.0.1" and port=0'
    return errors.ServerError(f"the server could not start: {why}. {instead}.")


def _warn_of_remote(host: str, allowed: bool) -> None:
    if not allowed:
        raise errors.ServerError(
            f"the server could not start: {host!r} is not this machine's loopback, and others could reach the fake. "
            'Write host="127.0.0.1", or allow_remote=True if that is what you want.'
        )
    warnings.warn(f"the fake Tilt listens on {host!r}, where other machines may reach it", stacklevel=3)


def _forget_parent() -> None:
    global _host
    if _host is not None:
        _inherited.append(_host)
        for item in list(_host.listeners):
            item.forget()
        _host = None


atexit.register(shutdown)
os.register_at_fork(after_in_child=_forget_parent)
