"""Playing a scenario from end to end: judge, compare with ``expect``, run a consumer; knows no pytest.

What the plugin and the command line share.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pytest_tiltsession import arming, errors, fake_tilt, settings, times
from pytest_tiltsession.clock import wall
from pytest_tiltsession.progress import auto
from pytest_tiltsession.scenario import agreement, process_lives, steps

_SHOWN_OUTPUT = 4_000
_ADVICE = (
    "A Tilt that decides otherwise recorded it, or its steps were changed by hand. Replay it verbatim to see what was "
    "recorded; where the steps are meant as they are, take `recorded` out of them."
)

_OF_A_MARKER = re.compile(
    r"(: advance the clock (past them|to it))?, or allow it with @pytest\.mark\.tilt_session\(.*\)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Finished:
    """How the program under test ended."""

    exit_code: int
    stdout: str
    stderr: str


@contextlib.contextmanager
def playing(given: settings.Settings) -> Iterator["Run"]:
    """Make the fake of a scenario, serving where its consumer needs that, and clean up behind it.

    Time moves as the run plays it: a ``progress`` by which it would move by itself too is left out.
    """
    scenario = given.read_scenario()
    if scenario is None:
        raise errors.InvalidScenario("there is no scenario to play: name a *.tilt.yaml file")
    if given.progress in ("auto", "wall"):
        given = dataclasses.replace(given, progress="manual", speed=None, patience=None)
    fake = fake_tilt.FakeTilt(given)
    if scenario.consumer is None:
        yield Run(fake, scenario)
        return
    with fake:
        yield Run(fake, scenario)


def problems(fake: fake_tilt.FakeTilt, *, allow: Sequence[str] = ()) -> list[str]:
    """Give what must fail a file's test at its end, in the words of a file: it has no marker to allow anything."""
    hint = "; take it out of faults, or limit it"
    told = [problem.replace(arming.HINT, hint) for problem in fake.problems(allow=allow)]
    return [_OF_A_MARKER.sub("", problem) for problem in told]


class Run:
    """One run of a scenario."""

    def __init__(self, fake: fake_tilt.FakeTilt, scenario: steps.Scenario) -> None:
        self.fake = fake
        self.scenario = scenario

    def play(self) -> None:
        """Play to the end and compare; raises ExpectationFailed or ConsumerFailed with what differed."""
        finished = self._consume(self.scenario.consumer) if self.scenario.consumer is not None else None
        self.play_out()
        self._agree()
        self.compare()
        if finished is not None and self.scenario.consumer is not None:
            _compare_output(self.scenario.consumer, finished)
        told = problems(self.fake)
        if told:
            raise errors.ServerError("\n".join(told))

    def play_out(self) -> None:
        """Play what is left: every step, then the deadlines that bring a verdict, where one is expected."""
        clock = self.fake.clock
        clock.run_due()
        end = clock.start + process_lives.end(self.scenario)
        if end > clock.now:
            clock.advance_to((end - clock.start) / 1_000_000)
        expected = self.scenario.expect
        if expected is not None and expected.at is not None:
            limit = clock.start + expected.at
            if limit > clock.now:
                clock.advance_to(expected.at / 1_000_000)
        elif expected is not None and expected.outcome in ("succeeded", "failed"):
            while self.fake.exit_code is None and clock.step():
                pass

    def verdicts(self) -> agreement.Agreement:
        """Compare the verdicts that the scenario recorded, as far as it was played, with those of our rules.

        Played verbatim, it shows the recorded ones, and there is nothing to compare.
        """
        if self.fake.settings.verbatim:
            return agreement.Agreement(0, ())
        first = process_lives.of(self.scenario)[0]  # nothing of a later one was recorded
        until = self.fake.clock.elapsed if first.ended is None else min(self.fake.clock.elapsed, first.ended - 1)
        return agreement.compare(self.scenario, self.fake.commits, until=until)

    def _agree(self) -> None:
        lines = self.verdicts().lines()
        if lines:
            raise errors.ExpectationFailed(
                "\n".join(["the recording disagrees with the rules of this package:", *lines, "", _ADVICE])
            )

    def compare(self) -> None:
        """Compare the end with what the scenario expects; raises ExpectationFailed."""
        expected = self.scenario.expect
        if expected is None:
            return
        checks = self.fake
        if expected.outcome == "succeeded":
            checks.expect_succeeded()
        elif expected.outcome == "failed" or expected.error is not None or expected.match is not None:
            checks.expect_failed(expected.error, match=expected.match)
        elif expected.outcome == "running":
            self._expect_running()
        if expected.exit_code is not None:
            self._expect_exit_code(expected.exit_code)
        if expected.at is not None:
            checks.expect_done_at(times.format_duration(expected.at * times.MICROSECOND))

    def _expect_exit_code(self, code: int) -> None:
        found = self.fake.exit_code
        if code in (0, 1, process_lives.KILLED):
            self.fake.expect_exit_code(code)
        elif code != found:
            does = "goes on" if found is None else f"exits with {found}"
            by_whom = "was expected, but" if self.scenario.process else "was recorded, and by the rules of this package"
            raise errors.ExpectationFailed(f"the exit code {code} {by_whom} Tilt {does}")

    def _expect_running(self) -> None:
        """Claim that the session is not done; where the scenario ends Tilt, that it was not when Tilt ended."""
        if not (self.fake.exited and self.scenario.process):
            self.fake.expect_running()
        elif self.fake.session.status.done:
            raise errors.ExpectationFailed("expected the session to be running when Tilt ended, but it was done")

    def _consume(self, consumer: steps.Consumer) -> Finished:
        """Run the program under test while the session plays: the next instant comes when the program waits."""
        environment = {**os.environ, **self.fake.env, **consumer.env}
        folder = pathlib.Path(self.scenario.path).parent if self.scenario.path else pathlib.Path.cwd()
        limit = wall.seconds() + consumer.timeout / times.SECOND
        # Files, not pipes: a program that writes much must not wait for a reader.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                process = subprocess.Popen(  # noqa: S603  the scenario's author names the program
                    consumer.command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err
                )
            except OSError as problem:
                raise errors.ConsumerFailed(
                    f"the consumer {consumer.command[0]!r} could not be started: {problem.strerror}; "
                    f"commands are looked up on PATH, relative paths from {folder}"
                ) from None
            try:
                while process.poll() is None:
                    if wall.seconds() > limit:
                        raise errors.ConsumerFailed(_timed_out(consumer, _text(out), _text(err)))
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(auto.QUIET)
                        break
                    if self.fake.activity.requests and self.fake.activity.quiet_seconds() >= auto.QUIET:
                        self.fake.clock.step()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            return Finished(process.returncode, _text(out), _text(err))


def _text(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _timed_out(consumer: steps.Consumer, stdout: str, stderr: str) -> str:
    return (
        f"the consumer {' '.join(consumer.command)} did not end within "
        f"{times.format_duration(consumer.timeout)} of the machine's clock{_outputs(stdout, stderr)}"
    )


def _outputs(stdout: str, stderr: str) -> str:
    shown = ""
    for name, text in (("stdout", stdout), ("stderr", stderr)):
        if text:
            shown += f"\n--- {name} ---\n{text[-_SHOWN_OUTPUT:].rstrip()}"
    return shown


def _compare_output(consumer: steps.Consumer, finished: Finished) -> None:
    expected = consumer.expect
    found = []
    if finished.exit_code != expected.exit_code:
        found.append(f"exit code {expected.exit_code} was expected, found {finished.exit_code}")
    for name, wanted, text in (
        ("stdout", expected.stdout, finished.stdout),
        ("stderr", expected.stderr, finished.stderr),
    ):
        if wanted is not None and not _matches(wanted, text):
            found.append(f"{name} was expected to hold {wanted}")
    if found:
        raise errors.ConsumerFailed(
            f"the consumer {' '.join(consumer.command)} ended otherwise than expected: "
            + "; ".join(found)
            + _outputs(finished.stdout, finished.stderr)
        )


def _matches(wanted: str, text: str) -> bool:
    """Tell whether a text holds what is wanted: a pattern between slashes, or a text as it is."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return re.search(wanted[1:-1], text, re.MULTILINE) is not None
    return wanted in text
