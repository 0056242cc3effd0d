"""Answers that are held back or cut on purpose, streams that stall, spoilt handshakes, a full queue."""

import contextlib
import socket
import ssl
import sys
import threading

import pytest

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import greetings, queueing, tls

OK = messages.Response(200, (), b"whole")


class Gate:
    """Holds an answer until it is opened."""

    def __init__(self):
        self.ended = threading.Event()
        self.waits = threading.Event()

    def wait(self, let_go):
        self.open = let_go
        self.waits.set()
        return self.ended.set


def test_a_held_answer_comes_when_it_is_let_go(served, transport):
    """Requests behind it wait, those of other connections do not, and it is not in work meanwhile."""
    gate = Gate()
    fake = served(lambda it: messages.Held(OK, wait=gate.wait) if it.path == "/held" else OK, **transport)
    with fake.connect() as client, fake.connect() as other:
        client.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gate.waits.wait(5)
        assert other.get()[2] == b"whole"
        activity = fake.listener.activity
        assert (activity.held, activity.requests) == (1, 2)
        gate.open()
        assert [client.answer()[2], client.answer()[2]] == [b"whole", b"whole"]
    assert gate.ended.wait(5)
    assert activity.held == 0


def test_a_held_watch_begins_when_it_is_let_go(served, stream):
    """Its head and its events come then; it is closed with its connection."""
    gate, watch = Gate(), stream(b"first\n")
    fake = served(lambda _: messages.Held(watch, wait=gate.wait))
    with fake.connect() as client:
        client.send(b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gate.waits.wait(5)
        gate.open()
        assert client.head()[0] == "HTTP/1.1 200 OK"
        assert client.chunk() == b"first\n"
    assert watch.was_closed.wait(5)


def test_of_a_held_watch_head_gets_the_head_alone(served, stream):
    """A HEAD request is answered without a body when its watch is let go, and the connection goes on."""
    gate, watch = Gate(), stream(b"first\n")
    fake = served(lambda it: messages.Held(watch, wait=gate.wait) if it.method == "HEAD" else OK)
    with fake.connect() as client:
        client.send(b"HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gate.waits.wait(5)
        gate.open()
        assert client.head()[0] == "HTTP/1.1 200 OK"
        assert client.get()[2] == b"whole"
    assert watch.closed == 1


def test_machine_seconds_are_work(served):
    """The request counts as in work until its answer is sent, by the loop's own timer."""
    begun, seen = threading.Event(), []

    def application(request):
        if request.path == "/peek":
            seen.append(fake.listener.activity.in_work)
            return OK
        begun.set()
        return messages.Held(OK, seconds=0.2)

    fake = served(application)
    with fake.connect() as client, fake.connect() as other:
        client.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        assert begun.wait(5)
        other.get("/peek")
        assert client.answer()[2] == b"whole"
        other.get("/peek")
    assert seen == [2, 1]
    fake.listener.close()
    assert (fake.listener.activity.in_work, fake.listener.activity.held) == (0, 0)


@pytest.mark.parametrize("how", ["close", "half-close", "stop"])
def test_an_answer_that_nobody_waits_for_is_dropped(served, stream, how):
    """A client that goes, or sends no more, and a server that stops end the waiting and close the stream."""
    gate, watch = Gate(), stream()
    fake = served(lambda _: messages.Held(watch, wait=gate.wait))
    with fake.connect() as client:
        client.send(b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
        assert gate.waits.wait(5)
        if how == "stop":
            fake.listener.close()
        elif how == "half-close":
            client.sock.shutdown(socket.SHUT_WR)
        if how != "close":
            assert client.rest() == b""
    assert gate.ended.wait(5)
    assert watch.was_closed.wait(5)
    gate.open()  # too late, and harmless
    fake.listener.close()
    assert (watch.closed, fake.listener.activity.held) == (1, 0)


def test_an_answer_can_be_cut_within_its_body(served, transport):
    """The head announces all of it."""
    fake = served(lambda _: messages.Response(200, (), b"0123456789", cut=messages.Cut(4)), **transport)
    with fake.connect() as client:
        status, headers = client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").head()
        assert (status, headers["content-length"], client.rest()) == ("HTTP/1.1 200 OK", "10", b"0123")


def test_a_stream_that_stalls_has_no_timeout(served, stream):
    """The machine's clock does not end it; the client does."""

    class Stalled(stream, messages.Stallable):
        stalls = True

    watch = Stalled(b"first\n", timeout=0.01)
    fake = served(lambda it: watch if it.path == "/watch" else messages.Held(OK, seconds=0.1))
    with fake.connect() as client, fake.connect() as other:
        client.watch()
        assert client.chunk() == b"first\n"
        other.get()
        assert watch.closed == 0
    assert watch.was_closed.wait(5)


def test_a_spoilt_handshake_is_told_with_its_fault(served, echo):
    """``greet`` is asked once the client speaks, ``on_unheard`` told of how it ended; the next one is as ever."""
    told, spoilt = [], [greetings.Spoilt(tls.keyless_context(), "a fault")]
    fake = served(
        echo, tls=tls.server_context(), greet=lambda: spoilt.pop() if spoilt else None,
        on_unheard=lambda *what: told.append(what),
    )  # fmt: skip
    with fake.connect(secure=False):
        assert len(spoilt) == 1
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake failure"), fake.connect():
        pass
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"
    assert told == [("the TLS handshake failed: no cipher that both sides have", 0, "a fault")]


def test_a_full_queue_takes_nobody_in(served, echo):
    """A connect hangs until there is room again, and the operating system has counted it, for this socket alone."""
    fake, other = served(echo), served(echo)
    other.listener.fill_queue(full=True)
    fake.listener.fill_queue(full=True)
    fake.listener.fill_queue(full=True)
    with socket.socket() as late:
        late.settimeout(0.1)
        with pytest.raises(TimeoutError):
            late.connect(("127.0.0.1", fake.listener.port))
    if sys.platform == "linux":
        assert fake.listener.turned_away() > 0 == other.listener.turned_away()
    fake.listener.fill_queue(full=False)
    assert 0 == fake.listener.turned_away()
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"


def test_what_was_turned_away_stays_known_when_the_listener_is_gone(served, echo, monkeypatch):
    """Counted by the socket, or by the machine where sockets do not tell; unknown where neither does."""
    counts = {"socket": queueing.drops, "machine": lambda _: None}
    for how, count in counts.items():
        monkeypatch.setattr(queueing, "drops", count)
        fake = served(echo)
        fake.listener.fill_queue(full=True)
        with socket.socket() as late:
            late.settimeout(0.05)
            with pytest.raises(TimeoutError):
                late.connect(("127.0.0.1", fake.listener.port))
        found = fake.listener.turned_away()
        assert sys.platform != "linux" or found > 0, how
        fake.listener.close()
        known = fake.listener.turned_away()  # of the machine, what others met meanwhile is among it
        assert known == found if how == "socket" else known >= found
        assert known == fake.listener.turned_away()
    monkeypatch.setattr(queueing, "overflows", lambda: None)
    fake = served(echo)
    fake.listener.fill_queue(full=True)
    assert fake.listener.turned_away() is None


def test_a_queue_that_is_filled_half_way_is_emptied_again():
    """What goes wrong after it was made small leaves it as large as it was, and nothing open."""

    class Nowhere(socket.socket):
        def getsockname(self):
            raise OSError(99, "Cannot assign requested address")

    with Nowhere() as sock, contextlib.ExitStack() as clients:
        sock.bind(("127.0.0.1", 0))
        sock.listen(8)
        where = socket.socket.getsockname(sock)
        with pytest.raises(OSError, match="Cannot assign"):
            queueing.FullQueue(sock, 8)
        for _ in range(4):
            clients.enter_context(socket.create_connection(where, timeout=20))


def test_a_queue_that_cannot_be_filled_says_why_and_lets_clients_in(served, echo, monkeypatch):
    """What goes wrong on the server's thread is raised where it was asked for, at once."""
    fake = served(echo)

    def no_files(*_):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(queueing, "FullQueue", no_files)
        with pytest.raises(OSError, match="Too many open files"):
            fake.listener.fill_queue(full=True)
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"
