"""What a request costs: the server's CPU, the time to its answer, and whether either grows."""

import contextlib
import json
import statistics
import time
from collections.abc import Iterator, Sequence

from benchmarks import figures, peer

ROUNDS, REQUESTS = 7, 400
GET_CPU, GET_P50 = "GET: CPU of the server", "GET: median time to the answer"
PATCH = "PATCH to a watcher's event: median"
ELSEWHERE = 475  # µs: half of what a real Tilt took from a PATCH to an event, on another machine
LIMIT = f"{figures.LIMIT}, TLS"


def measure(peers: Sequence[peer.Peer], requests: int = REQUESTS, rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """Give for each peer the server's CPU per GET and the median time to an answer, both in microseconds.

    The peers take turns, round by round, so that a machine that is busy for a while is so for all of them; the least
    CPU and the least median of the rounds count.
    """
    found: list[list[tuple[float, float]]] = [[] for _ in peers]
    for _ in range(rounds):
        for one, them in zip(peers, found, strict=True):
            connection = one.connect()
            request = connection.bytes_of("GET", one.where["path"])
            for _ in range(20):
                connection.exchange(request)
            before, taken = one.cpu(), []
            for _ in range(requests):
                begun = time.perf_counter()
                connection.exchange(request)
                taken.append(time.perf_counter() - begun)
            them.append(((one.cpu() - before) / requests * 1e6, statistics.median(taken) * 1e6))
            connection.close()
    return [(min(cpu for cpu, _ in them), min(p50 for _, p50 in them)) for them in found]


def of_a_get() -> Iterator[figures.Figure]:
    """GET of one Session: TLS, token and routing; pytest-httpserver closes each connection, kmock has no TLS."""
    said = {"httpserver": "pytest-httpserver, TLS", "httpserver plain": "pytest-httpserver, plain", "limit": LIMIT}
    with contextlib.ExitStack() as stack:
        ours, *got = measure([stack.enter_context(peer.running(name)) for name in ("tiltsession", *said)])
    with peer.running("kmock_server") as slow:
        got += measure([slow], 40)
    beside = dict(zip((*said.values(), "kmock, plain"), got, strict=True))
    for which, what in enumerate((GET_CPU, GET_P50)):
        for name, theirs in beside.items():
            at_most = 0.25 if (name, what) == (said["httpserver"], GET_CPU) else None
            yield figures.Figure(what, "µs", ours[which], name, theirs[which], at_most)


def of_growth(requests: int = 20_000, stored: int = 2_000, rounds: int = 2 * ROUNDS) -> Iterator[figures.Figure]:
    """GET of a server that has had many requests, and of one with many Sessions, which take turns with a fresh one."""
    with contextlib.ExitStack() as stack:
        fresh, later, full = (stack.enter_context(peer.running("tiltsession")) for _ in range(3))
        connection = later.connect()
        request = connection.bytes_of("GET", later.where["path"])
        for _ in range(requests):
            connection.exchange(request)
        connection.close()
        full.ask("store", stored)
        (first, _), (after, _), (beside, _) = measure([fresh, later, full], REQUESTS, rounds)
    yield figures.Figure(f"GET after {requests:,} others: CPU", "µs", after, "the first ones", first, 1.1)
    yield figures.Figure(f"GET beside {stored:,} stored Sessions: CPU", "µs", beside, "the first ones", first, 1.1)


def patch(writer: peer.Connection, number: int) -> bytes:
    """Give the bytes of a PATCH that leaves its number in the Session's annotations."""
    body = json.dumps({"metadata": {"annotations": {"n": f"<{number}>"}}}).encode()
    return writer.bytes_of("PATCH", writer.peer.where["path"], body, "application/merge-patch+json")


def patches_to_events(peers: Sequence[peer.Peer], count: int = 100, rounds: int = ROUNDS) -> list[float]:
    """Give for each peer the median time from a PATCH to the event that a watcher reads, in microseconds.

    They take turns; the least median of the rounds counts.
    """
    found: list[list[float]] = [[] for _ in peers]
    for turn in range(rounds):
        for one, them in zip(peers, found, strict=True):
            them.append(_patch_to_event(one, range(turn * count, (turn + 1) * count)))
    return [min(them) * 1e6 for them in found]


def _patch_to_event(one: peer.Peer, numbers: range) -> float:
    watcher, writer = one.connect(), one.connect()
    watcher.socket.sendall(watcher.bytes_of("GET", one.where["watch"]))
    received = b""
    while b'"ADDED"' not in received or not received.endswith(b"\n\r\n"):
        received += watcher.more()
    taken = []
    for number in numbers:
        request = patch(writer, number)
        # Each event shows the number of its PATCH, as Go writes it; that of fixed bytes what it always shows.
        shown = json.dumps(f"<{number}>").replace("<", "\\u003c").replace(">", "\\u003e").encode()
        mark = one.where.get("mark", "").encode() or shown
        begun = time.perf_counter()
        writer.socket.sendall(request)
        received = b""
        while mark not in received:
            received += watcher.more()
        taken.append(time.perf_counter() - begun)
        writer.receive()
    for connection in (watcher, writer):
        connection.close()
    return statistics.median(taken)


def of_a_patch(at_most: float | None = ELSEWHERE) -> Iterator[figures.Figure]:
    """From a PATCH to the event of a watcher; ``at_most`` is an aim in microseconds, where no Tilt is measured."""
    with peer.running("tiltsession") as ours, peer.running("limit") as limit:
        taken, least = patches_to_events([ours, limit])
    if at_most is not None:
        yield figures.Figure(PATCH, "µs", taken, at_most=at_most)
    yield figures.Figure(PATCH, "µs", taken, LIMIT, least)
