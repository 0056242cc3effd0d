"""Something to be done on the server's thread, again and again, at its own pace; knows timers, not what is done.

Between two turns the loop answers whatever has come, so that nothing is done in the middle of a request.
"""

import asyncio
from collections.abc import Callable

from pytest_tiltsession.server import listener

_AFTER_A_FAILURE = 0.05  # seconds


class Pace:
    """Calls ``beat`` on the loop of a listener: after each :meth:`nudge`, and when the time has come that it gave.

    ``beat`` gives the machine's seconds until it wants to be called again, or None to wait for a nudge. What it
    raises goes to ``on_error``, and it is called again a little later.
    """

    def __init__(
        self,
        served: listener.Listener,
        beat: Callable[[], float | None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        self._loop = served.loop
        self._beat = beat
        self._on_error = on_error
        self._nudged = False
        self._stopped = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        """Whether there may be more beats."""
        return not (self._stopped or self._loop.is_closed())

    def nudge(self) -> None:
        """Let there be a beat in the loop's next turn. Any thread, perhaps under a lock; returns at once."""
        if not (self._nudged or self._stopped):
            self._nudged = True
            self._soon(self._turn)

    def stop(self) -> None:
        """Let there be no more beats. Any thread; one that has begun is not waited for."""
        self._stopped = True
        self._soon(self._cancel)

    def _soon(self, function: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop is closed, and nothing will ever be done on it
            self._stopped = True

    def _turn(self) -> None:
        self._nudged = False
        self._cancel()
        if self._stopped:
            return
        try:
            wait = self._beat()
        except BaseException as problem:  # pytest.fail in a test's own callback must not end the server
            self._on_error(problem)
            wait = _AFTER_A_FAILURE
        if wait is not None and not self._stopped and self._timer is None:
            self._timer = self._loop.call_later(wait, self._turn)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
