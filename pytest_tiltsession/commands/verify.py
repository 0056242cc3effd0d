"""``tiltsession verify``: replays recordings by our rules and compares with what they recorded."""

import argparse
import pathlib
from typing import Any

from pytest_tiltsession import errors, runner, settings
from pytest_tiltsession.commands import output


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    verify = commands.add_parser(
        "verify",
        help="replay recordings judged and compare with the recorded verdicts",
        description="Replay each recording by the rules of this package and compare done and error, step by step, "
        "and the end with what was recorded. A disagreement means a Tilt that decides otherwise, or a bad recording. "
        "The exit code is 1 where one disagrees, 2 where one cannot be read or played.",
    )
    verify.add_argument("files", nargs="+", metavar="FILE", type=pathlib.Path, help="recordings, as record writes them")
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify each file; 0 where all agree, 1 where one does not, 2 where one cannot be read."""
    worst = 0
    for path in options.files:
        try:
            found, compared = disagreements(path)
        except errors.TiltSessionError as problem:
            output.warn(f"{path}: cannot be replayed\n{problem}")
            worst = 2
            continue
        if found:
            output.warn("\n".join([f"{path}: disagrees", *found]))
            worst = max(worst, 1)
        else:
            output.say(f"{path}: agrees ({compared} recorded verdicts{'' if compared else '; this is no recording'})")
    return worst


def disagreements(path: pathlib.Path) -> tuple[list[str], int]:
    """Replay a recording judged; give what it disagrees in, in lines, and how many verdicts were compared.

    Raises :class:`errors.TiltSessionError` where it cannot be read or played.
    """
    with runner.playing(settings.Settings(scenario=path, allow=("unplayed-steps",))) as run:
        run.play_out()
        agreed = run.verdicts()
        found = agreed.lines()
        try:
            run.compare()
        except AssertionError as problem:
            found += ["  at the end:", *(f"    {line}" for line in str(problem).splitlines())]
    return found, agreed.compared
