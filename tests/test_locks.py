"""Locks and forks: whoever holds one while the process forks, the child finds it free and what it guards whole."""

import pathlib
import re
import subprocess
import sys

import pytest

import pytest_tiltsession

PACKAGE = pathlib.Path(pytest_tiltsession.__file__).parent
# A child that waits for a lock which nobody lets go of is ended by the alarm, with another code than 0.
BEGIN = """
import os, pathlib, signal, sys, threading, urllib.request
from pytest_tiltsession import FakeTilt, errors, faults, locks

def forked(child):
    pid = os.fork()
    if not pid:
        signal.alarm(30)
        try:
            child()
        except BaseException as problem:
            print(type(problem).__name__, problem, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def hold(held):
    begun, over = threading.Event(), threading.Event()
    def holding():
        for lock in held:
            lock.acquire()
        begun.set()
        over.wait()
        for lock in held:
            lock.release()
    thread = threading.Thread(target=holding)
    thread.start()
    begun.wait()
    return lambda: (over.set(), thread.join())

def refused(call):
    try:
        call()
    except errors.TiltSessionError as problem:
        return "was forked from process" in str(problem)
    return False
"""


def run(script):
    """Run a script; give what it printed, out and err together."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", BEGIN + script]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    return ran.stdout + ran.stderr


def test_a_child_finds_every_lock_of_a_fake_and_of_the_process_free():
    """Though another thread held all of them when the process forked; the parent goes on where it was."""
    script = """
with FakeTilt(faults=faults.Refuse(operation="delete"), allow="unmet-faults") as fake:
    job = fake.job("migrate")
    config = fake.kubeconfig
    def child():
        assert all(lock.acquire(blocking=False) for lock in locks.known())
        for lock in locks.known():
            lock.release()
        assert all(map(refused, (job.start, lambda: fake.clock.advance("1s"), fake.exit, fake.start)))
        fake.faults.arm(faults.Conflict())
        fake.faults.disarm()
        fake.on_exit(print)
        assert fake.session.name and len(fake.commits) and not list(fake.requests) and fake.problems() == []
        assert fake.render_timeline() and str(fake.blocked()) and config.exists()
        with FakeTilt(directory=config.parent) as own:
            own.job("migrate").start()
            own.exit()
        fake.stop()
    release = hold(locks.known())
    print(len(locks.known()) > 12, forked(child))
    release()
    job.start()
    fake.clock.advance("1s")
    print(fake.context in config.read_text())
"""
    assert run(script) == "True 0\nTrue\n"


def test_a_fork_waits_for_a_guard_that_is_held_for_a_moment():
    """What it guards is never half changed in the child, and the locks are the parent's again afterwards."""
    script = """
guard, pair, over = locks.guard(), [0, 0], threading.Event()
def change():
    while not over.is_set():
        with guard:
            pair[0] += 1
            over.wait(0.001)
            pair[1] += 1
changing = threading.Thread(target=change)
changing.start()
def child():
    assert pair[0] == pair[1], pair
print({forked(child) for _ in range(20)})
over.set()
changing.join()
print(guard.acquire(blocking=False))
"""
    assert run(script) == "{0}\nTrue\n"


def test_a_thread_that_forks_while_it_holds_a_lock_goes_on_with_it():
    """In the child as in the parent: it still has it, and lets go of it in the end."""
    script = """
guard, turn = locks.guard(), locks.turn()
with FakeTilt() as fake:
    def child():
        for lock in (guard, turn):
            lock.release()
    def fork():
        with guard, turn:
            print(forked(child))
    fake.clock.call_at(fake.clock.start + 1, fork)
    fake.clock.advance("1s")
"""
    assert run(script) == "0\n"


def test_a_fork_waits_for_a_module_that_another_thread_loads():
    """The server loads what writes need with the first one; a child would wait for ever for who loaded it."""
    script = """
import importlib.abc, importlib.machinery
begun = threading.Event()
class Slow(importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name == "pytest_tiltsession.slow" else None
    def exec_module(self, module):
        begun.set()
        threading.Event().wait(0.2)
        module.whole = True
sys.meta_path.insert(0, Slow())
def load():
    from pytest_tiltsession import slow
    assert slow.whole
loading = threading.Thread(target=load)
loading.start()
begun.wait()
print(forked(load))
loading.join()
"""
    assert run(script) == "0\n"


def test_a_child_keeps_nobody_from_a_config_file_that_was_being_written():
    """Though it has a copy of the folder that the writer holds: the lock goes when the writer is done."""
    script = """
import tempfile
from pytest_tiltsession.kubeconfig import file
begun, over = threading.Event(), threading.Event()
def write(path):
    with file.alone(path):
        begun.set()
        over.wait()
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "config")
    writing = threading.Thread(target=write, args=(path,))
    writing.start()
    begun.wait()
    pid = os.fork()
    if not pid:
        signal.alarm(30)
        signal.pause()
    over.set()
    writing.join()
    signal.alarm(10)
    with file.alone(path):
        print("free")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
"""
    assert run(script) == "free\n"


def test_two_threads_may_fork_at_once():
    """Neither lets go of what the other has, and none of them waits for the other for long."""
    script = """
guards, codes = [locks.guard() for _ in range(20)], []
def child():
    assert all(guard.acquire(blocking=False) for guard in guards)
def fork():
    for _ in range(10):
        codes.append(forked(child))
threads = [threading.Thread(target=fork) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(codes), set(codes), all(guard.acquire(blocking=False) for guard in guards))
"""
    assert run(script) == "20 {0} True\n"


@pytest.mark.parametrize("kind", ["Lock", "RLock", "Condition"])
def test_no_other_lock_is_made(kind):
    """Each is made by ``locks``, but for what is no lock: who leads the time of the process, for a whole test."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(rf"= threading\.{kind}\(\)", path.read_text())
    }
    # An answer that is worked on is for a client of the parent, and nobody in the child works on it.
    flags = {"clock/freezing.py", "clock/sleeping.py", "api/messages.py"}
    assert found == {"Lock": flags, "RLock": {"locks.py"}, "Condition": set()}[kind]
