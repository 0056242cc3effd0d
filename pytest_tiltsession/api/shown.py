"""What answers show: one object, a list of them, or a Status, in each form that a client can ask for.

Knows the forms (JSON, YAML, protobuf; whole, as a Table, metadata alone), no request and no store. Sources: the
*table*, *negotiation* and *watch-accept-partial* stories.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

from pytest_tiltsession import times
from pytest_tiltsession.api import negotiation, refusals
from pytest_tiltsession.models import encoding, metadata
from pytest_tiltsession.models import session as sessions

INCLUDE = ("Metadata", "Object", "None", "")

# What the default table of Kubernetes says of its two columns: the documentation of the fields that they show.
_COLUMNS = (
    {
        "name": "Name",
        "type": "string",
        "format": "name",
        "description": "Name must be unique within a namespace. Is required when creating resources, although some "
        "resources may allow a client to request the generation of an appropriate name automatically. Name is "
        "primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
        "priority": 0,
    },
    {
        "name": "Created At",
        "type": "date",
        "format": "",
        "description": "CreationTimestamp is a timestamp representing the server time when this object was created. "
        "It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this "
        "value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for "
        "lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
        "#metadata",
        "priority": 0,
    },
)


class Shown(Protocol):
    """Something that can be written in the forms that answers have."""

    def compact(self) -> str:
        """Give the JSON on one line, without a final newline."""

    def wire(self) -> dict[str, Any]:
        """Give the object as its JSON shows it."""

    def protobuf(self) -> bytes:
        """Give the protobuf form. Raises :class:`refusals.Refusal` for what has none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects: what its path, its objects and its lists are called, and the name of its Go type."""

    plural: str
    kind: str

    @property
    def list_kind(self) -> str:
        """The kind of its lists."""
        return f"{self.kind}List"


SESSIONS = Kind(sessions.PLURAL, sessions.KIND)
UI_RESOURCES = Kind("uiresources", "UIResource")


def _no_protobuf(kind: str) -> refusals.Refusal:
    return refusals.not_acceptable(
        f"object *{sessions.VERSION}.{kind} does not implement the protobuf marshalling interface "
        "and cannot be encoded to a protobuf message"
    )


@dataclasses.dataclass(frozen=True, slots=True)
class One:
    """One Session; ``body`` is its JSON where that is known already."""

    value: sessions.Session
    body: bytes | None = None

    def compact(self) -> str:
        """Give the JSON of the whole object."""
        return encoding.compact(self.wire()) if self.body is None else self.body.decode()

    def wire(self) -> dict[str, Any]:
        """Give the whole object."""
        return encoding.session_to_wire(self.value)

    def protobuf(self) -> bytes:
        """Refuse: Sessions have no protobuf form."""
        raise _no_protobuf(sessions.KIND)


@dataclasses.dataclass(frozen=True, slots=True)
class Many:
    """A list with its metadata."""

    items: Sequence[One]
    meta: metadata.ListMeta
    kind: Kind = SESSIONS

    def compact(self) -> str:
        """Give the JSON of the whole list, put together from the items' own."""
        head = encoding.compact({**self._head(), "items": []})
        return f"{head[:-2]}{','.join(item.compact() for item in self.items)}]}}"

    def wire(self) -> dict[str, Any]:
        """Give the whole list."""
        return {**self._head(), "items": [item.wire() for item in self.items]}

    def protobuf(self) -> bytes:
        """Refuse: lists of such objects have no protobuf form."""
        raise _no_protobuf(self.kind.list_kind)

    def _head(self) -> dict[str, Any]:
        meta = encoding.to_wire(self.meta)
        return {"kind": self.kind.list_kind, "apiVersion": sessions.API_VERSION, "metadata": meta}


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    """A Status or another object without metadata of its own, as its JSON shows it."""

    value: dict[str, Any]

    def compact(self) -> str:
        """Give the JSON."""
        return encoding.compact(self.value)

    def wire(self) -> dict[str, Any]:
        """Give the value itself."""
        return self.value

    def protobuf(self) -> bytes:
        """Give the protobuf form, which objects of Kubernetes' own have."""
        from pytest_tiltsession.api import kubernetes_protobuf  # start-up cost: few clients ask for it

        return kubernetes_protobuf.encode(self.value)


@dataclasses.dataclass(frozen=True, slots=True)
class Partial:
    """The metadata of one object or of a list's items, alone. ``version`` is that of ``meta.k8s.io``."""

    shown: One | Many
    version: str

    def compact(self) -> str:
        """Give the JSON."""
        return encoding.compact(self.wire())

    def wire(self) -> dict[str, Any]:
        """Give the metadata as its JSON shows it; a list without items has ``null``."""
        if isinstance(self.shown, One):
            return _partial(self.shown.value, self.version)
        items = [_partial(item.value, self.version) for item in self.shown.items] or None
        return {**self._named(negotiation.PARTIAL_LIST), "metadata": encoding.to_wire(self.shown.meta), "items": items}

    def protobuf(self) -> bytes:
        """Give the protobuf form."""
        from pytest_tiltsession.api import metadata_protobuf  # start-up cost

        api_version = f"{negotiation.META_GROUP}/{self.version}"
        if isinstance(self.shown, One):
            content = metadata_protobuf.partial(self.shown.value.metadata)
            return metadata_protobuf.envelope(api_version, negotiation.PARTIAL, content)
        content = metadata_protobuf.partial_list(self.shown.meta, [item.value.metadata for item in self.shown.items])
        return metadata_protobuf.envelope(api_version, negotiation.PARTIAL_LIST, content)

    def _named(self, kind: str) -> dict[str, Any]:
        return {"kind": kind, "apiVersion": f"{negotiation.META_GROUP}/{self.version}"}


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """One object or a list as a table of names and creation times, as kubectl prints it."""

    shown: One | Many
    version: str
    include: str = ""
    headers: bool = True

    def compact(self) -> str:
        """Give the JSON."""
        return encoding.compact(self.wire())

    def wire(self) -> dict[str, Any]:
        """Give the table: its version is the list's or the object's; without rows it has ``null``."""
        one = isinstance(self.shown, One)
        items = (self.shown,) if isinstance(self.shown, One) else self.shown.items
        meta = (
            metadata.ListMeta(resource_version=self.shown.value.metadata.resource_version)
            if isinstance(self.shown, One)
            else self.shown.meta
        )
        rows = [{"cells": _cells(item.value), "object": self._object(item)} for item in items]
        return {
            "kind": negotiation.TABLE,
            "apiVersion": f"{negotiation.META_GROUP}/{self.version}",
            "metadata": encoding.to_wire(meta),
            "columnDefinitions": list(_COLUMNS) if self.headers else None,
            "rows": rows if rows or one else None,
        }

    def protobuf(self) -> bytes:
        """Refuse; no negotiation ends here."""
        raise _no_protobuf(negotiation.TABLE)

    def _object(self, item: One) -> dict[str, Any] | None:
        if self.include == "None":
            return None
        return item.wire() if self.include == "Object" else _partial(item.value, self.version)


def transformed(
    shown: One | Many, media: negotiation.MediaType, include: str = "", *, headers: bool = True
) -> One | Many | Partial | Table:
    """Turn what is shown into what was asked for. Raises :class:`refusals.Refusal`, a 406, where it cannot be."""
    if media.convert == negotiation.TABLE:
        return Table(shown, media.version, include, headers)
    wanted_list = media.convert == negotiation.PARTIAL_LIST
    if not media.convert:
        return shown
    if wanted_list != isinstance(shown, Many):
        kind = shown.kind.list_kind if isinstance(shown, Many) else sessions.KIND
        found = "not a list" if wanted_list else "a list"
        raise refusals.not_acceptable(
            f"you requested {media.convert}, but the requested object is {found} (*{sessions.VERSION}.{kind})"
        )
    return Partial(shown, media.version)


def _partial(value: sessions.Session, version: str) -> dict[str, Any]:
    return {
        "kind": negotiation.PARTIAL,
        "apiVersion": f"{negotiation.META_GROUP}/{version}",
        "metadata": encoding.to_wire(value.metadata),
    }


def _cells(value: sessions.Session) -> list[str]:
    created = value.metadata.creation_timestamp
    return [value.name, times.format_time(times.ZERO_TIME_MICROS // 1_000_000 if created is None else created)]
