"""A patched document → a Session; parts that a patch left alone are taken from the one that is stored. Knows no patch.

Most patches touch a label or an annotation: only what they opened, or put in, is read. Where it is no Session the
document is read as a whole, since the refusal may quote it.
"""

from typing import Any

from pytest_tiltsession.api import decoding, json_reading, lazy_json, stored_documents
from pytest_tiltsession.models import metadata, wire
from pytest_tiltsession.models import session as session_models


def session_of(document: lazy_json.Node, *, strict: bool) -> tuple[session_models.Session, tuple[str, ...]]:
    """Read a Session from a document; give the strict errors beside it. Raises :class:`decoding.Unsuitable`."""
    kept = stored_documents.left_alone(document, session_models.Session)
    about = document.members.get("metadata")
    kept_there = [] if about is None else stored_documents.left_alone(about, metadata.ObjectMeta)
    if not kept and not kept_there:
        return _read(document, strict=strict)
    rest = _without(document, kept)
    if about is not None and kept_there:
        rest.members["metadata"] = _without(about, kept_there)
    try:
        session, errors = _read(rest, strict=strict)
    except decoding.Unsuitable:
        return _read(document, strict=strict)
    parts = _named(kept)
    if kept_there:
        parts["metadata"] = wire.replaced(session.metadata, **_named(kept_there))
    return wire.replaced(session, **parts), errors


def _read(document: lazy_json.Node, *, strict: bool) -> tuple[session_models.Session, tuple[str, ...]]:
    text = document.text().encode("utf-8", "replace")
    return decoding.session_of(json_reading.read(text), text, strict=strict)


def _without(holder: lazy_json.Node, parts: list[stored_documents.Part]) -> lazy_json.Node:
    names = {part.declared.name for part in parts}
    return holder.with_members({name: node for name, node in holder.members.items() if name not in names})


def _named(parts: list[stored_documents.Part]) -> dict[str, Any]:
    return {part.declared.attribute: part.found for part in parts}
