"""The fake beside a real Tilt, whose binary is given: its requests, its events and its start."""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator

from benchmarks import figures, measures_requests, measures_watches, peer
from benchmarks.peers import answer, tilt

NAMED = re.compile(r"v\S+, built \S+")
NAME = "a real Tilt"
INSTEAD = "Name the program itself, such as --tilt /usr/local/bin/tilt"


class Unusable(Exception):
    """What was given is no Tilt, or one that cannot be measured; the message says why, and what to give instead."""


def found(given: str) -> str:
    """Give the path of the program that is meant, looked for as a shell does. Raises :class:`Unusable`."""
    binary = shutil.which(given)
    if binary is not None:
        return str(pathlib.Path(binary).absolute())
    path = pathlib.Path(given)
    if path.is_dir():
        why = "that is a folder"
    elif os.sep in given:
        why = "that file may not be executed" if path.exists() else "there is no such file"
    else:
        why = "there is none in PATH" + (f"; the file here is ./{given}" if path.exists() else "")
    raise Unusable(f"a Tilt was asked for as {given!r}, but {why}. {INSTEAD}")


def version_of(binary: str) -> str:
    """Give what ``tilt version`` says, such as ``v0.37.6, built 2026-11-24``. Raises :class:`Unusable`."""
    command = [binary, "version"]
    with tempfile.TemporaryDirectory() as home:
        try:
            ran = subprocess.run(
                command,
                cwd=home,
                env=tilt.environment(pathlib.Path(home)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=30,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Unusable(f"{binary} cannot be run as a Tilt: {problem}. {INSTEAD}") from None
    said = ran.stdout.decode(errors="replace").strip()
    known = NAMED.search(said)
    if ran.returncode or known is None:
        raise Unusable(
            f"{binary} is something else than Tilt: `{' '.join(command)}` ended with code {ran.returncode} and said "
            f"{said[:300]!r}, not a version such as 'v0.37.6, built 2026-11-24'. {INSTEAD}"
        )
    return known[0]


def check(given: str) -> tuple[str, str]:
    """Start what was given once, before anything is measured; give its path and version. Raises :class:`Unusable`."""
    binary = found(given)
    version = version_of(binary)
    try:
        with peer.running("tilt", binary) as one:
            one.cpu()
            connection = one.connect()
            connection.exchange(connection.bytes_of("GET", one.where["path"]))
            connection.close()
    except (RuntimeError, OSError) as problem:
        raise Unusable(f"{binary} ({version}) cannot be measured: {problem}") from None
    return binary, version


def starts(count: int = 20) -> float:
    """Give the median time from making a fake to the answer of its Session over TLS, in milliseconds."""
    from pytest_tiltsession import FakeTilt

    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        with FakeTilt() as fake:
            where = {"url": fake.url, "ca": str(fake.ca), "token": fake.token}
            connection = peer.Peer("tiltsession", None, where).connect()
            connection.exchange(connection.bytes_of("GET", answer.PATH))
            taken.append(time.perf_counter() - begun)
            connection.close()
    return statistics.median(taken) * 1e3


def by_patches(one: peer.Peer, watchers: int, transitions: int) -> float:
    """Give the server's CPU for each event that watchers get of PATCHes, in microseconds."""
    writer = one.connect()

    def drive() -> None:
        for number in range(transitions):
            writer.exchange(measures_requests.patch(writer, number))

    used, _ = measures_watches.measure(one, watchers, transitions, drive)
    writer.close()
    return used


def of_a_real_tilt(
    binary: str,
    *,
    rounds: int = measures_requests.ROUNDS,
    requests: int = measures_requests.REQUESTS,
    watchers: int = measures_watches.WATCHERS,
    transitions: int = measures_watches.TRANSITIONS,
    lives: int = 3,
) -> Iterator[figures.Figure]:
    """GETs, PATCHes and watches of the fake and of a Tilt that take turns, and the starts of both."""
    begun = []
    for _ in range(lives - 1):
        with peer.running("tilt", binary) as again:
            begun.append(again.where["started"])
    with peer.running("tiltsession") as ours, peer.running("tilt", binary) as theirs:
        begun.append(theirs.where["started"])
        (cpu, p50), (cpu_of_tilt, p50_of_tilt) = measures_requests.measure([ours, theirs], requests, rounds)
        event, event_of_tilt = measures_requests.patches_to_events([ours, theirs], requests // 4, rounds)
        with peer.running("limit") as limit:
            shown, by_tilt, least = (by_patches(one, watchers, transitions) for one in (ours, theirs, limit))
    yield figures.Figure(measures_requests.GET_CPU, "µs", cpu, NAME, cpu_of_tilt)
    yield figures.Figure(measures_requests.GET_P50, "µs", p50, NAME, p50_of_tilt, 0.5)
    yield figures.Figure(measures_requests.PATCH, "µs", event, NAME, event_of_tilt, 0.5)
    what = f"{watchers} watchers × {transitions:,} PATCHes: CPU per event"
    yield figures.Figure(what, "µs", shown, NAME, by_tilt)
    yield figures.Figure(what, "µs", shown, figures.LIMIT, least)
    yield figures.Figure("from the start to the Session's first answer", "ms", starts(), NAME, min(begun) * 1e3)
