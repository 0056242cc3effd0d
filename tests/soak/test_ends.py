"""What ends in the middle: an interrupted run, a killed consumer, a test that leaves its watches open."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

WAITS = """
import pathlib, socket, urllib.request

def watch(fake):
    return urllib.request.urlopen(urllib.request.Request(
        f"{fake.url}/apis/tilt.dev/v1alpha1/sessions?watch=true", headers={"Authorization": f"Bearer {fake.token}"}
    ))
"""


def environment():
    """Give the environment of a run of pytest with this plugin alone."""
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def pytest_command(*words):
    return [sys.executable, "-m", "pytest", "-q", "-p", "pytest_tiltsession.plugin", "-p", "no:cacheprovider", *words]


def test_an_interrupted_run_ends_and_leaves_nothing(tmp_path):
    """SIGINT while a test waits for its watch: pytest ends with its own code, and no context leads anywhere."""
    (tmp_path / "test_it.py").write_text(
        WAITS
        + """
import pytest

@pytest.mark.tilt_session(tls=False)
def test_waits(tilt_session, tilt_kubeconfig):
    with watch(tilt_session) as events:
        events.readline()
        pathlib.Path("began").write_text(str(tilt_kubeconfig))
        print("began", flush=True)
        events.readline()
"""
    )
    command = pytest_command("-s", f"--basetemp={tmp_path / 'kept'}")
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if line.startswith("began"):
                break
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
        assert (pytest.ExitCode.INTERRUPTED, True) == (run.wait(20), "KeyboardInterrupt" in rest)
    config = pathlib.Path((tmp_path / "began").read_text())
    assert not config.exists() or "contexts: null" in config.read_text()


def test_a_test_may_leave_its_watches_open(tmp_path):
    """They end with its session; the next test has one of its own, and the run ends without a word."""
    (tmp_path / "test_it.py").write_text(
        WAITS
        + """
import pytest
kept = []

@pytest.mark.tilt_session(tls=False)
@pytest.mark.parametrize("number", range(3))
def test_leaves(tilt_session, number):
    kept.append(watch(tilt_session))
    assert b"ADDED" in kept[-1].readline()

def test_they_have_ended():
    assert [b""] * 3 == [it.read() for it in kept]
    for it in kept:
        it.close()
"""
    )
    command = pytest_command("-W", "error", f"--basetemp={tmp_path / 'kept'}")
    ran = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    assert (0, True) == (ran.returncode, "4 passed" in ran.stdout), ran.stdout


def test_a_killed_consumer_is_forgotten(tilt_session, tilt_env):
    """Its connection goes, its watch counts as ended, and the session goes on for others."""
    program = (
        "import sys, socket, ssl, os; sys.path.insert(0, os.getcwd())\n"
        "from pytest_tiltsession import kubeconfig\n"
        "it = kubeconfig.find(kubeconfig.default_path(), sys.argv[1])\n"
        "host, port = it.server.removeprefix('https://').split(':')\n"
        "sock = ssl.create_default_context(cadata=it.ca_pem.decode()).wrap_socket(\n"
        "    socket.create_connection((host, int(port))), server_hostname=host)\n"
        "sock.sendall(f'GET /apis/tilt.dev/v1alpha1/sessions?watch=true HTTP/1.1\\r\\nHost: x\\r\\n'\n"
        "    f'Authorization: Bearer {it.token}\\r\\n\\r\\n'.encode())\n"
        "print(b'200 OK' in sock.recv(65536), flush=True)\n"
        "sock.recv(65536), sock.recv(65536), sock.recv(65536)\n"
    )
    root = pathlib.Path(__file__).parents[2]
    command = [sys.executable, "-c", program, tilt_session.context]
    with subprocess.Popen(command, cwd=root, env=os.environ | tilt_env, stdout=subprocess.PIPE, text=True) as consumer:
        assert "True\n" == consumer.stdout.readline()
        assert 1 == tilt_session.activity.watches
        consumer.kill()
        assert -signal.SIGKILL == consumer.wait(20)
    # The kernel has closed the connection; a commit makes the server look at it, if it has not yet.
    job = tilt_session.job("migrate")
    job.start()
    job.succeed()
    for _ in range(1_000):
        if not tilt_session.activity.watches:
            break
        subprocess.run(["true"], check=True)
    assert (0, 0) == (tilt_session.activity.watches, len(tilt_session.requests.open_watches()))
    tilt_session.stop()
