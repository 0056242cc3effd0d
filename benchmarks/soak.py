"""What must hold under load: ``python -m benchmarks.soak PART NUMBER…`` raises where it does not.

CI runs each part with small numbers; ``python -m benchmarks soak`` runs them all at full size. A part runs in a process
of its own, since it counts what a process has.
"""

import contextlib
import gc
import json
import os
import pathlib
import resource
import selectors
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

from benchmarks import figures, peer
from benchmarks.peers import telling

VERSION = b'"resourceVersion":"'
SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
WHOLE = {"watchers": (1_000, 1_000, 10), "lives": (10_000,), "objects": (100_000,), "workers": (8, 400)}
MOST_GROWTH = 128  # MiB, with a thousand connections


class Watched:
    """One watch and the versions that it has shown, which must rise one by one."""

    def __init__(self, connection: peer.Connection) -> None:
        self.connection = connection
        self.count = self.last = 0
        self._rest = b""
        connection.socket.sendall(connection.bytes_of("GET", f"{SESSIONS}?watch=true"))

    def take(self) -> None:
        """Read what has come and count its events."""
        with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
            while piece := self.connection.socket.recv(262_144):
                *lines, self._rest = (self._rest + piece).split(b"\n")
                for line in lines:
                    if line.startswith(b'{"type":'):
                        self._see(int(line.partition(VERSION)[2].partition(b'"')[0]))

    def _see(self, version: int) -> None:
        if self.last and version != self.last + 1:
            raise AssertionError(f"a watcher was shown version {version} after {self.last}")
        self.count, self.last = self.count + 1, version


def read_all(watches: list[Watched], wanted: int, opened: threading.Event | None = None) -> None:
    """Read watches until each has shown so many events."""
    with selectors.DefaultSelector() as selector:
        for watch in watches:
            watch.connection.socket.setblocking(False)
            selector.register(watch.connection.socket, selectors.EVENT_READ, watch)
            watch.take()  # TLS may hold what the socket does not
        left = {watch for watch in watches if watch.count < wanted}
        while left:
            if opened is not None and not opened.is_set() and all(watch.count for watch in watches):
                opened.set()
            found = selector.select(60)
            if not found:
                fewest = min(watch.count for watch in left)
                raise AssertionError(f"{len(left)} watchers wait for events that do not come, after {fewest}")
            for key, _ in found:
                key.data.take()
                if key.data.count >= wanted:
                    left.discard(key.data)


def watchers(count: int, transitions: int, idle: int) -> dict[str, float]:
    """All watchers get all events in order, in bounded memory, while others do not read; those get theirs later."""
    allow_files(2 * (count + idle) + 100)
    with peer.running("tiltsession") as ours:
        sleepers = [Watched(ours.connect()) for _ in range(idle)]
        watches = [Watched(ours.connect()) for _ in range(count)]
        opened, failed = threading.Event(), list[BaseException]()

        def read() -> None:
            try:
                read_all(watches, transitions + 1, opened)
            except BaseException as problem:
                failed.append(problem)
                opened.set()

        reader = threading.Thread(target=read)
        reader.start()
        opened.wait(120)
        before, resident = ours.cpu(), ours.resident()
        ours.ask("drive", transitions)
        reader.join()
        if failed:
            raise failed[0]
        used, grown = ours.cpu() - before, (ours.resident() - resident) / 2**20
        read_all(sleepers, transitions + 1)
        for watch in (*watches, *sleepers):
            watch.connection.close()
    if grown > MOST_GROWTH:
        raise AssertionError(f"the server grew by {grown:.0f} MiB, more than {MOST_GROWTH}")
    return {"CPU per event (µs)": used / (count * transitions) * 1e6, "growth (MiB)": grown}


def lives(count: int) -> dict[str, float]:
    """Fakes that come and go, with TLS and without, with a watch left open and without, leave nothing."""
    from pytest_tiltsession import FakeTilt

    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder

        def live(number: int) -> None:
            with FakeTilt(tls=number % 4 == 0, allow=("stalled-watches",)) as fake:
                where = {"url": fake.url, "token": fake.token, "ca": fake.ca}
                one = peer.Connection(peer.Peer("tiltsession", None, where))
                if number % 2:
                    one.socket.sendall(one.bytes_of("GET", f"{SESSIONS}?watch=true"))
                    one.socket.recv(65_536)
                    assert fake.kubeconfig.exists()
                else:
                    one.exchange(one.bytes_of("GET", f"{SESSIONS}/Tiltfile"))
            one.close()

        def left() -> tuple[int, ...]:
            gc.collect()
            count_in = [len(list(pathlib.Path(place).iterdir())) for place in ("/proc/self/fd", folder)]
            return threading.active_count(), *count_in

        for number in range(count // 5):
            live(number)
        before, known = left(), len(gc.get_objects())
        resident, begun = telling.used()["resident"], time.process_time()
        for number in range(count - count // 5):
            live(number)
        spent, after, more = time.process_time() - begun, left(), len(gc.get_objects()) - known
        grown = (telling.used()["resident"] - resident) / 2**20
        tempfile.tempdir = None
    if after != before:
        raise AssertionError(f"threads, files and folders were {before}, and are {after} after {count} fakes")
    # One fake has hundreds of objects. Caches fill up, and the allocator takes its time until it has what it needs.
    if more > 3_000 or grown > 24:
        raise AssertionError(f"the process grew by {more} objects and {grown:.1f} MiB with {count} fakes")
    return {"CPU per life (ms)": spent / (count - count // 5) * 1e3, "growth (MiB)": grown}


def objects(count: int) -> dict[str, float]:
    """So many Sessions are listed in one response, in a time that grows as they do; a GET does not notice them."""
    from pytest_tiltsession import FakeTilt
    from pytest_tiltsession.api import messages

    fake = FakeTilt(tls=False, exit_condition="manual")
    headers = (("authorization", f"Bearer {fake._app.token}"), ("content-type", "application/json"))

    def ask(method: str, path: str, body: bytes = b"") -> tuple[messages.Response, float]:
        begun = time.process_time()
        answer = fake._app(messages.Request(method, path, "", headers, body))
        assert isinstance(answer, messages.Response)
        assert answer.status < 300, answer
        return answer, time.process_time() - begun

    found: list[tuple[float, float, float]] = []
    for part in range(2):
        storing = 0.0
        for number in range(part * count // 2, (part + 1) * count // 2):
            made = {
                "apiVersion": "tilt.dev/v1alpha1",
                "kind": "Session",
                "metadata": {"name": f"stored-{number}"},
                "spec": {"tiltfilePath": "/app/Tiltfile", "exitCondition": "manual"},
            }
            storing += ask("POST", SESSIONS, json.dumps(made).encode())[1]
        listing = min(ask("GET", SESSIONS)[1] for _ in range(2))
        getting = min(ask("GET", f"{SESSIONS}/stored-{part * count // 2}")[1] for _ in range(50))
        found.append((storing, listing, getting))
    listed = json.loads(ask("GET", SESSIONS)[0].body)["items"]
    if len(listed) != count + 1:
        raise AssertionError(f"{len(listed)} Sessions were listed of {count + 1}")
    (store, half, _), (more, whole, get) = found
    for what, first, second in (("storing", 2 * store, 2 * more), ("listing", 2 * half, whole)):
        if second > 1.6 * first + 0.1:
            raise AssertionError(f"{what} {count} Sessions took {second:.2f} s, half as many {first / 2:.2f} s")
    return {"store, each (µs)": more / (count / 2) * 1e6, "list, each (µs)": whole / count * 1e6, "GET (µs)": get * 1e6}


TESTS = """
import urllib.request, ssl, pytest

@pytest.mark.parametrize("number", range({count}))
def test_reads(tilt_session, number):
    tilt_session.job(f"job-{{number}}").start()
    request = urllib.request.Request(
        f"{{tilt_session.url}}/apis/tilt.dev/v1alpha1/sessions/Tiltfile",
        headers={{"Authorization": f"Bearer {{tilt_session.token}}"}},
    )
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=tilt_session.ca)) as answer:
        assert f"job-{{number}}".encode() in answer.read()
"""


def workers(count: int, tests: int) -> dict[str, float]:
    """Tests in so many workers of xdist each have a fake of their own."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "test_reads.py").write_text(TESTS.format(count=tests))
        words = ["-q", "-n", str(count), "-p", "xdist", "-p", "pytest_tiltsession.plugin", "-p", "no:cacheprovider"]
        begun = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *words, f"--basetemp={folder}/kept"],
            cwd=folder,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ran.returncode or f"{tests} passed" not in ran.stdout:
            raise AssertionError(ran.stdout)
        return {"tests per second": tests / (time.monotonic() - begun)}


def allow_files(count: int) -> None:
    """Let this process, and those that it starts, open so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


PARTS: dict[str, Callable[..., dict[str, float]]] = {
    "watchers": watchers,
    "lives": lives,
    "objects": objects,
    "workers": workers,
}


def of_soak() -> Iterator[figures.Figure]:
    """Run every part at full size, each in a process of its own."""
    for part, numbers in WHOLE.items():
        command = [sys.executable, "-m", "benchmarks.soak", part, *map(str, numbers)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        for what, value in json.loads(ran.stdout).items():
            name, _, unit = what.removesuffix(")").partition(" (")
            said = " × ".join(f"{number:,}" for number in numbers)
            yield figures.Figure(f"soak, {part} {said}: {name}", unit, value)


if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](*map(int, sys.argv[2:]))))
