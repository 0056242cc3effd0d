"""The command line: ``tiltsession serve``, ``check``, ``show``, ``record``, ``verify`` and ``diff``."""

import argparse
import contextlib
import json
import pathlib
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession import errors, fake_tilt, runner, settings
from pytest_tiltsession.commands import diff, record, verify
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
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    check = commands.add_parser("check", help="validate scenario files and play them against their expect")
    check.add_argument("files", nargs="+", metavar="FILE", help="scenario files, or names of scenarios")
    check.set_defaults(run=_check)
    show = commands.add_parser("show", help="play a scenario and draw its timeline")
    show.add_argument("file", metavar="FILE", help="a scenario file, or the name of a scenario")
    show.set_defaults(run=_show)
    listed = commands.add_parser("scenarios", help="list the named scenarios, each with what it is pinned to")
    listed.set_defaults(run=_scenarios)
    record.add(commands)
    verify.add(commands)
    diff.add(commands)
    return parser


def _add_serve(commands: Any) -> None:
    serve = commands.add_parser("serve", help="serve a session until SIGTERM or SIGINT")
    serve.add_argument(
        "scenario", nargs="?", metavar="SCENARIO", help="a *.tilt.yaml file or a name; without one, a tilt up"
    )
    serve.add_argument("--profile", default="tilt", help=f"how faithful: {', '.join(settings.PROFILES)}")
    serve.add_argument("--progress", default="manual", help=f"how time moves: {', '.join(settings.PROGRESS)}")
    serve.add_argument(
        "--speed", metavar="FACTOR", help="with --progress wall: how many times as fast as the machine's clock"
    )
    serve.add_argument(
        "--limit", metavar="DURATION", help="with --progress auto: how far from its start the clock goes by itself"
    )
    serve.add_argument("--port", type=int, default=0, help="port of the API; 0 takes a free one")
    serve.add_argument("--kubeconfig", metavar="PATH", type=pathlib.Path, help="write or extend this kubeconfig")
    serve.add_argument("--context", help="name of the context; without it tilt-<web port>")
    serve.add_argument(
        "--no-current-context", action="store_true", help="leave current-context empty, as a real Tilt does"
    )
    serve.add_argument("--no-tls", action="store_true", help="serve plain HTTP")
    serve.add_argument("--exit-when-done", action="store_true", help="end as tilt ci does, with its exit code")
    serve.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    for name, progress in (("speed", "wall"), ("limit", "auto")):
        if getattr(options, name) is not None and options.progress != progress:
            raise errors.InvalidValue(f"--{name} goes with --progress {progress}, found --progress {options.progress}")
    given = settings.Settings(
        scenario=options.scenario,
        exit_condition="manual",
        profile=options.profile,
        progress=options.progress,
        speed=1.0 if options.speed is None else options.speed,
        limit="24h" if options.limit is None else options.limit,
        patience=None,  # whoever watches may also act
        port=options.port,
        tls=not options.no_tls,
        context=options.context,
        current_context=not options.no_current_context,
        exit_when_done=options.exit_when_done,
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with fake_tilt.FakeTilt(given, config=options.kubeconfig) as fake:
        fake.on_exit(ended.set)
        print(json.dumps(fake.describe()), flush=True)
        ended.wait()
        return fake.exit_code or 0 if fake.exited else 0


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


def _show(options: argparse.Namespace) -> int:
    with runner.playing(settings.Settings(scenario=options.file)) as run, contextlib.suppress(AssertionError):
        run.play_out()
    print(run.fake.render_timeline())
    return 0


def _scenarios(options: argparse.Namespace) -> int:  # noqa: ARG001
    for name in naming.names():
        found = naming.named(name)
        pins = ", ".join((*found.recordings, *found.threads))
        print(f"{name:<34} {found.title}" + (f"  [{pins}]" if pins else ""))
    return 0
