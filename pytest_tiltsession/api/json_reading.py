"""JSON text → parsed values, as Go reads it; knows no HTTP and no model.

Python's own reader does the work; what it refuses, or what nests too deeply for it, goes to ``json_scanning`` for
Go's words and for Go's limit of 10,000 levels. Bytes that are no UTF-8 and lone surrogates become U+FFFD.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from pytest_tiltsession.api import json_scanning
from pytest_tiltsession.models import parsed

Unreadable = json_scanning.Unreadable

_INVALID_BYTES = re.compile("[\udc80-\udcff]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def text_of(body: bytes) -> str:
    """Decode UTF-8 as Go does: each byte that does not belong becomes one U+FFFD."""
    return _INVALID_BYTES.sub("\ufffd", body.decode("utf-8", "surrogateescape"))


def read(body: bytes, scanner: type[json_scanning.Scanner] = json_scanning.Scanner) -> Any:
    """Read one JSON document. Objects that name a key twice are :class:`parsed.DoubledKeys`.

    :param scanner: Whose words are used for what is no JSON.

    Raises :class:`Unreadable`: ``invalid character 'x' after top-level value``.
    """
    raw = body.decode("utf-8", "surrogateescape")
    text = raw if raw.isascii() else _INVALID_BYTES.sub("\ufffd", raw)
    try:
        value = _decode(text)
    except (ValueError, RecursionError):
        value = scanner(raw).document()
    return _mended(value) if _SURROGATE_ESCAPE.search(text) else value


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


_decode: Callable[[str], Any] = json.JSONDecoder(
    object_pairs_hook=parsed.object_of,
    parse_float=parsed.WrittenNumber,
    parse_int=json_scanning.integer,
    parse_constant=_refuse_constant,
).decode


def _mended(value: Any) -> Any:
    """Replace lone surrogates, which escapes can spell, by U+FFFD in every text and key."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return parsed.object_of([(_mended(key), _mended(item)) for key, item in parsed.pairs_of(value)])
    return [_mended(item) for item in value] if isinstance(value, list) else value
