"""YAML bodies of requests and answers, as ``sigs.k8s.io/yaml`` converts them; knows no HTTP and no model."""

import re
from collections.abc import Iterator
from typing import Any

from pytest_tiltsession.api import json_scanning, yaml_reading, yaml_writing

Unreadable = json_scanning.Unreadable
Document = yaml_reading.Document

# The server writes an answer as JSON, reads that as YAML, and writes what it read. Most control characters are
# escaped in the JSON and pass; these stand in it as they are, and the reader refuses them.
_REFUSED = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_RAW_BREAKS = re.compile(" *(?:\x85 *)+")


def read(body: bytes) -> Document:
    """Read the first document of a YAML body. Raises :class:`Unreadable` with the reader's words."""
    return yaml_reading.read(body)


def to_yaml(wire: Any) -> str:
    """Write a JSON value as the server writes YAML, with a final line break.

    Raises :class:`Unreadable` for what the server itself fails on: ``yaml: control characters are not allowed``
    (story *escape-ctl*: the answer is a 500 with that text).
    """
    if any(_REFUSED.search(text) for text in _texts(wire)):
        raise Unreadable("yaml: control characters are not allowed")
    return yaml_writing.write(_folded(wire) if any("\x85" in text for text in _texts(wire)) else wire)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _folded(value: Any) -> Any:
    """Fold U+0085, which JSON leaves as it is and YAML takes for a line break within quotes."""
    if isinstance(value, str):
        return _RAW_BREAKS.sub(lambda breaks: "\n" * (breaks[0].count("\x85") - 1) or " ", value)
    if isinstance(value, dict):
        return {_folded(key): _folded(item) for key, item in value.items()}
    return [_folded(item) for item in value] if isinstance(value, list) else value
