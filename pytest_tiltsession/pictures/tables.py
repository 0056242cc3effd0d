"""The same content as tables, for who cannot see a drawing, or would rather read or copy; knows HTML only."""

from collections.abc import Iterable, Sequence

from pytest_tiltsession import times
from pytest_tiltsession.expectations import blockers, lettering, rendering, request_table, timeline
from pytest_tiltsession.pictures import lanes, looks, markup
from pytest_tiltsession.pictures import scene as scenes

BLOCKERS = 12  # beside the verdict; all of them are below
_STATES = 2_000
_EVENTS = 200
_REQUESTS = 600
_LONGEST = 600  # characters of one line of a cell
_LINE = 28  # characters from which on a cell may have lines

Row = Sequence[str]


def all_of(scene: scenes.Scene) -> markup.Markup:
    """Write every table that has something to tell."""
    marks = sorted((mark for lane in scene.targets for mark in lane.marks), key=lambda mark: mark.at)
    due = [(lettering.clock(mark.at), mark.told[0]) for mark in marks]
    if scene.timeout is not None:
        due.append((lettering.clock(scene.timeout.at), scene.timeout.in_words()))
    happened = [(lettering.clock(event.at), rendering.sentence(event)) for event in rendering.news(_value(scene))]
    found = [
        in_the_way(scene.in_the_way, _STATES) if len(scene.in_the_way) > BLOCKERS else markup.Markup(""),
        table("States of the targets", ("target", "state", "from", "to", "lasted", "since"), _states(scene), _STATES),
        table("What happened to the session", ("at", "what"), happened, _EVENTS),
        table("Deadlines", ("at", "what"), due, _EVENTS),
        table("Requests", ("number", "at", "request", "status", "client", "watch"), _requests(scene), _REQUESTS),
    ]
    return markup.joined(item for item in found if item)


def in_the_way(found: Sequence[blockers.Blocker], limit: int = BLOCKERS) -> markup.Markup:
    """Write which targets stand in the way of success, why, and since when."""
    rows = [(item.name, item.word, item.detail, lettering.clock(item.since)) for item in found]
    return table("In the way of success", ("target", "how", "why", "since"), rows, limit)


def table(title: str, heads: Row, rows: Iterable[Row], limit: int) -> markup.Markup:
    """Write a table, at most ``limit`` rows of it: the first ones and the last ones. Empty without any row."""
    every = list(rows)
    if not every:
        return markup.Markup("")
    left = len(every) - limit
    body = [_row(row) for row in (every if left <= 0 else every[: limit // 2])]
    if left > 0:
        body.append(markup.element("tr", markup.element("td", f"… {left} more …", colspan=len(heads))))
        body += [_row(row) for row in every[-(limit - limit // 2) :]]
    head = markup.element("tr", *(markup.element("th", text, scope="col") for text in heads))
    made = markup.element(
        "table",
        markup.element("caption", title),
        markup.element("thead", head),
        markup.element("tbody", markup.Markup("\n"), markup.joined(body), markup.Markup("\n")),
    )
    return markup.element("div", made, class_="scroll", tabindex=0, role="region", aria_label=title)


def _row(cells: Row) -> markup.Markup:
    first, *rest = cells
    name = markup.element("bdi", markup.plain(first, _LONGEST))
    head = markup.element("th", name, scope="row", class_="long" if len(first) > 2 * _LINE else None)
    return markup.element("tr", head, *map(_cell, rest))


def _cell(text: str) -> markup.Markup:
    long = len(text) > _LINE
    return markup.element("td", markup.lines(text.splitlines(), _LONGEST), class_="long" if long else None)


def _value(scene: scenes.Scene) -> timeline.Timeline:
    return scene.seen.timeline


def _states(scene: scenes.Scene) -> Iterable[Row]:
    now, origin = scene.seen.now, scene.seen.origin
    for row in lanes.order(_value(scene)):
        for item in row.segments:
            yield (
                row.name,
                looks.in_words(item.state, row.type),
                lettering.clock(item.begin),
                "" if item.end is None else lettering.clock(item.end),
                lettering.duration(item.lasted(now)),
                times.format_micro_time(origin + item.begin),
            )


def _requests(scene: scenes.Scene) -> Iterable[Row]:
    origin = scene.seen.origin
    for item in scene.seen.requests:
        watch = ""
        if item.watch:
            until = "open" if item.ended is None else f"until {lettering.clock(item.ended - origin)}"
            watch = f"{lettering.counted(item.events, 'event')}, {until}"
        status = f"{item.status:03d} {item.message if item.status >= 400 else ''}".rstrip()
        client = request_table.client(item.user_agent) + ("" if item.authorized else ", no valid token")
        yield str(item.number), lettering.clock(item.at - origin), item.line, status, client, watch
