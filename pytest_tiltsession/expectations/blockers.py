"""Which targets stand in the way of success, why, and since when; counts them as Tilt's exit decision does."""

import dataclasses
from collections.abc import Iterable

from pytest_tiltsession.expectations import lettering, states, timeline
from pytest_tiltsession.models import session as sessions

GROUPS = (states.FAILED, states.WAITING, states.NOT_READY, states.RETRYING)
_SHOWN = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Blocker:
    """One target in the way: the word for how, its name, what there is to say, and since when (microseconds)."""

    word: str
    name: str
    detail: str
    since: int


def in_the_way(value: timeline.Timeline) -> list[Blocker]:
    """Give what is in the way now: failed, waiting, not ready, retrying, each in the order of names."""
    found = [
        Blocker(word, row.name, _detail(row, word, value), row.last.begin)
        for row in value.rows
        if row.last.end is None and (word := states.words_of(row.last.state)[-1]) in GROUPS
    ]
    return sorted(found, key=lambda item: GROUPS.index(item.word))


def names(found: Iterable[Blocker], word: str) -> list[str]:
    """Give the names of those that are in the way in one way."""
    return [item.name for item in found if item.word == word]


def _detail(row: timeline.Row, word: str, value: timeline.Timeline) -> str:
    if word == states.WAITING:
        return states.detail_of(row.last.state) or "no reason given"
    if word != states.NOT_READY:
        return states.detail_of(row.last.state)
    if row.type == sessions.JOB:
        return "active, still running"
    ready = [item for item in row.segments if states.READY in states.words_of(item.state) and item.end is not None]
    if not ready:
        return "active, never ready"
    ended = ready[-1].end
    return f"active, ready until {lettering.clock(value.now if ended is None else ended)}"


def table(found: list[Blocker], style: lettering.Style) -> list[str]:
    """Write them one a line: the word, the target, the detail, since when."""
    kept = _kept(found)
    if not kept:
        return []
    name_room = max(12, min(30, style.width // 4))
    rows = [(item, lettering.label(item.name, name_room, style)) for item in kept]
    name_width = max(lettering.columns(name) for _, name in rows)
    details = [
        lettering.label(lettering.telling_line(item.detail), style.width - name_width - 40, style) for item in kept
    ]
    detail_width = max(map(lettering.columns, details))
    lines = [
        f"  {item.word:<9}  {lettering.padded(name, name_width)}   {lettering.padded(detail, detail_width)}"
        f"   since {lettering.clock(item.since)}"
        for (item, name), detail in zip(rows, details, strict=True)
    ]
    left = [f"{count} more {word}" for word in GROUPS if (count := _left(found, kept, word))]
    if left:
        lines.append(lettering.shown(f"  … and {', '.join(left)}", style))
    return lines


def _kept(found: list[Blocker]) -> list[Blocker]:
    """Keep a few of each group, so that no group hides another; what is left of the space goes to the first."""
    if len(found) <= _SHOWN:
        return found
    groups = [[item for item in found if item.word == word] for word in GROUPS]
    share = max(1, _SHOWN // sum(1 for group in groups if group))
    kept = [item for group in groups for item in group[:share]]
    rest = [item for group in groups for item in group[share:]][: _SHOWN - len(kept)]
    return [item for item in found if item in kept or item in rest]


def _left(found: list[Blocker], kept: list[Blocker], word: str) -> int:
    return len(names(found, word)) - len(names(kept, word))
