"""Elements of HTML and SVG as text, escaped by construction: only what an element made is markup; knows no session."""

import html
from collections.abc import Iterable

from pytest_tiltsession.expectations import lettering

_STYLE = lettering.Style(width=10_000)
_EMPTY = frozenset({"br", "circle", "input", "line", "link", "meta", "path", "rect", "use"})
Value = str | int | float | bool | None


class Markup(str):
    """Text that is markup already. Any other text is escaped where it becomes part of an element."""

    __slots__ = ()


def plain(value: str, limit: int = 0) -> str:
    """Give a text on one line with what is not printable escaped, as reports show it; longer ones lose their middle."""
    if limit and len(value) > limit:
        value = f"{value[: limit // 2]} … ({len(value)} characters in all) … {value[-limit // 2 :]}"
    return lettering.shown(value, _STYLE)


def lines(parts: Iterable[str], limit: int = 1_000) -> Markup:
    """Write texts one a line, as an SVG title or preformatted text shows them."""
    return Markup("\n".join(html.escape(plain(part, limit)) for part in parts))


def block(value: str, limit: int = 8_000) -> Markup:
    """Write a text of several lines as it is, its middle left out where it is too long."""
    if len(value) > limit:
        value = f"{value[: limit // 2]}\n… ({len(value)} characters in all) …\n{value[-limit // 2 :]}"
    return lines(value.splitlines(), limit)


def element(name: str, /, *children: str, **attributes: Value) -> Markup:
    """Write an element. Plain children and all attribute values are escaped.

    An attribute's name may end in ``_`` (``class_``) and has ``-`` for each other one (``aria_label``). None and False
    leave it out, and True writes it as HTML's boolean attributes are, with its own name.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if not children and name in _EMPTY:
        return Markup(f"<{name}{written}/>")
    inner = "".join(child if isinstance(child, Markup) else html.escape(plain(child)) for child in children)
    return Markup(f"<{name}{written}>{inner}</{name}>")


def joined(parts: Iterable[Markup], between: str = "\n") -> Markup:
    """Put elements one after the other."""
    return Markup(between.join(parts))


def number(value: float) -> str:
    """Write a coordinate with as many digits as it needs, four at most."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    text = name if value is True else number(value) if isinstance(value, float) else str(value)
    return f' {name}="{html.escape(plain(text))}"'
