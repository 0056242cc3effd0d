"""``tiltsession check``: validates scenario files and plays them against their ``expect``."""

import argparse
import os
from typing import Any

from pytest_tiltsession import errors, runner, settings
from pytest_tiltsession.commands import output
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.scenario import files


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    check = commands.add_parser(
        "check",
        help="validate scenario files and play them against their expect",
        description="Validate scenario files, and play each to see that the session ends as its expect says. The exit "
        "code is 1 where a file is wrong or does not meet its expect, 2 where one is not there or cannot be read. "
        "Faults are met by a consumer alone; standard error names a file that has some and none.",
    )
    check.add_argument("files", nargs="+", metavar="FILE", help="scenario files, or names of scenarios")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check each file; 0 where all are well, 1 where one is wrong, 2 where one is not there or cannot be read."""
    worst = 0
    for name in options.files:
        try:
            with runner.playing(settings.Settings(scenario=name)) as played:
                played.play()
        except errors.TiltSessionError as problem:
            worst = max(worst, 1 if _readable(name) else 2)
            output.warn(f"{name}: failed\n{problem}")
        else:
            output.say(f"{name}: ok")
            if played.scenario.consumer is None and (count := len(played.fake.faults)):
                output.warn(
                    f"{name}: {lettering.counted(count, 'fault')} had nobody to hit: give the file a consumer that is "
                    "to meet what it arms, or meet it in a test: scenario=..."
                )
    return worst


def _readable(name: str) -> bool:
    """Tell whether there is a file, or a scenario of that name, which this user may read."""
    try:
        file = files.find(name)
    except errors.InvalidScenario:
        return False
    return not file.is_dir() and os.access(file, os.R_OK)
