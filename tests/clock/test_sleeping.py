"""The process's own sleeps as moves of a clock."""

# ruff: noqa: TID251 - these sleeps last no time

import asyncio
import math
import multiprocessing
import os
import subprocess
import sys
import threading
import time
import types
from time import sleep as sleep_by_name

import anyio
import anyio.lowlevel
import pytest
import trio

from pytest_tiltsession import errors
from pytest_tiltsession.clock import simulated, sleeping

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
REAL = (time.sleep, asyncio.sleep, trio.sleep, anyio.sleep)


@pytest.fixture
def clock():
    """Give a clock that takes the sleeps of this process until the test is over."""
    clock = simulated.SimulatedClock(START)
    with sleeping.sleeps_move(sleeping.Sleeper(clock)):
        yield clock
    assert REAL == (time.sleep, asyncio.sleep, trio.sleep, anyio.sleep)


def test_a_sleep_moves_the_clock_by_what_it_would_have_lasted(clock):
    """What falls due on the way happens, and the sleeper wakes at its own instant, by whatever name it sleeps."""
    seen = []
    clock.call_at(START + 2_000_000, lambda: seen.append(clock.elapsed))
    time.sleep(1)
    sleep_by_name(1.5)
    assert (2_500_000, [2_000_000]) == (clock.elapsed, seen)


def test_an_hour_takes_no_time(clock):
    """The machine's clock has hardly moved."""
    began = time.monotonic()
    time.sleep(3600)
    assert time.monotonic() - began < 60
    assert 3_600_000_000 == clock.elapsed


def test_a_sleep_is_never_shorter_than_asked(clock):
    """Less than a microsecond is rounded up, as the real sleep does: a loop of tiny sleeps comes to its end."""
    time.sleep(1e-9)
    assert 1 == clock.elapsed


@pytest.mark.parametrize("bad", [-1, -0.5, math.nan, "1", None], ids=repr)
def test_what_the_real_sleep_refuses_is_refused(clock, bad):
    """The same error, from the real sleep itself."""
    with pytest.raises((ValueError, TypeError)) as real:
        REAL[0](bad)
    with pytest.raises(type(real.value)) as refused:
        time.sleep(bad)
    assert (str(real.value), 0) == (str(refused.value), clock.elapsed)


def test_no_time_is_no_move(clock):
    """A sleep of zero lets other threads run, and moves nothing."""
    time.sleep(0)
    time.sleep(0.0)
    assert 0 == clock.elapsed


def test_threads_sleep_side_by_side(clock):
    """Two threads that sleep for an hour from one instant on wake at one instant."""
    barrier = threading.Barrier(2)
    until = []

    def nap():
        sleeper = sleeping.Sleeper(clock, settle=lambda: barrier.wait(20))
        sleeper.sleep(3600)
        until.append(clock.elapsed)

    threads = [threading.Thread(target=nap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [3_600_000_000] * 2 == until


def test_requests_under_way_are_answered_first(clock):
    """Before the clock moves, what is under way is let come to its end."""
    order = []
    sleeper = sleeping.Sleeper(clock, settle=lambda: order.append(clock.elapsed))
    sleeper.sleep(1)
    assert ([0], 1_000_000) == (order, clock.elapsed)


def test_a_held_clock_refuses_to_sleep(clock):
    """A sleep is a move as any other."""
    with clock.hold("the browser starts"), pytest.raises(errors.ClockError, match="held by 'the browser starts'"):
        time.sleep(1)


def test_waiting_for_processes_and_threads_is_left_alone(clock):
    """What waits for the machine sleeps for real: the clock does not move."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
        process.communicate(b"\n", timeout=20)
    thread = threading.Thread(target=threading.Event().wait, args=(0.001,))
    thread.start()
    thread.join(20)
    assert 0 == clock.elapsed


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_sleeps_for_real(clock):
    """The clock is this process's: a child that inherited the stand-in has its own time."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        began = time.clock_gettime(time.CLOCK_MONOTONIC)
        time.sleep(0.02)
        os.write(writer, b"real" if time.clock_gettime(time.CLOCK_MONOTONIC) - began >= 0.02 else b"moved")
        os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe, os.fdopen(writer, "wb"):
        assert b"real" == pipe.read(4)


def test_a_module_that_is_loaded_meanwhile_gets_the_real_sleep_back(monkeypatch):
    """Whoever imported the stand-in by name has the real one afterwards, and a kept stand-in sleeps for real."""
    module = types.ModuleType("loaded_meanwhile")
    monkeypatch.setitem(sys.modules, "loaded_meanwhile", module)
    clock = simulated.SimulatedClock(START)
    with sleeping.sleeps_move(sleeping.Sleeper(clock)):
        exec("from time import sleep", vars(module))
        kept = time.sleep
        kept(1)
        assert module.sleep is time.sleep
    assert module.sleep is REAL[0]
    kept(0.000001)
    assert 1_000_000 == clock.elapsed


def test_one_session_at_a_time_takes_the_sleeps(clock):
    """Which clock would a sleep move? The second is refused, and the first keeps them."""
    with (
        pytest.raises(errors.ClockError, match="another session's clock takes the sleeps of this process"),
        sleeping.sleeps_move(sleeping.Sleeper(simulated.SimulatedClock(START))),
    ):
        pass
    time.sleep(1)
    assert 1_000_000 == clock.elapsed


@pytest.fixture(params=["own", "anyio"])
def async_sleep(request, anyio_backend):
    """Give the name of a sleep of the loop that runs: its own, and anyio's."""
    module = anyio if request.param == "anyio" else {"asyncio": asyncio, "trio": trio}[anyio_backend]
    return lambda delay: module.sleep(delay)


@pytest.mark.anyio
async def test_a_task_that_sleeps_moves_the_clock(clock, async_sleep):
    """On asyncio and trio, by anyio's name too."""
    await async_sleep(1)
    await async_sleep(1.5)
    assert 2_500_000 == clock.elapsed


@pytest.mark.anyio
async def test_tasks_sleep_side_by_side_and_the_shortest_wakes_first(clock, async_sleep):
    """A poller wakes sixty times while another task sleeps for a minute, as in real time."""
    order = []

    async def poll():
        for number in range(60):
            await async_sleep(1)
            order.append(number)

    async def watch_over():
        await async_sleep(60.5)
        order.append("a minute")

    async with anyio.create_task_group() as group:
        group.start_soon(watch_over)
        group.start_soon(poll)
    assert [*range(60), "a minute"] == order
    assert 60_500_000 == clock.elapsed


@pytest.mark.anyio
async def test_a_cancelled_sleep_moves_nothing(clock, async_sleep):
    """A sleep that is cancelled before its time leaves no trace, and does not keep the others from theirs."""
    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await async_sleep(5)
        group.start_soon(async_sleep, 7)
    assert (True, 7_000_000) == (scope.cancelled_caught, clock.elapsed)


@pytest.mark.anyio
async def test_a_sleep_of_zero_is_a_turn_for_the_others(clock, async_sleep):
    """Nothing moves, and the other tasks run."""
    turns = []

    async def other():
        turns.append(1)

    async with anyio.create_task_group() as group:
        group.start_soon(other)
        for _ in range(3):
            await async_sleep(0)
    assert ([1], 0) == (turns, clock.elapsed)


@pytest.mark.anyio
async def test_a_task_may_be_started_with_a_sleep(clock, async_sleep):
    """The loop calls the sleep itself then: it is the task's all the same."""
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 3)
    assert 3_000_000 == clock.elapsed


def test_asyncios_sleep_gives_its_result(clock):
    """By position and by name."""

    async def results():
        return [await asyncio.sleep(1, "a"), await asyncio.sleep(delay=1, result="b"), await asyncio.sleep(0, "c")]

    assert ["a", "b", "c"] == asyncio.run(results())
    assert 2_000_000 == clock.elapsed


@pytest.mark.parametrize("bad", [-1, math.nan])
def test_trio_refuses_what_it_refuses(clock, bad):
    """Below zero and no number are errors on trio."""
    with pytest.raises(ValueError, match="must"):
        trio.run(trio.sleep, bad)


def test_asyncio_takes_less_than_nothing_for_nothing(clock):
    """A negative sleep is a turn on asyncio."""
    asyncio.run(asyncio.sleep(-1))
    assert 0 == clock.elapsed


def test_a_sleep_for_ever_is_real(clock):
    """It is ended by being cancelled, and no clock gets to infinity."""

    async def sleep_for_ever():
        with trio.move_on_after(0.001) as scope:
            await trio.sleep(math.inf)
        return scope.cancelled_caught

    assert trio.run(sleep_for_ever)
    assert 0 == clock.elapsed


def test_web_servers_of_the_same_process_sleep_for_real(clock):
    """What serves other programs in this process is not the consumer: uvicorn's loop would let time fly."""
    served = {"__name__": "uvicorn.server", "time": time, "asyncio": asyncio}
    exec("def nap(): time.sleep(0.0001)\nasync def rest(): await asyncio.sleep(0.0001)", served)
    served["nap"]()
    asyncio.run(served["rest"]())
    assert 0 == clock.elapsed


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_multiprocessing_waits_for_the_machine(clock):
    """A child's end is waited for in real time."""
    child = multiprocessing.get_context("fork").Process(target=int)
    child.start()
    child.join(20)
    assert (0, 0) == (child.exitcode, clock.elapsed)
