"""``tiltsession diff``: says in words where two recordings differ."""

import argparse
import pathlib
from typing import Any

from pytest_tiltsession.commands import output
from pytest_tiltsession.scenario import comparing, files


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    diff = commands.add_parser(
        "diff",
        help="say in words where two recordings differ",
        description="Say where two recordings of one Tiltfile differ: targets, their states and the order of these, "
        "wait reasons, errors, spec, outcome. The exit code is 1 where they differ, 2 where one cannot be read.",
    )
    diff.add_argument("first", metavar="A", type=pathlib.Path, help="a recording")
    diff.add_argument("second", metavar="B", type=pathlib.Path, help="the recording to compare it with")
    diff.add_argument("--times", action="store_true", help="compare also when each state came")
    diff.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare two files; 0 where they tell the same, 1 where they differ."""
    names = (str(options.first), str(options.second))
    found = comparing.differences(files.read(options.first), files.read(options.second), with_times=options.times)
    if not found:
        output.say(f"{names[0]} and {names[1]} tell the same session" + ("" if options.times else ", times aside"))
        return 0
    output.say("\n".join([f"A is {names[0]}", f"B is {names[1]}", *(f"- {line}" for line in found)]))
    return 1
