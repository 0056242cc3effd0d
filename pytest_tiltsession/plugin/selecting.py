"""Whether a run of pytest was a full one, so that what no test used is used by none; decides by options and hooks."""

import pathlib

import pytest

from pytest_tiltsession.plugin import recordings

# Option of pytest → how it is called. Each leaves tests out before any hook hears of them.
_NARROWING = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
    "pyargs": "--pyargs",
    "collectonly": "--collect-only",
}
_COMPLETE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


class Selection:
    """What is known of which tests a run has. ``reason`` says why it is not a full one; it is empty while it may be."""

    def __init__(self, config: pytest.Config) -> None:
        self.reason = ""
        self._config = config
        self._unknown: set[str] = set()

    def narrowed(self, reason: str) -> None:
        """Learn that tests were left out; the first reason counts."""
        self.reason = self.reason or reason

    def unknown(self, nodeid: str) -> None:
        """Learn that it is not known which tests a node has."""
        if nodeid in ("", "."):
            self.narrowed("not everything could be collected")
        self._unknown.add(nodeid)

    def is_unknown(self, recording: pathlib.Path) -> bool:
        """Tell whether a recording may belong to a test that was not collected."""
        return any(
            recording.is_relative_to(recordings.of_nodeid(self._config, nodeid)) for nodeid in self._unknown if nodeid
        )

    def told(self) -> dict[str, list[str]]:
        """Give it as a worker of xdist tells it."""
        return {"reason": [self.reason], "unknown": sorted(self._unknown)}

    def add(self, told: dict[str, list[str]]) -> None:
        """Take in what a worker tells."""
        self.narrowed(told["reason"][0])
        self._unknown.update(told["unknown"])

    def partial(self, session: pytest.Session, exitstatus: int) -> bool:
        """Tell, at the end of a run, whether it was a partial one."""
        if exitstatus not in _COMPLETE:
            self.narrowed("the run did not come to its end")
        elif session.shouldstop or session.shouldfail:
            self.narrowed("the run was stopped")
        elif option := _narrowed_by(self._config):
            self.reason = option  # it says more than hooks do
        return bool(self.reason)


def _narrowed_by(config: pytest.Config) -> str:
    """Say which option, or which argument, leaves tests out; nothing where none does."""
    for name, word in _NARROWING.items():
        if getattr(config.option, name, None):
            return f"{word} selects a part of the tests"
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        return ""
    root = config.rootpath
    given = [pathlib.Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args]
    whole = [path.resolve() for path, argument in zip(given, config.args, strict=True) if "::" not in argument]
    wanted = [found.resolve() for text in config.getini("testpaths") for found in root.glob(text)]
    for needed in ([root.resolve()], wanted):
        if needed and all(any(path.is_relative_to(one) for one in whole) for path in needed):
            return ""
    return "the command line names a part of the tests"
