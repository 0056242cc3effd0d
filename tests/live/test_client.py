"""The client that reads one Tilt, against servers that answer by hand, and sockets that it must not leave open."""

import contextlib
import gc
import itertools
import socket
import struct
import threading
import warnings

import pytest

from pytest_tiltsession import errors, kubeconfig
from pytest_tiltsession.live import client, server_time, trusting

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n" + b'{"a": "bc"}'
SAFE = {"server_hostname": "localhost"}


@pytest.fixture
def served():
    """A function that serves what it is told, one answer per connection; gives a client of that."""
    with contextlib.ExitStack() as stack:

        def serve(*answers):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def run():
                with contextlib.suppress(OSError):
                    for answer in answers:
                        connection, _ = listener.accept()
                        with connection:
                            connection.recv(65_536)
                            for part in answer if isinstance(answer, list) else [answer]:
                                if callable(part):
                                    part(connection)
                                else:
                                    connection.sendall(part)

            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            made = client.Client(kubeconfig.Entry("x", f"http://127.0.0.1:{listener.getsockname()[1]}"))
            stack.callback(thread.join, 5)
            stack.callback(made.close)
            return made

        yield serve


def test_an_answer_comes_with_its_times(served):
    """Status, body, Date, and no rest that was asked for."""
    answer = served(OK).get("Tiltfile")
    assert (answer.status, answer.document(), answer.date, answer.rest) == (200, {"a": "bc"}, 1_767_225_600, 0)
    assert answer.sent <= answer.arrived


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (OK[:-4], "an answer 200 that broke off after 7 bytes"),
        (OK.replace(b'"bc"', b'"bc '), "an answer 200 that is no JSON object"),
        (OK.replace(b'{"a": "bc"}', b"[1, 2, 3,4]"), "an answer 200 that is no JSON object"),
    ],
)
def test_what_answers_otherwise_than_tilt_is_there_all_the_same(answer, told, served):
    """A body that is cut off, or none of JSON, is strange; patience with it has no end."""
    with pytest.raises(client.Strange, match=told):
        served(answer).get("Tiltfile").document()
    assert client.Strange.patience == float("inf")


@pytest.mark.parametrize(
    ("header", "rest"), [("3", 3), ("0", 0), ("99999", 10), ("soon", 0), ("-1", 0), ("9" * 5000, 0), ("", 0)]
)
def test_retry_after_is_heeded_within_reason(header, rest, served):
    """In seconds, and at most ten of them."""
    refused = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: " + header.encode() + b"\r\n\r\n"
    assert served(refused).get("Tiltfile").rest == rest


def test_a_server_that_says_nothing_is_silent(served, monkeypatch):
    """It takes the connection and gives no headers, or a body that never ends: it may just be busy."""
    monkeypatch.setattr(client, "_READ", 0.1)
    released = threading.Event()
    quiet = served([lambda _: released.wait(5)])
    with pytest.raises(client.Silent):
        quiet.get("Tiltfile")
    released.set()
    monkeypatch.setattr(client, "_READ", 20.0)
    seconds = itertools.count(step=30)
    monkeypatch.setattr(server_time, "seconds", lambda: next(seconds))

    def trickle(connection):
        connection.sendall(OK.replace(b"Content-Length: 11", b"Content-Length: 900"))
        with contextlib.suppress(OSError):
            while not released.wait(0.03):
                connection.sendall(b" ")

    released.clear()
    slow = served([trickle])
    with pytest.raises(client.Silent, match="a body of which"):
        slow.get("Tiltfile")
    released.set()


def test_nobody_there_is_unreachable():
    """A refused connection is neither silent nor strange."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    made = client.Client(kubeconfig.Entry("x", f"http://127.0.0.1:{port}"))
    with pytest.raises(client.Unreachable) as told:
        made.get("Tiltfile")
    assert type(told.value) is client.Unreachable
    made.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_peer_that_has_gone_before_the_handshake_leaves_no_socket_open():
    """Python itself drops a socket unclosed there; ours is closed, as a look with Python's own shows."""

    def unclosed(context):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = socket.create_connection(listener.getsockname())
            theirs, _ = listener.accept()
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            theirs.close()
            until = server_time.seconds() + 5
            while server_time.seconds() < until:
                try:
                    ours.getpeername()
                except OSError:
                    break
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                with pytest.raises(ConnectionResetError):
                    context.wrap_socket(ours, **SAFE)
                gc.collect()
        return [str(warning.message) for warning in caught if "unclosed <" in str(warning.message)]

    context = trusting.context(kubeconfig.Entry("x", "https://127.0.0.1:1"))
    assert unclosed(context) == []


def test_a_client_that_is_closed_while_it_reads_closes_its_connection_afterwards(served):
    """Closing waits for nobody, what is read is read to its end, and nothing new is asked."""
    begun, released = threading.Event(), threading.Event()
    made = served([lambda _: (begun.set(), released.wait(5)), OK])
    found = []
    reader = threading.Thread(target=lambda: found.append(made.get("Tiltfile")))
    reader.start()
    assert begun.wait(5)
    made.close()
    released.set()
    reader.join(5)
    assert found[0].status == 200
    assert len(made._pool.pools) == 0
    with pytest.raises(client.Unreachable, match="closed"):
        made.get("Tiltfile")


def test_closing_ends_an_open_watch(served):
    """Whoever reads it is woken."""
    released = threading.Event()
    headers = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    made = served([headers, b"3\r\n{}\n\r\n", lambda _: released.wait(5)])
    with contextlib.suppress(client.Unreachable), made.watch() as watch:
        assert next(iter(watch.lines()))[1] == b"{}"
        made.close()
        assert list(watch.lines()) == []
    released.set()


def test_certificates_that_cannot_be_read_are_named():
    """The context and what to do."""
    with pytest.raises(errors.KubeconfigError, match=r"the certificates of context 'x' cannot be read.*anew"):
        client.Client(kubeconfig.Entry("x", "https://127.0.0.1:1", ca_pem=b"none"))
