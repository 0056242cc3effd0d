"""The face that a fake gives to time: step, run until, who waits for what; with twins to be awaited.

Wires the clock to what moves it: the test, a client's reads, ``auto`` or ``wall``. Knows no scripts.
"""

from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors, serving, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import messages
from pytest_tiltsession.clock import simulated, wall
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.expectations import checks, eventually, failures, observed, standing
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import auto, awaiting, blocked, settling, waiting
from pytest_tiltsession.progress import wall as walls
from pytest_tiltsession.store import requests

Duration = str | int | float
Predicate = Callable[[sessions.Session], Any]


def clock_for(settings: settings_module.Settings, start: int) -> simulated.SimulatedClock:
    """Make the clock that a progress needs."""
    if settings.progress == "wall":
        return wall.WallClock(start, settings.speed_factor)
    return simulated.SimulatedClock(start)


class Timekeeping(checks.Expectations, serving.Served):
    """The time of one fake, as its test moves it and waits for it.

    Each method that waits has a twin with an ``a`` before its name, to be awaited on asyncio and trio (needs the extra
    ``async``). Between two instants a twin gives the other tasks of the loop a turn, so that they see each event when
    it comes; the plain methods block the loop that they are called in.
    """

    def __init__(
        self,
        settings: settings_module.Settings,
        world: worlds.World,
        log: requests.RequestLog,
        *,
        exit_code: Callable[[], int | None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        checks.Expectations.__init__(self, world, log, exit_code=exit_code)
        self._time_settings = settings
        self._time_world = world
        self._time_log = log
        self._on_time_error = on_error
        self._moves = waiting.Moves()
        self._drive: auto.Auto | walls.Wall | None = None
        self._settling: settling.Settling | None = None
        self._stalls: dict[str, None] = {}
        if settings.progress in ("auto", "wall"):
            world.journal.subscribe(self._moves.happened)

    # -- waiting ------------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Play the next instant at which something is due, a step or a deadline; False where nothing is."""
        return self._time_world.clock.step()

    def run_until(self, predicate: Predicate, *, limit: "Duration | None" = None) -> sessions.Session:
        """Play instant after instant until ``predicate(session)`` holds; give that Session.

        Under ``auto`` and ``wall`` wait until the clock has brought it. ``limit`` is how far the clock may move
        meanwhile (without one, the setting of that name). Raises ExpectationFailed, which says who waits for what,
        when nothing more is planned or the next instant lies beyond the limit.
        """
        return self._run(predicate, f"{_name_of(predicate)} to be true of the session", limit)

    def run_until_done(self, *, limit: "Duration | None" = None) -> sessions.Session:
        """Play until the session is done, by its script or by a timeout; give it as it ended."""
        return self._run(_is_done, "the session to be done", limit)

    def blocked(self) -> blocked.Blocked:
        """Say who waits for what now: targets and why, what is due next, who holds the clock, which requests wait."""
        activity = None if self._server is None else self.activity
        return blocked.look(self.look(), self._time_world.clock, self._time_log, activity, self.style)

    def eventually(self, limit: Duration = "30m", *, clock: eventually.MovableClock | None = None) -> checks.Eventually:
        """Give the expectations that wait: they move the clock until they are met, at most by ``limit``.

        Under ``auto`` and ``wall`` they wait until the clock has moved.
        """
        return super().eventually(limit, clock=clock or self._paced())

    # -- waiting, to be awaited ---------------------------------------------------------------------------------

    async def aadvance(self, duration: Duration) -> None:
        """Move the clock forward as ``clock.advance`` does, with a turn for the loop's tasks after each instant."""
        step = times.micros_of(duration)
        if step < 0:
            raise errors.ClockError(f"aadvance({duration!r}): the clock never goes back; give a duration of 0s or more")
        await self._moving().move_to(self._time_world.clock.now + step)

    async def astep(self) -> bool:
        """Play the next instant and give the loop's tasks a turn; False where nothing is planned."""
        moved = self.step()
        await self._moving().turn()
        return moved

    async def arun_until(self, predicate: Predicate, *, limit: "Duration | None" = None) -> sessions.Session:
        """Play until ``predicate(session)`` holds, as ``run_until``, with a turn for the loop's tasks each time."""
        return await self._arun(predicate, f"{_name_of(predicate)} to be true of the session", limit)

    async def arun_until_done(self, *, limit: "Duration | None" = None) -> sessions.Session:
        """Play until the session is done, as ``run_until_done``, with a turn for the loop's tasks each time."""
        return await self._arun(_is_done, "the session to be done", limit)

    def aeventually(self, limit: Duration = "30m") -> awaiting.Eventually:
        """Give the expectations that are awaited: ``await tilt_session.aeventually("5m").expect_succeeded()``."""

        async def pursue(claim: failures.Claim) -> None:
            seen = awaiting.Seen(self._time_world.clock)
            await self._moving().pursue(checks.Expectations.eventually(self, limit, clock=seen).pursue(claim))

        return awaiting.Eventually(pursue)

    # -- within -------------------------------------------------------------------------------------------------

    def _run(self, predicate: Predicate, wanted: str, limit: "Duration | None") -> sessions.Session:
        met = _Met(predicate, wanted)
        pursuit = self.eventually(self._limit(limit)).pursue(met.claim)
        try:
            while not pursuit.holds():
                pursuit.move()
        except errors.ExpectationFailed as failed:
            raise self._explained(failed) from None
        return met.found()

    async def _arun(self, predicate: Predicate, wanted: str, limit: "Duration | None") -> sessions.Session:
        met = _Met(predicate, wanted)
        seen = awaiting.Seen(self._time_world.clock)
        pursuit = checks.Expectations.eventually(self, self._limit(limit), clock=seen).pursue(met.claim)
        try:
            await self._moving().pursue(pursuit)
        except errors.ExpectationFailed as failed:
            raise self._explained(failed) from None
        return met.found()

    def _limit(self, limit: "Duration | None") -> Duration:
        return self._time_settings.limit if limit is None else limit

    def _explained(self, failed: errors.ExpectationFailed) -> errors.ExpectationFailed:
        return errors.ExpectationFailed(f"{failed}\n\n{self.blocked().around()}")

    def _paced(self) -> waiting.Paced:
        drive: waiting.Drive = self._drive or waiting.NO_DRIVE
        return waiting.Paced(self._time_world.clock, self._moves, drive, lambda: str(self.blocked()))

    def _moving(self) -> awaiting.Moving:
        return awaiting.Moving(self._time_world.clock, self._paced(), self._settling)

    # -- what moves the clock by itself -------------------------------------------------------------------------

    def _begin_time(self) -> None:
        """Begin to move the clock by itself, where it is to; the server has begun to serve."""
        settings, clock, served = self._time_settings, self._time_world.clock, self._serving.listener
        self._settling = settling.Settling(served)
        if settings.progress == "auto":
            self._drive = auto.Auto(
                clock,
                served,
                self._moves,
                limit=settings.limit,
                patience=settings.patience_seconds,
                idle=lambda: standing.is_done(self.look()),
                explain=lambda: str(self.blocked()),
                on_error=self._on_time_error,
                on_stalled=self._stalled,
            )
        elif isinstance(clock, wall.WallClock):
            self._drive = walls.Wall(clock, served, self._moves, on_error=self._on_time_error)

    def _end_time(self) -> None:
        """Move the clock no more by itself, and let go those who wait for that; harmless when repeated."""
        if self._drive is not None:
            self._drive.stop()
        self._settling = None

    def _note_watch(self, answer: messages.Answer) -> messages.Answer:
        """Let the drive know of an answer, before it is sent."""
        return answer if self._drive is None else self._drive.answering(answer)

    def _after_read(self) -> None:
        """Play the next instant after a client's read, where there is one; on the server's thread."""
        clock = self._time_world.clock
        if not clock.holds:
            clock.step_unless_moving()

    def _stalled(self, text: str) -> None:
        self._stalls[text] = None


class _Met:
    """A question about the session as a claim; keeps the Session of which it was answered with yes."""

    def __init__(self, predicate: Predicate, wanted: str) -> None:
        self._predicate = predicate
        self._wanted = wanted
        self._found: sessions.Session | None = None

    def claim(self, seen: observed.Observed) -> failures.Failure | None:
        """Ask."""
        if seen.session is not None and self._predicate(seen.session):
            self._found = seen.session
            return None
        return failures.Failure(f"expected {self._wanted}, but {standing.in_words(seen)}", hint=standing.hint(seen))

    def found(self) -> sessions.Session:
        """Give the Session."""
        assert self._found is not None
        return self._found


def _is_done(found: sessions.Session) -> bool:
    return found.status.done


def _name_of(predicate: Predicate) -> str:
    """Name a question: a function by its name, a lambda by where it stands."""
    name = getattr(predicate, "__name__", type(predicate).__name__)
    code = getattr(predicate, "__code__", None)
    if name != "<lambda>" or code is None:
        return f"{name}()"
    return f"the lambda of {code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
