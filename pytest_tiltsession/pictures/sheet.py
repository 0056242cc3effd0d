"""The style sheet of the drawing: what each class looks like, in light and in dark; knows no page."""

from pytest_tiltsession.pictures import looks

LIGHT = {
    "page": "#ffffff", "card": "#f6f8fa", "text": "#1b212b", "quiet": "#4d5866", "line": "#d5dae1", "guide": "#e3e7ec",
    "ahead": "#f0f2f5", "limit": "#b3201a", "now": "#1553a8", "focus": "#0b57d0", "request": "#2c3440",
    "refused": "#b3201a", "event": "#0b6377", "good": "#1a7541", "bad": "#b3201a", "open": "#1553a8",
}  # fmt: skip
DARK = {
    "page": "#14181f", "card": "#1b212a", "text": "#e8ecf2", "quiet": "#a9b4c2", "line": "#39424f", "guide": "#272e39",
    "ahead": "#1a1f27", "limit": "#ff8d83", "now": "#8ec3ff", "focus": "#9ccaff", "request": "#dbe2ea",
    "refused": "#ff8d83", "event": "#6fd0e4", "good": "#57cf96", "bad": "#ff8d83", "open": "#8ec3ff",
}  # fmt: skip

_SHAPES = """
.ts-drawing{font:12px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.hit{fill:transparent;stroke:transparent;stroke-width:10;pointer-events:all}
rect.hit{stroke:none}
.fill{stroke-width:1.2}
.sliver{stroke-width:3}
.stroke{fill:none;stroke-width:1.1}
.ts-bar .stroke,.ts-swatch .stroke{stroke-width:2}
.ts-inactive .stroke{stroke-dasharray:1.5 4}
.ts-disabled .stroke{stroke-dasharray:9 4}
.ts-session .fill{stroke-width:1}
.ts-sign path{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.ts-sign-end-succeeded circle,.ts-sign-end-failed .body,.ts-sign-end-retrying .body{stroke-width:1.5}
.ts-sign-read path{stroke-width:2.2}
.ts-sign-refused circle{stroke-width:2}
.ts-sign-event-unheard circle{fill:none;stroke-width:1.6}
.guide,.now,.limit{stroke-width:1}
.limit{stroke-width:2;stroke-dasharray:7 4}
.now{stroke-width:1.5;stroke-dasharray:2 3}
.ts-bar,.ts-mark{outline:none}
"""
_FOCUS = """
.ts-bar:focus,.ts-mark:focus{outline:2.5px solid %(focus)s;outline-offset:2px}
"""


def colours(theme: dict[str, str], *, dark: bool) -> str:
    """Write the rules that give the drawing its colours."""
    rules = []
    for look in looks.ALL:
        paint = look.dark if dark else look.light
        ground = f"url(#ts-p-{look.key})" if look.pattern else paint.ground
        where = f".ts-{look.key}"
        rules += [
            f"{where} .fill{{fill:{ground};stroke:{paint.ink}}}",
            f"{where} .sliver,{where} .stroke{{stroke:{paint.ink}}}",
            f"{where} .ground{{fill:{paint.ground}}}",
            f"{where} .dots{{fill:{paint.ink}}}",
        ]
        if look.shape == looks.END:
            sign = f".ts-sign-end-{look.key}"
            rules += [
                f"{sign} circle,{sign} .body{{fill:{paint.ink};stroke:{theme['page']}}}",
                f"{sign} path:last-child{{stroke:{theme['page']}}}",
            ]
    signs = {"read": "request", "write": "request", "several": "request", "refused": "refused"}
    for sign, colour in (signs | {"several-refused": "refused", "event": "event", "event-unheard": "event"}).items():
        filled = sign not in ("refused", "event-unheard", "read")
        shape = f".ts-sign-{sign}"
        rules.append(f"{shape} *{{stroke:{theme[colour]}{';fill:' + theme[colour] if filled else ''}}}")
        if sign in ("refused", "several-refused"):
            rules.append(f"{shape} :first-child{{fill:{theme['page']}}}")
    for sign, colour, ground in (
        ("deadline", "limit", "page"), ("deadline-met", "limit", "limit"), ("spec", "quiet", "page"),
        ("note", "quiet", "page"), ("fault", "limit", "limit"), ("process", "now", "page"),
    ):  # fmt: skip
        rules.append(f".ts-sign-{sign} path{{stroke:{theme[colour]};fill:{theme[ground]}}}")
    rules += [f".{name}{{stroke:{theme[name]}}}" for name in ("guide", "now", "limit")]
    rules += [f".ahead{{fill:{theme['ahead']}}}", _FOCUS.strip() % theme]
    return "\n".join(rules)


def drawing() -> str:
    """Give the whole sheet of the drawing; on paper it is always light."""
    return (
        f"{_SHAPES.strip()}\n{colours(LIGHT, dark=False)}\n"
        f"@media screen and (prefers-color-scheme:dark){{\n{colours(DARK, dark=True)}\n}}"
    )
