"""What a picture says of each thing in it, a line each: exact times, and what goes with them; pure.

Times are microseconds since the session's start; ``origin`` is that start in microseconds since the epoch.
"""

from collections import Counter
from collections.abc import Sequence

from pytest_tiltsession import times
from pytest_tiltsession.expectations import lettering, request_table, timeline
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.pictures import deadlines, looks
from pytest_tiltsession.store import journal, requests

_KINDS = 8


def span(begin: int, end: int | None, now: int, origin: int) -> list[str]:
    """Say from when to when something was: since the session's start, and as MicroTimes."""
    first, lasted = lettering.clock(begin), lettering.duration((now if end is None else end) - begin)
    start = times.format_micro_time(origin + begin)
    if end is None:
        return [f"since {first}, so far {lasted}", f"since {start}"]
    return [
        f"{first} to {lettering.clock(end)}, {lasted}", f"{start} to {times.format_micro_time(origin + end)}",
    ]  # fmt: skip


def instant(at: int, origin: int) -> list[str]:
    """Say when something happened: since the session's start, and as a MicroTime."""
    return [lettering.clock(at), times.format_micro_time(origin + at)]


def state(
    row: timeline.Row, segment: timeline.Segment, due: deadlines.Deadline | None, now: int, origin: int
) -> list[str]:
    """Say all there is to say of one state of a target."""
    found = [f"{row.name}: {looks.in_words(segment.state, row.type)}"]
    found += [*span(segment.begin, segment.end, now, origin), *_payload(segment.state)]
    if due is not None:
        rest = due.at - (now if segment.end is None else segment.end)
        found.append(due.in_words() + (f", {lettering.duration(rest)} left" if rest > 0 else ", and it is over"))
    return found


def _payload(found: sessions.TargetState | None) -> list[str]:
    """Say the times that a state carries, by their names on the wire."""
    if found is None:
        return []
    if found.active is not None:
        named = {"startTime": found.active.start_time, "lastReadyTime": found.active.last_ready_time}
    elif found.terminated is not None:
        named = {"startTime": found.terminated.start_time, "finishTime": found.terminated.finish_time}
    else:
        return []
    return [f"{name} {times.format_micro_time(at)}" for name, at in named.items() if at is not None]


def several(row: timeline.Row, found: Sequence[timeline.Segment], now: int, origin: int) -> list[str]:
    """Say what a target went through in a time too short to be drawn state by state."""
    end = found[-1].end
    counted = Counter(looks.in_words(item.state, row.type) for item in found)
    told = [f"{row.name}: {len(found)} states", *span(found[0].begin, end, now, origin)]
    told += [f"{count} × {text}" for text, count in counted.most_common(_KINDS)]
    return told if len(counted) <= _KINDS else [*told, f"and {len(counted) - _KINDS} more"]


def request(found: requests.RequestRecord, origin: int) -> list[str]:
    """Say what one request was and what came of it."""
    told = [f"{found.number}. {found.line.strip() or 'a connection without a request'}"]
    answer = f"{found.status:03d}" if found.status else "no answer"
    told.append(f"{answer} {found.message}".rstrip())
    told += instant(found.at - origin, origin)
    if found.watch:
        until = "still open" if found.ended is None else f"closed at {lettering.clock(found.ended - origin)}"
        told.append(f"watch: {lettering.counted(found.events, 'event')}, {until}")
    if not found.authorized:
        told.append("no valid token")
    return [*told, request_table.client(found.user_agent)]


def fault(found: requests.RequestRecord, origin: int) -> list[str]:
    """Say which fault hit a request, and when."""
    struck = found.at if found.fault_at is None else found.fault_at
    return [f"fault: {found.fault}", *instant(struck - origin, origin), *request(found, origin)[:2]]


def several_faults(found: Sequence[requests.RequestRecord], origin: int) -> list[str]:
    """Say which faults hit requests that are too close to be drawn one by one."""
    counted = Counter(item.fault for item in found)
    told = [f"{len(found)} faults", *instant(found[0].at - origin, origin)]
    return told + [f"{count} × {text}" for text, count in counted.most_common(_KINDS)]


def several_requests(found: Sequence[requests.RequestRecord], origin: int) -> list[str]:
    """Say what requests were that are too close to be drawn one by one."""
    first, last = found[0].at - origin, found[-1].at - origin
    counted = Counter(f"{item.status:03d} {item.operation or item.method} {item.name}".rstrip() for item in found)
    told = [f"{len(found)} requests", *span(first, last, last, origin)]
    told += [f"{count} × {text}" for text, count in counted.most_common(_KINDS)]
    return told if len(counted) <= _KINDS else [*told, f"and {len(counted) - _KINDS} more kinds"]


def events(found: Sequence[journal.Committed], watches: int, origin: int) -> list[str]:
    """Say which events watches were told of; ``watches`` is how many were open then."""
    heard = f"{watches} watches open" if watches != 1 else "1 watch open"
    if len(found) == 1:
        only = found[0]
        named = f"{only.type} {only.name}, resourceVersion {only.version}"
        return [f"watch event: {named}", f"{heard}; cause: {only.cause}", *instant(only.at - origin, origin)]
    first, last = found[0].at - origin, found[-1].at - origin
    versions = f"resourceVersion {found[0].version} to {found[-1].version}"
    return [f"{len(found)} watch events", f"{versions}; {heard}", *span(first, last, last, origin)]
