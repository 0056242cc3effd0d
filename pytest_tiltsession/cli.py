"""The command line: ``tiltsession serve``, ``check``, ``show``, ``record``, ``verify`` and ``diff``."""

import argparse
import importlib.metadata
import sys
from collections.abc import Sequence

from pytest_tiltsession import errors, runner, settings
from pytest_tiltsession.commands import diff, record, serve, show, verify
from pytest_tiltsession.scenario import naming


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0 well, 1 refused by a comparison, 2 bad input."""
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tiltsession", description="A fake of Tilt's Session API.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve.add(commands)
    check = commands.add_parser("check", help="validate scenario files and play them against their expect")
    check.add_argument("files", nargs="+", metavar="FILE", help="scenario files, or names of scenarios")
    check.set_defaults(run=_check)
    show.add(commands)
    listed = commands.add_parser("scenarios", help="list the named scenarios, each with what it is pinned to")
    listed.set_defaults(run=_scenarios)
    record.add(commands)
    verify.add(commands)
    diff.add(commands)
    return parser


def _version() -> str:
    return importlib.metadata.version("pytest-tiltsession")


def _check(options: argparse.Namespace) -> int:
    failed = False
    for path in options.files:
        try:
            with runner.playing(settings.Settings(scenario=path)) as run:
                run.play()
        except errors.TiltSessionError as problem:
            failed = True
            print(f"{path}: failed\n{problem}", file=sys.stderr)
        else:
            print(f"{path}: ok")
    return int(failed)


def _scenarios(options: argparse.Namespace) -> int:  # noqa: ARG001  as each command is called
    for name in naming.names():
        found = naming.named(name)
        pins = ", ".join((*found.recordings, *found.threads))
        print(f"{name:<34} {found.title}" + (f"  [{pins}]" if pins else ""))
    return 0
