"""A claim that may come true while the clock moves; moves it one instant after the other, up to a limit."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.expectations import failures, lettering, observed


@runtime_checkable
class MovableClock(observed.Clock, Protocol):
    """A clock that knows what is due next and can move there."""

    def next_due(self) -> wakeups.Wakeup | None:
        """Give what is due next, or None where nothing is planned."""

    def step(self) -> bool:
        """Move to the next instant at which something is due; False where nothing is planned."""


class Pursuit:
    """One claim, looked at again after each instant.

    Use it in a loop, with whatever else the loop waits for::

        while not pursuit.holds():
            pursuit.move()

    ``holds`` looks; ``move`` goes to the next instant, and raises :class:`errors.ExpectationFailed` (or the
    :class:`errors.UnknownTarget` of a target that never came) where there is none within the limit.
    """

    def __init__(
        self, claim: failures.Claim, look: Callable[[], observed.Observed], clock: MovableClock,
        limit: times.Duration, style: lettering.Style,
    ) -> None:  # fmt: skip
        self._claim = claim
        self._look = look
        self._clock = clock
        self._style = style
        self._limit = times.micros_of(limit)
        self._began = clock.now
        self._failure: failures.Failure | None = None
        self._unknown: errors.UnknownTarget | None = None
        self._seen: observed.Observed | None = None
        self._due: wakeups.Wakeup | None = None  # what was due next when it was looked

    def holds(self) -> bool:
        """Look at the session as it is now."""
        # Asked first: where another thread moves the clock, what it brings by then is in what is seen.
        self._due = self._clock.next_due()
        self._seen = self._look()
        self._failure = self._unknown = None
        try:
            self._failure = self._claim(self._seen)
        except errors.UnknownTarget as unknown:
            self._unknown = unknown
        return self._failure is None and self._unknown is None

    def move(self) -> None:
        """Go to the next instant."""
        due = self._due or self._clock.next_due()
        past = due is not None and due.at > self._began + self._limit
        final = self._failure is not None and self._failure.final
        if due is None or past or final:
            raise self._given_up("" if final else self._why(due))
        self._clock.step()

    def _why(self, due: wakeups.Wakeup | None) -> str:
        if due is None:
            return "and nothing more is planned"
        wait = lettering.duration(due.at - self._clock.now)
        limit = lettering.duration(self._limit)
        return f"and the next instant ({due.what or 'a step'}, in {wait}) is beyond the limit of {limit}"

    def _waited(self) -> str:
        moved = self._clock.now - self._began
        return f"the clock moved on by {lettering.duration(moved)}" if moved else "the clock did not move"

    def _given_up(self, why: str) -> errors.TiltSessionError:
        waited = f"{self._waited()} {why}".rstrip()
        if self._unknown is not None:
            return errors.UnknownTarget(f"{self._unknown}; {waited}")
        assert self._failure is not None
        assert self._seen is not None
        return failures.failed(self._failure, self._seen, self._style, waited)
