"""A fake that nobody stops: it says so at the interpreter's end, and leaves nothing all the same."""

import pathlib
import subprocess
import sys

import pytest

START = "import os, sys, pytest_tiltsession; fake = pytest_tiltsession.FakeTilt({arguments}).start(); "


def run(code, *flags, arguments="tls=False"):
    """Run a program and give its output, what it said on stderr, and its exit code."""
    done = subprocess.run(
        [sys.executable, *flags, "-c", START.format(arguments=arguments) + code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip(), done.stderr, done.returncode


@pytest.mark.parametrize("action", ["default", "error"])
def test_a_fake_that_is_never_stopped_is_told_of_and_cleared_away(action):
    """A ResourceWarning names it and what to do; its folder is gone, where warnings are errors as well."""
    config, told, code = run("print(fake.kubeconfig)", "-W", f"{action}::ResourceWarning")
    assert "ResourceWarning: a FakeTilt was started and never stopped (http://127.0.0.1:" in told
    assert "with block, or call stop()" in told
    assert (0, False) == (code, pathlib.Path(config).parent.exists())


def test_its_entry_leaves_a_config_file_that_is_not_its_own(tmp_path):
    """The file that it was to extend stays, without the entry, one of a killed process neither."""
    config = tmp_path / "config"
    for then in ("", "fake.crash()"):
        _, told, _ = run(then or "pass", "-W", "error", arguments=f"tls=False, config={str(config)!r}")
        assert "never stopped" in told
        assert "contexts: null" in config.read_text()


def test_one_that_was_stopped_says_nothing():
    """Neither does one in a with block, or whose process has exited and that was stopped then."""
    assert ("", "", 0) == run("fake.exit(); fake.stop()", "-W", "error")


def test_a_forked_process_clears_nothing_of_its_parents():
    """A child that comes to its end in the usual way leaves the parent's fake as it is."""
    code = (
        "child = os.fork()\n"
        "if not child: sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(fake.context in fake.kubeconfig.read_text()); fake.stop()"
    )
    assert "True" == run("\n" + code)[0]


def test_nothing_is_written_for_who_asks_for_no_file(tmp_path):
    """A temporary folder is made when its first file is asked for, holds what is true then, and goes with the fake."""
    code = (
        "print(os.listdir(os.environ['TMPDIR'])); fake.crash(); fake.restart()\n"
        "print(fake.context in fake.kubeconfig.read_text(), len(os.listdir(os.environ['TMPDIR'])))\n"
        "fake.exit(); print('contexts: null' in fake.kubeconfig.read_text()); fake.stop()\n"
        "print(os.listdir(os.environ['TMPDIR']))"
    )
    program = f"import os; os.environ['TMPDIR'] = {str(tmp_path)!r}\n" + START.format(arguments="tls=False") + code
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60)
    assert ("[]\nTrue 1\nTrue\n[]\n", "") == (done.stdout, done.stderr)
