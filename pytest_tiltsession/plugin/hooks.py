"""pytest's hooks, thin: each hands over to the module that knows. Imports the standard library and pytest only."""

import pathlib
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

import pytest_tiltsession
from pytest_tiltsession.plugin import hookspecs, options

if TYPE_CHECKING:
    from pytest_tiltsession.plugin import scenario_files

_SUFFIX = ".tilt.yaml"

# Runs of pytest that are under way in this process: pytester nests them, and the server thread serves them all.
_runs: list[pytest.Config] = []


def _is_used() -> bool:
    """Tell whether anything of the package was used in this process; without, no report has anything to tell of it."""
    # Not whether it is among the modules: pytester takes out what a run within this process has loaded.
    return "errors" in vars(pytest_tiltsession)


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
    if not options.is_silent(config):
        from pytest_tiltsession.plugin import arguments  # start-up cost

        arguments.check_run(config)
    if options.of_run(config, "html"):
        from pytest_tiltsession.plugin import pictures  # start-up cost

        pictures.configure(config)
    if config.pluginmanager.hasplugin("xdist") and config.getoption("dist") != "no":  # as it is for the workers
        from pytest_tiltsession.plugin import workers  # start-up cost

        workers.control(config)
    if not options.is_fake(config):
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
    if any(item.get_closest_marker(options.MARKER) for item in items) or not options.is_fake(config):
        from pytest_tiltsession.plugin import markers  # start-up cost

        markers.refuse_bad(config, items)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep how the sessions of a test stand that Ctrl-C ends."""
    try:
        return (yield)
    except KeyboardInterrupt:
        if _is_used():
            from pytest_tiltsession.plugin import report  # start-up cost

            report.interrupted(item)
        raise


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin each try of a test afresh."""
    if _is_used():
        from pytest_tiltsession.plugin import report  # start-up cost

        report.begin(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of a failed test end in the test, and add the timeline and the requests."""
    if not _is_used():
        return (yield)
    from pytest_tiltsession.plugin import report  # start-up cost

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
    if not _is_used():
        return collect_report
    from pytest_tiltsession.plugin import report  # start-up cost

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
    if hasattr(session.config, "workeroutput") and _is_used():
        from pytest_tiltsession.plugin import workers  # start-up cost

        workers.hand_over(session.config)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Close with how many sessions and scenarios the run used."""
    if options.enabled(config):
        from pytest_tiltsession.plugin import summary  # start-up cost

        summary.write(terminalreporter, config)
