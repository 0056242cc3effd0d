"""What another process has used, told in steps fine enough to measure a request."""

import os
import subprocess
import sys

import pytest

from benchmarks import usage

BURNS = "import threading, sys\n" + "thread = threading.Thread(target=lambda: sum(range(3_000_000)))\n" * 1
PROGRAM = BURNS + "thread.start(); thread.join(); print('done', flush=True); sys.stdin.read()"


@pytest.fixture
def burnt():
    """A process that has used its CPU in a thread that has ended, and waits."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def test_all_threads_count_those_that_ended_too(burnt):
    """The CPU of a thread that is gone is its process's, and the kernel's own account agrees."""
    found = usage.of(burnt.pid)
    burnt.stdin.close()
    _, _, told = os.wait4(burnt.pid, 0)
    burnt.returncode = 0
    assert 0.01 < found["cpu"] <= told.ru_utime + told.ru_stime
    assert 2**20 < found["resident"] < 2**30


def test_where_a_clock_is_refused_the_process_table_tells(burnt, monkeypatch):
    """In a sandbox without the clocks of other processes, time comes in the kernel's ticks."""
    fine = usage.cpu(burnt.pid)

    def refuse(clock):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(usage.time, "clock_gettime", refuse)
    assert abs(fine - usage.cpu(burnt.pid)) < 0.05


def test_where_there_is_no_proc_ps_tells(burnt, monkeypatch):
    """As on macOS."""
    fine, memory = usage.cpu(burnt.pid), usage.resident(burnt.pid)
    monkeypatch.setattr(usage.sys, "platform", "darwin")
    assert abs(fine - usage.cpu(burnt.pid)) < 1.1
    assert abs(memory - usage.resident(burnt.pid)) < 2**22
    with pytest.raises(ProcessLookupError, match="no process"):
        usage.cpu(2**22 - 1)


@pytest.mark.parametrize(
    ("told", "seconds"), [("0:01.23\n", 1.23), ("00:01:05", 65), ("1-02:00:00", 93_600), ("123:04.50", 7_384.5)]
)
def test_times_as_ps_writes_them(told, seconds):
    """Minutes and seconds with hundredths on macOS, hours and days in front on Linux."""
    assert seconds == usage.seconds(told)
