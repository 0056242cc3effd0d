"""Why a session that goes on had been done before: which targets took it up again; pure."""

from pytest_tiltsession.expectations import lettering, timeline


def look(value: timeline.Timeline) -> "tuple[timeline.Event, timeline.Event] | None":
    """Give how a session was done before, and what ended that; None where it is done, or never was."""
    told = _told(value)
    if [item.word for item in told[-2:]] != [timeline.DONE, timeline.UNDONE]:
        return None
    return told[-2], told[-1]


def too_late(value: timeline.Timeline) -> str | None:
    """Say that a session had succeeded before it came to the end that it has, since targets were declared too late.

    None where that is not so: what began again by itself may well end in another way.
    """
    told = [item for item in _told(value) if item.word != timeline.UNDONE]
    if [item.word for item in told[-2:]] != [timeline.DONE, timeline.DONE] or told[-2].text:
        return None
    return _declared_late(value, told[-2])


def _told(value: timeline.Timeline) -> list[timeline.Event]:
    return [item for item in value.events if item.word not in (timeline.NOTE, timeline.RESPECIFIED)]


def why(value: timeline.Timeline, done: timeline.Event, undone: timeline.Event) -> str:
    """Say which targets took the session up again, and what to write instead.

    A target that is declared when all others are done is the common case: a session of ``tilt ci`` is done as soon as
    its targets are.
    """
    late = _declared_late(value, done)
    if late is not None:
        return late
    again = [row.name for row in value.rows if any(item.seq == undone.seq for item in row.segments)]
    who = f"{lettering.listed(again, 3)} began again" if again else "its spec was changed"
    return f"{_was(done)}, and goes on since {who}; claim that it is done before that, or let the work come to its end"


def _declared_late(value: timeline.Timeline, done: timeline.Event) -> str | None:
    later = [row.name for row in value.rows if row.segments[0].seq > done.seq]
    if not later:
        return None
    verb = "was" if len(later) == 1 else "were"
    return (
        f"{_was(done)}, when all its targets were done, and {lettering.listed(later, 3)} {verb} declared after that: "
        "declare the targets that belong together before the first of them finishes"
    )


def _was(done: timeline.Event) -> str:
    return f"it {'had failed' if done.text else 'had succeeded'} at {lettering.clock(done.at)}"
