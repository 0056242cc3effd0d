"""A scene as one self-contained HTML file: verdict, drawing, legend, tables; knows no test and no file.

Nothing is loaded from anywhere, and the page's own policy forbids it: of scripts and styles only those that are written
here may run, whatever a target is called.
"""

import base64
import hashlib
from collections.abc import Sequence

from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.pictures import behaviour, drawing, heading, lanes, markup, page_sheet, tables
from pytest_tiltsession.pictures import scene as scenes

_FILTERED = 12  # from so many targets on there is a filter

element = markup.element


def write(scene: scenes.Scene) -> str:
    """Write the file."""
    every = [scene.session, *scene.targets, *scene.clients]
    longest = max(lettering.columns(markup.plain(lane.name)) for lane in every)
    styles, script = f"\n{page_sheet.page(longest)}\n", behaviour.SCRIPT
    policy = f"default-src 'none'; style-src '{_digest(styles)}'; script-src '{_digest(script)}'; base-uri 'none'"
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", markup.plain(f"{scene.verdict}: {scene.title}", 300)),
        element("style", markup.Markup(styles)),
    ]
    body = [
        element("main", markup.joined(item for item in _parts(scene, every) if item)),
        element("div", id="tip", hidden=True, aria_hidden="true"),
        element("script", markup.Markup(script)),
    ]
    whole = [element("head", markup.joined(head)), element("body", markup.joined(body))]
    return f"<!DOCTYPE html>\n{element('html', markup.joined(whole), lang='en')}\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _parts(scene: scenes.Scene, every: list[lanes.Lane]) -> list[markup.Markup]:
    failure = element("pre", markup.block(scene.failure))
    return [
        _top(scene),
        element("section", element("h2", "The test"), failure) if scene.failure else markup.Markup(""),
        tables.in_the_way(scene.in_the_way),
        element("h2", "Timeline", id="timeline"),
        _legend(scene, every),
        _filter(scene),
        element("a", "Skip the drawing: the same as tables", class_="skip", href="#tables"),
        _board(scene),
        element("details", element("summary", "The same as tables"), tables.all_of(scene), id="tables"),
    ]


def _top(scene: scenes.Scene) -> markup.Markup:
    badge = f"{heading.SIGNS[scene.verdict]} {scene.verdict}"
    facts = [element("div", element("dt", name), element("dd", value, class_="mono")) for name, value in scene.facts]
    verdict = [element("span", badge, class_="badge"), element("span", heading.ending(scene), class_="quiet")]
    return element(
        "header",
        element("p", *verdict, class_="verdict"),
        element("h1", element("bdi", markup.plain(scene.title, 400))),
        element("pre", markup.block(scene.reason), class_="reason") if scene.reason else markup.Markup(""),
        element("dl", *facts),
        class_=f"top {heading.tone(scene)}",
    )


def _legend(scene: scenes.Scene, every: list[lanes.Lane]) -> markup.Markup:
    entries = drawing.used(every)
    if scene.timeout is not None:
        entries.append((drawing.LIMIT, "the timeout of the session"))
    found = [element("li", _svg(drawing.swatch(key), width=36, class_="ts-swatch"), text) for key, text in entries]
    return element("ul", markup.joined(found), class_="legend", aria_label="Legend")


def _filter(scene: scenes.Scene) -> markup.Markup:
    if len(scene.targets) < _FILTERED:
        return markup.Markup("")
    return element(
        "div",
        element("label", "Targets named ", element("input", type="search", aria_controls="board")),
        element("label", element("input", type="checkbox"), " only those in the way"),
        element("output", class_="quiet"),
        id="filter", hidden=True, role="search",
    )  # fmt: skip


def _board(scene: scenes.Scene) -> markup.Markup:
    due = None if scene.timeout is None else scene.timeout.at
    guides = drawing.guides(scene.view, due, not scene.seen.timeline.done)
    parts = [
        element("svg", drawing.definitions(), width=0, height=0, aria_hidden="true"),
        element("div", _svg(guides, class_="guides"), class_="behind"),
        _axis(scene),
        _lanes(scene, [scene.session], "session", "The session"),
        _lanes(scene, scene.targets, "target", "Targets"),
    ]
    if scene.hidden:
        parts.append(element("p", f"and {scene.hidden} more targets", class_="quiet"))
    if scene.clients:
        parts += [element("p", "Clients", class_="group"), _lanes(scene, scene.clients, "client", "Clients")]
    return element("figure", markup.joined(parts), id="board", class_="ts-drawing", aria_labelledby="timeline")


def _axis(scene: scenes.Scene) -> markup.Markup:
    names = [
        element("text", label, x=scene.view.percent(at), y=16, class_="every-other" if number % 2 else None)
        for number, (at, label) in enumerate(scene.view.marks())
    ]
    return element(
        "div", element("span"), _svg(*names, class_="marks"), element("span"), class_="axis", aria_hidden="true"
    )


def _svg(*drawn: markup.Markup, class_: str, width: int | None = None) -> markup.Markup:
    """Give a drawing that is not itself of interest to who cannot see it."""
    return element("svg", *drawn, class_=class_, width=width, height=drawing.HEIGHT, aria_hidden="true")


def _lanes(scene: scenes.Scene, found: Sequence[lanes.Lane], kind: str, title: str) -> markup.Markup:
    rows = [_lane(scene, lane, kind, number) for number, lane in enumerate(found)]
    return element("ol", markup.joined(rows), class_="lanes", role="list", aria_label=title)


def _lane(scene: scenes.Scene, lane: lanes.Lane, kind: str, number: int) -> markup.Markup:
    name = markup.plain(lane.name, 400)
    said = markup.plain(lettering.telling_line(lane.standing), 300)
    return element(
        "li",
        element("span", element("bdi", name), class_="name", title=name, id=f"{kind}-{number}"),
        element(
            "svg", drawing.lane(lane, scene.view), class_="track", height=drawing.HEIGHT, role="group",
            aria_labelledby=f"{kind}-{number}",
        ),
        element("span", said, class_="said", title=said),
        class_=f"lane {kind}" + (" blocks" if lane.in_the_way else ""),
        data_name=name, data_blocks=lane.in_the_way,
    )  # fmt: skip
