"""Every expectation that a test can have of a session, by name; each fails with what was asked and what is.

This is the face that a fake, or a live Tilt, gives on; what each expectation means lives in the modules beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import (
    eventually,
    failures,
    given,
    lettering,
    never,
    observed,
    occurrences,
    outcomes,
    rendering,
    request_table,
    running,
    selection,
    sequence,
    states,
    targets,
)
from pytest_tiltsession.expectations import requests as asking
from pytest_tiltsession.models import session as sessions

Duration = times.Duration
_STYLE = lettering.Style()


class _Claims:
    """The expectations, whatever it is that holds them."""

    def _claim(self, claim: failures.Claim) -> None:
        raise NotImplementedError

    def expect_succeeded(self) -> None:
        """Fail unless the session is done without an error."""
        self._claim(outcomes.succeeded)

    def expect_failed(self, error: str | None = None, *, match: str | None = None) -> None:
        """Fail unless the session is done with an error: any, exactly ``error``, or one in which ``match`` is found."""
        self._claim(outcomes.failed(error, match))

    def expect_running(
        self,
        *,
        waiting: "running.Names | Mapping[str, str] | None" = None,
        not_ready: "running.Names | None" = None,
        retrying: "running.Names | None" = None,
    ) -> None:
        """Fail unless the session goes on and, of each group that is given, just these targets are in it.

        Give one name or several, of targets or resources; ``()`` is none. ``waiting`` may map names to wait reasons.
        A job that runs counts as not ready, as Tilt counts it.
        """
        self._claim(running.running(waiting, not_ready, retrying))

    def expect_exit_code(self, code: int | None) -> None:
        """Fail unless Tilt exits with this code, 0 or 1, at the first session that is done; None: it goes on."""
        self._claim(outcomes.exit_code(code))

    def expect_done_at(self, when: Duration, *, within: Duration = 0) -> None:
        """Fail unless the session became done at this time since its start, give or take ``within``."""
        self._claim(outcomes.done_at(when, within))

    def expect_target(self, name: str) -> targets.TargetExpectation:
        """Begin expectations of one target: ``expect_target("api").was("waiting", "active").within("5s")``.

        A resource may be named where it has one target only.
        """
        return targets.TargetExpectation(name, self._claim)

    def expect_timeline(self, expected: sequence.Expected) -> None:
        """Fail unless these entries happened in this order, whatever else happened in between.

        An entry is ``("migrate", "active")``, with a time ``("4s", "migrate", "failed: exit status 1")`` or with a
        span ``(("3s", "5s"), "api", "ready")``; ``("session", "done")`` is of the session itself. Entries in a set may
        come in any order among themselves, and what happened at one instant has no order.
        """
        self._claim(sequence.timeline(expected))

    def expect_requests(
        self,
        operation: str | tuple[str, ...] | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        name: str | None = None,
        client: str | None = None,
        status: "selection.Status | None" = None,
        method: str | None = None,
        path: str | None = None,
        since: Duration | None = None,
        until: Duration | None = None,
        where: "Callable[[selection.Record], bool] | None" = None,
    ) -> asking.RequestsExpectation:
        """Fail unless clients made such requests: one at least, or as many as ``count``, ``at_least``, ``at_most`` say.

        They are chosen by operation (``"list"``, ``"watch"``, ``"update status"`` …), the Session's ``name``, a part
        of the ``client``'s User-Agent, ``status`` (a number, several, or ``"4xx"``), ``method``, a part of the
        ``path``, and the simulated time since the session's start; ``where`` is a question about a record. What comes
        back takes more claims about the chosen ones: ``expect_requests(client="kubectl").wrote_nothing()``.
        """
        chosen = asking.begin(
            self._claim, operation, count=count, at_least=at_least, at_most=at_most, name=name, client=client,
            status=status, method=method, path=path, since=since, until=until, where=where,
        )  # fmt: skip
        return asking.RequestsExpectation(chosen, self._claim)


class Expectations(_Claims):
    """Expectations of one session as it is now. Each raises :class:`errors.ExpectationFailed` where it is not met.

    ``world`` is what holds the journal and the clock, ``requests`` the log of what clients asked. ``exit_code`` tells
    what Tilt's process exited with, where that is known better than the journal shows it. ``name`` is the Session that
    is judged, and ``style`` how failures are written.
    """

    def __init__(
        self,
        world: observed.World,
        requests: Iterable[selection.Record] | None = (),
        *,
        exit_code: Callable[[], int | None] | None = None,
        name: str = sessions.TILTFILE_SESSION,
        style: lettering.Style | None = None,
    ) -> None:
        self._observed_subject = observed.Subject(world, requests, exit_code)
        self._observed_name = name
        self.style: lettering.Style = style or _STYLE

    def _claim(self, claim: failures.Claim) -> None:
        seen = self.look()
        failure = claim(seen)
        if failure is not None:
            raise failures.failed(failure, seen, self.style)

    def look(self) -> observed.Observed:
        """Give what is to be seen now: the session, its timeline, the requests."""
        return self._observed_subject.look(self._observed_name)

    def of(self, name: str) -> "Expectations":
        """Give the expectations of another Session, by its name."""
        given.text("of", name, sessions.TILTFILE_SESSION)
        subject = self._observed_subject
        return Expectations(subject.world, subject.requests, exit_code=subject.exit_code, name=name, style=self.style)

    def fail(self, what: str) -> NoReturn:
        """Fail with ``expected …`` and all that explains it; for what has no expectation of its own."""
        raise failures.failed(failures.Failure(f"expected {what}"), self.look(), self.style)

    def expect_never(self, what: "states.StateLike | never.Predicate") -> None:
        """Fail if any target was ever in this state, or a question about the session was ever answered with yes.

        A question is a function of a Session; it is asked of each version that a watch could see.
        """
        self._claim(never.true(what) if callable(what) else never.in_state(what))

    def eventually(self, limit: Duration = "30m", *, clock: eventually.MovableClock | None = None) -> "Eventually":
        """Give the expectations that wait: they move the clock until they are met, at most by ``limit``.

        Raises :class:`errors.ClockError` where the clock cannot be moved and no other is given.
        """
        moved = clock or self._observed_subject.world.clock
        if not isinstance(moved, eventually.MovableClock):
            raise errors.ClockError("eventually() moves the clock, and this session's clock moves by itself")
        return Eventually(self._observed_subject, self._observed_name, self.style, moved, limit)

    def is_about(self, failed: errors.ExpectationFailed) -> bool:
        """Tell whether a failure is about the session that ``render_timeline`` and ``render_requests`` show."""
        return failed.subject is not None and failed.subject is self._observed_subject

    def render_timeline(self, style: lettering.Style | None = None) -> str:
        """Give the timeline of the targets as text, in the ``style`` of the expectations unless another is given."""
        return "\n".join(rendering.draw(self.look().timeline, style or self.style))

    def render_steps(self, style: lettering.Style | None = None) -> str:
        """Give what happened as text, one line for each target that changed and each event of the session."""
        return "\n".join(occurrences.draw(self.look().timeline, style or self.style))

    def render_requests(self, style: lettering.Style | None = None) -> str:
        """Give the requests that clients made as text."""
        seen = self.look()
        return "\n".join(request_table.draw(seen.requests, seen.origin, style or self.style))


class Eventually(_Claims):
    """Expectations that move the clock, one instant after the other, until they are met."""

    def __init__(
        self,
        subject: observed.Subject,
        name: str,
        style: lettering.Style,
        clock: eventually.MovableClock,
        limit: Duration,
    ) -> None:
        self._observed_subject = subject
        self._observed_name = name
        self._style = style
        self._clock = clock
        self._limit = limit

    def pursue(self, claim: failures.Claim) -> eventually.Pursuit:
        """Give the pursuit of a claim, for a loop that waits in its own way."""
        return eventually.Pursuit(
            claim, lambda: self._observed_subject.look(self._observed_name), self._clock, self._limit, self._style
        )

    def _claim(self, claim: failures.Claim) -> None:
        pursuit = self.pursue(claim)
        while not pursuit.holds():
            pursuit.move()
