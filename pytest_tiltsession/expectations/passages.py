"""Whether, and when, a target went through given states; pure.

States are found in order, and others may lie between. Two of them may be one and the same where the second is the
closer word for the first: ``"active", "ready"`` is also true of a server that was ready at once.
"""

from collections.abc import Iterator, Sequence

from pytest_tiltsession.expectations import states, timeline

Segments = Sequence[timeline.Segment]
Path = Sequence[states.State]


def earliest(segments: Segments, path: Path, first: int = 0) -> list[int]:
    """Give the numbers of the segments that match a path, each as early as may be, from segment ``first`` on.

    The list is shorter than the path where the path was not gone to its end.
    """
    found: list[int] = []
    position = first
    for number, wanted in enumerate(path):
        match = next((i for i in range(position, len(segments)) if wanted.holds_of(segments[i].state)), None)
        if match is None:
            break
        found.append(match)
        follows = path[number + 1] if number + 1 < len(path) else None
        position = match if follows is not None and follows.refines(wanted) else match + 1
    return found


def ends(segments: Segments, path: Path) -> list[timeline.Segment]:
    """Give every segment with which the path can end."""
    found = earliest(segments, path)
    if len(found) < len(path):
        return []
    return [item for item in segments[found[-1] :] if path[-1].holds_of(item.state)]


def spans(segments: Segments, path: Path, since: int) -> Iterator[tuple[timeline.Segment, timeline.Segment]]:
    """Give each segment that can be the path's step ``since``, with the earliest segment with which it then ends."""
    reached = earliest(segments, path[: since + 1])
    if len(reached) <= since:
        return
    for number in range(reached[-1], len(segments)):
        if path[since].holds_of(segments[number].state):
            found = earliest(segments, path[since:], number)
            if len(found) == len(path) - since:
                yield segments[number], segments[found[-1]]


def stray(segments: Segments, path: Path) -> timeline.Segment | None:
    """Give the first segment that does not fit, where the segments are to be the path and nothing else; else None.

    Neighbouring segments may be one step of the path. The last segment is given where the path goes on after it.
    """
    reached = {0} if segments and path and path[0].holds_of(segments[0].state) else set()
    if not reached:
        return segments[0] if segments else None
    for item in segments[1:]:
        steps = reached | {step + 1 for step in reached}
        reached = {step for step in steps if step < len(path) and path[step].holds_of(item.state)}
        if not reached:
            return item
    return None if len(path) - 1 in reached else segments[-1]
