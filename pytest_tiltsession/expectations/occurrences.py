"""What happened, written one line for each target that changed and each event of the session; pure."""

import itertools

from pytest_tiltsession.expectations import lettering, rendering, states, timeline
from pytest_tiltsession.models import session as sessions


def draw(value: timeline.Timeline, style: lettering.Style) -> list[str]:
    """Write what happened in the order of the journal; the time stands where it moves on.

    Of more lines than ``style.steps`` the last ones are written.
    """
    happened = sorted([*_of_targets(value), *_of_session(value)])
    if not happened:
        return ["  nothing has happened yet"]
    names = max(lettering.columns(lettering.label(name, 40, style)) for *_, name, _ in happened)
    lines = []
    for _, group in itertools.groupby(happened, key=lambda item: item[2]):
        for number, (_, _, at, name, said) in enumerate(group):
            time = lettering.clock(at) if number == 0 else " " * len(lettering.clock(at))
            start = f"  {time}  {lettering.padded(lettering.label(name, 40, style), names)}  "
            lines.append(start + lettering.label(said, style.width - lettering.columns(start), style))
    left = len(lines) - style.steps
    return lines if left <= 0 else [lettering.shown(f"  … {left} more before that", style), *lines[left:]]


# Journal number, targets before the session, time, name, what is said.
_Line = tuple[int, int, int, str, str]


def _of_targets(value: timeline.Timeline) -> list[_Line]:
    found = [(row, item) for row in value.rows for item in row.segments]
    return [
        (item.seq, 0, item.begin, row.name, states.describe(item.state, row.type))
        for row, item in found
        if row.name != sessions.TILTFILE_TARGET or len(row.segments) > 1
    ]


def _of_session(value: timeline.Timeline) -> list[_Line]:
    return [(event.seq, 1, event.at, "session", rendering.sentence(event)) for event in rendering.news(value)]
