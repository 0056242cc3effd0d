"""The builder's methods that tell what happens to Tilt's process: it exits, crashes, is started again."""

import dataclasses
import os
import pathlib
from collections.abc import Mapping
from typing import Any, Self

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import files, naming, process_kind, steps
from pytest_tiltsession.scenario.relative import expansion, script, telling, words


class TellingProcess(telling.Telling):
    """Tells of the process. ``at`` is an offset from the start of the first session.

    What is told beside it goes on counting from the start of its own session, in each life.
    """

    def exits(self, code: int | None = None, *, at: words.Duration) -> Self:
        """Let Tilt exit, as when somebody stops it; without a ``code`` with 0, or 1 where its session has failed."""
        if code is not None and (isinstance(code, bool) or not isinstance(code, int) or not 0 <= code <= 255):
            raise errors.InvalidScenario(f"exits({code!r}): an exit code is a number from 0 to 255")
        return self._happens(steps.Exit(words.duration("at", at), code))

    def crashes(self, *, at: words.Duration, reset: bool = True) -> Self:
        """Let Tilt be killed: its context stays in the config file, and nobody answers at its port."""
        return self._happens(steps.Crash(words.duration("at", at), reset))

    def restarts(
        self,
        *,
        at: words.Duration,
        scenario: Any = steps.SAME,
        parameters: Mapping[str, str] | None = None,
        new_port: bool | None = None,
        new_web_port: bool = False,
        new_token: bool = True,
        new_ca: bool = False,
        keep_targets: bool = True,
        session: bool = True,
    ) -> Self:
        """Let Tilt be started again, as ``restart`` of a fake does; by itself with a new port and token.

        ``scenario`` is what the new process plays: another one, its file or its name; None for nothing; without it the
        same one, from its beginning. A file can only hold one that has a path or a name, and ``parameters`` fill the
        ``${…}`` of such a one alone. Its faults are armed when it begins.
        """
        played, name = _played(scenario, parameters)
        restart = steps.Restart(
            words.duration("at", at),
            new_port,
            new_web_port,
            new_token,
            new_ca,
            keep_targets,
            session,
            played,
            name,
            dict(parameters or {}),
        )
        return self._happens(restart)

    def _happens(self, happening: steps.Happening) -> Self:
        base = self._header.base
        process = process_kind.ordered((*base.process, happening))
        return self._with(header=dataclasses.replace(self._header, base=dataclasses.replace(base, process=process)))


def _played(given: Any, values: Mapping[str, str] | None) -> tuple[steps.Scenario | steps.Same | None, str]:
    """Give what a restart plays, and the name of it. Raises InvalidScenario for what is no scenario."""
    if values and not isinstance(given, str | pathlib.Path):
        raise errors.InvalidScenario("parameters: they fill the ${…} of a scenario file; name one with scenario=")
    if given is None or isinstance(given, steps.Same | steps.Scenario):
        return given, ""
    if isinstance(given, str | pathlib.Path):
        return files.read(given, values), str(given)
    if isinstance(given, telling.Telling):
        return expansion.expand(given.script), ""
    raise errors.InvalidScenario(
        f"scenario={given!r}: give another Scenario, the path of a file, the name of one, or None for nothing"
    )


def named_from(told: script.Script, folder: pathlib.Path) -> script.Script:
    """Give a script whose restarts name their files as a file in a folder does."""
    process = tuple(
        dataclasses.replace(it, name=_named_from(it.scenario, it.name, folder))
        if isinstance(it, steps.Restart) and isinstance(it.scenario, steps.Scenario) and it.name
        else it
        for it in told.base.process
    )
    return dataclasses.replace(told, base=dataclasses.replace(told.base, process=process))


def _named_from(scenario: steps.Scenario, name: str, folder: pathlib.Path) -> str:
    path = pathlib.Path(scenario.path)
    if path.is_relative_to(naming.FOLDER) or not scenario.path:
        return name
    return pathlib.Path(os.path.relpath(path, folder)).as_posix()
