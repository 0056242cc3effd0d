"""Faults and the ends of a Tilt on the command line: what ``serve`` and ``check`` tell of those that were never met."""

import signal
import subprocess
import sys

import programs
import pytest

SCENARIO = """
version: 1
title: a watch breaks off
session: {exitCondition: ci}
resources:
  migrate: {local: {update: 3s}}
faults:
  - {fault: cut-watch, events: 1, times: 1}
  - {fault: refuse, operation: list}
"""


@pytest.fixture
def scenario(tmp_path):
    """Write a scenario file."""
    path = tmp_path / "cut.tilt.yaml"
    path.write_text(SCENARIO)
    return path


def tiltsession(*arguments):
    """Run a command to its end."""
    command = [sys.executable, "-m", "pytest_tiltsession", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_serve_tells_in_the_end_which_faults_were_never_met(scenario, tmp_path):
    """Steps that were not played are no matter, nor is the exit code one of faults."""
    with (tmp_path / "told").open("w+") as told:
        with programs.serving(scenario, "--no-tls", stderr=told) as (process, _):
            process.send_signal(signal.SIGTERM)
            assert 0 == process.wait(20)
        told.seek(0)
        assert told.read().splitlines() == [
            f"tiltsession: the fault {fault} was never met: no {what} came; there was no request at all; "
            "take it out of faults, or limit it"
            for fault, what in (("cut-watch(times=1)", "watch"), ("refuse(operation=list)", "list"))
        ]


def test_serve_ends_where_the_session_is_done_before_it_answers(tmp_path):
    """Under --exit-when-done, with Tilt's exit code, though nobody can have asked for anything."""
    path = tmp_path / "done.tilt.yaml"
    path.write_text(
        "{version: 1, title: done, targets: {migrate:update: {}},"
        " steps: [{at: 0s, set: {migrate:update: {terminated: {error: exit status 1}}}}]}"
    )
    ended = tiltsession("serve", path, "--exit-when-done", "--no-tls")
    assert (1, "", 1) == (ended.returncode, ended.stderr, len(ended.stdout.splitlines()))


def test_check_says_once_that_nobody_meets_the_faults_of_a_file(scenario, tmp_path):
    """A file without a consumer is well all the same; one whose consumer meets none of its faults is not."""
    other = tmp_path / "read.tilt.yaml"
    other.write_text(f'{SCENARIO}consumer: {{command: ["{sys.executable}", -c, ""]}}\n')
    ended = tiltsession("check", scenario, other)
    assert (1, f"{scenario}: ok\n") == (ended.returncode, ended.stdout)
    nobody, failed, *missed = ended.stderr.splitlines()
    assert nobody.startswith(f"{scenario}: 2 faults had nobody to hit: give the file a consumer ")
    assert (f"{other}: failed", 2) == (failed, len(missed))
