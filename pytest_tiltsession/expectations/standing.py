"""How the session stands, said in words; knows no claim."""

from pytest_tiltsession.engine import changes
from pytest_tiltsession.expectations import lettering, observed, states, timeline, undone
from pytest_tiltsession.rules import exit_conditions


def is_done(seen: observed.Observed) -> bool:
    """Tell whether the session exists and is done."""
    return seen.session is not None and seen.session.status.done


def error(seen: observed.Observed) -> str:
    """Give the session's error, empty where it has none or does not exist."""
    return "" if seen.session is None else seen.session.status.error


def at(seen: observed.Observed) -> str:
    """Say what time it is since the session's start."""
    return lettering.clock(seen.now)


def done_at(seen: observed.Observed) -> str:
    """Say when the session became done as it is."""
    return lettering.clock(seen.now if seen.done is None else seen.done.at)


def in_words(seen: observed.Observed) -> str:
    """Say how the session stands, as the end of a sentence that began with ``but``."""
    if seen.session is None:
        return _missing(seen)
    if not is_done(seen) and seen.ended is not None:
        return (
            f"it was not done when {_end_of_process(seen.ended.text)} at {lettering.clock(seen.ended.at - seen.origin)}"
        )
    if not is_done(seen):
        before = undone.look(seen.timeline)
        return f"it is {'no longer done' if before else 'still running'} at {at(seen)}"
    return f"{outcome(seen)} at {done_at(seen)}{after_colon(error(seen))}"


def _end_of_process(text: str) -> str:
    """Give the end of a process as part of a sentence."""
    return text.partition(":")[0]


def outcome(seen: observed.Observed) -> str:
    """Say how a session that is done ended."""
    return "it failed" if error(seen) else "it succeeded"


def after_colon(text: str) -> str:
    """Put a text after what was said: on the same line, or on lines of its own where it has several."""
    lines = text.strip().splitlines()
    if len(lines) < 2:
        return f": {lines[0]}" if lines else ""
    return ":" + "".join(f"\n    {line}" for line in lines)


def _missing(seen: observed.Observed) -> str:
    others = sorted({entry.name for entry in seen.entries if entry.name != seen.name})
    also = f"; other sessions were {lettering.listed(others)}" if others else ""
    gone = next((event for event in reversed(seen.timeline.events) if event.word == timeline.VANISHED), None)
    if gone is None:
        return f"there is no session {seen.name} yet at {at(seen)}{also}"
    who = " by a client" if gone.cause == changes.CLIENT else ""
    return f"there is no session {seen.name} any more: it was deleted{who} at {lettering.clock(gone.at)}{also}"


def hint(seen: observed.Observed) -> str | None:
    """Say why a session that goes on will not end by itself, or that one had ended before; None where it is neither."""
    if is_done(seen):
        return undone.too_late(seen.timeline)
    if seen.ended is not None:
        return "nothing happens in a Tilt that does not run; restart() starts it again"
    if seen.session is None:
        return None
    if seen.session.spec.exit_condition == exit_conditions.MANUAL:
        return 'its exit condition is manual, as in tilt up, and never met; a CI session has exit_condition="ci"'
    before = undone.look(seen.timeline)
    if before is not None:
        return undone.why(seen.timeline, *before)
    targets = seen.session.status.targets or ()
    if not targets:
        return "the session has no targets yet"
    words = states.words_of(targets[0].state)
    if len(targets) == 1 and not {states.WAITING, states.NOT_READY, states.RETRYING} & {*words}:
        return f"{targets[0].name} is all there is, and Tilt never calls a session of one target done"
    return None


def state_now(row: timeline.Row) -> str:
    """Say the state of a target now, and since when."""
    if row.last.end is not None:
        return f"gone with the session since {lettering.clock(row.last.end)}"
    return f"{states.describe(row.last.state, row.type)} since {lettering.clock(row.last.begin)}"
