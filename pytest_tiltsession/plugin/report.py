"""What pytest's reports say of a test's fakes: sections, properties, counters.

Imported where a fake was made, or the package refused something; what draws, when a test with a fake has failed.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_tiltsession.plugin import terminal, tracebacks

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt

_fakes = pytest.StashKey[list["FakeTilt"]]()
_failed = pytest.StashKey[bool]()
_counts = pytest.StashKey[dict[str, int]]()
# The fakes of tilt_session_factory live longer than one test; every failing test that uses it may be about them.
_of_run = pytest.StashKey[list["FakeTilt"]]()
# Attributes of a report go from a worker to its controller as they are.
_COLOURED = "tilt_session_coloured"
_PAINTER = "tilt-session-painter"


def attach(item: pytest.Item, fake: "FakeTilt") -> None:
    """Remember that a test uses a fake, and count it for the closing summary."""
    item.stash.setdefault(_fakes, []).append(fake)
    counts(item.config)["sessions"] += 1
    _fit(item.config, fake)


def begin(item: pytest.Item) -> None:
    """Forget what an earlier try of the test left, where a plugin such as pytest-rerunfailures runs it again."""
    item.stash[_fakes] = []
    item.stash[_failed] = False


def attach_to_run(config: pytest.Config, fake: "FakeTilt") -> None:
    """Remember a fake that belongs to the run rather than to one test."""
    config.stash.setdefault(_of_run, []).append(fake)
    counts(config)["sessions"] += 1
    _fit(config, fake)


def _fit(config: pytest.Config, fake: "FakeTilt") -> None:
    fake.style = terminal.message_style(config)
    if not hasattr(config, "workerinput"):
        paint(config)


def paint(config: pytest.Config) -> None:
    """Let the terminal of this process show the sections in their colours."""
    if not config.pluginmanager.has_plugin(_PAINTER):
        config.pluginmanager.register(_Painter(), _PAINTER)


def counts(config: pytest.Config) -> dict[str, int]:
    """Give the counters of this process: sessions, scenarios, and the microseconds that sessions went on."""
    return config.stash.setdefault(_counts, {"sessions": 0, "scenarios": 0, "simulated": 0})


def failed(item: pytest.Item) -> bool:
    """Tell whether the test's own call has failed already."""
    return item.stash.get(_failed, False)


def prepare(item: pytest.Item, call: pytest.CallInfo[Any]) -> bool:
    """Before a report is made: shorten the error to what the sections do not show, and note how the session stands.

    Tells whether the error's message is all that there is to be shown of it.
    """
    own, shared = _fakes_of(item)
    if call.when == "call" and own:
        from pytest_tiltsession.plugin import properties  # start-up cost

        properties.put(item, own[0])
    if call.when == "teardown":
        counts(item.config)["simulated"] += sum(fake.clock.elapsed for fake in own if not fake.live)
    if call.excinfo is None or not tracebacks.is_on_purpose(call.excinfo.value):
        return False
    error: Any = call.excinfo.value
    if hasattr(error, "appendix") and any(fake.is_about(error) for fake in [*own, *shared]):
        error.appendix = ""
    if item.config.getoption("fulltrace"):
        return False
    # In its call an item that is no function has words of its own for what went wrong.
    return not tracebacks.shorten(error, _plugins(item.config)) and call.when != "call"


def shorten_collected(collector: pytest.Collector, collect_report: pytest.CollectReport) -> None:
    """Shorten the error of a file that the package refused while it was imported, as in the arguments of a marker."""
    # pytest hangs the call on the report for whoever wraps this hook.
    call: pytest.CallInfo[Any] | None = getattr(collect_report, "call", None)
    if not collect_report.failed or call is None or call.excinfo is None or collector.config.getoption("fulltrace"):
        return
    error = call.excinfo.value
    if tracebacks.is_on_purpose(error) and tracebacks.shorten(error, _plugins(collector.config)):
        shown: Any = collector.repr_failure(pytest.ExceptionInfo.from_exception(error))
        if hasattr(shown, "toterminal"):
            collect_report.longrepr = shown


def _plugins(config: pytest.Config) -> frozenset[str]:
    """Give the names of the packages of the installed plugins."""
    installed = [plugin for plugin, _ in config.pluginmanager.list_plugin_distinfo()]
    return frozenset(getattr(plugin, "__name__", "").partition(".")[0] for plugin in installed)


def complete(item: pytest.Item, call: pytest.CallInfo[Any], test_report: pytest.TestReport, *, bare: bool) -> None:
    """Add timeline and requests of the test's fakes to the report of a failure; ``bare``: as ``prepare`` said."""
    if not test_report.failed:
        return
    if bare and call.excinfo is not None:
        test_report.longrepr = pytest.Item.repr_failure(item, call.excinfo, "value")
    item.stash[_failed] = True
    own, shared = _fakes_of(item)
    if not own and not shared:
        return
    from pytest_tiltsession.plugin import html_report, pictures, sections  # start-up cost

    said = str(call.excinfo.value) if call.excinfo is not None else ""
    # A scenario file has no marker that could allow anything.
    found = sections.of([*own, *shared], item.config, said=said, marked=hasattr(item, "fixturenames"))
    for path in pictures.write(item, test_report, [*own, *shared]):
        found.append(sections.Section("tilt session picture", path, path))
    longrepr: Any = test_report.longrepr
    # Within the failure's own text they are also in --junitxml, and --show-capture does not hide them.
    if hasattr(longrepr, "addsection"):
        for section in found:
            longrepr.addsection(section.title, section.plain, "-")
    else:
        test_report.sections += [(section.title, section.plain) for section in found]
    painted = {section.title: section.coloured for section in found if section.coloured != section.plain}
    if painted:
        setattr(test_report, _COLOURED, painted)
    html_report.add(item, test_report, [*own, *shared])


def interrupted(item: pytest.Item) -> None:
    """Keep how the fakes of a test stand that Ctrl-C ends, while they serve; a worker of xdist has nobody to tell."""
    own, shared = _fakes_of(item)
    if (own or shared) and not hasattr(item.config, "workerinput"):
        from pytest_tiltsession.plugin import interrupting  # start-up cost

        interrupting.keep(item, [*own, *shared])


def _fakes_of(item: pytest.Item) -> "tuple[list[FakeTilt], list[FakeTilt]]":
    """Give the fakes of a test: its own, and those of the run that it may have used."""
    shared: list[FakeTilt] = item.config.stash.get(_of_run, [])
    uses_shared = "tilt_session_factory" in getattr(item, "fixturenames", ())
    return item.stash.get(_fakes, []), shared if uses_shared else []


class _Painter:
    """Gives the sections their colours for the moment in which the terminal shows them; files get them plain."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None, Any, Any]:
        """Colour the sections of failed tests while they are printed."""
        found = [item for word in ("failed", "error") for item in terminalreporter.stats.get(word, ())]
        painted = [
            (item.longrepr, item.longrepr.sections, getattr(item, _COLOURED))
            for item in found
            if hasattr(item, _COLOURED) and hasattr(item.longrepr, "sections")
        ]
        for longrepr, plain, coloured in painted:
            longrepr.sections = [(title, coloured.get(title, text), sign) for title, text, sign in plain]
        try:
            return (yield)
        finally:
            for longrepr, plain, _ in painted:
                longrepr.sections = plain
