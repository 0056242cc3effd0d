"""What the workers of an xdist run and their controller tell each other. Imported in such runs, and by refusals."""

from typing import Any

import pytest

from pytest_tiltsession.plugin import pictures, report, terminal

_PROBLEMS = "tilt_session_usage_errors"
_COUNTS = "tilt_session_counts"


def control(config: pytest.Config) -> None:
    """Be the controller of a run: it has the terminal, and gathers what its workers found."""
    config.pluginmanager.register(_Controller(config), "tilt-session-controller")
    report.paint(config)


def refuse(config: pytest.Config, problems: list[str]) -> bool:
    """Hand the problems that a worker found to its controller; False where this process is no worker."""
    output = _output(config)
    if output is None:
        return False
    output[_PROBLEMS] = problems
    return True


def hand_over(config: pytest.Config) -> None:
    """Hand the counters of a worker to its controller."""
    output = _output(config)
    if output is not None:
        output[_COUNTS] = report.counts(config)


def _output(config: pytest.Config) -> dict[str, Any] | None:
    found: dict[str, Any] | None = getattr(config, "workeroutput", None)
    return found


class _Controller:
    """What only the controller of an xdist run does: gather what its workers found."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._problems: dict[str, None] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of the terminal, which it does not have, and where pictures go."""
        node.workerinput[terminal.WORKER_KEY] = terminal.describe(self._config)
        node.workerinput[pictures.WORKER_KEY] = pictures.folder_of(self._config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over a worker's counters and problems."""
        output = getattr(node, "workeroutput", None) or {}
        for name, count in output.get(_COUNTS, {}).items():
            report.counts(self._config)[name] += count
        self._problems.update(dict.fromkeys(output.get(_PROBLEMS, ())))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the run with what the workers refused."""
        if self._problems:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what the workers refused, as pytest says a usage error."""
        for problem in self._problems:
            terminalreporter.write_line(f"ERROR: {problem}", red=True)
