"""Scenario files as tests: each ``*.tilt.yaml`` is one item that is played, judged and compared."""

from collections.abc import Iterator
from typing import Any

import pytest

from pytest_tiltsession import errors, runner
from pytest_tiltsession.plugin import arguments, options, report
from pytest_tiltsession.scenario import files, steps


class ScenarioFile(pytest.File):
    """One scenario file. A malformed one is a collection error that names file:line."""

    def collect(self) -> Iterator["ScenarioItem"]:
        """Read the file; it holds one test."""
        try:
            scenario = files.read(self.path)
        except errors.InvalidScenario as problem:
            raise self.CollectError(str(problem)) from None
        yield ScenarioItem.from_parent(self, name=scenario.title or "scenario", scenario=scenario)


class ScenarioItem(pytest.Item):
    """The test that a scenario file is."""

    def __init__(self, *, scenario: steps.Scenario, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._scenario = scenario

    def runtest(self) -> None:
        """Play the scenario, run its consumer where there is one, and compare with what it expects."""
        given = options.configured(self.config) | {"scenario": self._scenario}
        settings = arguments.make(given, where=lambda _: self.nodeid)
        report.counts(self.config)["scenarios"] += 1
        # The folder must not outlive the test: scenario items have no fixtures to ask for one.
        with runner.playing(settings) as run:
            report.attach(self, run.fake)
            run.play()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what differed, without a traceback through the package, and where in the file it was expected."""
        if not isinstance(excinfo.value, errors.TiltSessionError):
            return super().repr_failure(excinfo, style)
        shown: Any = super().repr_failure(excinfo, "value")
        crash = getattr(shown, "reprcrash", None)
        if crash is not None:
            crash.path, crash.lineno = str(self.path), self._expected_at(excinfo.value)
        return shown

    def _expected_at(self, error: BaseException) -> int:
        part = self._scenario.consumer if isinstance(error, errors.ConsumerFailed) else self._scenario.expect
        return (part.line if part is not None else None) or 1

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Name the file and the scenario's title, as headings show them."""
        return self.path, 0, f"{self.nodeid.partition('::')[0]}: {self.name}"
