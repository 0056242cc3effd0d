"""Requests and answers over real sockets, with and without TLS."""

import contextlib
import socket
import threading

import hypothesis
import pytest
from hypothesis import strategies as st

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import service

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_request_is_answered_with_date_and_length(served, echo, transport):
    """The answer is the application's, with the Date that the fake's own clock shows."""
    with served(echo, **transport).connect() as client:
        status, headers, body = client.get("/a?b")
    assert (status, body) == ("HTTP/1.1 200 OK", b"GET /a?b 0")
    assert headers == {"content-type": "text/plain", "date": "Thu, 01 Jan 2026 00:00:00 GMT", "content-length": "10"}


def test_a_connection_serves_many_requests(served, echo, transport):
    """HTTP/1.1 connections stay open."""
    fake = served(echo, **transport)
    with fake.connect() as client:
        for number in range(5):
            assert client.get(f"/{number}")[2] == f"GET /{number}? 0".encode()
        assert fake.listener.connections == 1
    assert fake.listener.activity.requests == 5


def test_pipelined_requests_are_answered_in_order(served, echo, transport):
    """Requests that come in one packet are answered one after the other, more than one turn's worth of them."""
    requests = b"".join(b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz" % number for number in range(100))
    with served(echo, **transport).connect() as client:
        client.send(requests)
        assert [client.answer()[2] for _ in range(100)] == [b"POST /%d? 1" % number for number in range(100)]


def test_bytes_may_come_one_at_a_time(served, echo, transport):
    """Each byte in a packet of its own makes the same request."""
    with served(echo, **transport).connect() as client:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n":
            client.send(bytes([byte]))
        assert client.answer()[2] == b"PUT /a? 2"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /a HTTP/1.0\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + GET,
    ],
)
def test_a_connection_is_closed_when_the_client_wants_it(served, echo, transport, request_):
    """HTTP/1.0 and Connection: close get one answer and the end."""
    fake = served(echo, **transport)
    with fake.connect() as client:
        assert client.send(request_).rest().endswith(b"\r\n\r\nGET /a? 0")
    assert fake.listener.activity.requests == 1


def test_the_application_can_close_the_connection(served):
    """Connection: close among an answer's headers ends the connection after it."""
    fake = served(lambda _: messages.Response(200, (("Connection", "close"),), b"bye"))
    assert fake.exchange(GET).endswith(b"Connection: close\r\n\r\nbye")


def test_an_http_1_0_client_can_keep_its_connection(served, echo):
    """Connection: keep-alive is granted, and named in the answer."""
    with served(echo).connect() as client:
        for _ in range(2):
            client.send(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            status, headers, _ = client.answer()
            assert (status, headers["connection"]) == ("HTTP/1.0 200 OK", "keep-alive")


def test_head_has_the_length_but_no_body(served, echo):
    """The next answer follows the head at once."""
    with served(echo).connect() as client:
        _, headers = client.send(b"HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n").head()
        assert headers["content-length"] == "10"
        status, _, body = client.get()
        assert (status, body) == ("HTTP/1.1 200 OK", b"GET /? 0")


def test_a_stream_is_not_opened_for_head(served, stream):
    """HEAD of a watch gets its headers, and the stream is closed."""
    watch = stream(b"never sent")
    with served(lambda request: watch if request.path == "/watch" else messages.Response(200)).connect() as client:
        status, headers = client.send(b"HEAD /watch HTTP/1.1\r\nHost: x\r\n\r\n").head()
        assert (status, headers["content-type"]) == ("HTTP/1.1 200 OK", "application/json")
        assert client.get()[0] == "HTTP/1.1 200 OK"
    assert watch.closed == 1


def test_a_big_answer_arrives_whole(served, transport):
    """Megabytes go out as the client takes them."""
    body = bytes(range(256)) * 20_000
    with served(lambda _: messages.Response(200, (), body), **transport).connect() as client:
        for _ in range(2):
            assert client.get()[2] == body


def test_a_big_upload_arrives_whole(served, transport):
    """Megabytes come in, with a length or in chunks."""
    seen = []
    fake = served(lambda request: seen.append(request.body) or messages.Response(200), **transport)
    body = bytes(range(256)) * 20_000
    with fake.connect() as client:
        client.send(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body).answer()
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(body) // 4, body[at::4]) for at in range(4))
        client.send(b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n").answer()
    assert seen == [body, body[0::4] + body[1::4] + body[2::4] + body[3::4]]


def test_100_continue_is_sent_before_the_body(served, echo, transport):
    """A client that waits for it is asked for its body, once."""
    with served(echo, **transport).connect() as client:
        client.send(b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.head() == ("HTTP/1.1 100 Continue", {})
        client.send(b"a")
        assert client.send(b"b").answer()[2] == b"PUT /a? 2"


def test_100_continue_waits_for_its_turn(served, echo):
    """It comes after the answers to earlier requests, and not at all when the body is there already."""
    expecting = b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with served(echo).connect() as client:
        client.send(expecting + b"ab" + expecting)
        assert client.answer()[2] == b"PUT /a? 2"
        assert client.head() == ("HTTP/1.1 100 Continue", {})
        assert client.send(b"ab").answer()[2] == b"PUT /a? 2"


def test_a_refusal_is_what_go_writes(served, echo, transport):
    """Plain text, without a Date, and the end of the connection; requests before it are answered."""
    fake = served(echo, **transport)
    with fake.connect() as client:
        client.send(GET + b"nonsense\r\n\r\n" + GET)
        assert client.answer()[2] == b"GET /a? 0"
        assert client.rest() == (
            b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
            b"400 Bad Request"
        )


def test_a_head_that_is_too_large_gets_431(served, echo, transport):
    """The client can read the refusal although it was still sending."""
    with served(echo, **transport).connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 2_000_000)
        assert client.rest().startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_for_the_application_to_refuse(served, echo, transport, limits, announced):
    """The answer is the one for bodies beyond the limit, and it can be read although the client sends on."""
    fake = served(echo, limits=limits(body_bytes=1_000_000), **transport)
    size = b"Content-Length: 3000000" if announced else b"Transfer-Encoding: chunked"
    with fake.connect() as client:
        client.send(b"PUT /a HTTP/1.1\r\nHost: x\r\n" + size + b"\r\n\r\n" + (b"" if announced else b"2dc6c0\r\n"))
        client.send(b"b" * 3_000_000)
        status, headers, body = client.answer()
        assert (status, headers["connection"], body) == (
            "HTTP/1.1 413 Request Entity Too Large",
            "close",
            b"too large: /a",
        )
        assert client.rest() == b""


def test_a_refused_client_that_sends_on_is_borne(served, echo, limits, monkeypatch):
    """As long as bytes come, what a refused client sends is read and dropped, so that it can read the refusal."""
    now = service.machine_seconds()
    monkeypatch.setattr(service, "machine_seconds", lambda: now)
    fake = served(echo, limits=limits(linger=0.15, body_bytes=10))

    def turn():
        """Let the server's loop see what is due now."""
        for _ in range(2):
            fake.listener._do(lambda: None)

    with fake.connect() as client:
        client.send(b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert client.answer()[0] == "HTTP/1.1 413 Request Entity Too Large"
        for _ in range(4):
            until = fake.listener.activity.moved + 100
            client.send(b"b" * 100)
            while fake.listener.activity.moved < until:
                turn()
            now += 0.1
            turn()
            assert 1 == fake.listener.connections
        now += 0.1
        turn()
        assert client.rest() == b""
        assert 0 == fake.listener.connections


def test_a_refused_client_that_never_stops_is_cut_off(served, echo, limits):
    """The server's patience ends that, too."""

    def send_for_ever(client):
        while True:
            client.send(b"b" * 1000)

    fake = served(echo, limits=limits(linger=0.02, patience=0.05, body_bytes=10))
    with fake.connect() as client:
        client.send(b"PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        with pytest.raises(ConnectionError):
            send_for_ever(client)


def test_an_expected_body_that_is_too_large_is_not_asked_for(served, echo, limits):
    """The refusal comes in place of 100 Continue."""
    fake = served(echo, limits=limits(body_bytes=10))
    with fake.connect() as client:
        client.send(b"PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
        assert client.answer()[0] == "HTTP/1.1 413 Request Entity Too Large"


@pytest.mark.parametrize(
    "begun", [b"G", b"GET / HTTP/1.1\r\n", b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na"]
)
def test_a_slow_sender_is_cut_off(served, echo, transport, limits, begun):
    """A request that is not whole in time ends the connection without a word."""
    fake = served(echo, **transport)
    with fake.connect() as client:
        fake.listener._service.limits = limits(patience=0.02)  # no less for the handshake, which may take a while
        assert client.send(begun).rest() == b""


def test_patience_is_for_one_request(served, echo, limits):
    """A connection may be idle for ever, and each request has its own time."""
    fake = served(echo, limits=limits(patience=0.02))
    with fake.connect() as idle, fake.connect() as slow:
        idle.get()
        assert slow.send(b"GET").rest() == b""
        assert idle.get()[0] == "HTTP/1.1 200 OK"


def test_half_a_connection_is_enough_for_an_answer(served, echo):
    """A client that has shut down its sending half still gets what it asked for, then the end."""
    with served(echo).connect() as client:
        client.send(GET + GET)
        client.sock.shutdown(socket.SHUT_WR)
        assert client.rest().count(b"GET /a? 0") == 2


@pytest.mark.parametrize("tail", [b"", b"garbage\r\n\r\n"])
def test_the_end_of_a_big_answer_can_be_the_end_of_its_connection(served, transport, caplog, tail):
    """A client that has ended reads a big answer slowly: then the connection is closed, once and at once."""
    big = b"x" * 10_000_000
    fake = served(lambda _: messages.Response(200, (), big), **transport)
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + tail)
        socket.socket.shutdown(client.sock, socket.SHUT_WR)
        assert client.answer()[2] == big
        rest = client.rest()
    assert bool(rest) is bool(tail)
    fake.listener.close()
    assert [] == caplog.records


def test_a_refused_client_that_has_ended_is_not_waited_for(served, echo, limits):
    """Nothing can follow what it has sent, so that the connection is closed with the refusal."""
    fake = served(echo, limits=limits(linger=60.0))
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost")
        client.sock.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.rest()
        until = service.machine_seconds() + 10
        while fake.listener.connections:
            assert service.machine_seconds() < until
    assert 0 == fake.listener.in_work


def test_a_long_answer_to_an_old_client_ends_with_its_connection(served):
    """HTTP/1.0 has no chunks: without a length the body ends with the connection, whatever was asked for."""
    fake = served(lambda _: messages.Response(200, (), b"x" * 3000))
    with fake.connect() as client:
        status, headers = client.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").head()
        assert (status, {"content-length", "transfer-encoding", "connection"} & headers.keys()) == (
            "HTTP/1.0 200 OK",
            set(),
        )
        assert client.rest() == b"x" * 3000


def test_half_a_request_is_a_bad_one(served, echo):
    """The end of the input in the middle of a request gets 400, as in Go."""
    with served(echo).connect() as client:
        client.send(b"GET / HTTP/1.1\r\n")
        client.sock.shutdown(socket.SHUT_WR)
        assert client.rest().endswith(b"400 Bad Request")


def test_options_of_everything_is_answered_by_the_server(served):
    """OPTIONS * is about the server, not about any path, as in Go."""
    with served(lambda _: pytest.fail("asked")).connect() as client:
        client.send(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.answer()[0] == "HTTP/1.1 200 OK"


@pytest.mark.parametrize("failure", [ValueError("broken"), SystemExit(3), KeyboardInterrupt()])
def test_an_exception_is_a_500_and_is_recorded(served, transport, failure):
    """The client gets 500, the test gets the exception with the request, and the server lives on."""

    def application(request):
        if request.path == "/fail":
            raise failure
        return messages.Response(200)

    fake = served(application, **transport)
    with fake.connect() as client:
        assert client.get("/fail")[0] == "HTTP/1.1 500 Internal Server Error"
        assert client.get("/")[0] == "HTTP/1.1 200 OK"
    ((error, request),) = fake.errors
    assert (error, request.path) == (failure, "/fail")
    fake.errors.clear()


def test_an_answer_that_is_none_is_recorded(served):
    """An application that returns nonsense ends the connection, and the test learns of it."""
    fake = served(lambda _: None)
    assert fake.exchange(GET) == b""
    ((error, _),) = fake.errors
    assert isinstance(error, AttributeError)
    fake.errors.clear()


@pytest.mark.parametrize(("reset", "end"), [(False, b""), (True, ConnectionResetError)])
def test_an_application_can_break_off(served, reset, end):
    """On purpose, a request gets no answer but the end of the connection, or a reset."""

    def application(request):
        raise messages.BreakOff(reset=reset)

    fake = served(application)
    if reset:
        with pytest.raises(end):
            fake.exchange(GET)
    else:
        assert fake.exchange(GET) == end


def test_what_is_to_follow_an_answer_does(served, transport):
    """``after`` runs when a small answer has been handed over, and what it raises is recorded."""
    ran = threading.Event()
    after = {"/a": ran.set, "/fail": lambda: 1 / 0}
    fake = served(lambda request: messages.Response(200, (), b"x", after[request.path]), **transport)
    with fake.connect() as client:
        client.get("/a")
        assert ran.wait(5)
        client.get("/fail")
        client.get("/a")
    ((error, request),) = fake.errors
    assert (type(error), request.path) == (ZeroDivisionError, "/fail")
    fake.errors.clear()


@pytest.mark.parametrize("reads", [True, False])
def test_what_is_to_follow_a_big_answer_waits_for_its_reader(served, transport, reads):
    """``after`` runs when the last byte has left, or when the client has gone; other clients are served meanwhile."""
    ran = threading.Event()
    unsent = []
    big = b"x" * 10_000_000

    def after():
        unsent.extend(item.unsent() for item in fake.listener._service.connections)
        ran.set()

    def application(request):
        found = messages.Response(200, (), big, after, measured=True)
        return found if request.path == "/big" else messages.Response(200)

    fake = served(application, **transport)
    with fake.connect() as client:
        client.get()
        (connection,) = fake.listener._service.connections
        connection.wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)  # so that it leaves in small steps
        client.send(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n").head()
        with fake.connect() as other:
            assert other.get()[0] == "HTTP/1.1 200 OK"
        assert not ran.is_set()
        if reads:
            assert client.file.read(len(big)) == big
            assert ran.wait(5)
            assert set(unsent) == {0}
            assert client.get()[0] == "HTTP/1.1 200 OK"
            assert connection.wire._transport.limit == 65_536
    assert ran.wait(5)


@pytest.mark.parametrize("stop", ["disconnect", "abort", "close"])
def test_what_follows_the_last_answer_of_a_connection_can_end_the_others(served, transport, caplog, stop):
    """``after`` may break off all connections while its own one, whose last byte has just left, is being let go."""
    ended = threading.Event()

    def after():
        getattr(fake.listener, stop)(**({"reset": True} if stop == "disconnect" else {}))
        ended.set()

    big = b"x" * 10_000_000
    fake = served(lambda _: messages.Response(200, (), big, after), **transport)
    # Connections have what their listener has: nothing so big leaves at once, however fast its reader is.
    fake.listener._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.answer()[2] == big
        assert ended.wait(5)
    fake.listener.close()
    assert [] == caplog.records
    assert 0 == fake.listener.connections


@pytest.mark.parametrize("stop", ["disconnect", "abort"])
def test_what_follows_an_answer_takes_nothing_from_it(served, stop):
    """An answer that the system took at once, and its client has yet to read, arrives although all are reset then."""
    big = b"x" * 150_000
    others = {"reset": True}
    after = lambda: getattr(fake.listener, stop)(**others)  # noqa: E731
    fake = served(lambda it: messages.Response(200, (), big, after) if it.path == "/big" else messages.Response(200))
    fake.listener._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    with socket.socket() as narrow, fake.connect() as other:
        other.get()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        narrow.settimeout(10)
        narrow.connect(("127.0.0.1", fake.listener.port))
        narrow.sendall(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            other.rest()
        with narrow.makefile("rb") as received:
            assert len(big) == received.read().count(b"x")


def test_a_client_that_does_not_read_is_not_worked_for(served):
    """Answers to a pipelining client that reads none stop at the limit, and go on when it reads."""
    fake = served(lambda _: messages.Response(200, (), b"x" * 500_000))
    with fake.connect() as client, fake.connect() as other:
        client.send(GET * 100)
        for _ in range(50):
            other.get()
        assert fake.listener.activity.requests < 50 + 100
        assert [len(client.answer()[2]) for _ in range(100)] == [500_000] * 100


def test_a_client_may_vanish_at_any_moment(served, echo, transport, stream):
    """Resets in a handshake, a request, an answer and a watch are no errors, and leave nothing behind."""
    watches = []

    def application(request):
        if request.path != "/watch":
            return messages.Response(200, (), b"x" * 5_000_000)
        watches.append(stream(b"{}\n"))
        return watches[-1]

    fake = served(application, **transport)
    for begun in (
        b"",
        b"GET",
        GET,
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
        b"GET /watch HTTP/1.0\r\n\r\n",
    ):
        with fake.connect() as client:
            client.send(begun) if begun else None
            if begun.startswith(b"GET /watch"):
                client.head()
            client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    with fake.connect(secure=False) as client:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert watches[0].was_closed.wait(5)
    fake.listener.close()
    assert (fake.listener.connections, fake.listener.in_work, fake.listener.activity.watches) == (0, 0, 0)
    assert watches[0].closed == 1


PIECES = st.sampled_from(
    [
        GET,
        b"GET / HTTP/1.1\r\n",
        b"PUT / HTTP/1.0\r\n",
        b"Host: x\r\n",
        b"Connection: keep-alive\r\n",
        b"Content-Length: 4\r\n",
        b"Expect: 100-continue\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"4\r\nbody\r\n",
        b"0\r\n\r\n",
        b"\r\n",
    ]
)


def test_no_client_can_make_the_server_fail(served, echo):
    """Any bytes, cut anywhere, get answers or a refusal and the end; nothing fails inside, and the next is served."""
    fake = served(echo)

    @hypothesis.settings(max_examples=100, deadline=None)
    @hypothesis.given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=8))
    def converse(pieces):
        with fake.connect() as client:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    client.send(piece)
                client.sock.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                received = client.rest()
                assert received == b"" or received.startswith(b"HTTP/1.")
        assert fake.errors == []

    converse()
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"
