"""One thread and one loop for all listeners: starting, stopping, ports, forks."""

import asyncio
import gc
import pathlib
import socket
import subprocess
import sys
import threading
import time
import warnings
import weakref

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.api import messages
from pytest_tiltsession.server import host, listener, reservation, service


def test_listeners_share_one_daemon_thread(served, echo):
    """Any number of fakes costs one thread, which does not keep the process alive."""
    first, second = served(echo), served(echo)
    with first.connect() as one, second.connect() as other:
        assert one.get("/1")[2] == b"GET /1? 0"
        assert other.get("/2")[2] == b"GET /2? 0"
    (thread,) = [item for item in threading.enumerate() if item.name == "tilt-session-server"]
    assert thread.daemon


def test_a_listener_says_where_it_is(served, echo, transport):
    """URL, host and port are known at once."""
    listener = served(echo, **transport).listener
    scheme = "https" if transport else "http"
    assert listener.url == f"{scheme}://127.0.0.1:{listener.port}"
    assert (listener.host, listener.port > 0) == ("127.0.0.1", True)


def test_answers_do_not_wait_for_acknowledgements(served, echo):
    """Connections have TCP_NODELAY, without which each answer could take 40 ms."""
    fake = served(echo)
    with fake.connect() as client:
        client.get()
        (connection,) = fake.listener._service.connections
        assert connection.wire.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_starting_and_stopping_takes_milliseconds(served, echo, stream, transport):
    """Start, one request and stop with an open watch stay far below what a test would notice."""

    def once():
        watch = stream(b"event\n")
        fake = served(lambda request: watch if request.path == "/watch" else echo(request), **transport)
        with fake.connect() as watcher, fake.connect() as client:
            watcher.watch()
            client.get()
            begin = time.perf_counter()
            fake.listener.close()
            took = time.perf_counter() - begin
            assert (watcher.chunk(), watcher.chunk(), watcher.rest()) == (b"event\n", b"", b"")
            assert client.rest() == b""
        assert watch.closed == 1
        return took

    assert any(once() < 0.01 for _ in range(50))  # each may meet a machine that is busy with something else


def test_closing_ends_everything(served, echo, stream):
    """Watches end cleanly, idle connections and half requests are closed, and nobody can connect any more."""
    watch = stream()
    fake = served(lambda request: watch if request.path == "/watch" else echo(request))
    with fake.connect() as watcher, fake.connect() as idle, fake.connect() as partial:
        watcher.watch()
        partial.get()
        partial.send(b"GET / HT")
        idle.get()  # when this is answered, those bytes have been read
        fake.listener.close()
        assert (watcher.chunk(), watcher.rest()) == (b"", b"")
        assert (idle.rest(), partial.rest()) == (b"", b"")
        assert fake.listener.connections == 0
    with pytest.raises(ConnectionRefusedError), fake.connect():
        pass
    fake.listener.close()


def test_a_client_that_connects_at_the_last_moment_is_closed_too(served, echo):
    """A connection that was accepted but not set up when the listener closes is waited for."""
    fake = served(echo)
    loop, listener = fake.listener._loop, fake.listener
    connected = threading.Event()
    loop.call_soon_threadsafe(connected.wait, 5)
    loop.call_soon_threadsafe(lambda: (listener._accepting.accept(), listener._begin_to_close()))
    with fake.connect() as client:
        connected.set()
        assert client.rest() == b""
        listener.close()
        assert listener.connections == 0


def test_aborting_resets_everything(served, echo, stream):
    """A crash resets watches and idle connections alike; streams are closed."""
    watch = stream()
    fake = served(lambda request: watch if request.path == "/watch" else echo(request))
    with fake.connect() as watcher, fake.connect() as idle:
        watcher.watch()
        idle.get()
        fake.listener.abort()
        for client in (watcher, idle):
            with pytest.raises(ConnectionResetError):
                client.rest()
    assert watch.closed == 1


@pytest.mark.parametrize("reset", [True, False])
def test_connections_can_be_broken_while_the_listener_stays(served, echo, stream, reset):
    """Present connections break off without a clean end; new ones are welcome."""
    fake = served(lambda request: stream() if request.path == "/watch" else echo(request))
    with fake.connect() as watcher:
        watcher.watch()
        fake.listener.disconnect(reset=reset)
        if reset:
            with pytest.raises(ConnectionResetError):
                watcher.rest()
        else:
            assert watcher.rest() == b""
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"


def test_a_reader_that_stopped_does_not_delay_the_end(served, stream, transport, monkeypatch):
    """A client that reads nothing is reset long before one that reads slowly would be, and its stream is closed."""
    monkeypatch.setattr(listener, "_GRACE", 3600.0)
    watch = stream(*[b"x" * 65_536] * 400)
    fake = served(lambda _: watch, **transport)
    with fake.connect() as client:
        client.watch()
        with fake.connect() as other:
            other.watch()
        fake.listener.close()
    assert watch.closed == 2


@pytest.mark.parametrize("reset", [True, False])
def test_a_crash_waits_for_no_reader(served, transport, reset):
    """What the operating system has not taken from a process that is killed never comes, also where FIN ends it."""
    big = b"x" * 20_000_000
    fake = served(lambda _: messages.Response(200, (), big), **transport)
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").head()
        begin = time.perf_counter()
        fake.listener.abort(reset=reset)
        assert time.perf_counter() - begin < 2
        if not reset and not transport:
            assert len(client.rest()) < len(big)


def test_on_a_slow_machine_a_reader_gets_another_glance(served, monkeypatch):
    """Where the server's own timer came late, a client that has read nothing meanwhile is not to blame."""
    now, timers = [service.machine_seconds()], []
    monkeypatch.setattr(service, "machine_seconds", lambda: now[0])
    fake = served(lambda _: messages.Response(200, (), b"x" * 20_000_000))
    monkeypatch.setattr(fake.listener._loop, "call_later", lambda _, *call: timers.append(call))
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").head()
        fake.listener.begin_to_close()
        for late, left in ((0.2, 1), (0.0, 0)):
            fake.listener._do(lambda: None)
            now[0] += 0.02 + late
            function, *arguments = timers.pop()
            fake.listener._do(lambda: function(*arguments))  # noqa: B023
            fake.listener._do(lambda: None)
            assert left == fake.listener.connections


def test_a_reader_that_reads_is_waited_for(served):
    """An answer that its client is reading when the listener closes arrives whole."""
    body = b"x" * 5_000_000
    fake = served(lambda _: messages.Response(200, (), body, measured=True))
    with fake.connect() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").head()
        closing = threading.Thread(target=fake.listener.close)
        closing.start()
        received = client.file.read(len(body))
        closing.join()
    assert received == body


def test_an_answer_can_stop_its_own_server(served):
    """``after`` may close the listener: the client gets its answer and then the end."""
    fake = served(lambda _: messages.Response(200, (), b"bye", lambda: fake.listener.close()))
    assert fake.exchange(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").endswith(b"\r\n\r\nbye")
    fake.listener.close()
    assert fake.listener.connections == 0


def test_many_threads_may_start_and_stop(served, echo):
    """Starting, asking and stopping from eight threads at once works."""
    problems = []

    def work():
        try:
            for _ in range(5):
                fake = served(echo)
                with fake.connect() as client:
                    assert client.get()[0] == "HTTP/1.1 200 OK"
                fake.listener.close()
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_fixed_port_is_used_and_free_again(served, echo):
    """A port that was just served can be served again at once."""
    beside = reservation.Reservation()  # keeps it from all that ask for any port
    for _ in range(2):
        fake = served(echo, port=beside.port)
        with fake.connect() as client:
            client.get()
            fake.listener.close()
            assert fake.listener.port == beside.port
    beside.release()


def test_an_occupied_port_is_named(served, echo):
    """The error says which port, and what to write instead."""
    port = served(echo).listener.port
    with pytest.raises(errors.ServerError, match=rf"port {port} of 127\.0\.0\.1 is occupied .*port=0"):
        served(echo, port=port)


@pytest.mark.parametrize(
    ("address", "port", "says"),
    [
        ("127.0.0.1", 70_000, r"70000 is not a port\. Choose one from 1 to 65535"),
        ("127.0.0.1", -1, r"-1 is not a port"),
        ("127.0.0.300", 0, r'cannot listen on port 0 of .127\.0\.0\.300.: .*Write host="127\.0\.0\.1" and port=0'),
    ],
)
def test_an_impossible_address_is_explained(served, echo, address, port, says):
    """Every reason for not starting comes with what to write instead."""
    with pytest.raises(errors.ServerError, match=says):
        served(echo, host=address, port=port)


@pytest.mark.parametrize("running", [True, False])
def test_blocked_sockets_are_explained(served, echo, monkeypatch, running):
    """Where sockets are replaced by ones that refuse, as pytest-socket does, the error says what to let through."""
    if running:
        served(echo)
    else:
        host.shutdown()

    class Blocked(socket.socket):
        def __new__(cls, *_, **__):
            raise RuntimeError("A test tried to use socket.socket.")

    monkeypatch.setattr(socket, "socket", Blocked)
    with pytest.raises(errors.ServerError, match=r"sockets are blocked .*: A test tried .*--allow-hosts=127\.0\.0\.1"):
        served(echo)


def test_the_network_is_reached_only_on_request(served, echo):
    """An address beyond the loopback is refused, and with permission warned of."""
    with pytest.raises(errors.ServerError, match=r"'0\.0\.0\.0' is not this machine's loopback.*allow_remote=True"):
        served(echo, host="0.0.0.0")
    with pytest.warns(UserWarning, match="other machines may reach it"):
        fake = served(echo, host="0.0.0.0", allow_remote=True)
    assert fake.listener.url == f"http://127.0.0.1:{fake.listener.port}"


def test_ipv6_is_served_where_the_machine_has_it(served, echo):
    """::1 is loopback too, and its URL has brackets; a machine without it says so."""
    try:
        fake = served(echo, host="::1")
    except errors.ServerError as error:
        assert "'::1'" in str(error)  # noqa: PT017 - either is right, depending on the machine
    else:
        assert fake.listener.url == f"http://[::1]:{fake.listener.port}"


SCRIPT = """
import socket, sys, threading, warnings
sys.path.insert(0, {root!r})
from pytest_tiltsession import errors
from pytest_tiltsession.api import messages
from pytest_tiltsession.server import host

failures = []

def serve(body=b"parent"):
    return host.serve(
        lambda request: messages.Response(200, (), body),
        now_seconds=lambda: 0,
        too_large=lambda request: messages.Response(413),
        on_error=lambda error, request: failures.append(error),
    )

def get(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
        with sock.makefile("rb") as file:
            return file.read().rpartition(b"\\r\\n")[2].decode()
"""


@pytest.fixture
def run():
    """Run a script in a process of its own with all warnings on; give what it printed, out and err together."""

    def run(script, *options):
        root = str(pathlib.Path(__file__).resolve().parents[2])
        text = SCRIPT.format(root=root) + script
        command = [sys.executable, "-W", "error", *options, "-c", text]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    return run


def test_nothing_is_left_when_a_process_ends(run):
    """A process that forgot to close ends at once and without warnings, in development mode too."""
    script = """
listener = serve()
client = socket.create_connection(("127.0.0.1", listener.port))
client.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
client.recv(1000)
client.close()
print(get(listener.port), failures)
"""
    assert run(script) == "parent []\n"
    assert run(script, "-X", "dev") == "parent []\n"


def test_shutting_down_ends_the_thread_and_serving_again_starts_another(run):
    """After a shutdown no thread, no socket and no loop is left; the next fake works."""
    script = """
import gc, os
before = set(os.listdir("/dev/fd"))
for _ in range(3):
    listener = serve()
    print(get(listener.port), threading.active_count(), end=" ")
    host.shutdown()
    print(threading.active_count(), end=" ")
    listener.close()
    gc.collect()
host.shutdown()
print(len(set(os.listdir("/dev/fd")) - before), failures)
"""
    assert run(script) == "parent 2 1 parent 2 1 parent 2 1 0 []\n"


def test_a_forked_child_starts_its_own_server(run):
    """The child's fakes work, the parent's cannot be closed there, and the parent's ports do not live on in it."""
    script = """
import os
listener = serve()
open_client = socket.create_connection(("127.0.0.1", listener.port))
get(listener.port)
ready, go = os.pipe(), os.pipe()
pid = os.fork()
if pid == 0:
    own = serve(b"child")
    print(get(own.port), get(listener.port), flush=True)
    own.close()
    try:
        listener.close()
    except errors.ServerError as error:
        print("from which this one was forked" in str(error), flush=True)
    os.write(ready[1], b"x")
    os.read(go[0], 1)
    os._exit(0)
os.read(ready[0], 1)
print(get(listener.port), flush=True)
listener.close()
print(open_client.recv(10), flush=True)
try:
    get(listener.port)
except ConnectionRefusedError:
    print("refused", flush=True)
os.write(go[1], b"x")
os.waitpid(pid, 0)
open_client.close()
for fd in (*ready, *go):
    os.close(fd)
print(failures)
"""
    assert run(script) == "child parent\nTrue\nparent\nb''\nrefused\n[]\n"


def test_a_forked_child_that_ends_normally_says_nothing(run):
    """What the child inherited makes no noise when the child exits."""
    script = """
import os
listener = serve()
get(listener.port)
pid = os.fork()
if pid:
    os.waitpid(pid, 0)
    print("done", flush=True)
"""
    assert run(script) == "done\n"


def test_running_out_of_file_descriptors_is_told_and_survived(run):
    """The test learns once that no client can be accepted, and clients are served again afterwards."""
    script = """
import os, resource
listener = serve()
get(listener.port)
client = socket.socket()
resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
client.connect(("127.0.0.1", listener.port))
client.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
client.settimeout(0.3)
try:
    client.recv(1000)
except TimeoutError:
    print("waits")
resource.setrlimit(resource.RLIMIT_NOFILE, (client.fileno() + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
client.settimeout(5)
print(client.recv(1000).rpartition(b"\\n")[2])
client.close()
print([str(error).partition('. ')[2] for error in failures])
"""
    assert run(script) == (
        "waits\nb'parent'\n"
        "['Close connections that are no longer used, or raise the limit of open files (ulimit -n).']\n"
    )


def test_no_cycles_are_left_behind(served, echo, transport):
    """A connection that is gone is freed without the garbage collector's help."""
    gc.collect()
    gc.disable()
    try:
        fake = served(echo, **transport)
        with fake.connect() as client:
            client.get()
            references = [weakref.ref(item) for item in fake.listener._service.connections]
        fake.listener.close()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), fake.listener._loop).result()
        assert [reference() for reference in references] == [None]
    finally:
        gc.enable()


def test_a_thread_that_died_is_replaced(run):
    """Should the server's thread ever end, the next fake starts another."""
    script = """
listener = serve()
host._host.loop.call_soon_threadsafe(host._host.loop.stop)
host._host.thread.join()
other = serve()
print(get(other.port))
other.close()
host._host.listeners.clear()
import os
sys.stdout.flush()
os._exit(0)
"""
    assert run(script) == "parent\n"


def test_warnings_name_the_caller(echo, served):
    """The warning about remote clients points to the line that asked for it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        listener = host.serve(
            echo,
            now_seconds=lambda: 0,
            too_large=echo,
            on_error=lambda *_: None,
            host="0.0.0.0",
            allow_remote=True,
        )
        listener.close()
    assert caught[0].filename == __file__
