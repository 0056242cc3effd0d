"""A real Tilt as a peer, proven with programs that stand in for one: started, measured, ended, and nothing left."""

import os
import pathlib
import select
import signal
import subprocess
import sys

import pytest

from benchmarks import peer
from benchmarks.peers import telling, tilt

IGNORES = "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
# What a Tilt that is killed leaves: the server of its resource, in a session of its own.
SERVES = "served = subprocess.Popen(['cat', 'lasting'], start_new_session=True)\n"
HANGS = "print('waiting for Godot', flush=True)\nsignal.pause()\n"


def test_it_serves_its_session_and_tells_what_it_uses(stand_ins):
    """The peer answers GETs, its CPU grows with them, it says when it served, and nothing of it stays."""
    with peer.running("tilt", stand_ins.tilt()) as one:
        connection = one.connect()
        request = connection.bytes_of("GET", one.where["path"])
        before = one.cpu()
        bodies = {connection.exchange(request) for _ in range(50)}
        used = one.cpu() - before
        connection.close()
        assert (True, True) == stand_ins.left()
        assert 1 == len(bodies)
        assert b'"api:serve"' in bodies.pop()
        assert 0.001 < used < 5
        assert one.resident() > 2**20
        assert 0 < one.where["started"] < tilt.PATIENCE
    assert (False, False) == stand_ins.left()


def test_it_knows_nothing_of_the_users_own_tilt(stand_ins, tmp_path, monkeypatch):
    """The user's config file, port and home are not read: it gets a home of its own, and the file stays as it is."""
    theirs = tmp_path / "config"
    theirs.write_text("contexts: [{name: mine, context: {}}]\n")
    monkeypatch.setenv("TILT_CONFIG", str(theirs))
    monkeypatch.setenv("TILT_PORT", "1")
    with peer.running("tilt", stand_ins.tilt()):
        home = pathlib.Path(stand_ins.trace.read_text().split()[1])
        assert (home / ".tilt-dev" / "config").exists()
        assert pathlib.Path.home() not in (home, *home.parents)
    assert "contexts: [{name: mine, context: {}}]\n" == theirs.read_text()


@pytest.mark.parametrize(
    ("scenario", "more", "told"),
    [
        pytest.param(
            "at_rest", "print('port is taken'); sys.exit(3)",
            ("ended with code 3 before it had named itself in its config file", "  port is taken"),
            id="it ends at once",
        ),
        pytest.param(
            "fails", "", ("could not run migrate:update", "no such table", "local_resource('migrate'"),
            id="its resource fails",
        ),
    ],
)  # fmt: skip
def test_a_tilt_that_fails_is_explained(stand_ins, scenario, more, told):
    """What was asked, what came of it and what Tilt wrote are in the message, and nothing of it stays."""
    binary = stand_ins.tilt(getattr(stand_ins, scenario), more)
    with pytest.raises(RuntimeError) as caught, peer.running("tilt", binary):
        pass
    assert all(part in str(caught.value) for part in (binary, *told)), caught.value
    assert (False, False) == stand_ins.left()


def await_line(one, word):
    """Wait until a Tilt has written a line with this word; give the line."""
    for _ in range(3_000):
        lines = [line for line in one.said.read_text().splitlines(keepends=True) if word in line and line[-1] == "\n"]
        if lines:
            return lines[0]
        with pytest.raises(subprocess.TimeoutExpired):
            one.process.wait(0.01)
    raise AssertionError(one.said.read_text())


def test_a_tilt_that_never_serves_is_explained(stand_ins):
    """Its patience over, the peer says what it waited for, and what Tilt wrote last."""
    with tilt.running(stand_ins.tilt(more=HANGS)) as one:
        await_line(one, "Godot")
        one.patience = 0
        with pytest.raises(telling.Failed, match="has not named itself in its config file within 0 s") as caught:
            one.serve()
    assert "waiting for Godot" in str(caught.value)
    assert (False, False) == stand_ins.left()


def test_a_tilt_that_comes_to_no_rest_is_explained(stand_ins, monkeypatch):
    """The targets that it showed last are in the message."""
    with tilt.running(stand_ins.tilt(stand_ins.waits)) as one:
        look = one._session

        def last_look(entry):
            found = look(entry)
            one.patience = 0 if "waiting-for-dep" in str(found) else one.patience
            return found

        monkeypatch.setattr(one, "_session", last_look)
        with pytest.raises(telling.Failed, match="has not brought its targets to rest") as caught:
            one.serve()
    assert "waiting-for-dep" in str(caught.value)


def test_a_tilt_that_ends_in_the_middle_is_explained(stand_ins):
    """Asked what it has used, the peer says that Tilt has ended, and how."""
    with peer.running("tilt", stand_ins.tilt()) as one:
        # It is not a child of this process, and what it had open is closed before it has ended.
        gone = os.pidfd_open(int(stand_ins.trace.read_text().split()[0]))
        signal.pidfd_send_signal(gone, signal.SIGKILL)
        assert ([gone], [], []) == select.select([gone], [], [], 10)
        os.close(gone)
        with pytest.raises(RuntimeError, match="ended with code -9 before it had been measured to the end"):
            one.cpu()


def test_what_a_killed_tilt_leaves_ends_too(stand_ins, monkeypatch):
    """A Tilt that heeds no signal is killed; the server that it ran reads its pipe to the end and goes."""
    monkeypatch.setattr(tilt, "SIGNALS", ((signal.SIGINT, 0.05), (signal.SIGTERM, 0.05), (signal.SIGKILL, 5)))
    with tilt.running(stand_ins.tilt(more=f"{IGNORES}{SERVES}print('runs', served.pid, flush=True)\n{HANGS}")) as one:
        # It is not a child of this process: a descriptor tells when it has gone.
        gone = os.pidfd_open(int(await_line(one, "runs").split()[1]))
        assert ([], [], []) == select.select([gone], [], [], 0)
    assert -signal.SIGKILL == one.process.returncode
    assert ([gone], [], []) == select.select([gone], [], [], 10)
    os.close(gone)


def test_the_peer_that_is_asked_to_end_ends_its_tilt(stand_ins):
    """A terminated run leaves no Tilt behind."""
    command = [sys.executable, "-m", "benchmarks.peers.tilt", stand_ins.tilt()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "started" in process.stdout.readline()
        process.terminate()
        assert 1 == process.wait(30)
    assert (False, False) == stand_ins.left()
