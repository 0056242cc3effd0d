"""The recordings of one run of pytest: made by tests that passed, used by others, or by none; under xdist as well.

Loaded only where a run or a marker names a mode.
"""

import contextlib
import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

import pytest

from pytest_tiltsession import errors, live_tilt
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.live import finding
from pytest_tiltsession.plugin import choosing, options, recordings, selecting, writing

_NAME = "tilt-session-recordings"
_WORKER = "tilt_session_recordings"
_MOST = 20


@dataclasses.dataclass
class Counts:
    """What the tests of a process did; sets of paths as texts, and of ids of tests."""

    belonging: set[str] = dataclasses.field(default_factory=set)
    played: set[str] = dataclasses.field(default_factory=set)
    made: set[str] = dataclasses.field(default_factory=set)
    rewritten: set[str] = dataclasses.field(default_factory=set)
    stayed: set[str] = dataclasses.field(default_factory=set)
    lost: set[str] = dataclasses.field(default_factory=set)

    def add(self, told: dict[str, list[str]]) -> None:
        """Take in what a worker tells."""
        for name, found in told.items():
            getattr(self, name).update(found)

    def told(self) -> dict[str, list[str]]:
        """Give it as a worker tells it."""
        return {field.name: sorted(getattr(self, field.name)) for field in dataclasses.fields(self)}


class RecordingRun:
    """What one process knows of the recordings of a run; a controller of xdist learns what its workers know."""

    def __init__(self, config: pytest.Config) -> None:
        self.in_vain: finding.Whereabouts | None = None
        self._config = config
        self._counts = Counts()
        self._selection = selecting.Selection(config)
        self._pending: dict[str, writing.Pending] = {}
        self._unused: list[pathlib.Path] | None = None
        mode = options.mode(config)
        if mode in (choosing.FAKE, choosing.LIVE):
            self._selection.narrowed(f"the mode of the run is {mode}")

    # -- what fixtures tell -------------------------------------------------------------------------------------

    def stayed(self, item: pytest.Item) -> None:
        """Learn that a test stays on the fake, whatever the mode of the run."""
        self._counts.stayed.add(item.nodeid)

    def played(self, path: pathlib.Path) -> None:
        """Learn that a recording is played."""
        self._counts.belonging.add(str(path))
        self._counts.played.add(str(path))

    def refuse_unwritable(self, path: pathlib.Path) -> None:
        """Find out before a test runs whether its recording can be written. Raises TiltSessionError."""
        writing.refuse_unwritable(path)

    def recording(self, item: pytest.Item, live: live_tilt.LiveTilt, path: pathlib.Path) -> None:
        """Learn that a test is being recorded; the file is written when all of it has passed."""
        self._counts.belonging.add(str(path))
        self._pending[item.nodeid] = writing.Pending(item, live.recording, path)

    # -- what pytest tells --------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Learn, before anything is left out, which recordings belong to tests."""
        for item in items:
            if "tilt_session" in getattr(item, "fixturenames", ()):
                with contextlib.suppress(pytest.UsageError):  # told by who checks the markers
                    choice = choosing.choose(item)
                    if choice.mode != choosing.FAKE:
                        self._counts.belonging.add(str(choice.recording))

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Learn that tests are left out."""
        if items:
            self._selection.narrowed("a part of the tests was selected")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Learn what could not be collected, or was skipped as a whole: its recordings are nobody's for that alone."""
        if not report.passed:
            self._selection.unknown(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Write the recording of a test of which setup, call and teardown have passed."""
        report = yield
        pending = self._pending.get(item.nodeid)
        if pending is None or pending.item is not item:
            return report
        if not report.passed or hasattr(report, "wasxfail"):
            pending.failed = True
        if report.when == "teardown":
            del self._pending[item.nodeid]
            if not pending.failed:
                self._write(pending, report)
        return report

    def _write(self, pending: writing.Pending, report: pytest.TestReport) -> None:
        where, existed = recordings.shown(self._config, pending.path), pending.path.exists()
        try:
            lost = pending.write()
        except errors.TiltSessionError as problem:
            report.outcome = "failed"
            report.longrepr = f"the test passed, and its recording {where} was not written: {problem}"
            return
        (self._counts.rewritten if existed else self._counts.made).add(str(pending.path))
        self._counts.lost.update(f"{where}: not kept: {text}" for text in lost)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Learn what a worker knows."""
        told = (getattr(node, "workeroutput", None) or {}).get(_WORKER)
        if told is None:
            self._selection.narrowed("a worker of xdist was lost")
            return
        self._counts.add(told["counts"])
        self._selection.add(told["selection"])

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Find the recordings that no test used, and let them fail the run where they are to."""
        workeroutput: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if workeroutput is not None:
            workeroutput[_WORKER] = {"counts": self._counts.told(), "selection": self._selection.told()}
            return
        if self._selection.partial(session, exitstatus):
            return
        known = self._counts.belonging | self._counts.made | self._counts.rewritten
        self._unused = [
            path
            for path in recordings.existing(self._config)
            if str(path) not in known and not self._selection.is_unknown(path)
        ]
        if self._unused and options.strict(self._config) and exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_report_header(self) -> str:
        """Say what stands behind the sessions, and where the recordings are."""
        mode, where = options.mode(self._config), recordings.folder(self._config)
        return f"tilt session: mode {mode}, recordings in {recordings.shown(self._config, where)}"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Close with what became of the recordings."""
        terminalreporter.write_sep("-", "tilt session recordings")
        for line in self._lines():
            terminalreporter.write_line(line)
        if self._unused and options.strict(self._config):
            unused = lettering.counted(len(self._unused), "recording")
            terminalreporter.write_line(
                f"ERROR: {unused} unused, which --tilt-session-strict refuses: delete what no test needs any more",
                red=True,
            )

    def _lines(self) -> list[str]:
        counts = self._counts
        unused = "unused ones not looked for" if self._unused is None else f"{len(self._unused)} unused"
        lines = [
            f"recordings: {len(counts.played)} played, {len(counts.made)} made, {len(counts.rewritten)} rewritten, "
            + unused
            + (f" ({self._selection.reason})" if self._unused is None and self._selection.reason else "")
        ]
        lines += [f"  made       {recordings.shown(self._config, path)}" for path in sorted(counts.made)[:_MOST]]
        lines += [f"  rewritten  {recordings.shown(self._config, path)}" for path in sorted(counts.rewritten)[:_MOST]]
        lines += [f"  unused     {recordings.shown(self._config, path)}" for path in (self._unused or [])]
        lines += [f"  {text}" for text in sorted(counts.lost)]
        if counts.stayed:
            lines.append(f"{lettering.counted(len(counts.stayed), 'test')} stayed on the fake, as the marker says")
        return lines


def of(config: pytest.Config) -> RecordingRun:
    """Give what knows the recordings of a run; it begins to listen when first asked for."""
    found = config.pluginmanager.get_plugin(_NAME)
    if not isinstance(found, RecordingRun):
        found = RecordingRun(config)
        config.pluginmanager.register(found, _NAME)
    return found
