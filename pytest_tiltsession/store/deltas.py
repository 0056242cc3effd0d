"""Versions of a Session told by what distinguishes them from the one before; pure, and knows no journal.

A thousand targets times a hundred thousand steps are versions of which each differs in a target or two.
"""

import dataclasses
import itertools
import operator
from collections.abc import Callable, Iterable

from pytest_tiltsession.models import session, wire

MOST_DEPTH = 64  # a version that lies further from a whole one is kept whole itself


@dataclasses.dataclass(frozen=True, slots=True)
class Delta:
    """What distinguishes a version from the one before: everything but the targets, and the targets that differ."""

    base: int  # sequence number of the version before, of the same object
    depth: int  # how many deltas lie between this version and a whole one
    bare: session.Session  # the session with no targets
    changed: tuple[session.Target, ...]
    removed: tuple[str, ...]


Form = session.Session | Delta  # how a version is kept


def form(
    base: int | None,
    kept: Form | None,
    before: session.Session | None,
    value: session.Session,
    changed: tuple[session.Target, ...],
    removed: tuple[str, ...],
) -> Form:
    """Choose how to keep a version; ``before`` is the one before, with its sequence number and how it is kept.

    ``changed`` and ``removed`` are what :func:`differences` gives of the two.
    """
    if base is None or before is None:
        return value
    same = value.status.targets is before.status.targets
    if not ((isinstance(kept, Delta) or _in_order(before)) and (same or _in_order(value))):
        return value
    depth = kept.depth + 1 if isinstance(kept, Delta) else 1
    if depth >= MOST_DEPTH or 2 * len(changed) >= len(value.status.targets or ()):
        return value
    bare = wire.replaced(value, status=wire.replaced(value.status, targets=()))
    return Delta(base, depth, bare, changed, removed)


def rebuilt(kept: Form, base_of: Callable[[int], Form]) -> session.Session:
    """Make a version whole; ``base_of`` gives the one of a sequence number, whole where it is at hand."""
    deltas: list[Delta] = []
    while isinstance(kept, Delta):
        deltas.append(kept)
        kept = base_of(kept.base)
    if not deltas:
        return kept
    targets = {target.name: target for target in kept.status.targets or ()}
    count = len(targets)
    for delta in reversed(deltas):
        targets.update((target.name, target) for target in delta.changed)
        for name in delta.removed:
            del targets[name]
    names: Iterable[str] = targets
    if len(targets) != count or any(delta.removed for delta in deltas):
        names = sorted(targets, key=str.encode)
    bare = deltas[0].bare
    return wire.replaced(bare, status=wire.replaced(bare.status, targets=tuple(targets[name] for name in names)))


def _in_order(value: session.Session) -> bool:
    """Tell whether the targets are a list sorted by name in byte order without repetition, as the controller writes."""
    targets = value.status.targets
    if not targets:
        return False
    # The order of code points is that of UTF-8's bytes.
    names = [target.name for target in targets]
    return all(map(operator.lt, names, itertools.islice(names, 1, None)))


def differences(
    before: session.Session | None, after: session.Session
) -> tuple[tuple[session.Target, ...], tuple[str, ...]]:
    """Give the targets of a version that are other than in the one before, and the names of those that are gone."""
    new = after.status.targets or ()
    known = () if before is None else before.status.targets or ()
    if len(known) == len(new):
        # The common case, a few of many targets changed in place: found by identity alone.
        differing = [pair for pair in zip(known, new, strict=True) if pair[0] is not pair[1]]
        if all(first.name == second.name for first, second in differing):
            return tuple(second for first, second in differing if first != second), ()
    old = {target.name: target for target in known}
    changed = tuple(target for target in new if (earlier := old.get(target.name)) is not target and earlier != target)
    names = {target.name for target in new}
    return changed, tuple(name for name in old if name not in names)
