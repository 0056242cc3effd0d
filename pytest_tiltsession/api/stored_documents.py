"""A stored Session as a document that patches open: every closed part of it knows the model it is of, no text is made.

Knows models and how they are written; no patch and no store.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.api import lazy_json
from pytest_tiltsession.models import encoding, wire
from pytest_tiltsession.models import session as session_models


class Part:
    """One declared field of a model: what is there, and where it is declared, which tells it from all others."""

    __slots__ = ("declared", "found")

    def __init__(self, declared: wire.Field, found: Any) -> None:
        self.declared = declared
        self.found = found

    def text(self) -> str:
        """Write what is there as JSON."""
        return encoding.field_text(self.declared, self.found)

    def members(self) -> dict[str, lazy_json.Node | None] | None:
        """Give the fields of a struct or a map; lists and scalars are read from their text."""
        if self.declared.kind == wire.STRING_MAP:
            return {key: lazy_json.Node(encoding.compact(text)) for key, text in self.found.items()}
        return _members(self.found) if self.declared.kind in (wire.STRUCT, wire.POINTER) else None


@dataclasses.dataclass(frozen=True, slots=True)
class _Whole:
    """The whole Session, with its kind and version in front."""

    session: session_models.Session

    def text(self) -> str:
        return encoding.compact(encoding.session_to_wire(self.session))

    def members(self) -> dict[str, lazy_json.Node | None]:
        type_meta = {name: lazy_json.Node(encoding.compact(text)) for name, text in session_models.TYPE_META.items()}
        return {**type_meta, **_members(self.session)}


def of(session: session_models.Session) -> lazy_json.Node:
    """Give a Session as a document."""
    return lazy_json.Node(None, _Whole(session))


def left_alone(holder: lazy_json.Node, cls: type[Any]) -> list[Part]:
    """Give the fields of a model class that an opened object holds as they were stored."""
    kept = []
    for item in wire.fields_of(cls):
        node = holder.members.get(item.name)
        if node is None or node.is_open:
            continue
        source = node.source
        if isinstance(source, Part) and source.declared is item:
            kept.append(source)
    return kept


def _members(model: Any) -> dict[str, lazy_json.Node | None]:
    return {
        item.name: None if found is None else lazy_json.Node(None, Part(item, found))
        for item, found in encoding.fields_shown(model)
    }
