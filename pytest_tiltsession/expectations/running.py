"""The claim that the session goes on, and which targets are in its way."""

from collections.abc import Iterable, Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import blockers, failures, lettering, names, observed, standing, states
from pytest_tiltsession.expectations.failures import Failure

Names = str | Iterable[str]
Group = Names | Mapping[str, str]


def running(
    waiting: Group | None = None, not_ready: Names | None = None, retrying: Names | None = None
) -> failures.Claim:
    """Claim that the session exists and is not done and, of each group that is given, which targets are in it.

    A group is one name or several, of targets or resources, and it names all of the group: ``()`` is none.
    ``waiting`` may also map names to their wait reasons. Raises :class:`errors.InvalidValue` for what is no group.
    """
    given = {states.WAITING: waiting, states.NOT_READY: not_ready, states.RETRYING: retrying}
    # Read once: a group may be an iterator, and a claim may be asked again while the clock moves.
    groups = {word: _wanted(word, group) for word, group in given.items() if group is not None}

    def claim(seen: observed.Observed) -> Failure | None:
        if seen.session is None or seen.ended is not None or standing.is_done(seen):
            return Failure(
                f"expected the session to be running, but {standing.in_words(seen)}", final=standing.is_done(seen)
            )
        lines = [line for word, wanted in groups.items() for line in _differences(seen, word, wanted)]
        if not lines:
            return None
        return Failure(f"expected other targets in the way than there are at {standing.at(seen)}", tuple(lines))

    return claim


def _wanted(word: str, group: Group) -> dict[str, str | None]:
    """Give the names of a group with their reasons, None where no reason is asked for."""
    if isinstance(group, str):
        return {group: None}
    pairs: list[tuple[str, str | None]] | None = None
    if isinstance(group, Mapping):
        pairs = list(group.items())
    elif isinstance(group, Iterable):
        pairs = [(name, None) for name in group]
    if pairs is None or not all(isinstance(name, str) and isinstance(reason, str | None) for name, reason in pairs):
        raise _no_group(word, group)
    return dict(pairs)


def _no_group(word: str, group: object) -> errors.InvalidValue:
    asked = word.replace(" ", "_")
    more = ', or their wait reasons, {"migrate": "waiting-for-dep"}' if word == states.WAITING else ""
    return errors.InvalidValue(
        f'{asked}={group!r} names no targets: give one name, "migrate", or several, ["migrate", "api"]{more}; '
        f"{asked}=() is none"
    )


def _differences(seen: observed.Observed, word: str, wanted: Mapping[str, str | None]) -> list[str]:
    """Say how one group differs from what was expected of it; nothing where it does not."""
    rows = {(row := names.row(seen, name)).name: (row, reason) for name, reason in wanted.items()}
    there = {item.name: item for item in blockers.in_the_way(seen.timeline) if item.word == word}
    lines = []
    for name, (row, reason) in sorted(rows.items()):
        if name not in there:
            lines.append(f"  expected {name} to be {word}, but it is {standing.state_now(row)}")
        elif reason is not None and reason != there[name].detail:
            lines.append(f"  expected {name} to be {word}: {reason}, but it is {standing.state_now(row)}")
    others = [name for name in there if name not in rows]
    if others:
        but = f"no target but {lettering.listed(sorted(rows))}" if rows else "no target"
        verb = "is" if len(others) == 1 else "are"
        lines.append(f"  expected {but} to be {word}, but {lettering.listed(others)} {verb}")
    return lines
