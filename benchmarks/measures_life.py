"""What having the fake costs: an unused plugin, and one server from its start to its end."""

import asyncio
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

from benchmarks import figures, lives
from benchmarks.peers import answer, limit

PLUGINS = {
    "none": (),
    "ours": ("-p", "pytest_tiltsession.plugin"),
    "pytest-httpserver": ("-p", "pytest_httpserver.pytest_plugin"),
    "kmock": ("-p", "pytest_asyncio.plugin", "-p", "kmock._internal.pytest"),
}
RUNS = 120
SELDOM = 6  # kmock, whose figure has no aim and is large, runs in each sixth round
LIFE = "start + GET + stop, with an open watch"


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def of_the_fastest(taken: Sequence[float]) -> float:
    """Give the mean of the fastest quarter.

    One run of pytest takes some 200 ms, and with other work on the machine up to a third more. Measured again and
    again, this varies half as much as the fastest alone, which is one lucky run, and less than the median.
    """
    quickest = sorted(taken)[: max(len(taken) // 4, 1)]
    return statistics.mean(quickest)


def of_an_unused_plugin(runs: int = RUNS) -> Iterator[figures.Figure]:
    """The CPU that a run of one empty test takes more with a plugin that no test uses."""
    found: dict[str, list[float]] = {name: [] for name in PLUGINS}
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "test_empty.py").write_text("def test_empty():\n    pass\n")
        for turn in range(runs):
            # No plugin always comes after the same one.
            for name in sorted(PLUGINS, key=list(PLUGINS).index, reverse=bool(turn % 2)):
                if name == "kmock" and turn % SELDOM:
                    continue
                before = _cpu_of_children()
                subprocess.run(
                    [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGINS[name]],
                    cwd=folder,
                    env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=True,
                )
                found[name].append(_cpu_of_children() - before)
    fast = {name: of_the_fastest(them) * 1e3 for name, them in found.items()}
    ours = max(fast["ours"] - fast["none"], 0)
    for peer, at_most in (("pytest-httpserver", 0.1), ("kmock", None)):
        theirs = fast[peer] - fast["none"]
        yield figures.Figure("an unused plugin: CPU added to a run", "ms", ours, peer, theirs, at_most)


def of_one_life(rounds: int = 5, count: int = 60) -> Iterator[figures.Figure]:
    """Start, one GET and stop: ours with an open watch and kmock without, each plain; and ours over TLS.

    Each takes its turns in processes of its own; the least of the medians counts.
    """
    found: dict[str, list[float]] = {whose: [] for whose in lives.WHOSE}
    for _ in range(rounds):
        for whose, taken in found.items():
            command = [sys.executable, "-m", "benchmarks.lives", whose, str(count)]
            taken.append(float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))
    least = {whose: min(taken) for whose, taken in found.items()}
    over_tls = "the same over TLS, two handshakes of the client's included"
    yield figures.Figure(LIFE, "ms", least["ours"], "kmock, without a watch", least["kmock"], 0.5)
    yield figures.Figure(LIFE, "ms", least["ours"], f"{figures.LIMIT}, with the watch", least["limit"])
    yield figures.Figure(over_tls, "ms", least["ours-tls"], "kmock, plain", least["kmock"])
    yield figures.Figure(over_tls, "ms", least["ours-tls"], f"{figures.LIMIT}, TLS", least["limit-tls"])


def of_stopping(count: int = 50) -> Iterator[figures.Figure]:
    """How long the stop of a fake takes while a watch is open, beside that of a server of fixed bytes."""
    from pytest_tiltsession import FakeTilt

    loop, theirs = asyncio.new_event_loop(), limit.looping()

    def watched(port: int, token: str) -> lives.Open:
        return loop.run_until_complete(lives.get(port, lives.LISTING, token, watch=True))

    taken, least = list[float](), list[float]()
    for _ in range(count):
        with FakeTilt(allow=("stalled-watches",), tls=False) as fake:
            watch = watched(int(fake.url.rpartition(":")[2]), fake.token)
            begun = time.perf_counter()
            fake.stop()
            taken.append(time.perf_counter() - begun)
            watch.close()
        server = limit.Limit(theirs, None)
        watch = watched(server.start(), answer.TOKEN)
        begun = time.perf_counter()
        server.stop()
        least.append(time.perf_counter() - begun)
        watch.close()
    loop.close()
    theirs.call_soon_threadsafe(theirs.stop)
    ours, fixed = (statistics.median(them) * 1e3 for them in (taken, least))
    yield figures.Figure("stop, with an open watch", "ms", ours, figures.LIMIT, fixed)
