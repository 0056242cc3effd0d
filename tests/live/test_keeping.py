"""A recording's file is whole or not there, whatever happens to its writer."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.live import keeping

KILLED = """
import os, pathlib, signal, sys
from pytest_tiltsession.live import keeping

where, named, path = sys.argv[1:]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, where, die)
if named == "named":
    keeping._UNNAMED = 0
keeping.keep(pathlib.Path(path), "new." * 1000)
"""


def killed(where, named, path):
    """Write a file in a process that is killed when it comes to a call of the system."""
    ended = subprocess.run([sys.executable, "-c", KILLED, where, named, path], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL


def names(folder):
    """Give the names of all files in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("before", [None, "before\n"])
@pytest.mark.parametrize(
    ("where", "named"), [("fsync", "unnamed"), ("link", "unnamed"), ("fsync", "named"), ("replace", "named")]
)
def test_a_writer_that_is_killed_leaves_what_was_there(where, named, before, tmp_path):
    """Neither half a file nor, after the next recording, anything beside it."""
    path = tmp_path / "made.tilt.yaml"
    if before is not None:
        path.write_text(before)
    killed(where, named, path)
    assert (path.read_text() if path.exists() else None) == before
    if named == "unnamed":
        assert names(tmp_path) == ([] if before is None else [path.name])
    keeping.refuse_unwritable(path)
    assert names(tmp_path) == ([] if before is None else [path.name])


def test_a_writer_that_is_killed_between_two_names_leaves_a_whole_file(tmp_path):
    """Where it replaces another, for a moment it has a name of its own; the next recording removes it."""
    path = tmp_path / "made.tilt.yaml"
    path.write_text("before\n")
    killed("replace", "unnamed", path)
    assert path.read_text() == "before\n"
    assert [len(left.read_text()) for left in tmp_path.glob(".*.part")] == [4000]
    keeping.keep(path, "after\n")
    assert (names(tmp_path), path.read_text()) == ([path.name], "after\n")


def test_what_another_writer_is_about_to_write_is_left_to_it(tmp_path):
    """Its lock says that it lives; another file's are none of ours."""
    path = tmp_path / "made.tilt.yaml"
    theirs = tmp_path / ".made.tilt.yaml-1.part"
    other = tmp_path / ".other.tilt.yaml-1.part"
    other.write_text("")
    with theirs.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        keeping.keep(path, "mine\n")
        assert theirs.exists()
    keeping.keep(path, "mine\n")
    assert names(tmp_path) == [other.name, path.name]


@pytest.mark.parametrize("flag", [0, keeping._UNNAMED])
def test_a_file_is_replaced_with_its_mode_and_through_links(flag, tmp_path, monkeypatch):
    """New ones get the mode that the user's mask gives."""
    monkeypatch.setattr(keeping, "_UNNAMED", flag)
    path, link = tmp_path / "made.tilt.yaml", tmp_path / "link.tilt.yaml"
    keeping.keep(path, "é\n")
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    path.chmod(0o640)
    link.symlink_to(path)
    keeping.keep(link, "more\n")
    assert (link.is_symlink(), path.stat().st_mode & 0o777, path.read_text()) == (True, 0o640, "more\n")
    assert names(tmp_path) == [link.name, path.name]


def test_devices_and_pipes_are_written_to_and_never_replaced(tmp_path):
    """A full device is told, a pipe gets all of it, and stays what it is."""
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    keeping.refuse_unwritable(full)
    with pytest.raises(errors.TiltSessionError, match=r"this is no file, and not all .*No space left on device"):
        keeping.keep(full, "x\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    keeping.refuse_unwritable(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    keeping.keep(pipe, "all of it\n")
    assert reader.communicate(timeout=20)[0] == "all of it\n"
    assert names(tmp_path) == ["full", "pipe"]


def test_a_folder_and_a_missing_folder_are_named(tmp_path):
    """Before anything is recorded."""
    with pytest.raises(errors.TiltSessionError, match="this is a folder; name a file"):
        keeping.refuse_unwritable(tmp_path)
    with pytest.raises(errors.TiltSessionError, match="cannot be written: No such file or directory"):
        keeping.refuse_unwritable(tmp_path / "none" / "x.tilt.yaml")
    with pytest.raises(errors.TiltSessionError, match=r"nothing was written \(No such file.*there is no file"):
        keeping.keep(tmp_path / "none" / "x.tilt.yaml", "x")
