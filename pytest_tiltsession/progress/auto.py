"""``auto``: the clock jumps to the next instant while everybody waits for it; decides by what the server sees.

It runs on the server's thread, between two of the loop's turns: whatever has come of a request has been taken note
of, and no request is answered meanwhile. How busy a client is in itself nobody can see, which is why it is given a
while after each byte, and why there are named holds.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession import times
from pytest_tiltsession.clock import simulated, wakeups, wall
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.progress import looking, stalls, waiting
from pytest_tiltsession.server import listener, pacing

# How long no byte may have moved before a client counts as one that waits (as for the consumer of a scenario).
QUIET = 0.05
# A machine that lets the server's own timer wait lets its clients wait as well: they get so many times more.
_LAGS = 4
# A client that asks again and again is never quiet: after so many seconds it need only have no request in work.
RESTLESS = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Situation:
    """What there is to decide by. ``due`` and ``bound`` are microseconds since the epoch, the others seconds.

    ``watches`` are open, or answers held back for the clock, and so many threads or tasks of the test ``wait``;
    ``met`` tells whether any client ever asked for something. ``quiet`` is how long no byte has moved, ``restless``
    for how long that is being waited for, and ``lag`` by how much the machine let the server's own timers wait.
    """

    watches: int
    waiting: int
    busy: bool
    met: bool
    quiet: float
    restless: float
    lag: float
    held: bool
    due: int | None
    bound: int


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """Whether to move now, whether the clock stands for good, and after how many seconds to look again, if ever."""

    move: bool = False
    stands: bool = False
    look_after: float | None = None


def decide(seen: Situation) -> Decision:
    """Decide whether the clock jumps now. It is looked again, at once, when anything changes but for silence."""
    if seen.held or not (seen.watches or seen.waiting):
        return Decision()
    if seen.busy:
        return Decision(look_after=QUIET)
    if seen.due is None or seen.due > seen.bound:
        return Decision(stands=True)
    enough = QUIET + _LAGS * seen.lag
    if seen.met and seen.quiet < enough and seen.restless < RESTLESS:
        return Decision(look_after=min(enough - seen.quiet, RESTLESS - seen.restless))
    return Decision(move=True, look_after=QUIET if seen.met else 0.0)


class Auto(looking.Looking):
    """Moves a clock by itself, from when it is made until :meth:`stop`.

    ``bound`` is the instant that it never passes, ``limit`` how far from the clock's start that is, as it was given.
    ``watches`` are told when the clock stands for good. ``down`` says that no process runs: whoever wants one waits for
    the clock, unseen.
    """

    def __init__(
        self,
        clock: simulated.SimulatedClock,
        served: listener.Listener,
        moves: waiting.Moves,
        *,
        limit: times.Span,
        watches: stalls.Stalls,
        on_error: Callable[[BaseException], None],
        down: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock = clock
        self._activity = served.activity
        self._limit = limit
        self._bound = clock.start + times.micros_of(limit)
        self._down = down
        self._wanted: float | None = None  # since when the next instant only waits for silence
        self._expected: float | None = None  # when the next beat is to come, if nobody nudges
        self._lag = 0.0
        pace = pacing.Pace(served, self._beat, on_error)
        super().__init__(pace, watches, moves, clock.on_planned(self.nudge))

    @property
    def runs(self) -> bool:
        """Whether the clock is moved."""
        return self._pace.runs

    def refusal(self, due: wakeups.Wakeup) -> str | None:
        """Say why the clock will not come to what is due next; None where it will."""
        if due.at <= self._bound:
            return None
        wait = lettering.duration(due.at - self._clock.start)
        return (
            f"the clock goes no further than {self._limit} by itself, and what is due next "
            f"({due.what or 'a step'}) is due {wait} after its start: give a larger limit, or move the clock by hand"
        )

    def _beat(self) -> float | None:
        """Decide and do, and say when to look again; runs on the server's thread."""
        late = 0.0 if self._expected is None else wall.seconds() - self._expected
        self._lag = max(late, self._lag / 2)
        wait = self._decided()
        self._expected = None if wait is None else wall.seconds() + wait
        return wait

    def _decided(self) -> float | None:
        seen = self._situation()
        decision = decide(seen)
        if decision.move or decision.look_after is None:
            self._wanted = None
        elif self._wanted is None:
            self._wanted = wall.seconds()
        if decision.stands:
            return self._stand(seen)
        if not decision.move:
            return decision.look_after
        if not self._clock.step_unless_moving():
            return QUIET
        self._moves.happened()
        return decision.look_after

    def _situation(self) -> Situation:
        due = self._clock.next_due()
        activity = self._activity
        return Situation(
            watches=activity.watches + activity.held + self._down(),
            waiting=self._moves.waiting,
            busy=activity.in_work > 0,
            met=activity.requests > 0,
            quiet=activity.quiet_seconds(),
            restless=0.0 if self._wanted is None else wall.seconds() - self._wanted,
            lag=self._lag,
            held=bool(self._clock.holds),
            due=None if due is None else due.at,
            bound=self._bound,
        )

    def _stand(self, seen: Situation) -> float | None:
        """Tell those that wait in vain; a watch only when it has been quiet for long, as others may yet act."""
        self._moves.happened()
        return self._watches.look(seen.quiet, self._why)

    def _why(self) -> str:
        due = self._clock.next_due()
        return "nothing more is planned" if due is None else self.refusal(due) or "it is held"
