"""What looks at a fake's clock on the server's thread, beat by beat, until it is stopped; decides nothing itself."""

from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.progress import stalls, waiting
from pytest_tiltsession.server import pacing


class Looking:
    """Beats from when it is made until :meth:`stop`; ``end`` lets go of what nudges it."""

    def __init__(
        self, pace: pacing.Pace, watches: stalls.Stalls, moves: waiting.Moves, end: Callable[[], None]
    ) -> None:
        self._pace = pace
        self._watches = watches
        self._moves = moves
        self._end = end
        self._stopped = False

    def nudge(self) -> None:
        """Look at once."""
        self._pace.nudge()

    def stop(self) -> None:
        """Look no more; harmless when repeated."""
        if not self._stopped:
            self._stopped = True
            self._end()
            self._pace.stop()
            self._moves.happened()

    def answering(self, answer: messages.Answer) -> messages.Answer:
        """Take note of an answer that is a watch, so that it can be told when the clock stands."""
        if isinstance(answer, messages.Response):
            return answer
        watch = self._watches.follow(answer)
        self.nudge()
        return watch
