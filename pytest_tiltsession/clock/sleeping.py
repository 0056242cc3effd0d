"""The test process's own sleeps as moves of a session's clock; knows no server and no freezer.

``time.sleep``, ``asyncio.sleep``, ``trio.sleep`` and ``anyio.sleep`` are replaced wherever a module holds them by
name, but for those who wait for the machine: pytest, the loops' own insides, threads and processes.
"""

import contextlib
import functools
import heapq
import importlib
import inspect
import itertools
import math
import operator
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.clock import simulated

Checkpoint = Callable[[], Awaitable[object]]

_real_sleep = time.sleep  # noqa: TID251  the original, to be given back
_getframe = sys._getframe  # noqa: SLF001  who sleeps is known from the frame alone

# Whose sleeps are the machine's: they wait for threads, processes, sockets and files, or serve other programs.
_LOOPS = frozenset({"asyncio", "trio", "anyio"})
_SPARED = _LOOPS | {
    "pytest_tiltsession", "_pytest", "pluggy", "pytest_asyncio", "pytest_timeout", "pytest_rerunfailures", "xdist",
    "execnet", "hypothesis", "concurrent", "threading", "subprocess", "multiprocessing", "socketserver", "selectors",
    "uvicorn", "hypercorn", "werkzeug", "waitress", "gunicorn", "watchfiles", "watchdog", "selenium", "playwright",
}  # fmt: skip

_taken = threading.Lock()


class Sleeper:
    """Turns sleeps into moves of one clock.

    ``move`` brings the clock to an instant. Before that, ``settle`` (in a thread) or ``turn`` (in an event loop)
    lets requests be answered that are under way, so that none is overtaken. Of the tasks of one loop the one that
    sleeps least is first, as in real time; threads do not wait for each other.
    """

    def __init__(
        self,
        clock: simulated.SimulatedClock,
        *,
        move: Callable[[int], None] | None = None,
        settle: Callable[[], None] = lambda: None,
        turn: Callable[[Checkpoint], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self._move = move or clock.move_on_to
        self._settle = settle
        self._turn = turn or _one_checkpoint
        self._order = itertools.count()
        self._waking: dict[int, list[tuple[int, int]]] = {}
        self._process = os.getpid()
        self._ended = False

    def end(self) -> None:
        """Let every sleep be real again, for those who kept hold of the stand-in too."""
        self._ended = True

    def sleep(self, seconds: Any) -> None:
        """Stand in for ``time.sleep``; what it refuses and what takes no time is left to the real one."""
        micros = None if self._spared(_getframe(1)) else _micros(seconds)
        if micros is None:
            _real_sleep(seconds)
            return
        until = self._clock.now + micros
        self._settle()
        self._move(until)

    def stand_in(self, real: Callable[..., Any], checkpoint: Checkpoint) -> Callable[..., Any]:
        """Make the stand-in of a loop's own sleep, which gives a result as ``asyncio.sleep`` does."""

        @functools.wraps(real)
        def sleep(*args: Any, **kwargs: Any) -> Any:
            delay = args[0] if args else kwargs.get("delay", kwargs.get("seconds"))
            # A loop that calls its own sleep does so for a task that was started with it.
            micros = None if self._spared(_getframe(1), _SPARED - _LOOPS) else _micros(delay)
            if micros is None:
                return real(*args, **kwargs)
            result = args[1] if len(args) > 1 else kwargs.get("result")
            return self._sleep(micros, checkpoint, result)

        if hasattr(inspect, "markcoroutinefunction"):  # Python 3.12
            inspect.markcoroutinefunction(sleep)
        return sleep

    async def _sleep(self, micros: int, checkpoint: Checkpoint, result: Any) -> Any:
        until = self._clock.now + micros
        entry = (until, next(self._order))
        waking = self._waking.setdefault(threading.get_ident(), [])
        heapq.heappush(waking, entry)
        try:
            while True:
                await self._turn(checkpoint)
                if self._clock.now >= until or self._ended:
                    return result
                if waking[0] == entry:
                    self._move(until)
                    return result
        finally:
            waking.remove(entry)
            heapq.heapify(waking)

    def _spared(self, caller: Any, spared: frozenset[str] = _SPARED) -> bool:
        if self._ended or os.getpid() != self._process:
            return True
        return _root(str(caller.f_globals.get("__name__", ""))) in spared


@contextlib.contextmanager
def sleeps_move(sleeper: Sleeper) -> Iterator[None]:
    """Put a sleeper in the place of the real sleeps until the block ends, where modules hold them by name.

    Raises :class:`errors.ClockError` where another session has them.
    """
    if not _taken.acquire(blocking=False):
        raise errors.ClockError("another session's clock takes the sleeps of this process: only one can (sleeps=True)")
    try:
        pairs = [(_real_sleep, sleeper.sleep), *_loop_pairs(sleeper)]
        _replace(pairs)
        try:
            yield
        finally:
            sleeper.end()
            # Modules that were loaded meanwhile hold the stand-ins.
            _replace([(stand_in, real) for real, stand_in in pairs])
    finally:
        _taken.release()


def _loop_pairs(sleeper: Sleeper) -> list[tuple[Any, Any]]:
    found = []
    if (asyncio := sys.modules.get("asyncio")) is not None:
        found.append((asyncio.sleep, sleeper.stand_in(asyncio.sleep, functools.partial(asyncio.sleep, 0))))
    for name in ("trio", "anyio"):
        if (module := sys.modules.get(name)) is not None:
            lowlevel = importlib.import_module(f"{name}.lowlevel")
            found.append((module.sleep, sleeper.stand_in(module.sleep, lowlevel.checkpoint)))
    return found


def _replace(pairs: list[tuple[Any, Any]]) -> None:
    """Put the second of each pair in the place of the first, in all modules but the insides of those spared."""
    new = {id(old): stand_in for old, stand_in in pairs}
    for name, module in list(sys.modules.items()):
        if module is None or ("." in name and _root(name) in _SPARED):
            continue
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if (found := new.get(id(value))) is not None:
                setattr(module, attribute, found)


def _root(name: str) -> str:
    return name.partition(".")[0]


def _micros(seconds: Any) -> int | None:
    """Give the microseconds of a sleep, rounded up as the real one does; None for what is not to be slept."""
    try:
        number = seconds if isinstance(seconds, float) else operator.index(seconds)
    except TypeError:
        return None
    return math.ceil(number * 1_000_000) if 0 < number < math.inf else None


async def _one_checkpoint(checkpoint: Checkpoint) -> None:
    await checkpoint()
