"""A merge patch laid over a stored Session as values: only what the patch names is written out, merged and read.

That is how nearly all patches end. Where there is anything to be said of one, it is applied to the texts instead, which
refusals quote: this here gives no Session then. Knows models and values, no HTTP and no texts.
"""

from typing import Any

from pytest_tiltsession.api import merge_patches
from pytest_tiltsession.models import decoding, encoding, metadata, parsed, wire
from pytest_tiltsession.models import session as session_models

_ABOUT = "metadata"


def merged(stored: session_models.Session, patch: Any) -> session_models.Session | None:
    """Give the Session that a parsed patch makes of the stored one; None where texts must tell."""
    if not isinstance(patch, dict) or not _plain(patch):
        return None
    about = patch.get(_ABOUT)
    document = encoding.to_wire_of(stored, patch.keys() - {_ABOUT})
    if isinstance(about, dict):
        document[_ABOUT] = encoding.to_wire_of(stored.metadata, about)
    try:
        read = decoding.decode(session_models.Session, merge_patches.merge_values(document, patch))
    except (decoding.Undecodable, RecursionError):
        return None
    if read.strict_errors:  # such as a kind, which a patch hardly names
        return None
    session = read.value
    named = _named(session, patch)
    if isinstance(about, dict):
        named[_ABOUT] = wire.replaced(stored.metadata, **_named(session.metadata, about))
    return wire.replaced(stored, **named)


def _named(model: session_models.Session | metadata.ObjectMeta, patch: dict[str, Any]) -> dict[str, Any]:
    """Give the attributes of a model that a patch names."""
    fields = wire.fields_of(type(model))
    return {item.attribute: getattr(model, item.attribute) for item in fields if item.name in patch}


def _plain(patch: dict[str, Any]) -> bool:
    """Tell whether values say all that their text says: no key is there twice, all numbers are integers of 64 bits."""
    pending: list[Any] = [patch]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value, parsed.DoubledKeys):
                return False
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, float) or (isinstance(value, int) and value not in parsed.INT64):
            return False
    return True
