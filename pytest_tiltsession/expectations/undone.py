"""Why a session that goes on had been done before: which targets took it up again; pure."""

from pytest_tiltsession.expectations import lettering, timeline


def look(value: timeline.Timeline) -> "tuple[timeline.Event, timeline.Event] | None":
    """Give how a session was done before, and what ended that; None where it is done, or never was."""
    told = [item for item in value.events if item.word not in (timeline.NOTE, timeline.RESPECIFIED)]
    if len(told) < 2 or (told[-2].word, told[-1].word) != (timeline.DONE, timeline.UNDONE):
        return None
    return told[-2], told[-1]


def why(value: timeline.Timeline, done: timeline.Event, undone: timeline.Event) -> str:
    """Say which targets took the session up again, and what to write instead.

    A target that is declared when all others are done is the common case: a session of ``tilt ci`` is done as soon as
    its targets are.
    """
    was = f"it {'had failed' if done.text else 'had succeeded'} at {lettering.clock(done.at)}"
    later = [row.name for row in value.rows if row.segments[0].seq > done.seq]
    if later:
        verb = "was" if len(later) == 1 else "were"
        return (
            f"{was}, when all its targets were done, and {lettering.listed(later, 3)} {verb} declared after that: "
            "declare the targets that belong together before the first of them finishes"
        )
    again = [row.name for row in value.rows if any(item.seq == undone.seq for item in row.segments)]
    who = f"{lettering.listed(again, 3)} began again" if again else "its spec was changed"
    return f"{was}, and goes on since {who}; claim that it is done before that, or let the work come to its end"
