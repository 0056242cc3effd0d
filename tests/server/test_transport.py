"""What the transport of a client promises beyond what conversations show."""

import asyncio
import contextlib
import signal
import socket
import time

import pytest

from pytest_tiltsession.server import transport


class Talker:
    """Notes what it is told; ``raises`` is raised by what is named there."""

    def __init__(self, sock, **raises):
        self.sock = sock
        self.told = []
        self.errors = []
        self.raises = raises

    def _note(self, name, *said):
        self.told.append((name, *said))
        if name in self.raises:
            raise self.raises[name]

    def received(self, data):
        self._note("received", data)

    def eof_received(self):
        self._note("eof_received")

    def pause_writing(self):
        self._note("pause_writing")

    def resume_writing(self):
        self._note("resume_writing")

    def connection_lost(self):
        self._note("connection_lost")
        self.sock.close()

    def failed(self, error):
        self.errors.append(error)


@pytest.fixture
def loop():
    """Give a loop that the test turns."""
    found = asyncio.new_event_loop()
    yield found
    found.close()


@pytest.fixture
def pair(loop):
    """Make a transport on a connected socket: gives talker, transport, and the client's end."""
    ends = []

    def make(**raises):
        own, client = socket.socketpair()
        ends.extend((own, client))
        talker = Talker(own, **raises)
        made = transport.Transport(own, loop, talker, buffer=memoryview(bytearray(1000)), limit=1000)
        made.resume_reading()
        return talker, made, client

    yield make
    for end in ends:
        end.close()


def turn(loop, count=3):
    """Let a loop turn."""
    for _ in range(count):
        loop.run_until_complete(asyncio.sleep(0))


def test_the_end_of_the_input_is_told_once(pair, loop):
    """Whoever reads on after it hears nothing more, and can still write."""
    talker, made, client = pair()
    client.sendall(b"a")
    turn(loop)
    client.shutdown(socket.SHUT_WR)
    turn(loop)
    made.pause_reading()
    made.resume_reading()
    turn(loop)
    assert talker.told == [("received", b"a"), ("eof_received",)]
    made.write(b"b")
    made.write_eof()
    assert (client.recv(10), client.recv(10)) == (b"b", b"")


def test_a_client_that_does_not_keep_up_is_told_of_and_gets_everything(pair, loop):
    """Paused beyond the limit, resumed when a quarter is left; closing waits for the last byte."""
    talker, made, client = pair()
    sent = b"x" * 2_000_000
    made.write(sent)
    made.write(b"y" * 10)
    made.close()
    assert made.unsent > 1000
    received = b""
    client.setblocking(False)
    while b"y" * 10 not in received[-10:]:
        turn(loop, 1)
        received += client.recv(1_000_000)
    assert received == sent + b"y" * 10
    turn(loop)
    assert [name for name, *_ in talker.told] == ["pause_writing", "connection_lost"]
    assert client.recv(10) == b""


@pytest.mark.parametrize("name", ["received", "eof_received", "connection_lost"])
def test_what_a_talker_raises_ends_its_connection_and_is_told(pair, loop, name):
    """The loop lives on, also where it is an exception that ends programs."""
    problem = KeyboardInterrupt()
    talker, made, client = pair(**{name: problem})
    client.sendall(b"a")
    turn(loop)
    client.shutdown(socket.SHUT_WR)
    turn(loop)
    made.abort()
    turn(loop)
    assert talker.errors == [problem]
    assert talker.told[-1] == ("connection_lost",)
    assert talker.sock.fileno() == -1


def test_a_socket_that_waits_by_default_lets_nobody_wait(pair):
    """A process may have a default timeout: what the system cannot take is kept, and the loop goes on at once."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(5)
    try:
        talker, made, _ = pair()
    finally:
        socket.setdefaulttimeout(before)
    with contextlib.suppress(BlockingIOError):
        while True:
            talker.sock.send(b"x" * 65_536, socket.MSG_DONTWAIT)
    begun = time.perf_counter()
    made.write(b"y")
    assert made.unsent == 1
    assert time.perf_counter() - begun < 2


def test_where_a_call_does_not_say_that_it_must_not_wait_the_socket_does(pair, monkeypatch):
    """On macOS send waits for a client whatever it is told, so that one slow client would stop all fakes."""
    monkeypatch.setattr(transport, "_HEEDED", False)
    talker, _, _ = pair()
    assert talker.sock.gettimeout() == 0


def test_a_client_that_has_gone_raises_no_signal(pair, loop):
    """A program that is tested in the process may have asked to die of SIGPIPE, as tools do that write to a pipe."""
    signals = []
    before = signal.signal(signal.SIGPIPE, lambda number, _: signals.append(number))
    try:
        talker, made, client = pair()
        client.close()
        made.write(b"a")
        turn(loop)
    finally:
        signal.signal(signal.SIGPIPE, before)
    assert signals == []
    assert talker.told == [("connection_lost",)]
