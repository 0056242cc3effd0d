"""The requests that clients made, as a table; knows what a record holds and judges nothing."""

import dataclasses
from collections.abc import Sequence

from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import requests

_COLOURS = {"4": "33", "5": "31"}  # ANSI, by the class of the status
_API = f"/apis/{sessions.API_VERSION}"
_CLIENT_ROOM = 24
_LEAST_PATH = 30
_MOST_LINES = 4  # how much of a note is shown, in full lines


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    number: str
    at: str
    method: str
    status: str
    path: str
    client: str
    remark: str
    message: str


def draw(records: Sequence[requests.RequestRecord], origin: int, style: lettering.Style, *, of: int = 0) -> list[str]:
    """Write the last requests, one a line; equal ones in a row become one line.

    ``origin`` is the session's start in microseconds since the epoch; ``of`` is how many there are in all, where
    ``records`` are a choice.
    """
    if not records:
        return ["  no request was made"]
    groups = _grouped(records)[-style.requests :]
    rows = [_row(group, origin, style) for group in groups]
    widths = {
        item.name: max(lettering.columns(getattr(row, item.name)) for row in rows) for item in dataclasses.fields(_Row)
    }
    fixed = sum(widths[name] + 2 for name in ("number", "at", "method", "status")) + 2
    room = style.width - fixed - widths["client"] - 2
    # What leaves the path too little space goes on a line below it.
    beside = room >= min(widths["path"], _LEAST_PATH)
    room = room if beside else style.width - fixed
    widths["path"] = min(widths["path"], room)
    lines = [_heading(sum(map(len, groups)), len(records), of)]
    for row in rows:
        cells = [row.number.rjust(widths["number"])]
        cells += [lettering.padded(getattr(row, name), widths[name]) for name in ("at", "method", "status")]
        cells.append(lettering.padded(lettering.elided(row.path, room, style), widths["path"]))
        below = [row.client, row.remark]
        if beside:
            cells.append(lettering.padded(below.pop(0), widths["client"]))
        line = "  " + "  ".join(cells)
        if beside and lettering.columns(f"{line}  {row.remark}") <= style.width:
            line = f"{line}  {below.pop()}"
        lines.append(_painted(line.rstrip(), row, widths, style))
        for text in (", ".join(filter(None, below)), row.message):
            lines += _below(text, widths["number"] + 4, style)
    return lines


def _below(text: str, indent: int, style: lettering.Style) -> list[str]:
    """Write what stands under a request in lines of their own; of a very long text the middle is left out."""
    room = style.width - indent
    short = lettering.label(text, room * _MOST_LINES, style)
    return [" " * indent + line for line in lettering.wrapped(short, room, style) if line]


def _painted(line: str, row: _Row, widths: dict[str, int], style: lettering.Style) -> str:
    """Colour the status of a request that was refused or failed."""
    colour = _COLOURS.get(row.status[0]) if style.colour else None
    if colour is None:
        return line
    # Number, time and method have one column a character, by way of lettering.
    begin = 2 + sum(widths[name] + 2 for name in ("number", "at", "method"))
    end = begin + len(row.status)
    return f"{line[:begin]}\x1b[{colour}m{line[begin:end]}\x1b[0m{line[end:]}"


def _heading(shown: int, chosen: int, of: int) -> str:
    if shown < chosen:
        return f"  requests made (the last {shown} of {chosen}):"
    if of > chosen:
        return f"  requests made ({chosen} of {of}):"
    return "  requests made:"


def _grouped(records: Sequence[requests.RequestRecord]) -> list[list[requests.RequestRecord]]:
    """Put polls that repeat themselves together."""
    groups: list[list[requests.RequestRecord]] = []
    for record in records:
        if groups and _alike(groups[-1][-1], record):
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


def _alike(before: requests.RequestRecord, after: requests.RequestRecord) -> bool:
    def look(record: requests.RequestRecord) -> tuple[object, ...]:
        return (record.line, record.status, record.user_agent, record.authorized, record.message, record.fault)

    return not before.watch and not after.watch and look(before) == look(after) and after.number == before.number + 1


def _row(group: list[requests.RequestRecord], origin: int, style: lettering.Style) -> _Row:
    first, last = group[0], group[-1]
    number = str(first.number) if first is last else f"{first.number}-{last.number}"
    remarks = [f"{len(group)} times, until {lettering.duration(last.at - origin)}"] if first is not last else []
    if first.watch:
        remarks.append(_watch(first, origin))
    if not first.authorized:
        remarks.append("no valid token")
    if first.fault:
        remarks.append(f"fault {first.fault}")
    return _Row(
        number,
        lettering.clock(first.at - origin),
        lettering.label(first.method or "-", 10, style),
        f"{first.status:03d}" if first.status else "---",
        lettering.shown(short_path(first), style) if first.method else "(no request)",
        lettering.label(client(first.user_agent), _CLIENT_ROOM, style) if first.method else "",
        ", ".join(remarks),
        first.message if first.status >= 400 or first.watch or not first.method else "",
    )


def _watch(record: requests.RequestRecord, origin: int) -> str:
    ended = "open" if record.ended is None else f"until {lettering.duration(record.ended - origin)}"
    return f"{lettering.counted(record.events, 'event')}, {ended}"


def short_path(record: requests.RequestRecord) -> str:
    """Give path and query, without the part that is the same in all requests for Sessions."""
    line = record.line.removeprefix(record.method).lstrip()
    return "…" + line.removeprefix(_API) if line.startswith(f"{_API}/") else line


def client(user_agent: str) -> str:
    """Name a client shortly by its User-Agent: the first product, ``kubectl/v1.33.1``."""
    return user_agent.split(" ", 1)[0] or "(no user agent)"
