"""What having the fake costs: an unused plugin, and one server from its start to its end."""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks import figures

PLUGINS = {
    "none": (),
    "ours": ("-p", "pytest_tiltsession.plugin"),
    "pytest-httpserver": ("-p", "pytest_httpserver.pytest_plugin"),
    "kmock": ("-p", "pytest_asyncio.plugin", "-p", "kmock._internal.pytest"),
}
CLIENT = """
import asyncio, socket, statistics, sys, time
from benchmarks.peers import answer

async def get(host, port, path, token, ssl=None, watch=False):
    request = f"GET {path} HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer {token}\\r\\n\\r\\n".encode()
    received, mark = b"", b"}\\n" if watch else b"}"
    if ssl is None:
        loop, client = asyncio.get_running_loop(), socket.socket()
        client.setblocking(False)
        await loop.sock_connect(client, (host, int(port)))
        await loop.sock_sendall(client, request)
        while mark not in received:
            received += await loop.sock_recv(client, 65536)
    else:
        reader, client = await asyncio.open_connection(host, port, ssl=ssl)
        client.write(request)
        while mark not in received:
            received += await reader.read(65536)
    assert received.startswith(b"HTTP/1.1 200"), received
    return client

async def main():
    taken = []
    for _ in range(60):
        begun = time.perf_counter()
        writers = await life()
        taken.append(time.perf_counter() - begun)
        for writer in writers:
            writer.close()
    print(statistics.median(taken) * 1e3)
"""
OURS = (
    CLIENT
    + """
import ssl
from pytest_tiltsession import FakeTilt
TLS = sys.argv[1] == "tls"
context = None
async def life():
    global context
    with FakeTilt(allow=("stalled-watches",), tls=TLS) as fake:
        if TLS and context is None:
            context = ssl.create_default_context(cafile=fake.ca)
        host, _, port = fake.url.partition("://")[2].partition(":")
        watch = await get(host, port, answer.PATH.rpartition("/")[0] + "?watch=true", fake.token, context, watch=True)
        return watch, await get(host, port, answer.PATH, fake.token, context)
asyncio.run(main())
"""
)
KMOCK = (
    CLIENT
    + """
import kmock
async def life():
    async with kmock.KubernetesEmulator() as emulator, kmock.Server(emulator) as server:
        kind = kmock.resource("tilt.dev/v1alpha1/sessions")
        emulator.resources[kind] = {"namespaced": False, "kind": "Session"}
        emulator.objects[kind, None, "Tiltfile"] = dict(answer.SESSION)
        return (await get(server.host, server.port, answer.PATH, answer.TOKEN),)
asyncio.run(main())
"""
)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def of_an_unused_plugin() -> Iterator[figures.Figure]:
    """The CPU that a run of one empty test takes more with a plugin that no test uses; the least of all runs counts."""
    found: dict[str, list[float]] = {name: [] for name in PLUGINS}
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "test_empty.py").write_text("def test_empty():\n    pass\n")
        for _ in range(25):
            for name, words in PLUGINS.items():
                before = _cpu_of_children()
                subprocess.run(
                    [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
                    cwd=folder,
                    env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=True,
                )
                found[name].append(_cpu_of_children() - before)
    least = {name: min(them) * 1e3 for name, them in found.items()}
    ours = max(least["ours"] - least["none"], 0)
    for peer, at_most in (("pytest-httpserver", 0.1), ("kmock", None)):
        theirs = least[peer] - least["none"]
        yield figures.Figure("an unused plugin: CPU added to a run", "ms", ours, peer, theirs, at_most)


def of_one_life() -> Iterator[figures.Figure]:
    """Start, one GET and stop: ours with an open watch and kmock without, each plain; and ours over TLS."""
    programs = {"plain": (OURS, "plain"), "tls": (OURS, "tls"), "kmock": (KMOCK, "plain")}
    found: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(3):
        for name, words in programs.items():
            ran = subprocess.run([sys.executable, "-c", *words], stdout=subprocess.PIPE, text=True, check=True)
            found[name].append(float(ran.stdout))
    plain, tls, theirs = (min(taken) for taken in found.values())
    yield figures.Figure("start + GET + stop, with an open watch", "ms", plain, "kmock, without a watch", theirs, 0.5)
    yield figures.Figure(
        "the same over TLS, two handshakes of the client's included", "ms", tls, "kmock, plain", theirs
    )


def of_stopping() -> Iterator[figures.Figure]:
    """How long the stop of a fake takes while a watch is open."""
    from pytest_tiltsession import FakeTilt

    taken = []
    for _ in range(50):
        with FakeTilt(allow=("stalled-watches",)) as fake:
            begun = time.perf_counter()
            fake.stop()
            taken.append(time.perf_counter() - begun)
    yield figures.Figure("stop", "ms", statistics.median(taken) * 1e3)
