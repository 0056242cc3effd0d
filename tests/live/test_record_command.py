"""``tiltsession record``, run as a program against fakes that run as programs."""

import contextlib
import json
import resource
import signal
import stat
import subprocess
import sys

import pytest

from pytest_tiltsession.scenario import file_format

TILTSESSION = [sys.executable, "-m", "pytest_tiltsession"]


@contextlib.contextmanager
def running(*arguments, **options):
    """Run a command beside the test."""
    command = [*TILTSESSION, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(stream, text):
    """Read lines up to one that holds a text; gives it."""
    return next(line for line in stream if text in line)


@pytest.mark.parametrize(("name", "code"), [("ci-cmd-only", 0), ("ci-serve-exits-at-once", 1)])
def test_a_command_is_recorded_to_its_end(name, code, tilt, environment, tmp_path):
    """The file holds the whole run with the command's exit code, with which the recorder exits as well."""
    out = tmp_path / "made.tilt.yaml"
    command = [*TILTSESSION, "record", "--out", out, "--", tilt(name), "ci", "--port", "21360", "--", "some=arg"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (code, True) == (ended.returncode, out.exists()), ended.stderr
    made = file_format.read_scenario(out)
    assert ("made", "tilt ci -- some=arg") == (made.title, made.source)
    assert code == made.expect.exit_code
    assert "events, " in ended.stderr
    assert f"written to {out}" in ended.stderr
    verified = subprocess.run([*TILTSESSION, "verify", out], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == verified.returncode, verified.stderr


def test_a_command_that_fails_to_start_is_named(environment, tmp_path):
    """No file, and a sentence."""
    command = [*TILTSESSION, "record", "--out", tmp_path / "x.tilt.yaml", "--", "no-such-program"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == ended.returncode
    assert "the command 'no-such-program' could not be started" in ended.stderr
    assert not (tmp_path / "x.tilt.yaml").exists()


def test_a_command_without_a_tilt_is_no_recording(environment, tmp_path):
    """The command's exit code is kept, and what was looked for is named."""
    out = tmp_path / "x.tilt.yaml"
    command = [*TILTSESSION, "record", "--out", out, "--", sys.executable, "-c", "raise SystemExit(7)"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 7 == ended.returncode
    assert "no recording: there is nothing to record" in ended.stderr
    assert "'tilt-21360'" in ended.stderr
    assert not out.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_recording_and_leaves_a_whole_file(number, environment, tmp_path):
    """What was seen of a tilt up until then is written, and said to be whole as far as it went."""
    out = tmp_path / "up.tilt.yaml"
    serve = ("serve", "--kubeconfig", tmp_path / "config", "--context", "tilt-21360")
    with running(*serve) as served, running("record", "--out", out, env=environment) as recorder:
        json.loads(served.stdout.readline())
        until(recorder.stderr, "recording tilt-21360")
        recorder.send_signal(number)
        _, told = recorder.communicate(timeout=20)
    assert 0 == recorder.returncode
    assert "interrupted: the recording is whole as far as it went, and written to" in told
    assert "running" == file_format.read_scenario(out).expect.outcome


def test_a_signal_before_anything_was_seen_leaves_no_file(environment, tmp_path):
    """There is nothing to write, and that is said."""
    out = tmp_path / "none.tilt.yaml"
    with running("record", "--out", out, env=environment) as recorder:
        until(recorder.stderr, "waiting for the context 'tilt-21360'")
        recorder.send_signal(signal.SIGINT)
        _, told = recorder.communicate(timeout=20)
    assert 2 == recorder.returncode
    assert "nothing to record: no Session 'Tiltfile' was seen" in told
    assert f"{out} was not made" in told
    assert [] == [path.name for path in tmp_path.iterdir() if "none" in path.name]


def test_a_full_disk_leaves_what_was_there(tilt, environment, tmp_path):
    """The file that stood there before is untouched, nothing half lies beside it, and the message says so."""
    out = tmp_path / "made.tilt.yaml"
    before = "version: 1\ntitle: before\n"
    out.write_text(before)
    command = [*TILTSESSION, "record", "--rewrite", "--out", out, "--", tilt("ci-cmd-only"), "ci"]

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))

    # The limit is the recorder's; the fake that it starts would meet it too, and lifts it.
    script = tmp_path / "bin" / "tilt"
    script.write_text(script.read_text().replace("exec ", "ulimit -S -f unlimited\nexec ", 1))
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, preexec_fn=small_files
    )
    assert 2 == ended.returncode, ended.stderr
    assert f"{out}: nothing was written (File too large); what was there before is as it was" in ended.stderr
    assert before == out.read_text()
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_a_file_that_cannot_be_written_is_refused_before_anything_starts(environment, tmp_path):
    """Nobody runs a session of an hour to learn that its folder is not there."""
    command = [*TILTSESSION, "record", "--out", tmp_path / "none" / "x.tilt.yaml", "--", "touch", tmp_path / "ran"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == ended.returncode
    assert "cannot be written: No such file or directory" in ended.stderr
    assert not (tmp_path / "ran").exists()


def test_a_recording_replaces_a_file_and_keeps_its_mode(tilt, environment, tmp_path):
    """Through a link too, which stays a link."""
    kept, link = tmp_path / "kept.tilt.yaml", tmp_path / "link.tilt.yaml"
    kept.write_text("")
    kept.chmod(0o640)
    link.symlink_to(kept)
    command = [*TILTSESSION, "record", "--out", link, "--", tilt("ci-cmd-only"), "ci"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == ended.returncode, ended.stderr
    assert link.is_symlink()
    assert 0o640 == stat.S_IMODE(kept.stat().st_mode)
    assert "link" == file_format.read_scenario(kept).title


def test_without_a_file_the_scenario_is_all_of_standard_output(tilt, environment, tmp_path):
    """What the command prints goes to standard error, so that the output is a scenario file."""
    command = [*TILTSESSION, "record", "--title", "mine", "--", tilt("ci-cmd-only"), "ci"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "mine" == file_format.parse_scenario(ended.stdout).title
    assert "web_url" in ended.stderr


def test_until_done_ends_while_tilt_goes_on(environment, tmp_path, recorded):
    """A fake that stays after its verdict is recorded up to that."""
    serve = (
        "serve", recorded("ci-cmd-only"), "--progress", "wall", "--kubeconfig", tmp_path / "config",
        "--context", "tilt-21360",
    )  # fmt: skip
    with running(*serve), running("record", "--until-done", env=environment) as recorder:
        text, _ = recorder.communicate(timeout=30)
    assert "succeeded" == file_format.parse_scenario(text).expect.outcome


def test_a_recorder_that_is_killed_leaves_what_was_there(environment, tmp_path):
    """While it records, there is nothing half written that could be left."""
    out = tmp_path / "up.tilt.yaml"
    out.write_text("version: 1\n")
    serve = ("serve", "--kubeconfig", tmp_path / "config", "--context", "tilt-21360")
    record = ("record", "--rewrite", "--out", out)
    with running(*serve) as served, running(*record, env=environment) as recorder:
        json.loads(served.stdout.readline())
        until(recorder.stderr, "recording tilt-21360")
        recorder.kill()
        recorder.communicate(timeout=20)
    assert "version: 1\n" == out.read_text()
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_a_file_to_record_anew_must_be_named(environment, tmp_path):
    """``--rewrite`` without ``--out`` would do nothing, and is refused before anything starts."""
    command = [*TILTSESSION, "record", "--rewrite", "--", "touch", tmp_path / "ran"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 2 == ended.returncode
    assert "--rewrite goes with --out FILE" in ended.stderr
    assert not (tmp_path / "ran").exists()
