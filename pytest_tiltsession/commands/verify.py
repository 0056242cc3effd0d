"""``tiltsession verify``: replays recordings by our rules and compares with what they recorded."""

import argparse
import pathlib
from typing import Any

from pytest_tiltsession import errors, fake_tilt, runner, settings, times
from pytest_tiltsession.commands import output
from pytest_tiltsession.scenario import steps

_MOST = 3


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    verify = commands.add_parser(
        "verify",
        help="replay recordings judged and compare with the recorded verdicts",
        description="Replay each recording by the rules of this package and compare done and error, step by step, "
        "and the end with what was recorded. A disagreement means a Tilt that decides otherwise, or a bad recording.",
    )
    verify.add_argument("files", nargs="+", metavar="FILE", type=pathlib.Path)
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
    found: list[str] = []
    more = compared = 0
    with runner.playing(settings.Settings(scenario=path, allow=("unplayed-steps",))) as run:
        fake, scenario = run.fake, run.scenario
        for index, step in enumerate(scenario.steps):
            following = scenario.steps[index + 1] if index + 1 < len(scenario.steps) else None
            if following is not None and following.at == step.at:
                continue  # one commit with the next
            fake.clock.move_on_to(fake.clock.start + step.at)
            if step.recorded is None:
                continue
            compared += 1
            judged = _judged(fake)
            if (step.recorded.done, step.recorded.error) != judged:
                more += len(found) >= _MOST * 3
                found += _compared(step, step.recorded, judged) if len(found) < _MOST * 3 else []
        if more:
            found.append(f"  and {more} more")
        try:
            run.play()
        except AssertionError as problem:
            found += ["  at the end:", *(f"    {line}" for line in str(problem).splitlines())]
    return found, compared


def _judged(fake: fake_tilt.FakeTilt) -> tuple[bool, str]:
    try:
        status = fake.session.status
    except errors.TiltSessionError:
        return False, ""
    return status.done, status.error


def _compared(step: steps.Step, recorded: steps.Recorded, judged: tuple[bool, str]) -> list[str]:
    where = f" (line {step.line})" if step.line is not None else ""
    return [
        f"  at {times.format_duration(step.at * times.MICROSECOND)}{where}",
        f"    recorded: {_verdict(recorded.done, recorded.error)}",
        f"    judged:   {_verdict(*judged)}",
    ]


def _verdict(done: bool, error: str) -> str:
    if error:
        return f"{'done, failed' if done else 'not done, but with an error'}: {error}"
    return "done, succeeded" if done else "not done"
