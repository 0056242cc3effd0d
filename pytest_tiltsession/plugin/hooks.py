"""pytest's hooks, thin: each hands over to the module that knows. Imports the standard library and pytest only."""

import pathlib
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_tiltsession.plugin import hookspecs, options, report

if TYPE_CHECKING:
    from pytest_tiltsession.plugin import scenario_files

_WORKER_PROBLEMS = "tilt_session_usage_errors"
_WORKER_COUNTS = "tilt_session_counts"
_SUFFIX = ".tilt.yaml"

# Runs of pytest that are under way in this process: pytester nests them, and the server thread serves them all.
_runs: list[pytest.Config] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.add(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks that users implement."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and refuse bad option values before the first test."""
    _runs.append(config)
    config.addinivalue_line("markers", options.MARKER_LINE)
    options.check_configured(config)
    if options.of_run(config, "html"):
        from pytest_tiltsession.plugin import pictures  # start-up cost

        pictures.configure(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(report.Painter(), "tilt-session-painter")
        if config.pluginmanager.hasplugin("xdist"):
            config.pluginmanager.register(_Controller(config), "tilt-session-controller")
    if options.mode(config) != options.MODES[0]:
        from pytest_tiltsession.plugin import recording_run  # start-up cost

        recording_run.of(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server thread, where one was started and this is the outermost run."""
    if config in _runs:
        _runs.remove(config)
    host = sys.modules.get("pytest_tiltsession.server.host")
    if host is not None and not _runs:
        host.shutdown()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that scenario files are collected, and how the fakes are to be."""
    if not options.enabled(config):
        return None
    from pytest_tiltsession.plugin import summary  # start-up cost

    return summary.header(config, _SUFFIX)


def pytest_collect_file(file_path: pathlib.Path, parent: pytest.Collector) -> "scenario_files.ScenarioFile | None":
    """Collect a scenario file where the run asks for them, or where it is named on the command line."""
    if not file_path.name.endswith(_SUFFIX):
        return None
    if not (options.enabled(parent.config) or parent.session.isinitpath(file_path)):
        return None
    from pytest_tiltsession.plugin import scenario_files  # start-up cost

    return scenario_files.ScenarioFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, object, object]:
    """Refuse bad markers before the first test; a worker of xdist hands the problem to its controller.

    Those of tests that were deselected are nobody's concern, so that this looks when all others have had their turn.
    """
    result = yield
    _refuse_bad_markers(config, items)
    return result


def _refuse_bad_markers(config: pytest.Config, items: list[pytest.Item]) -> None:
    problems = [problem for item in items if (problem := _problem_of(item)) is not None]
    if not problems:
        return
    workeroutput: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if workeroutput is None:
        raise pytest.UsageError("\n".join(problems))
    workeroutput[_WORKER_PROBLEMS] = problems
    items[:] = []


def _problem_of(item: pytest.Item) -> str | None:
    """Say what is wrong with the markers of a test, its mode with them; None where nothing is."""
    problem = options.check_item(item)
    if problem is None and options.in_modes(item):
        from pytest_tiltsession.plugin import choosing  # start-up cost

        try:
            choosing.choose(item)
        except pytest.UsageError as refused:
            return str(refused)
    return problem


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep how the sessions of a test stand that Ctrl-C ends."""
    try:
        return (yield)
    except KeyboardInterrupt:
        report.interrupted(item)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a failed test end in the test, and add the timeline and the requests."""
    bare = report.prepare(item, call)
    test_report = yield
    report.complete(item, call, test_report, bare=bare)
    return test_report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the report of a file that could not be collected end in that file."""
    collect_report = yield
    report.shorten_collected(collector, collect_report)
    return collect_report


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Name the target and the state in which compared Sessions differ."""
    models = sys.modules.get("pytest_tiltsession.models.session")
    if models is None:
        return None
    from pytest_tiltsession.plugin import comparing  # start-up cost

    return comparing.explained(op, left, right, verbosity=config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the counters of a worker to its controller."""
    workeroutput: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput[_WORKER_COUNTS] = report.counts(session.config)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Close with how many sessions and scenarios the run used."""
    if options.enabled(config):
        from pytest_tiltsession.plugin import summary  # start-up cost

        summary.write(terminalreporter, config)


class _Controller:
    """What only the controller of an xdist run does: gather what its workers found."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._problems: dict[str, None] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of the terminal, which it does not have, and where pictures go."""
        from pytest_tiltsession.plugin import pictures, terminal  # start-up cost

        node.workerinput[terminal.WORKER_KEY] = terminal.describe(self._config)
        node.workerinput[pictures.WORKER_KEY] = pictures.folder_of(self._config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over a worker's counters and problems."""
        output = getattr(node, "workeroutput", None) or {}
        for name, count in output.get(_WORKER_COUNTS, {}).items():
            report.counts(self._config)[name] += count
        self._problems.update(dict.fromkeys(output.get(_WORKER_PROBLEMS, ())))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the run with what the workers refused."""
        if self._problems:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what the workers refused, as pytest says a usage error."""
        for problem in self._problems:
            terminalreporter.write_line(f"ERROR: {problem}", red=True)
