"""The test's own time beside the session's: frozen, handed over, or slept through; for as long as a test lasts."""

import contextlib
from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.clock import freezing, simulated, sleeping
from pytest_tiltsession.progress import settling


class OwnTime:
    """Binds the process's own time to a session's clock between :meth:`begin` and :meth:`end`.

    ``settles`` gives how to let requests be answered before a sleep moves the clock, None where nothing is served;
    ``explain`` says what stands in the way, for a sleep that finds no end.
    """

    def __init__(
        self,
        settings: settings_module.Settings,
        clock: simulated.SimulatedClock,
        *,
        settles: Callable[[], settling.Settling | None],
        explain: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._settles = settles
        self._explain = explain
        self._bound = clock.start + times.micros_of(settings.limit)
        self._stack: contextlib.ExitStack | None = None

    def begin(self) -> None:
        """Freeze and take the sleeps, as the settings say; harmless when begun. Raises ClockError where others lead."""
        if self._stack is not None:
            return
        with contextlib.ExitStack() as stack:
            if self._settings.freeze:
                stack.enter_context(freezing.frozen(self._clock))
            if self._settings.sleeps:
                sleeper = sleeping.Sleeper(self._clock, move=self._sleep_to, settle=self._settle, turn=self._turn)
                stack.enter_context(sleeping.sleeps_move(sleeper))
            self._stack = stack.pop_all()

    def end(self) -> None:
        """Give the process its own time back; harmless when repeated."""
        stack, self._stack = self._stack, None
        if stack is not None:
            stack.close()

    def follow(self, freezer: Any) -> None:
        """Let a freezer lead until :meth:`end`."""
        if self._stack is None:
            raise errors.ClockError("follow() ends with the fake: use it in a with block, or call start() first")
        self._stack.enter_context(freezing.following(self._clock, freezer))

    def _sleep_to(self, instant: int) -> None:
        if instant > self._bound:
            raise errors.ClockError(
                f"a sleep goes beyond the limit of {self._settings.limit} after the clock's start, with sleeps=True: "
                f"does the sleeper wait for what never comes?\n{self._explain()}"
            )
        self._clock.move_on_to(instant)

    def _settle(self) -> None:
        settles = self._settles()
        if settles is not None:
            settles.wait()

    async def _turn(self, checkpoint: settling.Checkpoint) -> None:
        settles = self._settles()
        if settles is None:
            await checkpoint()
        else:
            await settles.turn(checkpoint)
