"""The target that a test means: by its own name, or by its resource where that has one target only."""

import difflib

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import lettering, observed, timeline


def row(seen: observed.Observed, name: str) -> timeline.Row:
    """Give the row of the target that a test names.

    Raises :class:`errors.UnknownTarget` where the session never showed such a target, or the resource has several.
    """
    rows = seen.timeline.rows
    exact = seen.timeline.row(name)
    if exact is not None:
        return exact
    owned = [item for item in rows if name in item.resources]
    if len(owned) == 1:
        return owned[0]
    if owned:
        choices = " or ".join(repr(item.name) for item in owned)
        raise errors.UnknownTarget(f"{name!r} is a resource of {len(owned)} targets: write {choices}")
    raise errors.UnknownTarget(_unknown(seen, name))


def _unknown(seen: observed.Observed, name: str) -> str:
    rows = seen.timeline.rows
    if not rows:
        return f"no target {name!r}: the session {seen.name} has shown no target yet, at {lettering.clock(seen.now)}"
    known = {item.name: item.name for item in rows} | {word: item.name for item in rows for word in item.resources}
    by_case = [word for word in known if word.casefold() == name.casefold()]
    near = by_case or difflib.get_close_matches(name, list(known), 1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    listed = [f"{item.name}" for item in rows]
    if near and len(listed) > _MOST:
        listed.sort(key=lambda word: -difflib.SequenceMatcher(None, word, name).ratio())
    return f"the session {seen.name} has no target {name!r}{hint} Declared are {lettering.listed(listed, _MOST)}"


_MOST = 20
