"""The sections of a failed test's report: timeline, steps, requests. Imported when a test with a fake has failed."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_tiltsession import runner
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.plugin import proxies, terminal

if TYPE_CHECKING:
    from pytest_tiltsession.fake_tilt import FakeTilt


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A section: its title, its text, and the same as a terminal with colours shows it."""

    title: str
    plain: str
    coloured: str


def of(fakes: "Sequence[FakeTilt]", config: pytest.Config, *, said: str = "", marked: bool = True) -> list[Section]:
    """Draw the sections of each fake; those of several are told apart by their contexts.

    ``said`` is the text of the failure, whose problems are not told again; ``marked``: a marker may allow them.
    """
    style = terminal.style(config)
    found = []
    for fake in fakes:
        name = f" ({fake.label})" if len(fakes) > 1 else ""
        for title, draw in _drawers(fake, config.get_verbosity(), said, marked=marked):
            plain = _drawn(draw, dataclasses.replace(style, colour=False))
            coloured = _drawn(draw, style) if style.colour else plain
            found.append(Section(f"tilt session {title}{name}", plain, coloured))
    return found


_Draw = Callable[[lettering.Style], str]


def _drawers(fake: "FakeTilt", verbosity: int, said: str, *, marked: bool) -> list[tuple[str, _Draw]]:
    def timeline(style: lettering.Style) -> str:
        told = fake.problems() if marked else runner.problems(fake)
        # The first line says what it is; what follows may be told in other words.
        left = [problem for problem in told if problem.split("\n", 1)[0] not in said]
        return "\n".join([fake.render_timeline(style), "", fake.blocked().around(), *left])

    def asked(style: lettering.Style) -> str:
        between = "" if fake.live or len(fake.requests) else proxies.between("https" if fake.settings.tls else "http")
        return "\n".join([fake.render_requests(style), *([f"  {between}"] if between else [])])

    found: list[tuple[str, _Draw]] = [("timeline", timeline)]
    if verbosity > 0:
        found.append(("steps", fake.render_steps))
    return [*found, ("requests", asked)]


def _drawn(draw: _Draw, style: lettering.Style) -> str:
    # A report that cannot be drawn must not end the run: the test's own failure is what matters.
    try:
        return draw(style)
    except Exception as problem:
        return f"  this could not be drawn: {type(problem).__name__}: {problem}"
