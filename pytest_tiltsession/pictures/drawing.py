"""Lanes drawn as SVG, across by per cent and down by pixels, so that one drawing fits any width; knows no page.

The looks come from classes (:mod:`pytest_tiltsession.pictures.sheet`) and from the definitions below, which the text
that the drawing becomes part of holds once.
"""

from pytest_tiltsession.pictures import lanes, looks, markup, view

HEIGHT = 26
_MIDDLE = HEIGHT // 2
LIMIT = "limit"
_SLIVER = 0.6  # per cent; what is narrower is drawn as a line of fixed width
_SIGNS = {
    "end-succeeded": '<circle r="8"/><path d="M-3.6.2L-1 2.9L3.9-2.7"/>',
    "end-failed": (
        '<path class="body" d="M-3.4-8H3.4L8-3.4V3.4L3.4 8H-3.4L-8 3.4V-3.4z"/><path d="M-3-3L3 3M-3 3L3-3"/>'
    ),
    "end-retrying": '<path class="body" d="M0-8.6L8.6 6.4H-8.6z"/><path d="M0-3.6V1.2M0 3.2V4.4"/>',
    "read": '<path d="M0-8V8"/>',
    "write": '<path d="M0-7L5.5 0L0 7L-5.5 0z"/>',
    "refused": '<circle r="6.5"/><path d="M-3-3L3 3M-3 3L3-3"/>',
    "several": '<rect x="-3.5" y="-8" width="7" height="16" rx="1.5"/>',
    "several-refused": '<rect x="-5.5" y="-8" width="11" height="16" rx="1.5"/><path d="M-3-3L3 3M-3 3L3-3"/>',
    "event": '<circle r="4"/>',
    "event-unheard": '<circle r="3.2"/>',
    "deadline": '<path d="M0-11V11M0-11H9L6-7.5L9-4H0"/>',
    "deadline-met": '<path d="M0-11V11M0-11H9L6-7.5L9-4H0"/>',
    "spec": '<path d="M-5-6H5V6H-5zM-2.5-2.5H2.5M-2.5 1H2.5"/>',
    "note": '<path d="M-5-6H5V3H1L-2 7V3H-5z"/>',
    "fault": '<path d="M2-9L-4 1H0L-2 9L5-2H1z"/>',
    "process": '<path d="M0-7A7 7 0 1 0 .01-7M0-7V0"/>',
}
SAYING = {
    "read": "a request that reads",
    "write": "a request that writes",
    "refused": "a request that was refused",
    "several": "several requests",
    "several-refused": "several requests, some refused",
    "event": "a watch event",
    "event-unheard": "a watch event that no watch was open for",
    "deadline": "a deadline ahead",
    "deadline-met": "a deadline that was met",
    "spec": "the spec was changed",
    "note": "a note",
    "fault": "a fault",
    "process": "the process of Tilt",
}


def definitions() -> markup.Markup:
    """Give the patterns and signs that the lanes refer to."""
    patterns = [
        markup.element(
            "pattern",
            markup.element("rect", width=12, height=12, class_="ground"),
            markup.element("path", d=look.pattern, class_="stroke" if look is not looks.WAITING else "dots"),
            id=f"ts-p-{look.key}", class_=f"ts-{look.key}", width=12 if look is not looks.WAITING else 8,
            height=12 if look is not looks.WAITING else 8, patternUnits="userSpaceOnUse",
        )
        for look in looks.ALL
        if look.pattern
    ]  # fmt: skip
    signs = [
        markup.element("g", markup.Markup(shape), id=f"ts-s-{name}", class_=f"ts-sign ts-sign-{name}")
        for name, shape in _SIGNS.items()
    ]
    return markup.element("defs", *patterns, *signs)


def lane(value: lanes.Lane, span: view.View) -> markup.Markup:
    """Draw the bars and marks of a lane, in the order of time."""
    drawn = [(bar.begin, number, _bar(bar, span)) for number, bar in enumerate(value.bars)]
    drawn += [(mark.at, len(value.bars) + number, _mark(mark, span)) for number, mark in enumerate(value.marks)]
    return markup.joined(shape for _, _, shape in sorted(drawn, key=lambda item: item[:2]))


def _bar(bar: lanes.Bar, span: view.View) -> markup.Markup:
    first, last = span.place(bar.begin), span.place(span.now if bar.end is None else bar.end)
    shapes = [_hit(first, last), *_body(bar.look, first, last)]
    return _spoken(f"ts-bar ts-{bar.look.key}", bar.told, shapes)


def _mark(mark: lanes.Mark, span: view.View) -> markup.Markup:
    place = span.place(mark.at)
    return _spoken(f"ts-mark ts-m-{mark.sign}", mark.told, [_hit(place, place), use(mark.sign, place)])


def _spoken(class_: str, told: tuple[str, ...], shapes: list[markup.Markup]) -> markup.Markup:
    title = markup.element("title", markup.lines(told))
    return markup.element("g", title, *shapes, class_=class_, tabindex=0, role="img")


def use(sign: str, place: float) -> markup.Markup:
    """Put a sign at a place."""
    return markup.element("use", href=f"#ts-s-{sign}", x=f"{markup.number(place)}%", y=_MIDDLE)


def _hit(first: float, last: float) -> markup.Markup:
    """Give what a pointer can hit: the whole height, and wide enough."""
    if last - first < 2:
        middle = f"{markup.number((first + last) / 2)}%"
        return markup.element("line", class_="hit", x1=middle, x2=middle, y1=1, y2=HEIGHT - 1)
    return _rect("hit", first, last, 1, HEIGHT - 2)


def _body(look: looks.Look, first: float, last: float) -> list[markup.Markup]:
    if look.shape == looks.END:
        tail = [_tail(look, first, last)] if last > first else []
        return [*tail, use(f"end-{look.key}", first)]
    if look.shape == looks.LINE:
        return [_level(first, last) if last - first >= _SLIVER else _sliver(first, last, 8)]
    tall = 10 if look in (looks.WAITING, looks.SESSION, looks.WATCH) else 18
    if last - first < _SLIVER:
        return [_sliver(first, last, tall)]
    return [_rect("fill", first, last, _MIDDLE - tall // 2, tall)]


def _level(first: float, last: float) -> markup.Markup:
    ends = {"x1": f"{markup.number(first)}%", "x2": f"{markup.number(last)}%"}
    return markup.element("line", class_="stroke", **ends, y1=_MIDDLE, y2=_MIDDLE)


def _tail(look: looks.Look, first: float, last: float) -> markup.Markup:
    tall = 4 if look is looks.SUCCEEDED else 10
    return _rect("fill", first, last, _MIDDLE - tall // 2, tall)


def _sliver(first: float, last: float, tall: int) -> markup.Markup:
    middle = f"{markup.number((first + last) / 2)}%"
    top = _MIDDLE - tall // 2
    return markup.element("line", class_="sliver", x1=middle, x2=middle, y1=top, y2=top + tall)


def _rect(class_: str, first: float, last: float, top: int, tall: int) -> markup.Markup:
    across = {"x": f"{markup.number(first)}%", "width": f"{markup.number(last - first)}%"}
    return markup.element("rect", class_=class_, rx=2.5 if class_ == "fill" else None, **across, y=top, height=tall)


def guides(span: view.View, deadline: int | None, going_on: bool) -> markup.Markup:
    """Draw the lines that go through all lanes: the axis' marks, the present, the timeout, what is yet to come."""
    found = [_upright("guide", span.place(at)) for at, _ in span.marks()]
    if going_on and span.now < span.end:
        rest = markup.number(100 - span.place(span.now))
        found.insert(
            0, markup.element("rect", class_="ahead", x=span.percent(span.now), width=f"{rest}%", y=0, height="100%")
        )
        found.append(_upright("now", span.place(span.now)))
    if deadline is not None:
        found.append(_upright("limit", span.place(deadline)))
    return markup.joined(found, "")


def _upright(class_: str, place: float) -> markup.Markup:
    where = f"{markup.number(place)}%"
    return markup.element("line", class_=class_, x1=where, x2=where, y1=0, y2="100%")


def swatch(key: str) -> markup.Markup:
    """Draw a look or a sign for the legend, 34 pixels wide."""
    look = next((look for look in looks.ALL if look.key == key), None)
    if key == LIMIT:
        shapes, class_ = [_upright("limit", 50)], ""
    elif look is None:
        shapes = [use(key, 50)]
        class_ = f"ts-m-{key}"
    else:
        shapes = _body(look, 30 if look.shape == looks.END else 3, 97)
        class_ = f"ts-{look.key}"
    return markup.element("g", *shapes, class_=class_ or None)


def used(found: list[lanes.Lane]) -> list[tuple[str, str]]:
    """Give what the legend has to explain: key and meaning of all that these lanes show."""
    bars = {bar.look for lane in found for bar in lane.bars}
    signs = {mark.sign for lane in found for mark in lane.marks}
    return [(look.key, look.meaning) for look in looks.ALL if look in bars] + [
        (sign, meaning) for sign, meaning in SAYING.items() if sign in signs
    ]
