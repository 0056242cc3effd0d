"""The face that a fake gives to time: step, run until, who waits for what; with twins to be awaited.

Wires the clock to what moves it: the test, a client's reads, ``auto`` or ``wall``. Knows no scripts.
"""

from collections.abc import Callable

from pytest_tiltsession import errors, serving, times
from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.api import messages
from pytest_tiltsession.clock import simulated, wall
from pytest_tiltsession.engine import world as worlds
from pytest_tiltsession.expectations import checks, eventually, failures, standing
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import asking, auto, awaiting, blocked, current, reads, settling, stalls, waiting
from pytest_tiltsession.progress import wall as walls
from pytest_tiltsession.store import requests

Duration = times.Duration
Predicate = asking.Predicate
MovableClock = eventually.MovableClock


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
        self._drive: auto.Auto | walls.Wall | reads.Reads | None = None
        self._settling: settling.Settling | None = None
        self._stalls: dict[str, None] = {}
        if settings.progress in ("auto", "wall"):
            world.journal.subscribe(self._moves.happened)

    # -- waiting ------------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Play the next instant at which something is due, a step or a deadline; False where nothing is."""
        return self._time_world.clock.step()

    def run_until(
        self,
        predicate: Predicate,
        *,
        limit: "Duration | None" = None,
        clock: eventually.MovableClock | None = None,
    ) -> sessions.Session:
        """Play instant after instant until ``predicate(session)`` holds; give that Session.

        Under ``auto`` and ``wall`` wait until the clock has brought it. ``limit`` is how far the clock may move
        meanwhile (without one, the setting of that name); ``clock`` is what :meth:`pacing` gave. Raises
        ExpectationFailed, which says who waits for what, when nothing more is planned or the next instant lies beyond
        the limit.
        """
        return self._run(asking.Met(predicate), limit, clock)

    def run_until_done(
        self, *, limit: "Duration | None" = None, clock: eventually.MovableClock | None = None
    ) -> sessions.Session:
        """Play until the session is done, by its script or by a timeout; give it as it ended."""
        return self._run(asking.done(), limit, clock)

    def pacing(self, given_up: Callable[[], str]) -> waiting.Paced:
        """Give the clock to one who may give up waiting for it: to ``run_until_done(clock=)`` and ``eventually``.

        ``given_up`` says why, and is empty while the wait goes on; its ``interrupt`` lets that be asked at once.
        """
        return self._paced(given_up)

    def blocked(self) -> blocked.Blocked:
        """Say who waits for what now: targets and why, what is due next, who holds the clock, which requests wait."""
        settles, activity = self._settling, None if self._server is None else self.activity
        if settles is not None:
            settles.wait_briefly()
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
        return await self._arun(asking.Met(predicate), limit)

    async def arun_until_done(self, *, limit: "Duration | None" = None) -> sessions.Session:
        """Play until the session is done, as ``run_until_done``, with a turn for the loop's tasks each time."""
        return await self._arun(asking.done(), limit)

    def aeventually(self, limit: Duration = "30m") -> awaiting.Eventually:
        """Give the expectations that are awaited: ``await tilt_session.aeventually("5m").expect_succeeded()``."""

        async def pursue(claim: failures.Claim) -> None:
            seen = waiting.Seen(self._time_world.clock, self._is_starting)
            await self._moving().pursue(checks.Expectations.eventually(self, limit, clock=seen).pursue(claim))

        return awaiting.Eventually(pursue)

    # -- within -------------------------------------------------------------------------------------------------

    def _run(self, met: asking.Met, limit: "Duration | None", clock: "MovableClock | None") -> sessions.Session:
        pursuit = self.eventually(self._limit(limit), clock=clock).pursue(met.claim)
        try:
            while not pursuit.holds():
                pursuit.move()
        except errors.ExpectationFailed as failed:
            raise self._explained(failed) from None
        return met.found()

    async def _arun(self, met: asking.Met, limit: "Duration | None") -> sessions.Session:
        seen = waiting.Seen(self._time_world.clock, self._is_starting)
        pursuit = checks.Expectations.eventually(self, self._limit(limit), clock=seen).pursue(met.claim)
        try:
            await self._moving().pursue(pursuit)
        except errors.ExpectationFailed as failed:
            raise self._explained(failed) from None
        return met.found()

    def _limit(self, limit: "Duration | None") -> Duration:
        return self._time_settings.limit if limit is None else limit

    def _explained(self, failed: errors.ExpectationFailed) -> errors.ExpectationFailed:
        around = self.blocked().around()
        return errors.ExpectationFailed(failed.message, f"{failed.appendix}\n\n{around}", failed.subject)

    def _paced(self, given_up: Callable[[], str] = lambda: "") -> waiting.Paced:
        clock, starts = self._time_world.clock, self._is_starting
        drive = current.Current(lambda: self._drive, starts)
        return waiting.Paced(clock, self._moves, drive, lambda: str(self.blocked()), given_up, starts)

    def _moving(self) -> awaiting.Moving:
        return awaiting.Moving(self._time_world.clock, self._paced(), self._settling)

    # -- what moves the clock by itself -------------------------------------------------------------------------

    def _begin_time(self) -> None:
        """Begin to move the clock by itself, where it is to; the server has begun to serve."""
        settings, clock, served = self._time_settings, self._time_world.clock, self._serving.listener
        self._settling = settling.Settling(served)
        watches = stalls.Stalls(
            settings.patience_seconds,
            idle=lambda: standing.is_done(self.look()),
            explain=lambda: str(self.blocked()),
            on_stalled=self._stalled,
        )
        if settings.progress == "auto":
            self._drive = auto.Auto(
                clock,
                served,
                self._moves,
                limit=settings.limit,
                watches=watches,
                on_error=self._on_time_error,
                down=self._is_down,
            )
        elif settings.progress == "manual" and watches.patience is not None:
            why = reads.WHY_MANUAL
            self._drive = reads.Reads(clock, served, self._moves, watches, on_error=self._on_time_error, why=why)
        elif settings.progress == "reads":
            self._drive = reads.Reads(
                clock,
                served,
                self._moves,
                watches,
                on_error=self._on_time_error,
                down=self._is_down,
                commits=lambda: len(self._time_world.journal),
            )
        elif isinstance(clock, wall.WallClock):
            self._drive = walls.Wall(clock, served, self._moves, on_error=self._on_time_error)

    def _end_time(self) -> None:
        """Move the clock no more by itself, and let go those who wait for that; harmless when repeated."""
        if self._drive is not None:
            self._drive.stop()
        self._settling = None

    def _process_ended(self) -> None:
        """Let those who wait look again: nobody serves now, and the clock goes on to a start that is planned."""
        self._moves.happened()
        if self._drive is not None:
            self._drive.nudge()

    def _is_down(self) -> bool:
        """Tell whether the process has ended, so that nobody can be seen to wait for the clock."""
        return False

    def _is_starting(self) -> bool:
        """Tell whether another thread is to start a process, or about it, so that there is more to come."""
        return False

    def _note_watch(self, answer: messages.Answer) -> messages.Answer:
        """Let the drive know of an answer, before it is sent."""
        return answer if self._drive is None else self._drive.answering(answer)

    def _before_read(self) -> str:
        """Say why a client's read is refused, since nothing will ever come of it; empty where it is answered."""
        return self._drive.before_read() if isinstance(self._drive, reads.Reads) else ""

    def _after_read(self) -> None:
        """Play the next instant after a client's read, where there is one; on the server's thread."""
        clock = self._time_world.clock
        if not clock.holds:
            clock.step_unless_moving()

    def _stalled(self, text: str) -> None:
        self._stalls[text] = None
