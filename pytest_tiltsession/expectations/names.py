"""The target that a test means, found among the rows of a timeline, and what is said where there is none."""

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import lettering, observed, timeline
from pytest_tiltsession.rules import target_names

_MOST = 20


def row(seen: observed.Observed, name: str) -> timeline.Row:
    """Give the row of the target that a test names.

    Raises :class:`errors.UnknownTarget` where the session never showed such a target, or the resource has several, and
    :class:`errors.InvalidValue` for what is no name.
    """
    if not isinstance(name, str):
        raise errors.InvalidValue(f'{name!r} is no name of a target: write "migrate:update", or its resource "migrate"')
    found = target_names.find(seen.timeline.rows, name)
    if found is None:
        raise errors.UnknownTarget(_unknown(seen, name))
    return found


def _unknown(seen: observed.Observed, name: str) -> str:
    rows = seen.timeline.rows
    if not rows:
        return f"no target {name!r}: the session {seen.name} has shown no target yet, at {lettering.clock(seen.now)}"
    near = target_names.meant(rows, name)
    hint = f"; {near}" if near else "."
    listed = [item.name for item in rows]
    if near and len(listed) > _MOST:
        listed = target_names.by_likeness(rows, name)
    return f"the session {seen.name} has no target {name!r}{hint} Declared are {lettering.listed(listed, _MOST)}"
