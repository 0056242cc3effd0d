"""The line in the run's header and the closing summary of a run with ``--tilt-session``. Imported where it is given."""

from importlib import metadata
from typing import Any

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.plugin import options, properties, report


def header(config: pytest.Config, suffix: str) -> str:
    """Say that scenario files are collected, and how the fakes are to be; under ``-v`` where that was said.

    pytest prints no header under ``-q``.
    """
    given = [
        f"{name} {value}" + (f" ({_origin(config, name)})" if config.get_verbosity() > 0 else "")
        for name, value in options.configured(config).items()
    ]
    version = f", pytest-tiltsession {metadata.version('pytest-tiltsession')}" if config.get_verbosity() > 0 else ""
    return f"tilt session: collecting *{suffix}{version}" + (f" ({', '.join(given)})" if given else "")


def _origin(config: pytest.Config, name: str) -> str:
    option = f"tilt_session_{name}"
    return f"--{option.replace('_', '-')}" if config.getoption(option, None) else "ini file"


def write(terminalreporter: Any, config: pytest.Config) -> None:
    """Write how many sessions and scenarios the run used; under ``-v`` each scenario, under ``-q`` nothing."""
    if config.get_verbosity() < 0:
        return
    found = report.counts(config)
    played = lettering.counted(found["scenarios"], "scenario file")
    simulated = times.format_duration(found["simulated"] * times.MICROSECOND)
    terminalreporter.write_sep("-", "tilt session")
    terminalreporter.write_line(
        f"{lettering.counted(found['sessions'], 'fake session')} served, {played} played, {simulated} of simulated time"
    )
    if config.get_verbosity() > 0:
        for line in _scenarios(terminalreporter):
            terminalreporter.write_line(line)


def _scenarios(terminalreporter: Any) -> list[str]:
    """Say of each test with a scenario how its session ended, from what its report carries, by workers too."""
    reports = [item for found in terminalreporter.stats.values() for item in found if _is_of_a_call(item)]
    told = [(item.nodeid, _values(item)) for item in reports]
    return sorted(
        f"  {nodeid}: {values['outcome']} after {values['simulated_duration']}"
        for nodeid, values in told
        if "scenario" in values
    )


def _is_of_a_call(item: object) -> bool:
    return isinstance(item, pytest.TestReport) and item.when == "call"


def _values(item: pytest.TestReport) -> dict[str, object]:
    pairs = [pair for pair in item.user_properties if pair[0].startswith(properties.PREFIX)]
    return {name.removeprefix(properties.PREFIX): value for name, value in pairs}
