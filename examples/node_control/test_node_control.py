"""Runs the tests in Node beside a fake that is served, as ``node run.mjs`` does without pytest."""

import os
import pathlib
import subprocess
import sys


def test_the_tests_in_node_pass():
    """A test in another language drives a session by its control interface, and asserts on it."""
    here = pathlib.Path(__file__).parent
    environment = {**os.environ, "TILTSESSION": f"{sys.executable} -m pytest_tiltsession"}
    ended = subprocess.run(
        ["node", here / "run.mjs"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert 0 == ended.returncode, ended.stdout + ended.stderr
