"""Scenario files of either form, and named scenarios: the one way in for those who play them.

A file that holds only absolute steps is what it says; any other is expanded (``relative.expansion``).
"""

import pathlib
from collections.abc import Mapping

from pytest_tiltsession.scenario import naming, steps
from pytest_tiltsession.scenario.relative import expansion, reading, script


def read(where: pathlib.Path | str, values: Mapping[str, str] | None = None) -> steps.Scenario:
    """Read a scenario: a file by its path, or a named one; ``values`` are those of its parameters.

    Raises :class:`errors.InvalidScenario`, with every problem as ``path:line: …``, where it cannot be read or played.
    """
    return scenario_of(read_script(where, values))


def read_script(where: pathlib.Path | str, values: Mapping[str, str] | None = None) -> script.Script:
    """Read a scenario as it was told; raises as :func:`read` does, apart from what only expanding it shows."""
    return reading.read_script(find(where), values=values, find=naming.locate)


def find(where: pathlib.Path | str) -> pathlib.Path:
    """Give the file of a scenario. Raises :class:`errors.InvalidScenario` where there is no file and no such name."""
    path = naming.locate(where)
    naming.refuse_missing(path)
    return path


def parse(text: str, path: str = "<string>", values: Mapping[str, str] | None = None) -> steps.Scenario:
    """Read a scenario from the text of a file; ``path`` names it in messages. Raises as :func:`read` does."""
    return scenario_of(reading.parse_script(text, path, values=values, find=naming.locate))


def scenario_of(told: script.Script) -> steps.Scenario:
    """Give the absolute steps of a script, which are its own where it tells nothing else."""
    return told.base if told.is_absolute else expansion.expand(told)
