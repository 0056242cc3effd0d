"""``reads``: the clock moves with each GET or list; a client that only watches is told that this never comes.

What is played after a read, ``timekeeping`` does. Here is only patience, on the server's thread; under ``manual``,
where it was asked for, it is the same with a sentence of its own.
"""

from collections.abc import Callable

from pytest_tiltsession.clock import simulated, wakeups
from pytest_tiltsession.progress import looking, polls, stalls, waiting
from pytest_tiltsession.server import listener, pacing

WHY = (
    'under progress="reads" it moves with each GET or list, and nobody asks for one; give progress="auto" to a client '
    "that only watches, or move the clock by hand"
)
WHY_MANUAL = (
    'under progress="manual" the test moves it, and nobody does; move it from another thread than the one that '
    'watches, or before it watches, or give progress="auto"'
)

_SOON = 0.05  # seconds; another thread moves the clock


class Reads(looking.Looking):
    """Looks whether watches wait in vain, from when it is made until :meth:`stop`.

    It moves the clock only while no process runs (``down``), since nobody can read then.
    ``why`` says why the clock stands, ``commits`` counts what happened to the session, for the clients that poll.
    """

    runs = False  # whoever waits moves the clock himself

    def __init__(
        self,
        clock: simulated.SimulatedClock,
        served: listener.Listener,
        moves: waiting.Moves,
        watches: stalls.Stalls,
        *,
        on_error: Callable[[BaseException], None],
        down: Callable[[], bool] = lambda: False,
        why: str = WHY,
        commits: Callable[[], int] = lambda: 0,
    ) -> None:
        self._activity = served.activity
        self._clock = clock
        self._down = down
        self._why = why
        self._polls = polls.Polls(watches, clock, commits=commits)
        pace = pacing.Pace(served, self._beat, on_error)
        ends = (clock.on_move(lambda _: self.nudge()), clock.on_planned(self.nudge))

        def end() -> None:
            for listening in ends:
                listening()

        super().__init__(pace, watches, moves, end)

    def refusal(self, due: wakeups.Wakeup) -> str | None:  # noqa: ARG002  there is no limit of its own
        """Give None: the clock comes wherever it is moved to."""
        return None

    def before_read(self) -> str:
        """Say why a client's read is refused, since nothing will ever come of it; empty where it is answered."""
        return self._polls.look()

    def _beat(self) -> float | None:
        if self._down() and not self._clock.holds and self._clock.next_due() is not None:
            return 0.0 if self._clock.step_unless_moving() else _SOON
        if not self._activity.watches or self._clock.holds:
            return None
        return self._watches.look(self._activity.quiet_seconds(), lambda: self._why)
