"""Says in words what a recording could not see, for the scenario's description; pure."""

from collections.abc import Callable, Iterable, Iterator

from pytest_tiltsession import times
from pytest_tiltsession.live import sightings

_MOST = 5

Offset = Callable[[int], int]


def blind_spots(seen: sightings.Sightings, offset: Offset, exit_code: int | None, own: bool) -> str:
    """Give one line for each thing that was not seen; nothing where all was.

    ``offset`` turns an arrival into microseconds from the session's start. With ``own``, ``exit_code`` is Tilt's own.
    """
    lines = [*_beginning(seen, offset), *_middle(seen, offset), *_end(seen, exit_code, own)]
    return "".join(f"Not seen: {line}\n" for line in lines)


def _beginning(seen: sightings.Sightings, offset: Offset) -> Iterator[str]:
    first = seen.first
    # Tilt creates its Session without targets, and nothing comes before a first version.
    began = first is None or first.status.targets is None or first.metadata.resource_version == "1"
    if not began and seen.first_at is not None:
        yield f"what was before {_shown(offset(seen.first_at))}, when the recording found the session"


def _middle(seen: sightings.Sightings, offset: Offset) -> Iterator[str]:
    for name, spans in (("had no watch", seen.gaps), ("had a watch that hung", seen.hangs)):
        if spans:
            yield f"what came and went between two polls while the recording {name}: {_spans(spans, offset)}"
    if seen.unwatched:
        yield f"{seen.unwatched} states in the watch; polls showed them, and others may have been missed"
    for at, text in seen.odd[:_MOST]:
        yield f"what stood behind {text} (at {_shown(offset(at))})"
    for name in sorted(seen.others)[:_MOST]:
        yield f"another Session, {name!r}, which a client created; it is not recorded"


def _end(seen: sightings.Sightings, exit_code: int | None, own: bool) -> Iterator[str]:
    latest = seen.latest
    if latest is None or exit_code is None:
        return
    status = latest.status
    if own and not status.done:
        yield f"the last state: Tilt exited with code {exit_code}, and the session was not done when last seen"
    elif status.done and exit_code != int(bool(status.error)) and not own:
        yield f"why the recorded command ended with code {exit_code}"


def _spans(spans: Iterable[tuple[int, int]], offset: Offset) -> str:
    listed = [f"{_shown(offset(start))} to {_shown(offset(end))}" for start, end in spans]
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return ", ".join(listed[:_MOST]) + more


def _shown(at: int) -> str:
    return times.format_duration(round(at, -3) * times.MICROSECOND)
