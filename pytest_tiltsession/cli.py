"""The command line: ``tiltsession serve``, ``check``, ``show``, ``scenarios``, ``record``, ``verify`` and ``diff``."""

import argparse
import importlib.metadata
import sys
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.commands import check, diff, record, serve, show, verify
from pytest_tiltsession.scenario import naming


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0 well, 1 refused by a check or comparison, 2 bad input."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Cut here: argparse would take a later -- away, which belongs to the command.
    command = words[words.index("--") :] if words[:1] == ["record"] and "--" in words else []
    parser = _parser()
    options = parser.parse_args(words[: len(words) - len(command)])
    if command:
        options.command = command[1:]
        if not options.command:
            parser.error("after -- comes the command to record, such as: tiltsession record -- tilt ci")
    try:
        code: int = options.run(options)
    except AssertionError as problem:
        print(problem, file=sys.stderr)
        return 1
    except errors.TiltSessionError as problem:
        print(f"tiltsession: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 1
    return code


class _Parser(argparse.ArgumentParser):
    """Takes options by their whole names only: a short form of today may mean two options tomorrow."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told, allow_abbrev=False)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tiltsession", description="A fake of Tilt's Session API.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve.add(commands)
    check.add(commands)
    show.add(commands)
    listed = commands.add_parser(
        "scenarios",
        help="list the named scenarios, each with what it is pinned to",
        description="List the named scenarios, each with its title and the recordings and threads it is pinned to.",
    )
    listed.set_defaults(run=_scenarios)
    record.add(commands)
    verify.add(commands)
    diff.add(commands)
    return parser


def _version() -> str:
    return importlib.metadata.version("pytest-tiltsession")


def _scenarios(options: argparse.Namespace) -> int:  # noqa: ARG001  as each command is called
    for name in naming.names():
        found = naming.named(name)
        pins = ", ".join((*found.recordings, *found.threads))
        print(f"{name:<34} {found.title}" + (f"  [{pins}]" if pins else ""))
    return 0
