"""Listening sockets that any thread opens to one loop."""

import asyncio
import selectors
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


@pytest.fixture(params=["together", "alone"])
def watched(request, monkeypatch):
    """Give a loop and its doors; where a selector cannot be watched itself, as in processes that gevent has patched."""
    if request.param == "alone":
        monkeypatch.setattr(selectors, "DefaultSelector", selectors.PollSelector)
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


def test_all_clients_who_wait_are_let_in_together(listening):
    """In one turn of the loop and not one in each, since a turn takes long while others keep the loop busy."""
    loop, inside = asyncio.new_event_loop(), []
    watched = doors.Doors(loop)
    clients = [socket.create_connection(listening.getsockname(), timeout=5) for _ in range(20)]
    listening.setblocking(False)
    watched.open(listening, lambda: inside.append(listening.accept()[0]))
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    watched.close()
    for sock in (*clients, *inside):
        sock.close()
    assert len(inside) == len(clients)


def test_a_door_that_was_shut_and_closed_before_the_loop_looked_opens_nothing(watched):
    """Whoever opened it from another thread may have changed his mind, and the loop lives on."""
    problems = []
    watched.loop.set_exception_handler(lambda _, context: problems.append(context))
    sock = socket.create_server(("127.0.0.1", 0))

    def change_mind():
        watched.doors.open(sock, lambda: None)
        watched.doors.shut(sock)
        sock.close()

    watched.loop.call_soon_threadsafe(change_mind)
    watched.turn()
    watched.turn()
    assert problems == []
