"""``tiltsession record``: records a running Tilt, or one that a command starts, into a scenario file."""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.commands import output, progress_line, recording_file
from pytest_tiltsession.live import finding, recording
from pytest_tiltsession.scenario import own_redaction, recorder, redaction

_GLANCE = 0.1  # seconds between two looks at the command and at the signals
_SIGNALLED = 128


def add(commands: Any) -> None:
    """Add the command to a parser's commands."""
    record = commands.add_parser(
        "record",
        help="record a running Tilt as a scenario file",
        description="Record a running Tilt, or one that starts later, until it ends, Ctrl-C is pressed, or COMMAND "
        "has ended; exit with COMMAND's exit code.",
    )
    record.add_argument("--context", help="context in Tilt's kubeconfig; without it, as Tilt's own tools find theirs")
    record.add_argument("--out", metavar="FILE", type=pathlib.Path, help="where to write; without it, standard output")
    record.add_argument("--title", help="title of the scenario; without it, the name of FILE or of the context")
    record.add_argument("--until-done", action="store_true", help="end as soon as the session is done")
    record.add_argument(
        "--rewrite",
        action="store_true",
        help="record FILE anew: its comments, title, notes and expect are kept where they can be",
    )
    record.add_argument(
        "--redact",
        metavar="MODULE:FUNCTION",
        action="append",
        default=[],
        help="a function (field, text) → text that takes out what must not be written down",
    )
    record.add_argument(
        "--replace",
        nargs=2,
        metavar=("PATTERN", "TEXT"),
        action="append",
        default=[],
        help="write TEXT for whatever matches PATTERN, a regular expression; may be repeated",
    )
    record.add_argument(
        "--from-trace", metavar="FILE", type=pathlib.Path, help="convert a recorded run, as JSON, and watch nothing"
    )
    indent = "\n" + " " * len(f"usage: {record.prog} ")
    record.usage = f"{record.prog} " + indent.join(
        (
            "[--context NAME] [--out FILE [--rewrite]] [--title TEXT]",
            "[--until-done] [--redact MODULE:FUNCTION] [--replace PATTERN TEXT]",
            "[--from-trace FILE] [-- COMMAND …]",
        )
    )
    record.set_defaults(run=run, command=())


def run(options: argparse.Namespace) -> int:
    """Record, and give the exit code: that of the command, or 0 where a file was written."""
    redact = own_redaction.chained(
        [
            *map(own_redaction.named, options.redact),
            *([own_redaction.replacing(options.replace)] * bool(options.replace)),
        ]
    )
    if options.out is not None:
        recording_file.refuse(options.out, rewrite=options.rewrite)
    elif options.rewrite:
        raise errors.InvalidValue("--rewrite goes with --out FILE, which is not there; name the file to record anew")
    if options.from_trace is not None:
        return _convert(options, redact)
    command = tuple(options.command)
    where = finding.whereabouts(options.context, command)
    recorded = recording.Recording(where)
    with _interruptible() as interrupted:
        with recorded:
            code = _follow(recorded, command, interrupted, options)
        return _finish(recorded, command, code, options, redact, interrupted=interrupted.is_set())


def _follow(
    recorded: recording.Recording, command: Sequence[str], interrupted: "_Interrupted", options: argparse.Namespace
) -> int | None:
    """Record until the end; give the exit code of the command, where there is one."""
    line = progress_line.ProgressLine(recorded, shared=bool(command))
    process = _start(command, options) if command else None
    interrupted.process = process
    seen = recorded.seen
    try:
        while True:
            line.show()
            if process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(_GLANCE)
            elif seen.wait_for(lambda seen: seen.ended or interrupted.is_set(), _GLANCE):
                return None
            if options.until_done and seen.latest is not None and seen.latest.status.done:
                return None
    finally:
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()
        line.show(last=True)


def _finish(
    recorded: recording.Recording,
    command: Sequence[str],
    code: int | None,
    options: argparse.Namespace,
    redact: redaction.Own | None,
    *,
    interrupted: bool,
) -> int:
    """Write what was recorded, say what became of it, and give the exit code."""
    exit_code = None if code is None else code if code >= 0 else _SIGNALLED - code
    default = options.out.name.removesuffix(".yaml").removesuffix(".tilt") if options.out else recorded.context
    own = _is_tilt_ci(command) and not interrupted and code is not None and code >= 0
    try:
        scenario = recorded.scenario(
            options.title or default or "recorded", exit_code=exit_code, own=own, source=_source(command), redact=redact
        )
        lost = recording_file.write(scenario, options.out, rewrite=options.rewrite, retitled=options.title is not None)
    except errors.TiltSessionError as problem:
        output.warn(f"tiltsession: no recording: {problem}{recording_file.left(options.out, str(problem))}")
        return exit_code or 2
    why = "interrupted: " if interrupted else f"{recorded.seen.ended}: " if recorded.seen.ended else ""
    whole = "the recording is whole as far as it went, and written to"
    output.warn(f"tiltsession: {why}{whole} {options.out or 'standard output'} ({len(scenario.steps)} steps)")
    _tell_lost(lost)
    return exit_code or 0


class _Interrupted(threading.Event):
    """Set by SIGINT and SIGTERM, which are handed on to the command that is recorded."""

    process: subprocess.Popen[bytes] | None = None

    def handle(self, number: int, _frame: object) -> None:
        """Take note of a signal."""
        self.set()
        process = self.process
        # Ctrl-C on a terminal reaches the command by itself, and Tilt takes a second one as an order to drop all.
        if process is not None and process.poll() is None and (number != signal.SIGINT or not sys.stdin.isatty()):
            process.send_signal(number)


@contextlib.contextmanager
def _interruptible() -> Iterator[_Interrupted]:
    """Let SIGINT and SIGTERM end the recording, not the process, so that what was recorded is written."""
    interrupted = _Interrupted()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupted.handle) for number in numbers}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(command: Sequence[str], options: argparse.Namespace) -> "subprocess.Popen[bytes]":
    # Where the scenario goes to standard output, the command's own output must not.
    stdout = sys.stderr if options.out is None else None
    try:
        return subprocess.Popen(command, stdout=stdout)  # noqa: S603  the user names the program
    except OSError as problem:
        raise errors.InvalidValue(
            f"the command {command[0]!r} could not be started: {problem.strerror}; commands are looked up on PATH"
        ) from None


def _is_tilt_ci(command: Sequence[str]) -> bool:
    return len(command) > 1 and pathlib.PurePath(command[0]).name == "tilt" and command[1] == "ci"


def _source(command: Sequence[str]) -> str:
    """Name the command without what belongs to the machine: its own options and the Tiltfile's arguments stay out."""
    if not command:
        return ""
    words = list(command)
    arguments = words[words.index("--") :] if "--" in words else []
    first = [word for word in words[1:2] if not word.startswith("-") and os.sep not in word]
    return " ".join([pathlib.PurePath(words[0]).name, *first, *arguments])


def _convert(options: argparse.Namespace, redact: redaction.Own | None) -> int:
    try:
        document = json.loads(options.from_trace.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else problem
        raise errors.InvalidScenario(f"{options.from_trace}: cannot be read as a recorded run: {why}") from None
    scenario = recorder.scenario_of_trace(document, options.from_trace.stem, redact=redact)
    if options.title is not None:
        scenario = dataclasses.replace(scenario, title=options.title)
    _tell_lost(recording_file.write(scenario, options.out, rewrite=options.rewrite, retitled=options.title is not None))
    return 0


def _tell_lost(lost: Sequence[str]) -> None:
    for line in lost:
        output.warn(f"tiltsession: not kept of what was there: {line}")
