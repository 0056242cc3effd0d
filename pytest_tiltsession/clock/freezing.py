"""The test's own time and the session's as one: the only module that knows freezegun and time-machine.

Either the session's clock leads and freezegun follows (``freeze=True``), or a freezer that the test holds already
leads and the session follows. Loops and threads go on waiting by the machine's clock in either case.
"""

import contextlib
import datetime
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import machinery, simulated, thawing

# freezegun looks at every name of every module: these load what is named when it is looked at, and pydantic cannot
# build the models of Kubernetes' client while dates are false.
_LAZY = ("kubernetes.", "kubernetes_asyncio.", "pytest_tiltsession")
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001  freezegun counts in naive UTC
_leading = threading.Lock()


@contextlib.contextmanager
def frozen(clock: simulated.SimulatedClock) -> Iterator[None]:
    """Let ``datetime.now()``, ``time.time()`` and their kin follow the clock, in this process, until the block ends.

    Raises :class:`errors.ClockError` where another session's clock leads already.
    """
    if not _leading.acquire(blocking=False):
        raise errors.ClockError("another session's clock leads the time of this process: only one can (freeze=True)")
    try:
        import freezegun  # start-up cost: only a test that freezes pays for it

        machinery.load()
        ignored = [*machinery.PREFIXES, *_LAZY]
        # The machinery first: a loop in another thread would see the time jump, and fire all its timers.
        with _machinery_runs_on(), thawing.frozen(freezegun.freeze_time(_moment(clock.now), ignore=ignored)) as freezer:
            _ask_nobody_who_calls()
            end = clock.on_move(lambda now: freezer.move_to(_moment(now)))
            try:
                yield
            finally:
                end()
    finally:
        _leading.release()


@contextlib.contextmanager
def following(clock: simulated.SimulatedClock, freezer: Any = None) -> Iterator[None]:
    """Let a freezer lead until the block ends: whenever it moves, the clock moves by as much, and the reverse.

    ``freezer`` is what ``freeze_time`` or pytest-freezer's ``freezer`` gives, or time-machine's traveller or fixture;
    without one the freezer in force is taken. Raises ClockError for anything else. A move back is refused and undone,
    and so is one that the clock does not make, such as while it is held.
    """
    leader = _Leader(_freezer_in_force() if freezer is None else freezer, clock)
    with _machinery_runs_on(), leader.leading():
        yield


class _Leader:
    """A freezer, whose moves move a clock."""

    def __init__(self, freezer: Any, clock: simulated.SimulatedClock) -> None:
        self._freezer = freezer
        self._clock = clock
        self._moves = [name for name in ("move_to", "tick", "shift") if callable(getattr(freezer, name, None))]
        if "move_to" not in self._moves:
            raise errors.ClockError(
                f"{freezer!r} is no freezer: hand over what freeze_time(...) or the freezer fixture gives, "
                "or time-machine's traveller or fixture, which can move_to()"
            )
        self._inner = threading.local()
        self._seen = clock.now

    @contextlib.contextmanager
    def leading(self) -> Iterator[None]:
        """Stand before the freezer's own methods until the block ends."""
        own = {name: vars(self._freezer).get(name) for name in self._moves}
        for name in self._moves:
            move = functools.partial(self._moved, name, getattr(self._freezer, name))
            setattr(self._freezer, name, move)
        end = self._clock.on_move(self._take_along)
        try:
            yield
        finally:
            end()
            for name, before in own.items():
                if before is None:
                    delattr(self._freezer, name)
                else:
                    setattr(self._freezer, name, before)

    def _moved(self, name: str, move: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make a move of the freezer, and the clock's after it; what the clock did not make is undone."""
        if getattr(self._inner, "moving", False):  # freezegun's tick and move_to call each other
            return move(*args, **kwargs)
        self._inner.moving = True
        try:
            before, stood = _read(self._freezer), self._clock.now
            shown = None if before is None else _shown(self._freezer)
            result = move(*args, **kwargs)
            after = _read(self._freezer)
            if before is None or shown is None or after is None:  # time-machine's fixture only begins to travel
                return result
            # A traveller that ticks ticks between the two looks as well.
            step = _micros_of(*args, **kwargs) if name == "shift" else after - before
            try:
                self._move_clock(step)
            except BaseException:
                _set(self._freezer, shown + self._clock.now - stood)
                raise
            return result
        finally:
            self._inner.moving = False

    def _move_clock(self, step: int) -> None:
        if step < 0:
            raise errors.ClockError(
                f"the freezer was moved back by {times.format_duration(-step * times.MICROSECOND)}, and the session "
                "follows it, whose clock never goes back: move it forward only"
            )
        self._clock.advance(step / 1_000_000)

    def _take_along(self, now: int) -> None:
        """Learn that the clock has moved: take the freezer along, unless it moved first."""
        step, self._seen = now - self._seen, now
        if getattr(self._inner, "moving", False) or not step or _read(self._freezer) is None:
            return
        self._inner.moving = True
        try:
            _set(self._freezer, _shown(self._freezer) + step)
        finally:
            self._inner.moving = False


@contextlib.contextmanager
def _machinery_runs_on() -> Iterator[None]:
    """Let loops and threads wait by the machine's clock, where freezegun has taken it from them."""
    api = sys.modules.get("freezegun.api")
    if api is None:
        yield
        return
    reals = {
        "monotonic": api.real_monotonic,
        "monotonic_ns": api.real_monotonic_ns,
        "perf_counter": api.real_perf_counter,
        "perf_counter_ns": api.real_perf_counter_ns,
        "time": api.real_time,
    }
    fakes = {getattr(api, f"fake_{name}"): real for name, real in reals.items()}
    with machinery.runs_on(fakes, reals, lambda: bool(api.freeze_factories)):
        yield


def _ask_nobody_who_calls() -> None:
    """Let nobody see the real time for being called by a loop, a thread or pytest.

    freezegun gives the real time to whoever is called, within five frames, by a module that it is to ignore: a
    coroutine under asyncio, the function of a thread, a test itself. That is for the modules' own sake, whose names
    are spared already.
    """
    lists = getattr(sys.modules.get("freezegun.api"), "ignore_lists", None)
    if lists:
        spared = {*machinery.PREFIXES, *_LAZY, "multiprocessing", "_pytest.terminal", "_pytest.runner"}
        lists[-1] = tuple(name for name in lists[-1] if name not in spared and name.rstrip(".") not in spared)


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


def _read(freezer: Any) -> int | None:
    """Read the time that a freezer was set to, in microseconds; None for time-machine's fixture before it travels."""
    if hasattr(freezer, "time_to_freeze"):
        return _micros(freezer.time_to_freeze)
    traveller = getattr(freezer, "traveller_obj", freezer)
    return None if traveller is None else int(traveller.time_ns()) // 1000


def _shown(freezer: Any) -> int:
    """Read the time that a freezer shows now, which goes on where it ticks."""
    if hasattr(freezer, "time_to_freeze") and hasattr(freezer, "start"):
        return _micros(freezer())
    return _read(freezer) or 0


def _set(freezer: Any, wanted: int) -> None:
    """Let a freezer show another time."""
    if hasattr(freezer, "time_to_freeze"):
        freezer.move_to(_moment(wanted))
    else:
        freezer.shift(datetime.timedelta(microseconds=wanted - _shown(freezer)))


def _micros(moment: datetime.datetime) -> int:
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1)


def _micros_of(delta: "datetime.timedelta | float") -> int:
    """Give the argument of time-machine's ``shift`` in microseconds."""
    if isinstance(delta, datetime.timedelta):
        return delta // datetime.timedelta(microseconds=1)
    return round(delta * 1_000_000)
