"""A scene as one self-contained SVG file: verdict, axis, a lane per target, legend; knows no HTML.

It has a fixed width, since an image is scaled as a whole; light or dark is the viewer's choice.
"""

import dataclasses

from pytest_tiltsession import pictures
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.pictures import drawing, heading, lanes, looks, markup, sheet
from pytest_tiltsession.pictures import scene as scenes

NARROWEST = 480
WIDEST = 10_000

_MARGIN = 24
_LETTER = 7.3  # pixels that a letter of the lanes' font takes, a little more than it does
_ROW = drawing.HEIGHT + 2
_NAME = 34  # letters
_STANDING = 30
_STYLE = lettering.Style()

_SHEET = """
.page{fill:%(page)s}.t{fill:%(text)s}.q{fill:%(quiet)s}.line{stroke:%(line)s}
.good{fill:%(good)s}.bad{fill:%(bad)s}.open{fill:%(open)s}.on{fill:%(page)s}
"""
_FONT = """
text{font:12px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.h{font:600 17px system-ui,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
.badge{font:600 13px system-ui,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif}
.strong{font-weight:600}
"""


def draw(scene: scenes.Scene, width: int = pictures.WIDTH) -> str:
    """Write the file; ``width`` is in pixels, and raised to the narrowest that can be read."""
    return _Sheet(scene, max(width, NARROWEST)).file()


@dataclasses.dataclass
class _Sheet:
    """A sheet that is filled from top to bottom; ``down`` is how far."""

    scene: scenes.Scene
    width: int
    down: int = _MARGIN

    def file(self) -> str:
        every = [self.scene.session, *self.scene.targets, *self.scene.clients]
        names = max(lettering.columns(markup.plain(lane.name)) for lane in every)
        self._left = _MARGIN + int((min(names, _NAME) + 2) * _LETTER)
        # A narrow sheet has no room for words beside the lanes.
        self._right = self.width - _MARGIN - (int((_STANDING + 3) * _LETTER) if self.width >= 800 else 0)
        parts = [*self._head(), *self._lanes(), *self._legend(every)]
        height = self.down + _MARGIN // 2
        ground = markup.element("rect", class_="page", width=self.width, height=height)
        title = markup.plain(f"{self.scene.title}: {self.scene.verdict}", 200)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + markup.element(
            "svg",
            markup.Markup("\n"),
            markup.element("title", title, id="ts-title"),
            markup.element("desc", markup.plain(heading.summary(self.scene), 8_000), id="ts-desc"),
            markup.element("style", markup.Markup(f"\n{_style()}\n")),
            drawing.definitions(),
            ground,
            markup.joined(parts),
            markup.Markup("\n"),
            xmlns="http://www.w3.org/2000/svg", width=self.width, height=height,
            viewBox=f"0 0 {self.width} {height}", role="graphics-document", aria_labelledby="ts-title ts-desc",
            class_="ts-drawing",
        ) + "\n"  # fmt: skip

    def _text(self, text: str, x: float, y: float, class_: str, **more: markup.Value) -> markup.Markup:
        return markup.element("text", text, x=x, y=y, class_=class_, **more)

    def _wrapped(self, text: str, class_: str, most: int) -> list[markup.Markup]:
        room = int((self.width - 2 * _MARGIN) / _LETTER)
        found = [part for line in text.splitlines() for part in lettering.wrapped(line, room, _STYLE)]
        if len(found) > most:
            found = [*found[: most - 1], "…"]
        written = []
        for line in found:
            self.down += 18
            written.append(self._text(line, _MARGIN, self.down, class_))
        return written

    def _head(self) -> list[markup.Markup]:
        scene, tone = self.scene, heading.tone(self.scene)
        badge = f"{heading.SIGNS[scene.verdict]} {scene.verdict}"
        wide = 26 + 8 * len(badge)
        title = lettering.label(scene.title, int((self.width - 2 * _MARGIN - wide) / 9.5), _STYLE)
        parts = [
            markup.element("rect", class_=tone, x=_MARGIN, y=self.down, width=wide, height=26, rx=13),
            self._text(badge, _MARGIN + wide / 2, self.down + 17.5, "badge on", text_anchor="middle"),
            self._text(title, _MARGIN + wide + 12, self.down + 19, "h t"),
        ]
        self.down += 32
        parts += self._wrapped(scene.reason, "t strong", 6)
        parts += self._wrapped(heading.ending(scene), "q", 2)
        parts += self._wrapped(markup.plain(heading.obstacles(scene)), "t", 3)
        self.down += 16
        return parts

    def _lanes(self) -> list[markup.Markup]:
        scene, top = self.scene, self.down
        self.down += 22
        rows = [self._row(lane) for lane in (scene.session, *scene.targets)]
        if scene.hidden:
            self.down += 20
            rows.append(self._text(f"and {scene.hidden} more targets", _MARGIN, self.down - 6, "q"))
        if scene.clients:
            self.down += 10
            rows += [self._row(lane) for lane in scene.clients]
        return [self._axis(top), self._track(top + 22, self.down - top - 22, self._guides(), "guides"), *rows]

    def _guides(self) -> markup.Markup:
        scene = self.scene
        due = None if scene.timeout is None else scene.timeout.at
        return drawing.guides(scene.view, due, not scene.seen.timeline.done)

    def _axis(self, top: int) -> markup.Markup:
        wide = self._right - self._left
        found, free = [], -1.0
        for at, label in self.scene.view.marks():
            x = self._left + wide * self.scene.view.place(at) / 100
            half = len(label) * _LETTER / 2
            if x - half > free and x + half < self.width:
                found.append(self._text(label, x, top + 14, "q", text_anchor="middle"))
                free = x + half + 6
        return markup.joined(found, "")

    def _track(self, top: int, tall: int, inner: markup.Markup, class_: str) -> markup.Markup:
        return markup.element(
            "svg", inner, x=self._left, y=top, width=self._right - self._left, height=tall, overflow="visible",
            class_=class_,
        )  # fmt: skip

    def _row(self, lane: lanes.Lane) -> markup.Markup:
        top = self.down
        self.down += _ROW
        name = lettering.label(lane.name, _NAME, _STYLE)
        parts = [
            markup.element(
                "text", markup.element("title", markup.plain(lane.name, 400)), name, x=_MARGIN, y=top + 17, class_="t"
            ),
            self._track(top, drawing.HEIGHT, drawing.lane(lane, self.scene.view), "track"),
        ]
        if self.width >= 800:
            standing = lettering.label(lettering.telling_line(lane.standing), _STANDING, _STYLE)
            weight = "t strong" if lane.look is looks.FAILED else "q"
            parts.append(self._text(standing, self._right + 20, top + 17, weight))
        return markup.element("g", *parts, role="group", aria_label=markup.plain(lane.name, 200))

    def _legend(self, every: list[lanes.Lane]) -> list[markup.Markup]:
        parts, x = [], float(_MARGIN)
        self.down += 14
        top = self.down
        entries = drawing.used(every)
        if self.scene.timeout is not None:
            entries.append((drawing.LIMIT, "the timeout of the session"))
        for key, meaning in entries:
            wide = 46 + len(meaning) * _LETTER + 18
            if x + wide > self.width - _MARGIN and x > _MARGIN:
                x, top = float(_MARGIN), top + _ROW
            parts += [
                markup.element(
                    "svg", drawing.swatch(key), x=x, y=top, width=36, height=drawing.HEIGHT, class_="ts-swatch",
                    overflow="visible",
                ),
                self._text(meaning, x + 46, top + 17, "q"),
            ]  # fmt: skip
            x += wide
        self.down = top + _ROW if entries else top
        return parts


def _style() -> str:
    light, dark = _SHEET.strip() % sheet.LIGHT, _SHEET.strip() % sheet.DARK
    return f"{sheet.drawing()}{_FONT}{light}\n@media screen and (prefers-color-scheme:dark){{\n{dark}\n}}"
