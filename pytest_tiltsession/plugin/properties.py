"""What a run's reports for machines, such as ``--junitxml``, say of a test's session; imported when there is one."""

import pathlib
from typing import TYPE_CHECKING

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.expectations import standing

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt

PREFIX = "tilt_session_"


def put(item: pytest.Item, fake: "FakeTilt") -> None:
    """Write down of a test what its session was and how it ended; what was written before of it is replaced."""
    kept = [pair for pair in item.user_properties if not pair[0].startswith(PREFIX)]
    # The list itself is what pytest's reports hold.
    item.user_properties[:] = [*kept, *of(fake, item.config.rootpath)]


def of(fake: "FakeTilt", root: pathlib.Path) -> list[tuple[str, object]]:
    """Give a session's scenario, profile, outcome, exit code and simulated duration (a Go duration), by name.

    The scenario is its file below ``root``, else its title; the exit code is left out while there is none.
    """
    seen = fake.look()
    outcome = "absent" if seen.session is None else "running"
    if standing.is_done(seen):
        outcome = "failed" if standing.error(seen) else "succeeded"
    found: list[tuple[str, object]] = []
    if fake.scenario is not None:
        found.append(("scenario", _below(root, fake.scenario.path) or fake.scenario.title))
    found += [("profile", fake.settings.profile), ("outcome", outcome)]
    if fake.exit_code is not None:
        found.append(("exit_code", fake.exit_code))
    found.append(("simulated_duration", times.format_duration(seen.now * times.MICROSECOND)))
    return [(f"{PREFIX}{name}", value) for name, value in found]


def _below(root: pathlib.Path, path: str) -> str:
    if not path:
        return ""
    found = pathlib.Path(path)
    return found.relative_to(root).as_posix() if found.is_relative_to(root) else path
