"""The fluent face of claims about what clients asked: ``expect_requests("list", at_most=3).backed_off("1s")``."""

from collections.abc import Callable
from typing import Self, Unpack

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import conduct, failures, lettering, observed, selection
from pytest_tiltsession.expectations.failures import Failure

Duration = times.Duration
Select = Callable[[int], selection.Selection]


class Asked(selection.Chosen, total=False):
    """What ``Expectations.expect_requests`` takes beside the operation: conditions, and how many there are to be."""

    count: int | None
    at_least: int | None
    at_most: int | None


def begin(
    hold: failures.Hold,
    operation: str | tuple[str, ...] | None = None,
    *,
    count: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    **conditions: Unpack[selection.Chosen],
) -> Select:
    """Claim that such requests were made, and give how they are chosen, for more claims about them."""

    def chosen(start: int) -> selection.Selection:
        return selection.selection(operation, start=start, **conditions)

    chosen(0)  # what makes no sense is refused before anything is looked at
    hold(counted(chosen, count, at_least, at_most))
    return chosen


def counted(
    select: Select, count: int | None = None, at_least: int | None = None, at_most: int | None = None
) -> failures.Claim:
    """Claim how many of the chosen requests were made; with no number, at least one."""
    if count is not None and (at_least, at_most) != (None, None):
        raise errors.InvalidValue("count= is exact: leave at_least= and at_most= out beside it")
    for number in (count, at_least, at_most):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 0):
            raise errors.InvalidValue(f"{number!r} is no number of requests: give 0, 1, 2 …")
    least = count if count is not None else at_least if at_least is not None else int(at_most is None)
    most = at_most if count is None else count
    limits = [f"at least {least}"] if least else []
    limits += [f"at most {most}"] if most is not None else []
    wanted = " and ".join(limits) if count is None else str(count or "no")
    if (count, at_least, at_most) == (None, None, None):
        wanted = "a"
    singular = wanted == "a" or (least if most is None else most) == 1

    def claim(seen: observed.Observed) -> Failure | None:
        chosen = select(seen.origin)
        found = chosen.choose(seen.requests)
        if least <= len(found) and (most is None or len(found) <= most):
            return None
        there = "there was" if len(found) == 1 or (singular and not found) else "there were"
        said = chosen.one if singular else str(chosen)
        return Failure(
            f"expected {wanted} {said}, but {there} {len(found) or 'none'} up to {lettering.clock(seen.now)}",
            hint=None if found else chosen.near_miss(seen.requests),
            show_blockers=False,
            show_timeline=False,
            chosen=found or None,
            final=most is not None and len(found) > most,
        )

    return claim


class RequestsExpectation:
    """Claims about the chosen requests, one after the other; each raises :class:`errors.ExpectationFailed` or goes on.

    Requests of one client belong together by their User-Agent. All times are simulated time.
    """

    def __init__(self, select: Select, hold: failures.Hold) -> None:
        self._select = select
        self._hold = hold

    def relisted_after_410(self) -> Self:
        """Claim that each client that was told 410 Gone made a list as its next request, and that one was told so.

        A 410 is an answer of that status, or a watch that ended with such an ERROR event. Choose no operation here, or
        the lists are not among the chosen requests.
        """
        return self._claim(conduct.relisted_after_410)

    def resumed_from_the_last_version(self) -> Self:
        """Claim that watches began where their client had got to, and that there is a watch that could.

        A watch that follows a list or another watch of its client must name the resourceVersion that the client saw
        last: that of the list, or of the last event.
        """
        return self._claim(conduct.resumed_from_the_last_version)

    def backed_off(self, at_least: Duration = "1us", *, at_most: Duration | None = None, growing: bool = False) -> Self:
        """Claim that clients waited between a request that failed and their next one, and that one did fail.

        Failed are answers of 400 and more but 409 and 410, after which a client may go on at once. ``growing``: while a
        client goes on failing, it never waits a shorter time than before.
        """
        most = None if at_most is None else times.micros_of(at_most)
        return self._claim(conduct.backed_off(times.micros_of(at_least), most, growing=growing))

    def spaced(self, at_least: Duration = 0, *, at_most: Duration | None = None) -> Self:
        """Claim the time between any two successive requests of a client, and that a client made two."""
        most = None if at_most is None else times.micros_of(at_most)
        return self._claim(conduct.spaced(times.micros_of(at_least), most))

    def closed_the_watches(self) -> Self:
        """Claim that no watch is open, and that there was a watch."""
        return self._claim(conduct.closed_the_watches)

    def wrote_nothing(self) -> Self:
        """Claim that no request was a POST, PUT, PATCH or DELETE, whether it was refused or not."""
        return self._claim(conduct.wrote_nothing)

    def used_the_token(self) -> Self:
        """Claim that each request carried the token of this Tilt."""
        return self._claim(conduct.used_the_token)

    def came_in_order(self, *operations: str) -> Self:
        """Claim that the operations were asked for in this order; others may lie between: ``("list", "watch")``."""
        return self._claim(conduct.came_in_order(operations))

    def _claim(self, conduct_of: conduct.Conduct) -> Self:
        def claim(seen: observed.Observed) -> Failure | None:
            chosen = self._select(seen.origin)
            records = chosen.choose(seen.requests)
            fault = conduct_of(records)
            if fault is None:
                return None
            return Failure(
                f"expected {chosen} that {fault.wanted}, but {fault.found}",
                hint=fault.hint,
                show_blockers=False,
                show_timeline=False,
                chosen=fault.records or records or None,
            )

        self._hold(claim)
        return self
