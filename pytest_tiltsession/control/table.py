"""All verbs of the control interface, in one table: what is routed is what is described."""

import difflib

from pytest_tiltsession.api import queries
from pytest_tiltsession.control import (
    clock_verbs,
    expectation_verbs,
    fault_verbs,
    life_verbs,
    process_verbs,
    refusals,
    resource_verbs,
    session_verbs,
    target_verbs,
    together,
    verbs,
)

VERBS: tuple[verbs.Verb, ...] = (
    *life_verbs.VERBS,
    *clock_verbs.VERBS,
    *session_verbs.VERBS,
    *target_verbs.VERBS,
    *together.VERBS,
    *resource_verbs.VERBS,
    *expectation_verbs.VERBS,
    *fault_verbs.VERBS,
    *process_verbs.VERBS,
)
_BY_PATH: dict[tuple[str, ...], list[verbs.Verb]] = {}
for _verb in VERBS:
    _BY_PATH.setdefault(_verb.segments, []).append(_verb)
_SHOWN = 2


def find(method: str, path: str) -> tuple[verbs.Verb, dict[str, str]]:
    """Give the verb of a request and the names in its path, decoded.

    Raises a refusal: 404 with the nearest paths, or 405 with the methods that the path takes.
    """
    parts = tuple(path.split("/")[1:])
    found = [(segments, names) for segments in _BY_PATH if (names := _match(segments, parts)) is not None]
    # A plain path before one with a name in the same place.
    for segments, names in sorted(found, key=lambda item: len(item[1])):
        there = _BY_PATH[segments]
        verb = next((verb for verb in there if verb.method == method), None)
        if verb is not None:
            return verb, names
        takes = ", ".join(verb.method for verb in there)
        raise refusals.Refusal(
            405, "MethodNotAllowed", f"{method} {path}: this path takes {takes}, not {method}", (("Allow", takes),)
        )
    raise refusals.unknown(f"there is no {method} {path}; {_near(method, parts)} GET /openapi.json lists all verbs")


def _match(segments: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, str] | None:
    if len(segments) != len(parts):
        return None
    names: dict[str, str] = {}
    for segment, part in zip(segments, parts, strict=True):
        if not segment.startswith("{"):
            if segment != part:
                return None
            continue
        name = queries.unescaped(part)
        if not name:
            return None
        names[segment[1:-1]] = name
    return names


def _near(method: str, parts: tuple[str, ...]) -> str:
    """Say which verbs come near, with the names of the path in their places."""
    known: dict[str, str] = {}
    for verb in VERBS:
        filled = [
            parts[place] if segment.startswith("{") and place < len(parts) and parts[place] else segment
            for place, segment in enumerate(verb.segments)
        ]
        known.setdefault("/" + "/".join(filled), verb.method)
    asked = "/" + "/".join(parts)
    near = difflib.get_close_matches(asked, known, _SHOWN, 0.65)
    near.sort(key=lambda path: known[path] != method)
    return f"did you mean {' or '.join(f'{known[path]} {path}' for path in near)}?" if near else "it is none of ours."
