"""The claim that something never was: a state of some target, or whatever a test asks of the session."""

from collections.abc import Callable
from typing import Any

from pytest_tiltsession.expectations import failures, lettering, observed, states
from pytest_tiltsession.expectations.failures import Failure
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal

Predicate = Callable[[sessions.Session], Any]


def in_state(described: states.StateLike) -> failures.Claim:
    """Claim that no target was ever in a state."""
    state = states.State.parse(described)

    def claim(seen: observed.Observed) -> Failure | None:
        found = [
            (item.seq, row, item) for row in seen.timeline.rows for item in row.segments if state.holds_of(item.state)
        ]
        if not found:
            return None
        width = max(lettering.columns(row.name) for _, row, _ in found)
        lines = [
            f"  {lettering.clock(item.begin)}  {lettering.padded(row.name, width)}  "
            f"{states.describe(item.state, row.type)}"
            for _, row, item in sorted(found, key=lambda triple: triple[0])
        ]
        more = [f"  … and {len(lines) - 10} more"] if len(lines) > 10 else []
        but = f"but {lettering.counted(len({row.name for _, row, _ in found}), 'target was', 'targets were')}"
        return Failure(
            f"expected no target ever to be {state}, {but}", (*lines[:10], *more), show_blockers=False, final=True
        )

    return claim


def true(predicate: Predicate) -> failures.Claim:
    """Claim that a question about the session was never answered with yes, at any commit that a watch could see.

    That includes what clients wrote, before the controller put it right.
    """

    def claim(seen: observed.Observed) -> Failure | None:
        for entry in seen.entries:
            if entry.name != seen.name or entry.type == journal.DELETED:
                continue
            if predicate(seen.journal.session_at(entry.seq)):
                note = f" ({entry.note})" if entry.note else ""
                but = f"but it was at {lettering.clock(entry.at - seen.origin)}"
                by = f"resourceVersion {entry.version}, written by the {entry.cause}{note}"
                return Failure(f"expected {_name(predicate)} never to be true, {but}: {by}", final=True)
        return None

    return claim


def _name(predicate: Predicate) -> str:
    """Name a question: a function by its name, a lambda by where it stands."""
    name = getattr(predicate, "__name__", type(predicate).__name__)
    code = getattr(predicate, "__code__", None)
    if name != "<lambda>" or code is None:
        return f"{name}()"
    return f"the lambda of {code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}"
