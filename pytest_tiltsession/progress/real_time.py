"""Waiting for a real Tilt, in real time: a claim is looked at again with every event, up to a limit; moves no clock."""

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from pytest_tiltsession import errors
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.expectations import checks, eventually, failures, lettering, observed
from pytest_tiltsession.live import observation, recording, server_time
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import asking, awaiting

# A claim may turn on time alone, such as how long a state has lasted; then no event tells of it.
_GLANCE = 0.2  # seconds


class _Machine:
    """The machine's monotonic clock in microseconds."""

    start = 0

    @property
    def now(self) -> int:
        """The present instant."""
        return round(server_time.seconds() * 1_000_000)

    def next_due(self) -> wakeups.Wakeup | None:
        """Give None: nobody knows what a real Tilt does next."""
        return None

    def step(self) -> bool:
        """Do nothing: time goes by itself."""
        return False


class Pursuit(eventually.Pursuit):
    """One claim about a real Tilt. ``limit`` is of real time; a Tilt that has ended is waited for no longer."""

    def __init__(
        self,
        claim: failures.Claim,
        look: Callable[[], observed.Observed],
        recorded: recording.Recording,
        limit: checks.Duration,
        style: lettering.Style,
    ) -> None:
        super().__init__(claim, look, _Machine(), limit, style)
        self._recorded = recorded
        self._known = -1
        self._ended = ""

    def holds(self) -> bool:
        """Look at the session as it is now."""
        self._known, self._ended = self._recorded.seen.events, self._recorded.seen.ended
        return super().holds()

    def move(self) -> None:
        """Wait for the next event; raises as the pursuit of a fake does."""
        self.check()
        self.wait()

    def check(self) -> None:
        """Raise where waiting is of no use any more."""
        if self._failure is not None and self._failure.final:
            raise self._given_up("")
        if self._ended:
            raise self._given_up(f"and {_lowered(self._ended)}")
        if self._left() <= 0:
            raise self._given_up(f"which is the limit of {lettering.duration(self._limit)}")

    def wait(self) -> None:
        """Wait for an event, for a while at most."""
        self._recorded.seen.wait_for(
            lambda seen: seen.events != self._known or seen.ended != self._ended, min(_GLANCE, self._left())
        )

    def _left(self) -> float:
        return max(0.0, (self._began + self._limit - self._clock.now) / 1_000_000)

    def _waited(self) -> str:
        return f"{lettering.duration(self._clock.now - self._began)} of real time"


class Eventually(checks.Eventually):
    """Expectations of a real Tilt that wait until they are met."""

    def __init__(
        self,
        subject: observed.Subject,
        name: str,
        style: lettering.Style,
        recorded: recording.Recording,
        limit: checks.Duration,
    ) -> None:
        super().__init__(subject, name, style, _Machine(), limit)
        self._recorded = recorded

    def pursue(self, claim: failures.Claim) -> Pursuit:
        """Give the pursuit of a claim."""
        look = functools.partial(self._observed_subject.look, self._observed_name)
        return Pursuit(claim, look, self._recorded, self._limit, self._style)

    def hold(self, claim: failures.Claim) -> None:
        """Wait until a claim holds."""
        self._claim(claim)

    async def apursue(self, claim: failures.Claim) -> None:
        """Wait in an event loop, on asyncio or trio, whose other tasks go on meanwhile."""
        checkpoint = awaiting.checkpoint_of()
        from anyio import to_thread  # an extra

        pursuit = self.pursue(claim)
        await checkpoint()  # tasks that were just started come to their first request
        while not pursuit.holds():
            pursuit.check()
            await to_thread.run_sync(pursuit.wait, abandon_on_cancel=True)


class RealTime(checks.Expectations):
    """The time of a real Tilt as a test waits for it. Moving it is refused by its clock.

    Each method that waits has a twin with an ``a`` before its name, to be awaited on asyncio and trio (needs the extra
    ``async``); the plain methods block the loop that they are called in.
    """

    settings: settings_module.Settings
    recording: recording.Recording

    @property
    def clock(self) -> observation.LiveClock:
        """The Tilt's own clock, to be read."""
        raise NotImplementedError

    def step(self) -> bool:
        """Refused: a real Tilt goes by itself."""
        return self.clock.step()

    async def astep(self) -> bool:
        """Refused: a real Tilt goes by itself."""
        return self.clock.step()

    async def aadvance(self, duration: checks.Duration) -> None:
        """Refused: a real Tilt goes by itself."""
        self.clock.advance(duration)

    def follow(self, freezer: Any = None) -> None:  # noqa: ARG002  nothing can lead
        """Refused: a real Tilt follows nobody."""
        self.clock.run_due()

    def run_until(self, predicate: asking.Predicate, *, limit: "checks.Duration | None" = None) -> sessions.Session:
        """Wait until ``predicate(session)`` holds; give that Session.

        ``limit`` is of real time (without one, the setting of that name). Raises ExpectationFailed at its end, and as
        soon as Tilt has ended.
        """
        return self._wait(asking.Met(predicate), limit)

    def run_until_done(self, *, limit: "checks.Duration | None" = None) -> sessions.Session:
        """Wait until the session is done; give it as it ended."""
        return self._wait(asking.done(), limit)

    async def arun_until(
        self, predicate: asking.Predicate, *, limit: "checks.Duration | None" = None
    ) -> sessions.Session:
        """Wait as ``run_until`` does, while the loop's other tasks go on."""
        return await self._await(asking.Met(predicate), limit)

    async def arun_until_done(self, *, limit: "checks.Duration | None" = None) -> sessions.Session:
        """Wait as ``run_until_done`` does, while the loop's other tasks go on."""
        return await self._await(asking.done(), limit)

    def eventually(
        self, limit: checks.Duration = "30m", *, clock: eventually.MovableClock | None = None
    ) -> checks.Eventually:
        """Give the expectations that wait until they are met, for ``limit`` of real time at most.

        Raises :class:`errors.ClockError` where they are given another clock.
        """
        if clock is not None:
            raise errors.ClockError("eventually(clock=…): a real Tilt goes by its own clock; leave clock= out")
        return self._eventually(limit)

    def aeventually(self, limit: checks.Duration = "30m") -> awaiting.Eventually:
        """Give the expectations that are awaited: ``await tilt_session.aeventually("5m").expect_succeeded()``."""
        return awaiting.Eventually(self._eventually(limit).apursue)

    def _eventually(self, limit: "checks.Duration | None") -> Eventually:
        within = self.settings.limit if limit is None else limit
        return Eventually(self._observed_subject, self._observed_name, self.style, self.recording, within)

    def _wait(self, met: asking.Met, limit: "checks.Duration | None") -> sessions.Session:
        self._eventually(limit).hold(met.claim)
        return met.found()

    async def _await(self, met: asking.Met, limit: "checks.Duration | None") -> sessions.Session:
        await self._eventually(limit).apursue(met.claim)
        return met.found()


def _lowered(text: str) -> str:
    """Give a reason as the end of a sentence; Tilt keeps its capital."""
    return text if text.startswith("Tilt") else text[:1].lower() + text[1:]


def refuse_to_drive(name: str) -> Callable[..., Any]:
    """Make a method that refuses to drive a real Tilt."""

    def refuse(_self: object, *_: object, **__: object) -> NoReturn:
        raise errors.NotAFake(
            f"{name}(): a real Tilt is behind this session, and only its own Tiltfile moves it. Keep this test to the "
            'fake with @pytest.mark.tilt_session(mode="fake"), or drive only where `not tilt_session.live`'
        )

    refuse.__name__ = name
    refuse.__doc__ = "Refused: a real Tilt is not driven by tests."
    return refuse
