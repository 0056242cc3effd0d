"""``tiltsession serve``: the fake as a program of its own, and its control interface where that is asked for."""

import argparse
import contextlib
import json
import pathlib
import signal
import threading
from typing import Any

from pytest_tiltsession import errors, fake_tilt, runner, settings, times
from pytest_tiltsession.commands import output
from pytest_tiltsession.control import serving as controlling
from pytest_tiltsession.life import process

_GLANCE = 2.0  # seconds


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    serve = commands.add_parser(
        "serve",
        help="serve a session until SIGTERM or SIGINT",
        description="Serve a session until SIGTERM or SIGINT. When it answers, one line of JSON says where. In the end "
        "standard error names the faults that were never met and what failed inside; the exit code is that of Tilt.",
    )
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
    serve.add_argument(
        "--from",
        dest="offset",
        metavar="OFFSET",
        default="0s",
        help="begin at this offset: what the scenario tells up to then has happened, such as 90s",
    )
    serve.add_argument(
        "--verbatim", action="store_true", help="show what a recording saw, its verdicts too, and judge nothing"
    )
    serve.add_argument("--port", type=int, default=0, help="port of the API; 0 takes a free one")
    serve.add_argument(
        "--control", action="store_true", help="serve the control interface too, with a URL and a token of its own"
    )
    serve.add_argument("--control-port", type=int, metavar="PORT", help="its port; without it a free one")
    serve.add_argument("--kubeconfig", metavar="PATH", type=pathlib.Path, help="write or extend this kubeconfig")
    serve.add_argument("--context", help="name of the context; without it tilt-<web port>")
    serve.add_argument(
        "--no-current-context", action="store_true", help="leave current-context empty, as a real Tilt does"
    )
    serve.add_argument("--no-tls", action="store_true", help="serve plain HTTP")
    serve.add_argument(
        "--exit-when-done",
        action="store_true",
        help="end as tilt ci does, with its exit code; under --control the API ends, and the program stays",
    )
    serve.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal, the end of the fake's process, or a request to end; give the exit code."""
    _check(options)
    given = _settings(options)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with contextlib.ExitStack() as stack:
        fake = fake_tilt.FakeTilt(given, config=options.kubeconfig)
        # Which fake is to be stopped in the end is known then: a reset puts another in its place.
        serving = [lambda: fake]
        stack.callback(lambda: serving[0]().stop())
        said: dict[str, Any] = dict(fake.start().describe())
        failed: list[str] = []
        if options.control:
            control = stack.enter_context(
                controlling.Control(fake, port=options.control_port or 0, on_shutdown=ended.set)
            )
            serving[0] = lambda: control.fake
            said["control"], failed = control.describe(), control.errors
        else:
            fake.on_exit(lambda: None if _goes_on(fake) else ended.set())
        output.say(json.dumps(said))
        _await(ended, fake, alone=not options.control)
        for problem in failed:
            output.warn(f"the control interface failed: {problem}")
        last = serving[0]()
        for problem in runner.problems(last, allow=("unplayed-steps",)):  # whoever has seen enough ends it
            output.warn(f"tiltsession: {problem}")
        code = last.exit_code or 0 if last.exited else 0
        return 0 if code == process.KILLED else code


def _await(ended: threading.Event, fake: fake_tilt.FakeTilt, *, alone: bool) -> None:
    """Wait for the end. Where time stands since a program only watches, while reads are to move it, say so once."""
    told, known = not alone or fake.settings.progress != "reads", (0, 0)
    while not ended.wait(None if told else _GLANCE):
        now = (len(fake.requests), fake.clock.now)
        told = now == known and bool(fake.requests.open_watches()) and fake.clock.next_due() is not None
        if told:
            output.warn(
                "tiltsession: a program watches and nobody reads, so that time stands: under --progress reads each get "
                "or list brings what happens next; for programs that only watch, take --progress auto or wall"
            )
        known = now


def _goes_on(fake: fake_tilt.FakeTilt) -> bool:
    """Tell whether the program stays when Tilt's process has ended: it comes back, or it was killed.

    A killed one's context stays in the config file as long as the program does, and nobody answers at its port.
    """
    return fake.comes_back or fake.exit_code == process.KILLED


def _check(options: argparse.Namespace) -> None:
    """Refuse options that have no effect."""
    for name, progress in (("speed", "wall"), ("limit", "auto")):
        if getattr(options, name) is not None and options.progress != progress:
            raise errors.InvalidValue(f"--{name} goes with --progress {progress}, found --progress {options.progress}")
    if times.nanos_of("--from", options.offset) < 0:
        raise errors.InvalidValue(f"--from {options.offset}: give a Go duration of 0s or more, such as 90s")
    if options.verbatim and options.scenario is None:
        raise errors.InvalidValue("--verbatim goes with a SCENARIO, which is not there; name the recording to show")
    if options.control_port is not None and not options.control:
        raise errors.InvalidValue("--control-port goes with --control, which is not there")


def _settings(options: argparse.Namespace) -> settings.Settings:
    given: dict[str, Any] = {
        "scenario": options.scenario,
        "profile": options.profile,
        "progress": options.progress,
        "patience": None,  # whoever watches may also act
        "offset": options.offset,
        "verbatim": options.verbatim,
        "port": options.port,
        "tls": not options.no_tls,
        "context": options.context,
        "current_context": not options.no_current_context,
        "exit_when_done": options.exit_when_done,
    }
    given |= {name: found for name in ("speed", "limit") if (found := getattr(options, name)) is not None}
    if options.scenario is None:
        given["exit_condition"] = "manual"
    return settings.Settings(**given)
