"""The test's own time and the session's as one: the only module that knows freezegun and time-machine.

Either the session's clock leads and freezegun follows, or a freezer that the test holds already leads and the
session follows. Event loops keep running in every combination: their own timers are left alone.
"""

import contextlib
import datetime
import functools
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.clock import simulated

# Loops and their clients time their own waiting; frozen, they would wait for ever or not at all.
_LEFT_ALONE = ["asyncio", "trio", "anyio", "outcome", "sniffio", "httpcore", "concurrent.futures", "pytest_timeout"]
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001  freezegun counts in naive UTC


@contextlib.contextmanager
def frozen(clock: simulated.SimulatedClock) -> Iterator[None]:
    """Let ``datetime.now()``, ``time.time()`` and their kin follow the clock, in this process, until the block ends."""
    import freezegun  # start-up cost: only a test that freezes pays for it

    with freezegun.freeze_time(_moment(clock.now), ignore=_LEFT_ALONE, real_asyncio=True) as freezer:
        end = clock.on_move(lambda now: freezer.move_to(_moment(now)))
        try:
            yield
        finally:
            end()


def follow(clock: simulated.SimulatedClock, freezer: Any = None) -> Callable[[], None]:
    """Let a freezer lead: whenever it moves, the clock moves by as much. Gives the function that ends it.

    ``freezer`` is what ``freeze_time`` or pytest-freezer's ``freezer`` gives, or time-machine's traveller or fixture;
    without one the freezer in force is taken. Raises ClockError for anything else, and where the freezer moves back.
    """
    found = _freezer_in_force() if freezer is None else freezer
    moves = [name for name in ("move_to", "tick", "shift") if callable(getattr(found, name, None))]
    if "move_to" not in moves:
        raise errors.ClockError(
            f"{found!r} is no freezer: hand over what freeze_time(...) or the freezer fixture gives, "
            "or time-machine's traveller, which can move_to()"
        )
    read = _reader(found)
    inner = False

    def moving(move: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        nonlocal inner
        if inner:  # freezegun's tick and move_to call each other
            return move(*args, **kwargs)
        inner = True
        try:
            before = read()
            result = move(*args, **kwargs)
            step = read() - before
        finally:
            inner = False
        clock.advance(step / 1_000_000)
        return result

    for name in moves:
        setattr(found, name, functools.partial(moving, getattr(found, name)))

    def end() -> None:
        for name in moves:
            with contextlib.suppress(AttributeError):
                delattr(found, name)

    return end


@contextlib.contextmanager
def sleeps_move(clock: simulated.SimulatedClock) -> Iterator[None]:
    """Turn the test process's own sleeps into moves of the clock, until the block ends.

    That is ``time.sleep``, and ``asyncio.sleep``, ``trio.sleep`` and ``anyio.sleep`` where those are loaded, also
    where a module imported them by name. Loops are given a turn instead.
    """
    import time

    def sleep(seconds: float) -> None:
        clock.advance(seconds)

    replaced: list[tuple[Any, str, Any]] = []
    pairs: list[tuple[Any, Any]] = [(time.sleep, sleep)]
    if (asyncio := sys.modules.get("asyncio")) is not None:
        pairs.append((asyncio.sleep, _async_sleep(clock, functools.partial(asyncio.sleep, 0))))
    for name in ("trio", "anyio"):
        module = sys.modules.get(name)
        lowlevel = sys.modules.get(f"{name}.lowlevel")
        if module is not None and lowlevel is not None:
            pairs.append((module.sleep, _async_sleep(clock, lowlevel.checkpoint)))
    try:
        for real, stand_in in pairs:
            for module in _users_of(real):
                for attribute in [key for key, value in vars(module).items() if value is real]:
                    replaced.append((module, attribute, real))
                    setattr(module, attribute, stand_in)
        yield
    finally:
        for module, attribute, real in reversed(replaced):
            setattr(module, attribute, real)


def _async_sleep(clock: simulated.SimulatedClock, checkpoint: Callable[[], Awaitable[None]]) -> Callable[..., Any]:
    async def sleep(delay: float, result: Any = None) -> Any:
        clock.advance(max(0.0, delay))
        await checkpoint()
        return result

    return sleep


def _users_of(function: Any) -> list[Any]:
    """Give the modules that hold a function by name, but for pytest, this package and the loops' own insides."""
    spared = ("_pytest", "pytest_tiltsession", "asyncio.", "trio.", "anyio.", "threading", "subprocess", "xdist", "execnet")
    return [
        module
        for name, module in list(sys.modules.items())
        if module is not None and not name.startswith(spared) and function in getattr(module, "__dict__", {}).values()
    ]


def _moment(micros: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=micros)


def _freezer_in_force() -> Any:
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        return freezegun.freeze_factories[-1]
    time_machine = sys.modules.get("time_machine")
    if time_machine is not None and time_machine.traveller_stack:
        return time_machine.traveller_stack[-1]
    raise errors.ClockError(
        "no freezer is in force: freeze the time first (freeze_time, freezer, time_machine.travel), "
        "or let the session lead with @pytest.mark.tilt_session(freeze=True)"
    )


def _reader(freezer: Any) -> Callable[[], int]:
    """Give a function that reads a freezer's own time in microseconds."""
    if hasattr(freezer, "time_to_freeze"):
        return lambda: (freezer.time_to_freeze - _EPOCH) // datetime.timedelta(microseconds=1)
    import time

    return lambda: time.time_ns() // 1000
