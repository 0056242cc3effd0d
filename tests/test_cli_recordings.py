"""``tiltsession verify`` and ``tiltsession diff``."""

import pytest

from pytest_tiltsession import cli


@pytest.fixture
def scenarios(pytestconfig):
    """The folder of recorded scenarios."""
    return pytestconfig.rootpath / "tests" / "recorded" / "scenarios"


def test_verify_agrees_with_every_recording(scenarios, capsys):
    """Our rules give the recorded verdict at each step of each recording."""
    paths = sorted(scenarios.glob("*.yaml"))
    assert 0 == cli.main(["verify", *map(str, paths)])
    assert len(paths) == capsys.readouterr().out.count(": agrees (")


def test_verify_shows_both_verdicts_of_a_tilt_that_decides_otherwise(scenarios, tmp_path, capsys):
    """The recorded verdict and ours, where they differ, and the exit code 1."""
    text = (scenarios / "ci-cmd-only.tilt.yaml").read_text()
    other = tmp_path / "new-release.tilt.yaml"
    other.write_text(
        text.replace("done: true}", "done: true, error: a new rule}").replace(
            "outcome: succeeded, exit_code: 0", "outcome: failed, error: a new rule, exit_code: 1"
        )
    )
    assert 1 == cli.main(["verify", str(other)])
    told = capsys.readouterr().err
    assert f"{other}: disagrees" in told
    assert "recorded: done, failed: a new rule" in told
    assert "judged:   done, succeeded" in told


def test_check_shows_both_verdicts_as_well(scenarios, tmp_path, capsys):
    """A file that holds recorded verdicts is held to them wherever it is played judged."""
    text = (scenarios / "ci-cmd-only.tilt.yaml").read_text()
    other = tmp_path / "new-release.tilt.yaml"
    other.write_text(text.replace("done: true}", "done: true, error: a new rule}"))
    assert 1 == cli.main(["check", str(other)])
    told = capsys.readouterr().err
    assert "the recording disagrees with the rules of this package" in told
    assert "recorded: done, failed: a new rule" in told
    assert "judged:   done, succeeded" in told
    assert "Replay it verbatim" in told


def test_an_exit_code_of_a_new_tilt_can_be_read_and_is_told(scenarios, tmp_path, capsys):
    """A recording that expects an exit code and no outcome is verified by that."""
    text = (scenarios / "ci-cmd-only.tilt.yaml").read_text()
    other = tmp_path / "new-release.tilt.yaml"
    other.write_text(text.replace("{outcome: succeeded, exit_code: 0}", "{exit_code: 3}"))
    assert 1 == cli.main(["verify", str(other)])
    assert "at the end:" in capsys.readouterr().err


def test_verify_goes_on_after_a_file_that_is_none(scenarios, tmp_path, capsys):
    """It is named, the others are verified, and the exit code is 2."""
    good = scenarios / "ci-cmd-only.tilt.yaml"
    assert 2 == cli.main(["verify", str(tmp_path / "none.tilt.yaml"), str(good)])
    told = capsys.readouterr()
    assert "none.tilt.yaml: cannot be replayed" in told.err
    assert f"{good}: agrees" in told.out


def test_diff_says_in_words_where_two_recordings_differ(scenarios, capsys):
    """Exit code 1 with sentences, 0 where they tell the same, 2 where one is none."""
    first, second = (str(scenarios / f"{name}.tilt.yaml") for name in ("up-basic", "up-trigger"))
    assert 1 == cli.main(["diff", first, second])
    assert "is only in A, where it goes" in capsys.readouterr().out
    assert 0 == cli.main(["diff", first, first])
    assert "tell the same session" in capsys.readouterr().out
    assert 2 == cli.main(["diff", first, "none.tilt.yaml"])


def test_a_kept_run_is_converted_with_a_title_and_redacted(scenarios, tmp_path, capsys):
    """``record --from-trace`` takes the same options as a recording, and overwrites nothing unasked."""
    trace = scenarios.parent / "traces" / "ci-cmd-only.json"
    out = tmp_path / "made.tilt.yaml"
    command = ["record", "--from-trace", str(trace), "--out", str(out), "--replace", "job", "task"]
    assert 0 == cli.main([*command, "--title", "mine"])
    assert "title: mine\n" in out.read_text()
    assert "task:update: {type: job, resources: [task]}" in out.read_text()
    assert 2 == cli.main(command)
    assert "--rewrite" in capsys.readouterr().err
    out.write_text(out.read_text() + "# mine\n")
    assert 0 == cli.main([*command, "--rewrite"])
    assert out.read_text().endswith("# mine\n")
    assert "title: mine\n" in out.read_text()


def test_record_wants_a_command_behind_its_dashes(capsys):
    """A forgotten command is a usage error that shows one."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["record", "--"])
    assert 2 == ended.value.code
    assert "tiltsession record -- tilt ci" in capsys.readouterr().err
