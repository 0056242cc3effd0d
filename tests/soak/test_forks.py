"""A process that forks while a fake serves: the fake goes on in the parent, and the child is told so."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
BEGIN = """
import multiprocessing, os, sys, urllib.request
from pytest_tiltsession import FakeTilt, errors

def read(url, token):
    request = urllib.request.Request(
        url + "/apis/tilt.dev/v1alpha1/sessions/Tiltfile", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status

def refused(call):
    try:
        call()
    except errors.TiltSessionError as problem:
        return f"was forked from process {os.getppid()}" in str(problem) and "start another fake here" in str(problem)
    return False
"""


def run(script):
    """Run a script with all warnings on; give what it printed, out and err together."""
    command = [sys.executable, "-W", "error", "-c", BEGIN + script]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return ran.stdout + ran.stderr


def test_a_forked_child_reads_and_is_refused_the_rest():
    """It reads over the network; each way to drive, move, start or stop says where the fake lives, or does no harm."""
    script = """
fake = FakeTilt(tls=False).start()
job = fake.job("migrate")
child = os.fork()
if not child:
    print(read(fake.url, fake.token), fake.kubeconfig.exists())
    calls = (job.start, lambda: fake.clock.advance("1s"), fake.exit, fake.crash, fake.restart, fake.start)
    print([refused(call) for call in calls])
    with FakeTilt(tls=False) as own:
        own.job("migrate").start()
        print(read(own.url, own.token), own.kubeconfig != fake.kubeconfig)
    fake.stop()
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
job.start()
fake.clock.advance("1s")
folder = fake.kubeconfig.parent
print(read(fake.url, fake.token), fake.context in fake.kubeconfig.read_text(), len(os.listdir(folder)))
fake.stop()
print(folder.exists())
"""
    expected = "200 True\n[True, True, True, True, True, True]\n200 True\n0\n200 True 1\nFalse\n"
    assert expected == run(script)


def test_a_child_that_leaves_the_with_block_takes_nothing_away():
    """As one does that returns from the test in the child, by mistake or by an exception."""
    script = """
with FakeTilt(tls=False) as fake:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        print(read(fake.url, fake.token), fake.context in fake.kubeconfig.read_text())
if not child:
    os._exit(0)
"""
    assert "200 True\n" == run(script)


def test_what_is_under_way_does_not_stand_in_the_childs_way():
    """A fork while clients are served and the clock is moved: the child holds no lock that nobody lets go of."""
    script = """
import threading
with FakeTilt(tls=False, allow=("stalled-watches",)) as fake, FakeTilt(tls=False) as other:
    over = threading.Event()
    def move():
        while not over.is_set():
            fake.clock.advance("1ms")
    def ask():
        while not over.is_set():
            read(fake.url, fake.token)
    threads = [threading.Thread(target=it) for it in (move, ask)]
    for thread in threads:
        thread.start()
    codes = []
    for _ in range(20):
        child = os.fork()
        if not child:
            fine = refused(lambda: fake.clock.advance("1s")) and fake.session.name and other.session.name
            os._exit(0 if fine else 1)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    over.set()
    for thread in threads:
        thread.join()
    print(set(codes))
"""
    assert "{0}\n" == run(script)


def test_multiprocessing_children_read_it(tmp_path):
    """By fork and by spawn, a child is given URL and token and reads the parent's fake."""
    script = """
if __name__ == "__main__":
    with FakeTilt(tls=False) as fake:
        for method in ("fork", "spawn"):
            with multiprocessing.get_context(method).Pool(1) as pool:
                print(pool.apply(read, (fake.url, fake.token)))
        print(read(fake.url, fake.token), fake.kubeconfig.exists())
"""
    program = tmp_path / "program.py"
    program.write_text(BEGIN + script)
    command = [sys.executable, "-W", "error", str(program)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ("200\n200\n200 True\n", "") == (ran.stdout, ran.stderr)
