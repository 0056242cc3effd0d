"""Programs in other languages that a test runs, and how they come to be here: by their own package manager, once."""

import contextlib
import fcntl
import json
import subprocess
import tempfile
import threading

import pytest

from . import story

INSTALLING = 300  # seconds of the machine's clock that a package manager may take
NEEDED = {
    "node": "install Node 20: the tests of this folder drive it besides Python",
    "npm": "install Node 20 with npm: the tests of this folder drive it besides Python",
    "curl": "install it, on Debian by apt-get install curl",
}


def installed(folder, pinned, made, install):
    """Call ``install``, unless that was done for what the file ``pinned`` says now; give the folder that it makes.

    Workers of one run, and runs beside one another, wait for whoever came first.
    """
    with (folder / pinned).open("rb") as wanted:
        fcntl.flock(wanted, fcntl.LOCK_EX)
        versions, stamp = wanted.read(), folder / made / ".installed"
        if not stamp.exists() or stamp.read_bytes() != versions:
            install()
            stamp.write_bytes(versions)
    return folder / made


def npm_ci(folder):
    """Install what the folder's package-lock.json pins."""
    output(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, timeout=INSTALLING)


def output(command, *, timeout=story.SECONDS, **options):
    """Run a program to its end and give what it prints; fails the test where the program fails, or is not there."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **options)
    except FileNotFoundError:
        pytest.fail(f"{command[0]} is not on this machine: {NEEDED.get(command[0], 'install it')}", pytrace=False)
    if ended.returncode:
        said = " ".join(map(str, command))
        pytest.fail(f"{said}\nended with {ended.returncode}\n{ended.stdout}{ended.stderr}", pytrace=False)
    return ended.stdout


@contextlib.contextmanager
def running(command, **options):
    """Run a program beside the test and give it; it must end well, and within ``story.SECONDS``.

    Read what it prints meanwhile with :func:`lines`. Its standard input is closed when the block is left, or by the
    test before, for programs that end by that.
    """
    with tempfile.TemporaryFile("w+") as complaints:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": complaints}
        with subprocess.Popen(command, text=True, **pipes, **options) as program:
            overdue = threading.Timer(story.SECONDS, program.kill)
            overdue.start()
            try:
                yield program
                program.stdin.close()
                program.stdout.read()
                program.wait()
            finally:
                overdue.cancel()
                program.kill()
        complaints.seek(0)
        assert 0 == program.returncode, complaints.read()


def lines(program):
    """Give each line of JSON that a program prints, when it does."""
    return map(json.loads, program.stdout)
