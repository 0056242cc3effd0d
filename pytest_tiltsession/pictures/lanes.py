"""What is drawn in the lane of each target: bars, of bounded number, and marks; pure.

Times are microseconds since the session's start.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from pytest_tiltsession.expectations import rendering, states, timeline
from pytest_tiltsession.pictures import deadlines, looks, view, words

_FINEST = 400  # columns in which states are told apart
_BARS = 12_000  # in one picture, about
MOST_MARKS = 300  # of one lane


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane that looks one way; ``end`` None is one that goes on. ``told`` is what is said of it."""

    begin: int
    end: int | None
    look: looks.Look
    told: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A sign at one instant: ``sign`` names its shape, ``due`` tells whether a deadline has been met."""

    at: int
    sign: str
    told: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture: its name, what is drawn, and how it stands now.

    ``group`` is what its kind is called for the reader, ``look`` that of the present; ``in_the_way`` tells whether it
    stands in the way of the session's success.
    """

    name: str
    group: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    standing: str = ""
    look: looks.Look | None = None
    in_the_way: bool = False


def order(value: timeline.Timeline) -> list[timeline.Row]:
    """Give the rows in the order in which their targets got going, as the terminal does."""
    return sorted(value.rows, key=rendering.got_going)


def of_targets(
    value: timeline.Timeline, due: deadlines.Deadlines, span: view.View, origin: int, limit: int
) -> tuple[list[Lane], int]:
    """Give a lane for each target, and how many are left out where there are more than ``limit``.

    Those that failed or are in the way are kept first.
    """
    kept = {row.name for row in sorted(order(value), key=rendering.urgency)[:limit]}
    columns = max(16, min(_FINEST, _BARS // max(1, len(kept))))
    rows = [row if value.ended is None else _ended(row, value.ended) for row in order(value) if row.name in kept]
    found = [_lane(row, due, span, origin, columns) for row in rows]
    return found, len(value.rows) - len(kept)


def _ended(row: timeline.Row, at: int) -> timeline.Row:
    """Give a row whose last state ended with Tilt's process."""
    if row.last.end is not None:
        return row
    return dataclasses.replace(row, segments=(*row.segments[:-1], dataclasses.replace(row.last, end=at)))


def _lane(row: timeline.Row, due: deadlines.Deadlines, span: view.View, origin: int, columns: int) -> Lane:
    bars, marks = [], []
    for group in _grouped(row.segments, span, columns):
        if len(group) > 1:
            told = words.several(row, group, span.now, origin)
            bars.append(Bar(group[0].begin, group[-1].end, looks.MIXED, tuple(told)))
            continue
        (segment,) = group
        look = looks.of(segment, row.type)
        limit = due.of_segment(row, segment)
        if look is not None:
            bars.append(
                Bar(segment.begin, segment.end, look, tuple(words.state(row, segment, limit, span.now, origin)))
            )
        if (marked := due.mark(row, segment)) is not None and span.shows(marked.at):
            sign = "deadline-met" if marked.at <= span.now else "deadline"
            marks.append(Mark(marked.at, sign, (marked.in_words(), *words.instant(marked.at, origin)[1:])))
    last = row.last
    gone = last.end is not None
    return Lane(
        row.name,
        row.type,
        tuple(bars),
        tuple(marks),
        "gone with the session" if gone else looks.in_short(last.state, row.type),
        None if gone else looks.of(last, row.type),
        not gone and states.words_of(last.state)[-1] in (
            states.FAILED, states.WAITING, states.NOT_READY, states.RETRYING,
        ),
    )  # fmt: skip


def _grouped(
    segments: Sequence[timeline.Segment], span: view.View, columns: int
) -> Iterator[Sequence[timeline.Segment]]:
    """Put together three or more states that begin and end in one column, so that a lane has a bounded number."""
    held: list[timeline.Segment] = []
    column = -1
    for segment in segments:
        first = span.column(segment.begin, columns)
        last = first if segment.end is not None and span.column(segment.end, columns) == first else -1
        if held and (last != column or first != column):
            yield from _told_apart(held)
            held = []
        if last < 0:
            yield [segment]
            continue
        column = first
        held.append(segment)
    yield from _told_apart(held)


def _told_apart(held: Sequence[timeline.Segment]) -> Iterator[Sequence[timeline.Segment]]:
    if len(held) > 2:
        yield held
    else:
        yield from ([segment] for segment in held)
