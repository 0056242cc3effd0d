"""Paths and queries as Go's ``net/url`` and the routers in front of Tilt's API read them. Knows no route.

Sources: the *query-malformed* and *routing-cleaned-paths* stories.
"""

import posixpath
import re
from collections.abc import Mapping

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@")

Values = Mapping[str, tuple[str, ...]]


def unescaped(text: str) -> str | None:
    """Undo percent-encoding; None where an escape is none. What is no UTF-8 stays as lone surrogates."""
    if "%" not in text:
        return text
    if _BAD_ESCAPE.search(text):
        return None
    raw = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")


def parse(query: str) -> dict[str, tuple[str, ...]]:
    """Give the values of each parameter in order. A pair with a bad escape or a semicolon is left out, as Go does."""
    values: dict[str, list[str]] = {}
    for pair in query.split("&"):
        if not pair or ";" in pair:
            continue
        name, _, value = pair.partition("=")
        key, content = unescaped(name.replace("+", " ")), unescaped(value.replace("+", " "))
        if key is not None and content is not None:
            values.setdefault(key, []).append(content)
    return {key: tuple(found) for key, found in values.items()}


def first(values: Values, name: str) -> str:
    """Give the first value of a parameter, or an empty text."""
    found = values.get(name)
    return found[0] if found else ""


def cleaned(path: str) -> str:
    """Give a decoded path without empty, ``.`` and ``..`` segments; a slash at its end stays."""
    if not path.startswith("/"):
        path = f"/{path}"
    result = "/" + posixpath.normpath(path).lstrip("/")
    return f"{result}/" if path.endswith("/") and result != "/" else result


def escaped(path: str) -> str:
    """Percent-encode a decoded path as Go's ``URL.String`` does."""
    raw = path.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in raw)
