"""What clients did, as lanes: requests as ticks, watches as bars, the events that watches were told of; pure.

Times are microseconds since the session's start; ``origin`` is that start in microseconds since the epoch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from pytest_tiltsession.expectations import lettering, request_table
from pytest_tiltsession.pictures import lanes, looks, view, words
from pytest_tiltsession.store import journal, requests

REQUESTS = "client"
EVENTS = "watch events"

_CLIENTS = 6
_TICKS = 150  # columns in which requests of one client are told apart
_READS = ("GET", "HEAD", "OPTIONS")
Item = TypeVar("Item")


def of_clients(records: Sequence[requests.RequestRecord], span: view.View, origin: int) -> list[lanes.Lane]:
    """Give a lane for each client, the busiest first; those beyond a few share one."""
    counted = Counter(request_table.client(record.user_agent) for record in records)
    named = [name for name, _ in counted.most_common(_CLIENTS if len(counted) > _CLIENTS + 1 else None)]
    by_client: dict[str, list[requests.RequestRecord]] = {name: [] for name in named}
    others = f"{lettering.counted(len(counted) - len(named), 'other client')}"
    for record in records:
        name = request_table.client(record.user_agent)
        by_client.setdefault(name if name in named else others, []).append(record)
    return [_lane(name, made, span, origin) for name, made in by_client.items() if made]


def _lane(name: str, made: Sequence[requests.RequestRecord], span: view.View, origin: int) -> lanes.Lane:
    watches = [record for record in made if record.watch and record.status < 400]
    refused = sum(record.status >= 400 for record in made)
    faults = sum(bool(record.fault) for record in made)
    parts = [lettering.counted(len(made), "request")]
    parts += [lettering.counted(len(watches), "watch", "watches")] if watches else []
    parts += [f"{refused} refused"] if refused else []
    parts += [lettering.counted(faults, "fault")] if faults else []
    marks = [*_ticks(made, span, origin), *_faults(made, span, origin)]
    return lanes.Lane(name, REQUESTS, tuple(_open(watches, span, origin)), tuple(marks), ", ".join(parts))


def _ticks(made: Sequence[requests.RequestRecord], span: view.View, origin: int) -> Iterable[lanes.Mark]:
    # A fault that struck at once says all that the tick of its request would.
    apart = [
        item
        for item in made
        if not item.fault or span.column(_struck(item) - origin, _TICKS) != span.column(item.at - origin, _TICKS)
    ]
    for group in _clustered(apart, span, lambda record: record.at - origin):
        at = group[0].at - origin
        if len(group) == 1:
            yield lanes.Mark(at, sign(group[0]), tuple(words.request(group[0], origin)))
        else:
            signs = {sign(record) for record in group}
            shape = signs.pop() if len(signs) == 1 else "several-refused" if "refused" in signs else "several"
            yield lanes.Mark(at, shape, tuple(words.several_requests(group, origin)))


def _faults(made: Sequence[requests.RequestRecord], span: view.View, origin: int) -> Iterable[lanes.Mark]:
    """Give the faults that hit requests, each when it struck."""
    hit = [record for record in made if record.fault]
    for group in _clustered(hit, span, lambda record: _struck(record) - origin):
        told = words.fault(group[0], origin) if len(group) == 1 else words.several_faults(group, origin)
        yield lanes.Mark(_struck(group[0]) - origin, "fault", tuple(told))


def _struck(record: requests.RequestRecord) -> int:
    return record.at if record.fault_at is None else record.fault_at


def sign(record: requests.RequestRecord) -> str:
    """Name the sign of a request: refused, read or write."""
    if record.status >= 400 or record.status == 0 or not record.authorized:
        return "refused"
    return "read" if record.method in _READS else "write"


def _clustered(items: Sequence[Item], span: view.View, at: Callable[[Item], int]) -> list[list[Item]]:
    """Put together what falls into one column."""
    columns: dict[int, list[Item]] = {}
    for item in sorted(items, key=at):
        columns.setdefault(span.column(at(item), _TICKS), []).append(item)
    return list(columns.values())


def _open(watches: Sequence[requests.RequestRecord], span: view.View, origin: int) -> Iterable[lanes.Bar]:
    """Give the times in which at least one watch is open; watches that overlap, or nearly meet, are one bar."""
    held: list[requests.RequestRecord] = []
    until: int | None = None
    for watch in sorted(watches, key=lambda record: record.at):
        begin = watch.at - origin
        if held and until is not None and span.column(begin, _TICKS) > span.column(until, _TICKS):
            yield _bar(held, until, span, origin)
            held = []
        ended = None if watch.ended is None else watch.ended - origin
        until = ended if not held else None if until is None or ended is None else max(until, ended)
        held.append(watch)
    if held:
        yield _bar(held, until, span, origin)


def _bar(held: Sequence[requests.RequestRecord], until: int | None, span: view.View, origin: int) -> lanes.Bar:
    begin = held[0].at - origin
    if len(held) == 1:
        told = words.request(held[0], origin)
    else:
        heard = sum(record.events for record in held)
        told = [
            f"{len(held)} watches, {lettering.counted(heard, 'event')}", *words.span(begin, until, span.now, origin),
        ]  # fmt: skip
    return lanes.Bar(begin, until, looks.WATCH, tuple(told))


def of_events(
    entries: Sequence[journal.Committed], records: Sequence[requests.RequestRecord], span: view.View, origin: int
) -> lanes.Lane:
    """Give the lane of the events that the journal had for watches, each with how many watches were open."""
    told = [entry for entry in entries if not entry.silent]
    watches = [record for record in records if record.watch and record.status < 400]
    marks = []
    for group in _clustered(told, span, lambda entry: entry.at - origin):
        at = group[-1].at
        heard = sum(record.at <= at and (record.ended is None or record.ended > at) for record in watches)
        shape = "event" if heard else "event-unheard"
        marks.append(lanes.Mark(group[0].at - origin, shape, tuple(words.events(group, heard, origin))))
    return lanes.Lane(EVENTS, "journal", (), tuple(marks), lettering.counted(len(told), "event"))
