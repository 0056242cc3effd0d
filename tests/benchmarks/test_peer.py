"""The client that measures: it reads answers as a real Tilt sends them, and says what went wrong."""

import contextlib
import socket
import struct
import threading

import pytest

from benchmarks import measures_watches, peer

HEAD = b"HTTP/1.1 200 OK\r\n"


@contextlib.contextmanager
def answering(*answers, reset=False):
    """A server on one connection that sends each answer, byte by byte, to one request, and then closes or resets."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with listening.accept()[0] as client:
                for answer in answers:
                    client.recv(65_536)
                    for byte in answer:
                        client.sendall(bytes([byte]))
                if reset:
                    client.recv(65_536)
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        thread = threading.Thread(target=serve)
        thread.start()
        where = {"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "token": "t", "watch": "/"}
        connection = peer.Peer("a server", None, where).connect()
        yield connection
        connection.close()
        thread.join()


def test_answers_in_chunks_are_read_to_their_end(monkeypatch):
    """Tilt sends what is longer than two kilobytes in chunks; a zero at the end of a head is no end of them."""
    head = HEAD + b"Transfer-Encoding: chunked\r\nAge: 0\r\n\r\n"
    pieces = [head, b"3\r\n{}0\r\n1\r\n\n\r\n", b"0\r\n", b"\r\n", HEAD, b"Content-Length: 4\r\n\r\nab", b"cd"]
    with answering() as connection:
        monkeypatch.setattr(connection, "more", iter(pieces).__next__)
        assert [b"".join(pieces[1:4]), b"abcd"] == [connection.receive(), connection.receive()]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "a server answered b'http/1.1 403 forbidden'"),
        (HEAD + b"Content-Length: 9\r\n\r\nabc", "a server closed the connection"),
    ],
)
def test_other_answers_are_no_measurement(answer, told):
    """What is refused or cut short raises."""
    with answering(answer) as connection, pytest.raises(RuntimeError, match=told):
        connection.exchange(b"GET")


def test_a_watch_that_ends_is_no_measurement():
    """Readers say after how many events it ended, rather than wait for ever."""
    with answering(b"event event ") as connection:
        connection.socket.sendall(b"GET")
        readers = measures_watches.Readers([connection], b"event", 5)
        readers.start()
        readers.join(30)
        assert (False, True) == (readers.is_alive(), readers.opened.is_set())
        assert "a watch ended after 2 of 5 events" == readers.problem


def test_a_watch_that_is_reset_is_no_measurement():
    """Whoever measures hears of it, not the thread that reads alone."""
    with answering(reset=True) as connection:
        readers = measures_watches.Readers([connection], b"event", 5)
        readers.start()
        connection.socket.sendall(b"GET")
        readers.join(30)
        assert readers.problem.startswith("a watch broke (")
        assert readers.problem.endswith("after 0 of 5 events")
        assert readers.opened.is_set()


def test_a_peer_that_does_not_start_says_why():
    """A program that ends without a word is named."""
    with pytest.raises(RuntimeError, match="no_such says nothing more"), peer.running("no_such"):
        pass
