"""A timeline written as text: a ruler, a lane for each target, a legend, and what happened to the session; pure."""

import collections
import dataclasses

from pytest_tiltsession.engine import changes
from pytest_tiltsession.expectations import lettering, ruler, states, timeline
from pytest_tiltsession.models import session as sessions

_INDENT = "  "
_GAP = "   "
_EVENTS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """How a state is drawn: its sign, the letter where the sign cannot be shown, its ANSI colour and its meaning."""

    glyph: str
    letter: str
    colour: str
    meaning: str


_WAITING = Look("░", "w", "33", "waiting")
_NOT_READY = Look("▒", "n", "35", "active, not ready")
_RUNNING = Look("▓", "j", "36", "job running")
_READY = Look("█", "R", "32", "ready")
_SUCCEEDED = Look("✓", "S", "32", "succeeded")
_FAILED = Look("✗", "F", "31", "failed")
_RETRYING = Look("!", "!", "33", "failed, tolerated")
_INACTIVE = Look("·", ".", "2", "inactive")
_DISABLED = Look("-", "-", "2", "disabled")

LOOKS = (_WAITING, _NOT_READY, _RUNNING, _READY, _SUCCEEDED, _FAILED, _RETRYING, _INACTIVE, _DISABLED)
_SIGNS = "".join(look.glyph for look in LOOKS)
_ENDS = (_SUCCEEDED, _FAILED, _RETRYING)
_BY_WORD = {
    states.WAITING: _WAITING,
    states.NOT_READY: _NOT_READY,
    states.READY: _READY,
    states.SUCCEEDED: _SUCCEEDED,
    states.FAILED: _FAILED,
    states.RETRYING: _RETRYING,
    states.INACTIVE: _INACTIVE,
    states.DISABLED: _DISABLED,
}


def draw(value: timeline.Timeline, style: lettering.Style) -> list[str]:
    """Draw a timeline in lines of at most ``style.width`` columns.

    A lane begins each state in the column of its first instant; in a column with several states the last one shows,
    but a failure always does. Of more targets than ``style.lanes``, those that failed or are in the way are kept.
    """
    rows, hidden = _chosen(value, style.lanes)
    if not rows:
        return [*_events(value, style)] or [f"{_INDENT}nothing has happened yet"]
    names = [lettering.label(name, max(12, min(40, style.width // 3)), style) for name in _names(value, rows)]
    margin = max(map(lettering.columns, names))
    room = style.width - len(_INDENT) - margin - len(_GAP)
    begin = min([0, *(row.segments[0].begin for row in rows)])
    until = value.changed if value.done or value.ended is not None else value.now
    scale = ruler.fitting(begin, max(begin, until), room)
    lanes = [_lane(row, scale) for row in rows]
    lines = [" " * (len(_INDENT) + margin + len(_GAP)) + lettering.shown(scale.marks(room), style)]
    for name, lane in zip(names, lanes, strict=True):
        lines.append(f"{_INDENT}{lettering.padded(name, margin)}{_GAP}{_painted(lane, style)}".rstrip())
    if hidden:
        lines.append(f"{_INDENT}{lettering.shown('…', style)} and {hidden} more")
    return [*lines, *_legend(lanes, style), *_events(value, style)]


def _chosen(value: timeline.Timeline, limit: int) -> tuple[list[timeline.Row], int]:
    """Choose the rows to draw, in the order in which they got going, and count those that are left out.

    The Tiltfile's own target is left out where all that it did was to succeed.
    """
    telling = [row for row in value.rows if row.name != sessions.TILTFILE_TARGET or not _just_succeeded(row)]
    rows = sorted(telling or value.rows, key=lambda row: (urgency(row), got_going(row)))
    kept = sorted(rows[:limit], key=got_going)
    return kept, len(rows) - len(kept)


def _just_succeeded(row: timeline.Row) -> bool:
    return all(states.SUCCEEDED in states.words_of(segment.state) for segment in row.segments)


def urgency(row: timeline.Row) -> int:
    """Rank a row for being kept: failed, in the way, failed before, all others."""
    if row.last.end is None:
        words = states.words_of(row.last.state)
        if states.FAILED in words:
            return 0
        if {states.WAITING, states.NOT_READY, states.RETRYING} & {*words}:
            return 1
    return 2 if any(states.FAILED in states.words_of(segment.state) for segment in row.segments) else 3


def got_going(row: timeline.Row) -> tuple[bool, int]:
    """Order rows by when they first did something; those that never did come last, in the order of their names."""
    idle = (states.WAITING, states.INACTIVE, states.DISABLED)
    first = next((item for item in row.segments if states.words_of(item.state)[0] not in idle), None)
    return first is None, 0 if first is None else first.begin


def _names(value: timeline.Timeline, rows: list[timeline.Row]) -> list[str]:
    """Name each lane by its resource where that has no other target, else by its target."""
    owned = collections.Counter(resource for row in value.rows for resource in row.resources)
    return [
        row.resources[0]
        if len(row.resources) == 1 and owned[row.resources[0]] == 1 and row.name != sessions.TILTFILE_TARGET
        else row.name
        for row in rows
    ]


def look_of(segment: timeline.Segment, type_: str) -> Look | None:
    """Choose how a state is drawn; None for a target that is not there."""
    word = states.words_of(segment.state)[-1]
    if word == states.NOT_READY and type_ == sessions.JOB:
        return _RUNNING
    return _BY_WORD.get(word)


def _lane(row: timeline.Row, scale: ruler.Ruler) -> list[Look | None]:
    lane: list[Look | None] = [None] * scale.count
    for segment in row.segments:
        look = look_of(segment, row.type)
        first = min(scale.column(segment.begin), scale.count - 1)
        end = scale.count if segment.end is None else min(max(scale.column(segment.end), first + 1), scale.count)
        if lane[first] is not _FAILED:
            lane[first] = look
        for column in range(first + 1, end):
            lane[column] = None if look in _ENDS else look
    return lane


def _painted(lane: list[Look | None], style: lettering.Style) -> str:
    plain = not style.can_show(_SIGNS)
    text, colour = "", ""
    for look in lane:
        wanted = look.colour if look is not None and style.colour else ""
        if wanted != colour:
            text += ("\x1b[0m" if colour else "") + (f"\x1b[{wanted}m" if wanted else "")
            colour = wanted
        text += " " if look is None else look.letter if plain else look.glyph
    return text + ("\x1b[0m" if colour else "")


def _legend(lanes: list[list[Look | None]], style: lettering.Style) -> list[str]:
    """Say what the signs that were used mean."""
    used = {look for lane in lanes for look in lane}
    lines: list[str] = []
    taken = style.width
    for look in LOOKS:
        if look not in used:
            continue
        size = len(_GAP) + 2 + len(look.meaning)
        if taken + size > style.width:
            lines.append(_INDENT)
            taken = len(_INDENT) - len(_GAP)
        lines[-1] += (_GAP if lines[-1] != _INDENT else "") + f"{_painted([look], style)} {look.meaning}"
        taken += size
    return lines


def _events(value: timeline.Timeline, style: lettering.Style) -> list[str]:
    """Say what happened to the session itself, one line each."""
    told = news(value)
    lines: list[str] = []
    for number, event in enumerate(told):
        if _EVENTS // 2 <= number < len(told) - _EVENTS // 2:
            if number == _EVENTS // 2:
                lines.append(lettering.shown(f"{_INDENT}… {len(told) - _EVENTS} more …", style))
            continue
        time = f"{_INDENT}{lettering.clock(event.at)}  "
        start, *more = lettering.wrapped(sentence(event), style.width - len(time), style)
        lines += [time + start, *(" " * len(time) + line for line in more)]
    return lines


def news(value: timeline.Timeline) -> list[timeline.Event]:
    """Give the events of the session that do not go without saying."""
    first = value.events[0].seq if value.events and value.events[0].at <= 0 else None
    starts = {event.at for event in value.events if event.word == timeline.STARTED}
    told = [event for event in value.events if not _is_no_news(event, first, starts)]
    return sorted([*told, *value.faults], key=lambda event: event.at) if value.faults else told


def _is_no_news(event: timeline.Event, first: int | None, starts: set[int]) -> bool:
    """Tell whether an event goes without saying: that the session was there from the start, and what drivers note.

    A driver notes each thing that it does, and the lanes show that. ``starts`` is when Tilt was started.
    """
    if event.word == timeline.NOTE:
        return event.seq == first or event.cause == changes.DRIVER
    return event.word == timeline.APPEARED and (event.seq == first or event.at in starts)


def sentence(event: timeline.Event) -> str:
    """Say what happened to the session."""
    who = " by a client" if event.cause == changes.CLIENT else ""
    match event.word:
        case timeline.APPEARED:
            return f"the session was created{who}" if who else "the session appeared"
        case timeline.VANISHED:
            return f"the session was deleted{who}"
        case timeline.RECREATED:
            return f"the session was re-created{who}"
        case timeline.RESPECIFIED:
            return f"the spec was changed{who}" + (f": {event.text}" if event.text else "")
        case timeline.DONE:
            due = " (deadline)" if event.cause == changes.DEADLINE else ""
            error = lettering.telling_line(event.text)
            return (f"the session failed: {error}" if error else "the session succeeded") + due
        case timeline.UNDONE:
            return "the session is no longer done"
        case _:
            return event.text
