"""A patched document → a Session; parts that a patch left alone are read once and kept. Knows no patch and no store.

Most patches touch a label or an annotation, and the rest of the document is the text that the last one left there.
What a text is read into depends on nothing but the text, so that it can be kept; a part of which anything at all is
to be said is not kept, and the document is read as a whole, for the words to name the places.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from pytest_tiltsession.api import decoding, json_reading, lazy_json
from pytest_tiltsession.models import decoding as model_decoding
from pytest_tiltsession.models import metadata
from pytest_tiltsession.models import session as session_models

_PARTS_KEPT = 16  # few, since the status of a large session is large
_STRUCTS = ("spec", "status")
_ENTRIES = "managedFields"
_READERS: dict[str, Callable[[Any], model_decoding.Read[Any]]] = {
    "spec": functools.partial(model_decoding.decode, session_models.SessionSpec),
    "status": functools.partial(model_decoding.decode, session_models.SessionStatus),
    _ENTRIES: functools.partial(model_decoding.decode_list, metadata.ManagedFieldsEntry),
}


def session_of(document: lazy_json.Node, *, strict: bool) -> tuple[session_models.Session, tuple[str, ...]]:
    """Read a Session from a document; give the strict errors beside it. Raises :class:`decoding.Unsuitable`."""
    known = {name: part for name in _STRUCTS if (part := _known(document, name)) is not None}
    about = document.members.get("metadata")
    entries = None if about is None else _known(about, _ENTRIES)
    if not known and entries is None:
        return _read(document, strict=strict)
    shorter = document.with_nulls(known)
    if about is not None and entries is not None:
        shorter.members["metadata"] = about.with_nulls((_ENTRIES,))
    try:
        session, errors = _read(shorter, strict=strict)
    except decoding.Unsuitable:
        return _read(document, strict=strict)  # The message may quote the document, which must be the whole one.
    if entries is not None:
        known["metadata"] = dataclasses.replace(session.metadata, managed_fields=entries)
    return dataclasses.replace(session, **known), errors


def _read(document: lazy_json.Node, *, strict: bool) -> tuple[session_models.Session, tuple[str, ...]]:
    text = document.text().encode("utf-8", "replace")
    return decoding.session_of(json_reading.read(text), text, strict=strict)


def _known(holder: lazy_json.Node, name: str) -> Any:
    """Give a member that is closed text as the model, or list of models, that it is; None where it must be read."""
    part = holder.members.get(name)
    return None if part is None or part.raw is None or part.is_open else _model(name, part.raw)


@functools.lru_cache(maxsize=_PARTS_KEPT)
def _model(name: str, text: str) -> Any:
    """Read a member's text into a model, or a tuple of them; None where anything is wrong with it, strictly read."""
    try:
        read = _READERS[name](json_reading.read(text.encode("utf-8", "replace")))
    except (json_reading.Unreadable, model_decoding.Undecodable):
        return None
    return None if read.strict_errors else read.value
