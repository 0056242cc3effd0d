"""What one server costs, from its start to its end."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks import figures, lives
from benchmarks.peers import answer, limit

LIFE = "start + GET + stop, with an open watch"


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
