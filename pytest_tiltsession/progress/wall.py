"""``wall``: what is due is run when the machine's clock has come to it; a timer on the server's thread."""

from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.clock import wakeups, wall
from pytest_tiltsession.progress import waiting
from pytest_tiltsession.server import listener, pacing

_SHORTEST = 0.001  # seconds; another thread may be moving the clock just now
_LONGEST = 1.0  # seconds; those that listen to the clock learn so often how time passes


class Wall:
    """Lets a clock follow the machine's and runs what falls due, from when it is made until :meth:`stop`."""

    def __init__(
        self,
        clock: wall.WallClock,
        served: listener.Listener,
        moves: waiting.Moves,
        *,
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._clock = clock
        self._moves = moves
        self._pace = pacing.Pace(served, self._beat, on_error)
        self._end = clock.on_planned(self.nudge)
        self._stopped = False
        clock.begin()

    @property
    def runs(self) -> bool:
        """Whether the clock is moved."""
        return self._pace.runs

    def nudge(self) -> None:
        """Look at once what is due when."""
        self._pace.nudge()

    def stop(self) -> None:
        """Let the clock stand; harmless when repeated."""
        if not self._stopped:
            self._stopped = True
            self._end()
            self._pace.stop()
            self._clock.end()
            self._moves.happened()

    def answering(self, answer: messages.Answer) -> messages.Answer:
        """Give an answer as it is: nobody waits in vain for time that passes."""
        return answer

    def refusal(self, due: wakeups.Wakeup) -> str | None:  # noqa: ARG002  every instant comes
        """Give None: time brings everything that is planned."""
        return None

    def _beat(self) -> float:
        before = self._clock.next_due()
        self._clock.catch_up()
        if self._clock.next_due() is not before:
            self._moves.happened()
        wait = self._clock.seconds_until_due()
        return _LONGEST if wait is None else min(max(wait, _SHORTEST), _LONGEST)
