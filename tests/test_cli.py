"""The command line, run as programs."""

import importlib.metadata
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request

import programs
import pytest

from pytest_tiltsession import cli

SCENARIO = """
version: 1
title: breaks
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
targets:
  migrate:update: {type: job, resources: [migrate]}
steps:
  - {at: 0s, set: {migrate:update: active}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}}
expect: {outcome: failed, error: exit status 1, at: 4s}
"""


@pytest.fixture
def scenario(tmp_path):
    """Write a scenario file."""
    path = tmp_path / "breaks.tilt.yaml"
    path.write_text(SCENARIO)
    return path


def tiltsession(*arguments, **options):
    """Run a command to its end."""
    command = [sys.executable, "-m", "pytest_tiltsession", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


serving = programs.serving


def get(line, path="/apis/tilt.dev/v1alpha1/sessions/Tiltfile"):
    """Read a path of a served fake."""
    trust = ssl.create_default_context(cafile=line["ca"]) if line["ca"] else None
    request = urllib.request.Request(line["url"] + path, headers={"Authorization": f"Bearer {line['token']}"})
    with urllib.request.urlopen(request, context=trust) as response:
        return json.load(response)


def test_serve_prints_one_line_when_it_answers(scenario):
    """The line holds all that a client needs, and the steps at 0s have been played."""
    with serving(scenario) as (process, line):
        assert {"url", "token", "ca", "kubeconfig", "context", "web_url"} == set(line)
        states = {target["name"]: target["state"] for target in get(line)["status"]["targets"]}
        assert {"active"} == set(states["migrate:update"])
        assert line["context"] in pathlib.Path(line["kubeconfig"]).read_text()
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_on_a_signal_and_leaves_nothing(number):
    """The temporary kubeconfig and the certificate are gone with the process."""
    with serving() as (process, line):
        assert "manual" == get(line)["spec"]["exitCondition"]
        process.send_signal(number)
        assert 0 == process.wait(20)
        assert not pathlib.Path(line["kubeconfig"]).parent.exists()


def test_serve_exits_as_tilt_ci_does(scenario):
    """Under --exit-when-done and --progress reads the process ends with Tilt's exit code once the script is played."""
    with serving(scenario, "--exit-when-done", "--progress", "reads") as (process, line):
        assert not get(line)["status"]["done"]
        assert 1 == process.wait(20)


def test_serve_extends_a_kubeconfig_and_takes_its_entry_away(tmp_path):
    """What stood in the file stays, and the context goes when the fake does."""
    config = tmp_path / "config"
    with serving("--kubeconfig", config, "--context", "tilt-default", "--no-current-context") as (process, line):
        text = config.read_text()
        assert ("tilt-default", str(config)) == (line["context"], line["kubeconfig"])
        assert "name: tilt-default" in text
        assert 'current-context: ""' in text
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert "tilt-default" not in config.read_text()


def test_serve_without_tls(scenario):
    """Plain HTTP is served on request, and then there is no certificate to trust."""
    with serving(scenario, "--no-tls") as (_process, line):
        assert line["ca"] is None
        assert line["url"].startswith("http://")
        assert "Tiltfile" == get(line)["metadata"]["name"]


def test_an_occupied_port_is_named(scenario):
    """A fixed port that somebody else has is a clear error, and nothing is served."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = tiltsession("serve", scenario, "--port", port)
    assert (2, "") == (ended.returncode, ended.stdout)
    assert f"port {port} of 127.0.0.1 is occupied" in ended.stderr
    assert "port=0 for a free one" in ended.stderr


def test_a_kubeconfig_that_cannot_be_written_is_named(tmp_path):
    """A folder that is none is a clear error that names the path."""
    (tmp_path / "file").write_text("")
    ended = tiltsession("serve", "--kubeconfig", tmp_path / "file" / "config")
    assert (2, "") == (ended.returncode, ended.stdout)
    assert str(tmp_path / "file") in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--progres", "wall"], "unrecognized arguments: --progres"),
        (["diff", "--time", "a", "b"], "unrecognized arguments: --time"),
        (["serve", "nowhere.tilt.yaml"], "nowhere.tilt.yaml: the scenario file cannot be read: No such file"),
        (["serve", "--profile", "openshift"], "profile='openshift': valid values are tilt, kubernetes"),
        (["serve", "--progress", "fast"], "progress='fast': valid values are"),
        (["serve", "--verbatim"], "--verbatim goes with a SCENARIO, which is not there"),
        (["check", "nowhere.tilt.yaml"], "nowhere.tilt.yaml: the scenario file cannot be read"),
        (["record", "--from-trace", "nowhere.json"], "nowhere.json: cannot be read as a recorded run: No such file"),
        (["show", "nothing"], "there is no scenario named 'nothing'; there are "),
        (["show", "nothing"], "which `tiltsession scenarios` lists\n"),
        (["check", "tests"], "tests is a folder; name a scenario file in it, such as tests/x.tilt.yaml"),
        (
            ["check", "examples/scenarios/stedy.tilt.yaml"],
            "No such file or directory; did you mean examples/scenarios/",
        ),
        (["check", "never-redy.tilt.yaml"], "No such file or directory; did you mean ci/never-ready?"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments, message):
    """No traceback; what was asked, what was found, what would do."""
    ended = tiltsession(*arguments, cwd=pathlib.Path(__file__).parent.parent)
    assert 2 == ended.returncode
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_check_plays_scenarios_against_their_expect(scenario, tmp_path):
    """What agrees is ok, what does not fails with both texts, and one failure makes the exit code 1."""
    wrong = tmp_path / "wrong.tilt.yaml"
    wrong.write_text(SCENARIO.replace("error: exit status 1, at", "error: exit status 2, at"))
    ended = tiltsession("check", scenario, wrong)
    assert 1 == ended.returncode
    assert f"{scenario}: ok" in ended.stdout
    assert f"{wrong}: failed" in ended.stderr
    assert "exit status 2" in ended.stderr


def test_check_tells_a_wrong_file_from_one_that_is_not_there(scenario, tmp_path):
    """A file that is no scenario has been judged, 1; where one is missing there was nothing to judge, 2."""
    (tmp_path / "none.tilt.yaml").write_text("version: 1\nsteps: soon\n")
    assert 1 == cli.main(["check", str(tmp_path / "none.tilt.yaml")])
    assert 2 == cli.main(["check", str(tmp_path / "nowhere.tilt.yaml"), str(tmp_path / "none.tilt.yaml")])
    assert 2 == cli.main(["check", str(scenario), "no/such-name"])


@pytest.mark.parametrize("command", ["serve", "check", "show", "scenarios", "record", "verify", "diff"])
def test_each_command_says_what_it_is_for_and_what_it_takes(command, capsys, monkeypatch):
    """A description, a text for every argument, and lines that fit a terminal."""
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    told = capsys.readouterr().out
    parsers = next(action for action in cli._parser()._actions if isinstance(action.choices, dict))
    parser = parsers.choices[command]
    assert parser.description
    assert parser.description.split()[-1] in told
    assert [] == [action.dest for action in parser._actions if not action.help]
    assert max(map(len, told.splitlines())) <= 100
    assert not parser.allow_abbrev


def test_show_draws_the_timeline(scenario):
    """The terminal shows the target, its states and how the session ended."""
    ended = tiltsession("show", scenario, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert 0 == ended.returncode
    assert "migrate" in ended.stdout
    assert "the session failed: exit status 1" in ended.stdout


def test_the_named_scenarios_are_listed_and_can_be_checked():
    """Each line names a scenario and what pins it; the names are taken wherever a file is."""
    ended = tiltsession("scenarios")
    assert 0 == ended.returncode
    lines = {line.split()[0]: line for line in ended.stdout.splitlines()}
    assert "traces/ci-never-ready-readiness-timeout" in lines["ci/never-ready"]
    assert "ci/never-ready: ok\n" == tiltsession("check", "ci/never-ready").stdout
    assert (
        "there is no scenario named 'ci/never-redy'; did you mean ci/never-ready"
        in tiltsession("check", "ci/never-redy").stderr
    )


def test_record_turns_a_recorded_run_into_a_scenario(tmp_path, pytestconfig):
    """The file that comes out is the one that is kept beside the recording, and it holds against its own expect."""
    recorded = pytestconfig.rootpath / "tests" / "recorded"
    out = tmp_path / "again.tilt.yaml"
    trace = recorded / "traces" / "ci-cmd-and-serve.json"
    assert 0 == tiltsession("record", "--from-trace", trace, "--out", out).returncode
    assert (recorded / "scenarios" / "ci-cmd-and-serve.tilt.yaml").read_text() == out.read_text()
    assert 0 == tiltsession("check", out).returncode


def test_the_version_is_told():
    """That of the package, in a line of its own."""
    assert f"tiltsession {importlib.metadata.version('pytest-tiltsession')}\n" == tiltsession("--version").stdout


def test_python_dash_m_is_the_command():
    """The module and the console script are one."""
    assert "serve" in tiltsession("--help").stdout
