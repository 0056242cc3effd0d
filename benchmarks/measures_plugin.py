"""What the plugin costs a run of pytest: named and unused, installed and unused, and used by one test."""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from benchmarks import figures, installed

NONE, OURS, PEER = "none", "ours", "pytest-httpserver"
NAMED = {
    NONE: (),
    OURS: ("-p", "pytest_tiltsession.plugin"),
    PEER: ("-p", "pytest_httpserver.pytest_plugin"),
    "kmock": ("-p", "pytest_asyncio.plugin", "-p", "kmock._internal.pytest"),
}
RUNS = 120
SELDOM = 6  # kmock, whose figure has no aim and is large, runs in each sixth round
INSTALLED = {NONE: ("pytest",), OURS: ("pytest", installed.OURS), PEER: ("pytest", PEER)}
EMPTY = "def test_empty():\n    pass\n"
READS = {
    NONE: EMPTY,
    OURS: """
import ssl, urllib.request

def test_reads(tilt_session):
    tilt_session.job("web").start()
    request = urllib.request.Request(
        tilt_session.url + "/apis/tilt.dev/v1alpha1/sessions/Tiltfile",
        headers={"Authorization": f"Bearer {tilt_session.token}"},
    )
    context = ssl.create_default_context(cafile=tilt_session.ca)
    with urllib.request.urlopen(request, context=context) as answer:
        assert b"web:update" in answer.read()
""",
    PEER: """
import urllib.request

def test_reads(httpserver):
    httpserver.expect_request("/sessions/Tiltfile").respond_with_json({"web:update": {}})
    with urllib.request.urlopen(httpserver.url_for("/sessions/Tiltfile")) as answer:
        assert b"web:update" in answer.read()
""",
}


def of_plugins(runs: int = RUNS) -> Iterator[figures.Figure]:
    """The CPU that a run of one test takes more with a plugin, beside the same with pytest-httpserver and kmock."""
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary)
        tests = root / "empty"
        _write(tests, EMPTY)
        words = ["-q", "-p", "no:cacheprovider"]
        named = {name: [sys.executable, "-m", "pytest", *words, *more] for name, more in NAMED.items()}
        found = _added(named, dict.fromkeys(named, tests), runs, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
        what = "an unused plugin, named by -p: CPU added to a run"
        yield figures.Figure(what, "ms", found[OURS], PEER, found[PEER], 0.1)
        yield figures.Figure(what, "ms", found[OURS], "kmock", found["kmock"])

        folders = {name: installed.folder(root / f"site-{name}", *those) for name, those in INSTALLED.items()}
        commands = {name: installed.command(folder) for name, folder in folders.items()}
        found = _added(commands, dict.fromkeys(commands, tests), runs)
        what = "an unused plugin, installed: CPU added to a run"
        yield figures.Figure(what, "ms", found[OURS], PEER, found[PEER], 0.1)

        reading = {name: root / f"reads-{name}" for name in READS}
        for name, text in READS.items():
            _write(reading[name], text)
        found = _added(commands, reading, max(runs // 4, 1))
        yield figures.Figure("a run whose one test reads a server: CPU added", "ms", found[OURS], PEER, found[PEER])


def of_the_fastest(taken: Sequence[float]) -> float:
    """Give the mean of the fastest quarter.

    One run of pytest takes some 200 ms, and with other work on the machine up to a third more. Measured again and
    again, this varies half as much as the fastest alone, which is one lucky run, and less than the median.
    """
    quickest = sorted(taken)[: max(len(taken) // 4, 1)]
    return statistics.mean(quickest)


def _added(
    commands: Mapping[str, Sequence[str]],
    folders: Mapping[str, pathlib.Path],
    runs: int,
    environment: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Give the milliseconds of CPU that each command takes more than the one without a plugin; they take turns."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs):
        # No plugin always comes after the same one.
        for name in sorted(commands, key=list(commands).index, reverse=bool(turn % 2)):
            if name == "kmock" and turn % SELDOM:
                continue
            before = _cpu_of_children()
            subprocess.run(
                commands[name],
                cwd=folders[name],
                env={**os.environ, **(environment or {})},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            found[name].append(_cpu_of_children() - before)
    fast = {name: of_the_fastest(taken) * 1e3 for name, taken in found.items()}
    return {name: max(value - fast[NONE], 0) for name, value in fast.items()}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _write(folder: pathlib.Path, text: str) -> None:
    folder.mkdir()
    (folder / "test_it.py").write_text(text)
