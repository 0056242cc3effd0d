"""Waiting in an event loop, on asyncio and trio alike: the async twins; anyio is imported when one is first used.

Each turn gives the other tasks of the loop, and the server, the time to do what the last instant brought them to.
No timer of the loop is used: it may be frozen.
"""

import functools
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, Unpack

from pytest_tiltsession import errors
from pytest_tiltsession.clock import holding, simulated
from pytest_tiltsession.expectations import checks, eventually, failures, running, sequence, targets
from pytest_tiltsession.expectations import requests as asking
from pytest_tiltsession.progress import settling, waiting


class Moving:
    """Moves a clock from within an event loop, or waits for its drive; ``settling`` is None where nothing is served."""

    def __init__(
        self, clock: simulated.SimulatedClock, paced: waiting.Paced, settles: settling.Settling | None
    ) -> None:
        self._clock = clock
        self._paced = paced
        self._settling = settles

    async def turn(self) -> None:
        """Let the other tasks and the server do what there is to do."""
        checkpoint = checkpoint_of()
        if self._settling is None:
            await checkpoint()
        else:
            await self._settling.turn(checkpoint)

    async def go_on(self) -> bool:
        """Move to the next instant, or wait until something has happened; False where nothing is planned."""
        if not self._paced.runs:
            moved = self._clock.step()
            await self.turn()
            return moved
        self._paced.check(holding.current_task())
        await self._wait()
        return True

    async def move_to(self, instant: int) -> None:
        """Move to an instant, with a turn after each one that is due on the way."""
        while (due := self._clock.next_due()) is not None and due.at <= instant:
            if due.at > self._clock.now:
                self._clock.move_on_to(due.at)
            else:
                self._clock.run_due()
            await self.turn()
        self._clock.move_on_to(instant)
        await self.turn()

    async def pursue(self, pursuit: eventually.Pursuit) -> None:
        """Go on until a claim holds; the pursuit's clock is to be a :class:`waiting.Seen`. Raises what that raises."""
        await self.turn()  # tasks that were just started come to their first request
        while not pursuit.holds():
            pursuit.move()
            await self.go_on()

    async def _wait(self) -> None:
        from anyio import to_thread  # an extra

        given_up = False
        try:
            await to_thread.run_sync(functools.partial(self._paced.wait, lambda: given_up), abandon_on_cancel=True)
        finally:
            given_up = True
            self._paced.interrupt()


Pursue = Callable[[failures.Claim], Awaitable[None]]


class Awaited:
    """A claim that is to be awaited, or several, one after the other. Awaiting moves the clock until they hold."""

    def __init__(self, pursue: Pursue) -> None:
        self._pursue = pursue
        self._noted: list[failures.Claim] = []

    def __await__(self) -> Generator[Any, None, None]:
        return self._hold_all().__await__()

    async def _hold_all(self) -> None:
        for claim in self._noted:
            await self._pursue(claim)


class AwaitedTarget(Awaited, targets.TargetExpectation):
    """Claims about one target, awaited as a whole: ``await ….expect_target("api").was("active").within("5s")``."""

    def __init__(self, name: str, pursue: Pursue) -> None:
        Awaited.__init__(self, pursue)
        targets.TargetExpectation.__init__(self, name, self._noted.append)


class AwaitedRequests(Awaited, asking.RequestsExpectation):
    """Claims about requests, awaited as a whole: ``await ….expect_requests("list").relisted_after_410()``."""

    def __init__(self, pursue: Pursue, operation: str | tuple[str, ...] | None, asked: asking.Asked) -> None:
        Awaited.__init__(self, pursue)
        chosen = asking.begin(self._noted.append, operation, **asked)
        asking.RequestsExpectation.__init__(self, chosen, self._noted.append)


class _Noted(checks.Expectations, Awaited):
    """Expectations that note what is claimed, to be awaited, instead of looking."""

    def __init__(self, pursue: Pursue) -> None:
        Awaited.__init__(self, pursue)

    def _claim(self, claim: failures.Claim) -> None:
        self._noted.append(claim)


class Eventually:
    """Expectations that are awaited and move the clock, instant after instant, until they are met.

    Each is what the method of that name claims; see :class:`checks.Expectations`. Awaiting one raises
    :class:`errors.ExpectationFailed` where it does not come true within the limit.
    """

    def __init__(self, pursue: Pursue) -> None:
        self._pursue = pursue

    def expect_succeeded(self) -> Awaited:
        """Wait until the session is done without an error."""
        return self._noted(lambda claims: claims.expect_succeeded())

    def expect_failed(self, error: str | None = None, *, match: str | None = None) -> Awaited:
        """Wait until the session is done with an error: any, exactly ``error``, or one in which ``match`` is found."""
        return self._noted(lambda claims: claims.expect_failed(error, match=match))

    def expect_running(
        self,
        *,
        waiting: "running.Names | Mapping[str, str] | None" = None,
        not_ready: "running.Names | None" = None,
        retrying: "running.Names | None" = None,
    ) -> Awaited:
        """Wait until the session goes on and, of each group that is given, just these targets are in it."""
        return self._noted(
            lambda claims: claims.expect_running(waiting=waiting, not_ready=not_ready, retrying=retrying)
        )

    def expect_exit_code(self, code: int | None) -> Awaited:
        """Wait until Tilt exits with this code."""
        return self._noted(lambda claims: claims.expect_exit_code(code))

    def expect_done_at(self, when: checks.Duration, *, within: checks.Duration = 0) -> Awaited:
        """Wait until the session is done, at this time since its start, give or take ``within``."""
        return self._noted(lambda claims: claims.expect_done_at(when, within=within))

    def expect_target(self, name: str) -> AwaitedTarget:
        """Begin claims about one target, as those of ``expect_target``."""
        return AwaitedTarget(name, self._pursue)

    def expect_timeline(self, expected: sequence.Expected) -> Awaited:
        """Wait until these entries have happened in this order."""
        return self._noted(lambda claims: claims.expect_timeline(expected))

    def expect_requests(
        self, operation: "str | tuple[str, ...] | None" = None, **asked: Unpack[asking.Asked]
    ) -> AwaitedRequests:
        """Wait until clients have made such requests; what is chosen is said as for ``expect_requests``."""
        return AwaitedRequests(self._pursue, operation, asked)

    def _noted(self, claim: Callable[[checks.Expectations], None]) -> Awaited:
        noted = _Noted(self._pursue)
        claim(noted)
        return noted


def checkpoint_of() -> settling.Checkpoint:
    """Give the checkpoint of the loop that runs; raises TiltSessionError, naming the extra, without anyio."""
    try:
        from anyio import lowlevel  # an extra
    except ImportError:
        raise errors.TiltSessionError(
            "methods that are awaited need anyio: install pytest-tiltsession[async], "
            'such as pip install "pytest-tiltsession[async]"'
        ) from None
    return lowlevel.checkpoint
