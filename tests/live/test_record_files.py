"""The file that ``tiltsession record`` writes, run as a program: what is there before, and what users redact."""

import pathlib
import subprocess
import sys

from pytest_tiltsession.scenario import file_format

TILTSESSION = [sys.executable, "-m", "pytest_tiltsession"]


def test_a_file_that_is_there_is_not_overwritten(environment, tmp_path):
    """Refused before anything starts, with the flag that records it anew; a scenario written by hand is never."""
    out = tmp_path / "mine.tilt.yaml"
    out.write_text("version: 1\ntargets: {a:update: }\nsteps: [{at: 1s, set: {a:update: active}}]\n")
    before = out.read_text()
    command = [*TILTSESSION, "record", "--out", out]
    for flags, told in (([], "is there already: --rewrite records it anew"), (["--rewrite"], "written by hand")):
        run = [*command, *flags, "--", "touch", tmp_path / "ran"]
        ended = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert 2 == ended.returncode
        assert told in ended.stderr
    assert (out.read_text(), (tmp_path / "ran").exists()) == (before, False)


def test_a_recording_is_made_anew_with_what_people_wrote_into_it(tilt, environment, tmp_path):
    """Comments, title and notes stay, and what could not be kept is told."""
    out = tmp_path / "kept.tilt.yaml"
    out.write_text(
        "# Why we keep this.\nversion: 1\ntitle: as I call it\ntargets:\n  job:update: {type: job, resources: [job]}\n"
        "  gone:update: {type: job, resources: [gone]}  # was slow\nsteps:\n"
        "  - {at: 0s, session: present, recorded: {resourceVersion: 1}}\n"
        "  - {at: 1s, set: {job:update: active}, recorded: {resourceVersion: 2}, note: it runs}\n"
    )
    command = [*TILTSESSION, "record", "--out", out, "--rewrite", "--", tilt("ci-cmd-only"), "ci"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == ended.returncode, ended.stderr
    assert out.read_text().startswith("# Why we keep this.\nversion: 1\ntitle: as I call it\n")
    made = file_format.read_scenario(out)
    assert ["it runs"] == [step.note for step in made.steps if step.note]
    assert "not kept of what was there: line 6: # was slow: target gone:update is no longer there" in ended.stderr


def test_what_a_user_redacts_is_not_written(tilt, environment, tmp_path):
    """By a function of the present folder and by patterns, in names as in errors."""
    (tmp_path / "ours.py").write_text("def redact(field, text):\n    return text.replace('job', 'task')\n")
    flags = ["--redact", "ours:redact", "--replace", "task:update", "work:update"]
    command = [*TILTSESSION, "record", *flags, "--", tilt("ci-cmd-only"), "ci"]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert 0 == ended.returncode, ended.stderr
    made = file_format.parse_scenario(ended.stdout)
    assert {"work:update": ("task",)} == {name: target.resources for name, target in made.targets.items()}
    assert "succeeded" == made.expect.outcome


def test_standard_output_that_is_full_is_told(environment, tmp_path, pytestconfig):
    """No half scenario counts as one: the exit code says so."""
    trace = pytestconfig.rootpath / "tests" / "recorded" / "traces" / "ci-cmd-only.json"
    command = [*TILTSESSION, "record", "--from-trace", trace]
    with pathlib.Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert 2 == ended.returncode
    assert "not all could be written to standard output (No space left on device)" in ended.stderr
