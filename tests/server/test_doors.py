"""Listening sockets that any thread opens to one loop."""

import asyncio
import socket
import threading

import pytest

from pytest_tiltsession.server import doors


class Watched:
    """A loop in a thread, its doors, and who called."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.doors = doors.Doors(self.loop)
        self.seen = threading.Semaphore(0)
        self.threads = []
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def accept(self, sock):
        """Give what takes the clients of a socket."""

        def on_client():
            sock.accept()[0].close()
            self.threads.append(threading.current_thread())
            self.seen.release()

        return on_client

    def turn(self):
        """Let the loop do what there is to do."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result(5)

    def end(self):
        """Stop the loop and let go of everything."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.doors.close()


@pytest.fixture
def watched():
    """Give a loop and its doors."""
    found = Watched()
    yield found
    found.end()


@pytest.fixture
def listening():
    """Give a listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


def connect(sock):
    """Connect to a listening socket, and hang up."""
    socket.create_connection(sock.getsockname(), timeout=5).close()


def test_a_client_who_was_there_before_is_seen_by_a_loop_that_sleeps(watched, listening):
    """Opening a door from another thread needs no turn of the loop, and is on the loop's thread when a client comes."""
    connect(listening)
    watched.doors.open(listening, watched.accept(listening))
    assert watched.seen.acquire(timeout=5)
    connect(listening)
    assert watched.seen.acquire(timeout=5)
    assert watched.threads == [watched.thread] * 2


def test_a_door_can_be_opened_and_shut_twice(watched, listening):
    """Both are harmless, and nobody is called while it is shut."""
    for _ in range(2):
        watched.doors.open(listening, watched.accept(listening))
    connect(listening)
    assert watched.seen.acquire(timeout=5)
    for _ in range(2):
        watched.loop.call_soon_threadsafe(watched.doors.shut, listening)
    watched.turn()
    connect(listening)
    watched.turn()
    assert not watched.seen.acquire(blocking=False)
    watched.doors.open(listening, watched.accept(listening))
    assert watched.seen.acquire(timeout=5)
