"""No file descriptor, no space: errors that name what to do, and a fake that works again afterwards."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
BEGIN = """
import os, resource, tempfile
tempfile.gettempdir()  # found once
from pytest_tiltsession import FakeTilt, errors

def limited(kind, number, call):
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (number, before[1]))
    try:
        call()
    except errors.TiltSessionError as problem:
        return type(problem).__name__, str(problem)
    finally:
        resource.setrlimit(kind, before)

def files():
    with open(os.devnull) as file:
        return file.fileno()
"""


def run(script):
    """Run a script with all warnings on, its temporary folder its own; give what it printed, out and err together."""
    command = [sys.executable, "-W", "error", "-c", BEGIN + script]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("more", range(6))
def test_no_file_descriptor_is_left(more):
    """However many are left, starting says so and what to do, leaves nothing, and works once there are enough."""
    script = f"""
FakeTilt(tls=False)  # loads what is loaded once
folder = tempfile.mkdtemp()
found = limited(resource.RLIMIT_NOFILE, files() + {more}, lambda: FakeTilt(tls=False, directory=folder).start())
print(found[0], "Too many open files" in found[1], "ulimit -n" in found[1], os.listdir(folder))
with FakeTilt(tls=False, directory=folder) as fake:
    print(fake.kubeconfig.exists())
"""
    told = run(script)
    assert told.startswith(("ServerError True True [", "KubeconfigError True True [")), told
    assert told.endswith("]\nTrue\n"), told


@pytest.mark.parametrize("tls", [False, True])
def test_the_disk_is_full(tls, tmp_path):
    """Whatever cannot be written is named, with what to do; nothing is left, and later it works."""
    script = f"""
def begin():
    with FakeTilt(tls={tls}, directory={str(tmp_path)!r}) as fake:
        print(fake.kubeconfig)
print(limited(resource.RLIMIT_FSIZE, 0, begin))
def ask():
    with FakeTilt(tls={tls}) as fake:
        fake.env
print(limited(resource.RLIMIT_FSIZE, 0, ask))
print(os.listdir({str(tmp_path)!r}))
with FakeTilt(tls={tls}, directory={str(tmp_path)!r}) as fake:
    print(fake.kubeconfig.exists())
"""
    first, second, left, works = run(script).splitlines()
    for told in (first, second):
        assert "File too large" in told
        assert "ree some space" in told
    assert ("[]", "True") == (left, works)
