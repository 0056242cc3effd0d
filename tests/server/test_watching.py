"""Answers without end: pulled while their readers keep up, ended cleanly, closed once."""

import concurrent.futures
import socket
import threading

import pytest

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import service


@pytest.fixture
def watched(served, stream):
    """Serve one watch at /watch and a short answer elsewhere; give both."""

    def serve(*said, timeout=None, **options):
        watch = stream(*said, timeout=timeout)
        return served(lambda request: watch if request.path == "/watch" else messages.Response(200), **options), watch

    return serve


def test_the_head_of_a_watch_comes_at_once(watched, transport):
    """A watch that has nothing to say yet is answered all the same, in chunks."""
    fake, _ = watched(**transport)
    with fake.connect() as client:
        status, headers = client.watch()
    assert status == "HTTP/1.1 200 OK"
    assert headers == {
        "content-type": "application/json",
        "date": "Thu, 01 Jan 2026 00:00:00 GMT",
        "transfer-encoding": "chunked",
    }


def test_the_head_and_what_there_is_to_say_wake_a_client_once(watched, transport):
    """They come in one piece, where they are short; what is long is sent as it is pulled."""
    fake, _ = watched(b"first\n", **transport)
    with fake.connect() as client:
        client.send(b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.sock.recv(65_536).endswith(b"\r\n\r\n6\r\nfirst\n\r\n")
    long = b"x" * 40_000 + b"\n"
    fake, _ = watched(long, long, **transport)
    with fake.connect() as client:
        client.watch()
        read = client.chunk()
        while len(read) < 2 * len(long):
            read += client.chunk()
        assert long + long == read


def test_events_are_sent_as_they_come(watched, transport):
    """Each wake-up from another thread sends what there is; several events may share a chunk."""
    fake, watch = watched(b"first\n", **transport)
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b"first\n"
        watch.say(b"second\n")
        assert client.chunk() == b"second\n"
        watch.say(b"third\n", b"fourth\n")
        assert client.chunk() == b"third\nfourth\n"


def test_a_watch_that_has_said_its_last_word_ends_cleanly(watched, transport):
    """The last chunk is sent, the stream is closed, and the connection serves the next request."""
    fake, watch = watched(b"only\n", **transport)
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b"only\n"
        watch.finish()
        assert client.chunk() == b""
        assert client.get()[0] == "HTTP/1.1 200 OK"
    assert watch.closed == 1


def test_the_last_word_is_not_lost(watched):
    """What is said before the end is sent, even when one wake-up tells of both."""
    fake, watch = watched()
    with fake.connect() as client:
        client.watch()
        watch._finished = True
        watch.say(b"last\n")
        assert (client.chunk(), client.chunk()) == (b"last\n", b"")


def test_an_ended_watch_is_answered(watched):
    """A stream that is over when it is opened gives its events and the end."""
    fake, watch = watched(b"all\n")
    watch._finished = True
    with fake.connect() as client:
        client.watch()
        assert (client.chunk(), client.chunk()) == (b"all\n", b"")


def test_a_timeout_ends_a_watch_cleanly(watched, transport):
    """The machine's clock ends a watch after its timeout, and the connection lives on."""
    fake, watch = watched(b"first\n", timeout=0.02, **transport)
    with fake.connect() as client:
        client.watch()
        assert (client.chunk(), client.chunk()) == (b"first\n", b"")
        assert client.get()[0] == "HTTP/1.1 200 OK"
    assert watch.closed == 1


@pytest.mark.parametrize("timeout", [0.0, -1.0])
def test_a_timeout_that_is_over_ends_a_watch_without_events(watched, timeout):
    """Tilt answers timeoutSeconds=-1 with an empty stream."""
    fake, watch = watched(b"first\n", timeout=timeout)
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b""
    assert (watch.closed, watch.pulled) == (1, 0)


def test_an_http_1_0_watch_lasts_as_long_as_its_connection(watched):
    """Without chunks, the end of the connection is the end of the answer."""
    fake, watch = watched(b"first\n")
    with fake.connect() as client:
        status, headers = client.send(b"GET /watch HTTP/1.0\r\n\r\n").head()
        assert (status, "transfer-encoding" in headers) == ("HTTP/1.0 200 OK", False)
        watch.say(b"second\n")
        watch.finish()
        assert client.rest() == b"first\nsecond\n"


def test_requests_behind_a_watch_wait_for_its_end(watched):
    """One request is in work at a time; a client that floods the connection is slowed down."""
    fake, watch = watched()
    flood = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"y" * 10_000)
    with fake.connect() as client, concurrent.futures.ThreadPoolExecutor() as pool:
        client.watch()
        sending = pool.submit(client.send, flood * 1000)
        with fake.connect() as other:
            for _ in range(20):
                other.get()
        assert fake.listener.activity.requests == 21
        assert sum(item._reader.waiting for item in fake.listener._service.connections) < 200_000
        watch.finish()
        assert client.chunk() == b""
        for _ in range(1000):
            assert client.answer()[0] == "HTTP/1.1 200 OK"
        sending.result()


def test_a_reader_that_stops_blocks_nobody(served, stream, transport):
    """While one watcher reads nothing, ten others get every event, and only a bounded amount is kept for the first."""
    watches = {f"/{number}": stream() for number in range(11)}
    fake = served(lambda request: watches[request.path], **transport)
    event = b"x" * 9_999 + b"\n"
    with fake.connect() as stalled:
        stalled.watch("/0")

        def follow(path):
            with fake.connect() as client:
                client.watch(path)
                opened.wait()
                received = 0
                while received < 10_000_000:
                    received += len(client.chunk())
                return received

        opened = threading.Barrier(11)
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            following = [pool.submit(follow, path) for path in list(watches)[1:]]
            opened.wait()
            for _ in range(1000):
                for watch in watches.values():
                    watch.say(event)
            assert [item.result() for item in following] == [10_000_000] * 10
        assert watches["/0"].pulled < 10_000_000
        received = 0
        while received < 10_000_000:
            received += len(stalled.chunk())
    assert received == 10_000_000


def test_a_stream_is_closed_when_its_reader_goes(watched, transport):
    """Closing a socket is enough."""
    fake, watch = watched(**transport)
    with fake.connect() as client:
        client.watch()
    assert watch.was_closed.wait(5)
    assert watch.closed == 1


def test_half_closing_ends_a_watch(watched):
    """A client that shuts down its sending half gets the clean end that Go gives it."""
    fake, watch = watched(b"first\n")
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b"first\n"
        client.sock.shutdown(socket.SHUT_WR)
        assert (client.chunk(), client.rest()) == (b"", b"")
    assert watch.closed == 1


def test_half_closing_ends_the_watches_that_wait_as_well(served, stream, transport):
    """A client that asked for several watches before it shut down its sending half gets the end of each."""
    fake = served(lambda _: stream(b"first\n"), **transport)
    with fake.connect() as client:
        client.send(3 * b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
        socket.socket.shutdown(client.sock, socket.SHUT_WR)
        for _ in range(3):
            client.head()
            assert (client.chunk(), client.chunk()) == (b"first\n", b"")
        assert client.rest() == b""


@pytest.mark.parametrize("step", ["pull", "subscribe", "close"])
def test_a_stream_that_fails_is_recorded(watched, step):
    """An exception in a stream reaches the test, and no client takes the answer for complete."""
    fake, watch = watched()

    def fail(*args):
        raise ValueError(step)

    setattr(watch, step, fail)
    with fake.connect() as client:
        client.watch()
        if step == "close":
            watch.finish()
            assert client.chunk() == b""
        else:
            assert client.rest() == b""
    ((error, request),) = fake.errors
    assert (str(error), request.path) == (step, "/watch")
    fake.errors.clear()


def test_a_watch_can_be_cut_in_the_middle_of_an_event(watched, transport):
    """A fault sends half a line and then the bare end of the connection."""
    fake, watch = watched(b"whole\n", **transport)
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b"whole\n"
        watch.say(messages.BreakOff(b"ha"))
        assert client.chunk() == b"ha"
        assert client.rest() == b""
    assert (watch.closed, fake.errors) == (1, [])


def test_a_watch_can_be_reset(watched):
    """A fault resets the connection."""
    fake, watch = watched(b"whole\n")
    with fake.connect() as client:
        client.watch()
        assert client.chunk() == b"whole\n"
        watch.say(messages.BreakOff(reset=True))
        with pytest.raises(ConnectionResetError):
            client.rest()


def test_callbacks_after_the_end_do_nothing(watched):
    """A stream may call back late, even when the whole server has gone."""
    fake, watch = watched()
    with fake.connect() as client:
        client.watch()
        fake.listener.close()
        watch.say(b"too late")
        assert (client.chunk(), client.rest()) == (b"", b"")
    assert watch.pulled == 0


def test_many_wake_ups_are_one(served, stream):
    """Events of one moment reach a hundred watchers in a few chunks, not in one each."""
    watches = {f"/{number}": stream() for number in range(20)}
    fake = served(lambda request: watches[request.path])
    with fake.connect() as client:
        client.watch("/0")
        turn = threading.Event()
        fake.listener._loop.call_soon_threadsafe(turn.wait, 5)
        for number in range(100):
            watches["/0"].say(b"%d\n" % number)
        turn.set()
        assert client.chunk() == b"".join(b"%d\n" % number for number in range(100))


def test_activity_tells_quiet_from_busy(watched):
    """Bytes, requests and watches are counted, and a wake-up ends the quiet before its bytes have moved."""
    fake, watch = watched()
    activity = fake.listener.activity
    with fake.connect() as client:
        client.watch()
        with fake.connect() as other:
            other.get()
            other.get()  # the first may be answered before the loop has noticed that it is done
            assert (activity.watches, activity.requests) == (1, 3)
        moved = activity.moved
        before = service.machine_seconds()
        watch.say(b"event\n")
        assert activity.last >= before
        assert client.chunk() == b"event\n"
        assert activity.moved > moved
        with fake.connect() as slow, fake.connect() as other:
            slow.send(b"GET / HTTP/1.1\r\n")
            other.get()
            assert (activity.in_work >= 1, activity.quiet_seconds()) == (True, 0.0)
            slow.send(b"Host: x\r\n\r\n").answer()
    fake.listener.close()
    assert (activity.connections, activity.watches, activity.in_work, activity.requests) == (0, 0, 0, 5)
    last = activity.last
    assert activity.quiet_seconds() <= service.machine_seconds() - last
