"""The gate polls until the session is done; with ``progress="reads"`` each poll plays the next thing that happens."""

import subprocess
import sys

import pytest
from gate import wait_for_session


@pytest.mark.tilt_session(scenario="../scenarios/ci-fails-late.tilt.yaml", progress="reads")
def test_the_gate_fails_with_the_sessions_error(tilt_session):
    """Four polls later the migration has broken."""
    found = wait_for_session(str(tilt_session.kubeconfig), seconds_between=0)
    assert (1, "tilt failed: exit status 1") == found
    assert len(tilt_session.requests) == 4


@pytest.mark.tilt_session(scenario="../scenarios/never-ready.tilt.yaml", progress="reads")
def test_the_gate_passes_on_tilts_own_timeout(tilt_session):
    """Nothing more happens in the script, so the next poll meets the readiness timeout."""
    found = wait_for_session(str(tilt_session.kubeconfig), seconds_between=0)
    assert (1, "tilt failed: Readiness timeout after 5m0s: target api:serve not ready") == found


def test_the_gate_as_a_program(tilt_session, tilt_env):
    """A subprocess finds the fake as it would find a real Tilt, by its environment."""
    tilt_session.job("migrate").succeed()
    ended = subprocess.run(
        [sys.executable, "gate.py"],
        cwd=__file__.rpartition("/")[0],
        env={"PATH": "/usr/bin:/bin", **tilt_env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "tilt is happy with 2 targets\n") == (ended.returncode, ended.stdout), ended.stderr
    tilt_session.expect_succeeded()
