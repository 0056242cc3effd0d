"""What Ctrl-C says of the test that it ended: how its sessions stood. Imported when a test is interrupted."""

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from pytest_tiltsession.plugin import sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_tiltsession.fake_tilt import FakeTilt

_NAME = "tilt-session-interrupted"


@dataclasses.dataclass(frozen=True, eq=False)  # most versions of pytest keep plugins in a set
class Interrupted:
    """Writes at the end of the run what was drawn while the test's fakes still served."""

    nodeid: str
    found: list[sections.Section]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Write it, with the colours of the terminal."""
        terminalreporter.write_sep("=", f"interrupted in {self.nodeid}")
        for section in self.found:
            terminalreporter.write_sep("-", section.title)
            terminalreporter.write_line(section.coloured)


def keep(item: pytest.Item, fakes: "Sequence[FakeTilt]") -> None:
    """Draw how the fakes of an interrupted test stand now, for the end of the run."""
    if not item.config.pluginmanager.has_plugin(_NAME):
        item.config.pluginmanager.register(Interrupted(item.nodeid, sections.of(fakes, item.config)), _NAME)
