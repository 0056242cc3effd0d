"""Claims about how the session ended: succeeded, failed, done at a time, what ``tilt ci`` exits with."""

import re

from pytest_tiltsession import errors, times
from pytest_tiltsession.expectations import differences, failures, given, lettering, observed, standing, states
from pytest_tiltsession.expectations.failures import Failure


def succeeded(seen: observed.Observed) -> Failure | None:
    """Claim that the session is done without an error."""
    if standing.is_done(seen) and not standing.error(seen):
        return None
    return Failure(
        f"expected the session to succeed, but {standing.in_words(seen)}",
        hint=standing.hint(seen),
        final=standing.is_done(seen),
    )


def failed(error: str | None = None, match: str | None = None) -> failures.Claim:
    """Claim that the session is done with an error: any, exactly this one, or one that a pattern is found in.

    Raises :class:`errors.InvalidValue` for both at once, for an empty error and for what is no pattern.
    """
    if error is not None and match is not None:
        raise errors.InvalidValue("expect_failed() takes an exact error or match=, a pattern to search for; not both")
    if error == "":
        raise errors.InvalidValue("an error is never empty: write expect_failed() for any, or expect_succeeded()")
    pattern = None if match is None else compiled(given.pattern(match))
    wanted = f" with {error!r}" if error else f" with an error that matches {match!r}" if match else ""

    def claim(seen: observed.Observed) -> Failure | None:
        found = standing.error(seen)
        if not standing.is_done(seen) or not found:
            sentence = f"expected the session to fail{wanted}, but {standing.in_words(seen)}"
            return Failure(sentence, hint=standing.hint(seen), final=standing.is_done(seen))
        if error is not None and found != error:
            return _other_error(
                seen, differences.between(error, found), differences.near_miss(error, found) or _whose(seen, error)
            )
        if pattern is not None and not pattern.search(found):
            lines = [f"  pattern   {pattern.pattern!r}", *differences.block("found", found)]
            return _other_error(seen, lines, differences.pattern_near_miss(pattern.pattern, found))
        return None

    return claim


def _other_error(seen: observed.Observed, lines: list[str], hint: str | None) -> Failure:
    sentence = f"expected the session to fail with another error than it did at {standing.done_at(seen)}"
    return Failure(sentence, tuple(lines), hint or standing.hint(seen), final=True)


def compiled(pattern: str) -> re.Pattern[str]:
    """Read a pattern. Raises :class:`errors.InvalidValue` that says where it is wrong."""
    try:
        return re.compile(pattern)
    except re.error as refused:
        raise errors.InvalidValue(
            f"match={pattern!r} is not a pattern: {refused}; to find the text as it stands, "
            f"write match={differences.literal(pattern)}"
        ) from None


def _whose(seen: observed.Observed, error: str) -> str | None:
    """Say which target has the error that the session did not end with."""
    for row in seen.timeline.rows:
        if row.last.end is None and states.detail_of(row.last.state) == error:
            word = states.words_of(row.last.state)[-1]
            if word == states.RETRYING:
                return f"{row.name} has that error, but the grace period tolerates it"
            if word == states.FAILED:
                return f"{row.name} failed with that error, but of the failed targets the first by name decides"
    return None


def exit_code(code: int | None) -> failures.Claim:
    """Claim what ``tilt ci`` exits with: 0, 1, -9 for one that was killed, or None for a Tilt that goes on.

    Any session that is done ends Tilt, and the first one counts. Raises :class:`errors.InvalidValue` for other codes.
    """
    if code not in (0, 1, -9, None):
        raise errors.InvalidValue(
            f"{code!r} is no exit code of tilt ci: it is 0, 1, -9 where it was killed, or None while Tilt goes on"
        )

    def claim(seen: observed.Observed) -> Failure | None:
        if seen.exit_code == code:
            return None
        wanted = "go on" if code is None else f"exit with {code}"
        if seen.exit_code is None:
            sentence = f"expected Tilt to {wanted}, but it goes on: the session is not done at {standing.at(seen)}"
            return Failure(sentence, hint=standing.hint(seen))
        sentence = f"expected Tilt to {wanted}, but it exits with {seen.exit_code}{_ending(seen)}"
        return Failure(sentence, final=True)

    return claim


def _ending(seen: observed.Observed) -> str:
    """Say when and by which session Tilt ended, as far as the journal shows it."""
    ended = seen.exit
    if ended is None:
        return ""
    who = "the session" if ended.name == seen.name else f"the session {ended.name}"
    why = f"{who} failed{standing.after_colon(ended.error)}" if ended.error else f"{who} succeeded"
    return f" at {lettering.clock(ended.at)}, since {why}"


def done_at(when: times.Duration, within: times.Duration = 0) -> failures.Claim:
    """Claim that the session became done at a time since its start, give or take ``within``.

    Raises :class:`errors.InvalidValue` for what is no duration.
    """
    wanted, slack = times.micros_of(when), times.micros_of(within)

    def claim(seen: observed.Observed) -> Failure | None:
        about = f" (give or take {lettering.duration(slack)})" if slack else ""
        expected = f"expected the session to be done at {lettering.clock(wanted)}{about}"
        if seen.done is None:
            return Failure(f"{expected}, but {standing.in_words(seen)}", hint=standing.hint(seen))
        off = seen.done.at - wanted
        if abs(off) <= slack:
            return None
        side = "later" if off > 0 else "earlier"
        return Failure(
            f"{expected}, but {standing.outcome(seen)} at {standing.done_at(seen)}, "
            f"{lettering.duration(abs(off))} {side}{standing.after_colon(standing.error(seen))}",
            hint=standing.hint(seen),
            final=True,
        )

    return claim
