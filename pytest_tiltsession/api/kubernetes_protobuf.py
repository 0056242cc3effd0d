"""Discovery documents and refusals in Kubernetes' protobuf, for clients that prefer it. Knows no path or negotiation.

Sessions have no protobuf form. The fields are those of ``generated.proto`` of meta/v1 and apidiscovery/v2. As
Kubernetes' generated code does, every plain field is written, an empty one too; an absent object or list is not.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession.api import protobuf

_MAGIC = b"k8s\x00"
_TEXT = "text"
_FLAG = "flag"
_NUMBER = "number"
_EMPTY = "empty"  # an object that is always there and never holds anything: a time that is not set


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field: its number, its JSON key, and its form. ``optional`` objects are left out where they are absent."""

    number: int
    name: str
    form: str = _TEXT
    repeated: bool = False
    optional: bool = False
    inside: int = 0  # number of the items within a message of their own


_GROUP_VERSION = (Field(1, "groupVersion"), Field(2, "version"))
_KIND = (Field(1, "group"), Field(2, "version"), Field(3, "kind"))
_LIST_META = (Field(1, "selfLink"), Field(2, "resourceVersion"), Field(3, "continue"))
_OBJECT_META = (
    Field(1, "name"),
    Field(2, "generateName"),
    Field(3, "namespace"),
    Field(4, "selfLink"),
    Field(5, "uid"),
    Field(6, "resourceVersion"),
    Field(7, "generation", _NUMBER),
    Field(8, "creationTimestamp", _EMPTY),
)
_MESSAGES: dict[str, tuple[Field, ...]] = {
    "GroupVersion": _GROUP_VERSION,
    "GroupVersionKind": _KIND,
    "ListMeta": _LIST_META,
    "ObjectMeta": _OBJECT_META,
    "Status": (
        Field(1, "metadata", "ListMeta"),
        Field(2, "status"),
        Field(3, "message"),
        Field(4, "reason"),
        Field(5, "details", "StatusDetails", optional=True),
        Field(6, "code", _NUMBER),
    ),
    "StatusDetails": (
        Field(1, "name"),
        Field(2, "group"),
        Field(3, "kind"),
        Field(4, "causes", "StatusCause", repeated=True),
        Field(5, "retryAfterSeconds", _NUMBER),
        Field(6, "uid"),
    ),
    "StatusCause": (Field(1, "reason"), Field(2, "message"), Field(3, "field")),
    "Address": (Field(1, "clientCIDR"), Field(2, "serverAddress")),
    "APIVersions": (
        Field(1, "versions", repeated=True),
        Field(2, "serverAddressByClientCIDRs", "Address", repeated=True),
    ),
    "APIGroupList": (Field(1, "groups", "APIGroup", repeated=True),),
    "APIGroup": (
        Field(1, "name"),
        Field(2, "versions", "GroupVersion", repeated=True),
        Field(3, "preferredVersion", "GroupVersion"),
        Field(4, "serverAddressByClientCIDRs", "Address", repeated=True),
    ),
    "APIResourceList": (Field(1, "groupVersion"), Field(2, "resources", "APIResource", repeated=True)),
    "APIResource": (
        Field(1, "name"),
        Field(2, "namespaced", _FLAG),
        Field(3, "kind"),
        Field(4, "verbs", repeated=True, inside=1),
        Field(6, "singularName"),
        Field(8, "group"),
        Field(9, "version"),
        Field(10, "storageVersionHash"),
    ),
    "APIGroupDiscoveryList": (
        Field(1, "metadata", "ListMeta"),
        Field(2, "items", "APIGroupDiscovery", repeated=True),
    ),
    "APIGroupDiscovery": (
        Field(1, "metadata", "ObjectMeta"),
        Field(2, "versions", "APIVersionDiscovery", repeated=True),
    ),
    "APIVersionDiscovery": (
        Field(1, "version"),
        Field(2, "resources", "APIResourceDiscovery", repeated=True),
        Field(3, "freshness"),
    ),
    "APIResourceDiscovery": (
        Field(1, "resource"),
        Field(2, "responseKind", "GroupVersionKind", optional=True),
        Field(3, "scope"),
        Field(4, "singularResource"),
        Field(5, "verbs", repeated=True),
        Field(8, "subresources", "APISubresourceDiscovery", repeated=True),
    ),
    "APISubresourceDiscovery": (
        Field(1, "subresource"),
        Field(2, "responseKind", "GroupVersionKind", optional=True),
        Field(4, "verbs", repeated=True),
    ),
}


def encode(document: Mapping[str, Any]) -> bytes:
    """Write an object as Kubernetes does: four bytes of magic, then what it is, then the object itself.

    ``document`` is the object as its JSON shows it, with its ``kind``: a discovery document or a Status.
    """
    type_meta = protobuf.text(1, document.get("apiVersion", "")) + protobuf.text(2, document["kind"])
    content = _message(document["kind"], document)
    envelope = protobuf.nested(1, type_meta) + protobuf.nested(2, content)
    # Encoding and type of the content, which are the usual ones.
    return _MAGIC + envelope + protobuf.text(3, "") + protobuf.text(4, "")


def _message(name: str, value: Mapping[str, Any]) -> bytes:
    return b"".join(_field(field, value.get(field.name)) for field in _MESSAGES[name])


def _field(field: Field, value: Any) -> bytes:
    if value is None and (field.repeated or field.optional):
        return b""
    if field.repeated:
        items = b"".join(_value(field.inside or field.number, field.form, item) for item in value)
        return protobuf.nested(field.number, items) if field.inside else items
    return _value(field.number, field.form, value)


def _value(number: int, form: str, value: Any) -> bytes:
    if form == _TEXT:
        return protobuf.text(number, value or "")
    if form in (_FLAG, _NUMBER):
        return protobuf.number(number, int(value or 0))
    if form == _EMPTY:
        return protobuf.nested(number, b"")
    return protobuf.nested(number, _message(form, value or {}))
