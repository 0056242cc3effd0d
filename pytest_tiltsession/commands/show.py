"""``tiltsession show``: plays a scenario and draws its timeline, in the terminal or as an HTML or SVG file.

The pictures of the named scenarios for a page of documentation come from :func:`gallery`.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from pytest_tiltsession import errors, pictures, runner, settings
from pytest_tiltsession.commands import output
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.pictures import page, svg
from pytest_tiltsession.pictures import scene as scenes
from pytest_tiltsession.scenario import naming

_PIPED = 100  # columns where there is no terminal
_ALL = 1_000_000


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    show = commands.add_parser(
        "show",
        help="play a scenario and draw its timeline",
        description="Play a scenario and draw its timeline in the terminal, or write it as a self-contained HTML page "
        "(hover or Tab for exact times) or as an SVG image.",
    )
    show.add_argument("file", metavar="FILE", help="a scenario file, or the name of a scenario")
    show.add_argument("--html", metavar="OUT", help="write a page; - is standard output")
    show.add_argument("--svg", metavar="OUT", help="write an image; - is standard output")
    show.add_argument("--width", type=int, metavar="PIXELS", help="with --svg: how wide the image is; 1120 without it")
    show.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw where it was asked for; 0, or an error that names the file which cannot be written."""
    if options.width is not None and options.svg is None:
        raise errors.InvalidValue("--width goes with --svg: a page and a terminal have a width of their own")
    if options.width is not None and not svg.NARROWEST <= options.width <= svg.WIDEST:
        raise errors.InvalidValue(
            f"--width {options.width}: an image is {svg.NARROWEST} to {svg.WIDEST} pixels wide, such as 1120"
        )
    if options.html == options.svg == "-":
        raise errors.InvalidValue("--html - and --svg - cannot share standard output: name a file for one of them")
    with _played(options.file) as scene_of:
        if options.html is None and options.svg is None:
            output.say(scene_of.terminal(style_of(sys.stdout)))
        if options.html is not None:
            _write(options.html, page.write(scene_of.scene()))
        if options.svg is not None:
            _write(options.svg, svg.draw(scene_of.scene(), options.width or pictures.WIDTH))
    return 0


class _Played:
    """A scenario that has been played to its end."""

    def __init__(self, played: runner.Run) -> None:
        self._run = played

    def terminal(self, style: lettering.Style) -> str:
        self._run.fake.style = style
        return self._run.fake.render_timeline()

    def scene(self) -> scenes.Scene:
        scenario = self._run.scenario
        return scenes.read(self._run.fake.look(), scenario.title)


@contextlib.contextmanager
def _played(name: str) -> Iterator[_Played]:
    with runner.playing(settings.Settings(scenario=name)) as played:
        with contextlib.suppress(AssertionError):
            played.play_out()
        yield _Played(played)


def drawn(name: str, width: int = pictures.WIDTH) -> str:
    """Give the SVG image of a scenario: a file, or the name of one of the library."""
    with _played(name) as found:
        return svg.draw(found.scene(), width)


def gallery(width: int = pictures.WIDTH) -> Iterator[tuple[naming.Named, str]]:
    """Give every named scenario with its SVG image, in the order of names; the same text each time."""
    for name in naming.names():
        yield naming.named(name), drawn(name, width)


def style_of(stream: TextIO) -> lettering.Style:
    """Choose how to write on a stream: as wide as the terminal, in colour where it has one and NO_COLOR is not set."""
    encoding = stream.encoding or "ascii"
    if not stream.isatty():
        return lettering.Style(width=_PIPED, encoding=encoding, lanes=_ALL)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return lettering.Style(
        width=shutil.get_terminal_size((_PIPED, 24)).columns, encoding=encoding, colour=colour, lanes=_ALL
    )


def _write(where: str, text: str) -> None:
    if where == "-":
        # Not the stream's own encoding: the text says of itself that it is UTF-8.
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        pathlib.Path(where).write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise errors.InvalidValue(
            f"{where} cannot be written: {problem.strerror}; name a file in a folder that exists"
        ) from None
