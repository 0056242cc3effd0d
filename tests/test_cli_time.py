"""``tiltsession serve`` and time: by hand, by itself, by the wall."""

import functools
import json
import ssl
import subprocess
import sys
import urllib.request

import programs
import pytest

SCENARIO = """
version: 1
title: breaks late
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
targets: {"migrate:update": {type: job, resources: [migrate]}}
steps:
  - {at: 0s, set: {"migrate:update": active}}
  - {at: 10m, set: {"migrate:update": {terminated: {error: exit status 1}}}}
"""


@pytest.fixture
def scenario(tmp_path):
    """Write a scenario that ends after ten minutes."""
    path = tmp_path / "breaks-late.tilt.yaml"
    path.write_text(SCENARIO)
    return path


serving = functools.partial(programs.serving, "--exit-when-done")


def test_by_the_wall_a_session_ends_in_its_time(scenario):
    """Ten minutes at six thousand times the machine's speed: the process ends as ``tilt ci`` does."""
    with serving(scenario, "--progress", "wall", "--speed", "6000") as (process, _):
        assert 1 == process.wait(20)


def test_by_itself_a_session_goes_on_while_it_is_watched(scenario):
    """A watch that idles sees the whole session, to the end of its process."""
    with serving(scenario, "--progress", "auto") as (process, line):
        request = urllib.request.Request(
            line["url"] + "/apis/tilt.dev/v1alpha1/sessions?watch=true",
            headers={"Authorization": f"Bearer {line['token']}"},
        )
        context = ssl.create_default_context(cafile=line["ca"])
        with urllib.request.urlopen(request, context=context, timeout=20) as answer:
            done = [json.loads(event)["object"]["status"]["done"] for event in answer]
        assert (True, 1) == (done[-1], process.wait(20))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--speed", "10"), "--speed goes with --progress wall, found --progress manual"),
        (("--progress", "wall", "--speed", "fast"), "speed='fast': give a number of more than 0, such as 10 or 0.5"),
        (("--progress", "wall", "--limit", "1h"), "--limit goes with --progress auto, found --progress wall"),
        (("--progress", "auto", "--limit", "1"), "limit: '1' is not a duration: write it as Go does"),
        (("--from", "x"), "--from: 'x' is not a duration: write it as Go does"),
        (("--from=-5s",), "--from -5s: give a Go duration of 0s or more, such as 90s"),
        (("--progress", "quick"), "progress='quick': valid values are manual, reads, auto, wall"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, message):
    """In a sentence, before anything is served."""
    command = [sys.executable, "-m", "pytest_tiltsession", "serve", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (2, f"tiltsession: {message}") == (ended.returncode, ended.stderr.strip()[: len(message) + 13])


def test_a_program_that_only_watches_is_told_that_reads_move_time(scenario):
    """It would wait for ever; standard error says why, and what to take instead."""
    command = [sys.executable, "-m", "pytest_tiltsession", "serve", "--no-tls", "--progress", "reads", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = json.loads(process.stdout.readline())
            path = f"{line['url']}/apis/tilt.dev/v1alpha1/sessions?watch=true"
            request = urllib.request.Request(path, headers={"Authorization": f"Bearer {line['token']}"})
            with urllib.request.urlopen(request, timeout=20):
                told = process.stderr.readline()
        finally:
            process.kill()
    assert "a program watches and nobody reads" in told
    assert "--progress auto or wall" in told
