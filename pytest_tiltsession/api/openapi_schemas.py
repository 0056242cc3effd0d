"""The schemas of OpenAPI, generated from the declarations of the models. Knows no paths and no HTTP.

Names, required fields, defaults and extensions are those of openapi-structure.json; the prose is the models' own.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

from pytest_tiltsession.api import openapi_kinds as kinds
from pytest_tiltsession.models import metadata, wire
from pytest_tiltsession.models import session as session_models

Schema = dict[str, Any]

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_NAMES: dict[type[Any], str] = {
    kinds.RawExtension: "io.k8s.apimachinery.pkg.runtime.RawExtension",
    kinds.Info: "io.k8s.apimachinery.pkg.version.Info",
}
# Tilt's types go by their Go path, whose slashes the server escapes as in a JSON pointer, in the key as well.
_TILT = "github.com~1tilt-dev~1tilt~1pkg~1apis~1core~1v1alpha1."
_TILT_KINDS = (kinds.SessionList, *(item for item in vars(session_models).values() if dataclasses.is_dataclass(item)))

_TIME = f"{_META}Time"
_MICRO_TIME = f"{_META}MicroTime"
_DURATION = f"{_META}Duration"
_FIELDS = f"{_META}FieldsV1"
_LEAVES: dict[str, Schema] = {
    _TIME: {
        "description": "An instant with whole seconds, as RFC 3339 writes it.",
        "type": "string",
        "format": "date-time",
    },
    _MICRO_TIME: {
        "description": "An instant with exactly six decimals of a second, as RFC 3339 writes it.",
        "type": "string",
        "format": "date-time",
    },
    _DURATION: {"description": "A duration as Go writes it: 1m30s.", "type": "string"},
    _FIELDS: {
        "description": "A set of fields as a tree: f:<name> for a field, k:<keys> for an item of a list.",
        "type": "object",
    },
}

_SCALARS: dict[str, tuple[Schema, Any]] = {
    wire.STRING: ({"type": "string"}, ""),
    wire.BOOL: ({"type": "boolean"}, False),
    wire.INT64: ({"type": "integer", "format": "int64"}, 0),
    wire.INT32: ({"type": "integer", "format": "int32"}, 0),
}
_REFERENCES = {
    wire.TIME: _TIME,
    wire.MICRO_TIME: _MICRO_TIME,
    wire.DURATION: _DURATION,
    wire.RAW: _FIELDS,
}

_GROUP_VERSIONS: dict[type[Any], tuple[tuple[str, str, str], ...]] = {
    session_models.Session: ((session_models.GROUP, session_models.VERSION, session_models.KIND),),
    kinds.SessionList: ((session_models.GROUP, session_models.VERSION, session_models.LIST_KIND),),
    metadata.Status: (("", "v1", "Status"),),
    kinds.DeleteOptions: (("", "v1", "DeleteOptions"), (session_models.GROUP, session_models.VERSION, "DeleteOptions")),
    kinds.WatchEvent: (("", "v1", "WatchEvent"), (session_models.GROUP, session_models.VERSION, "WatchEvent")),
    kinds.APIGroup: (("", "v1", "APIGroup"),),
    kinds.APIGroupList: (("", "v1", "APIGroupList"),),
    kinds.APIResourceList: (("", "v1", "APIResourceList"),),
}
_WITHOUT_TYPE_META = (kinds.WatchEvent,)
# In Go these structs are tagged omitempty, which leaves nothing out but makes the field optional.
_OPTIONAL_STRUCTS = ("metadata", "spec", "status")

_ATOMIC_MAP = {"x-kubernetes-map-type": "atomic"}
_ATOMIC_LIST = {"x-kubernetes-list-type": "atomic"}
_TYPE_EXTENSIONS: dict[type[Any], Schema] = {metadata.OwnerReference: _ATOMIC_MAP}
_FIELD_EXTENSIONS: dict[tuple[type[Any], str], Schema] = {
    (metadata.ObjectMeta, "finalizers"): {
        "x-kubernetes-list-type": "set",
        "x-kubernetes-patch-strategy": "merge",
    },
    (metadata.ObjectMeta, "ownerReferences"): {
        "x-kubernetes-list-map-keys": ["uid"],
        "x-kubernetes-list-type": "map",
        "x-kubernetes-patch-merge-key": "uid",
        "x-kubernetes-patch-strategy": "merge",
    },
    (metadata.ObjectMeta, "managedFields"): _ATOMIC_LIST,
    (metadata.Status, "details"): _ATOMIC_LIST,
    (metadata.StatusDetails, "causes"): _ATOMIC_LIST,
    (kinds.DeleteOptions, "dryRun"): _ATOMIC_LIST,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """What OpenAPI v2 and v3 write differently: where schemas stand, and whether they tell defaults.

    v3 forbids anything beside a reference, so that there a described or defaulted one is wrapped in ``allOf``.
    """

    prefix: str
    tells_defaults: bool

    def reference(self, name: str) -> Schema:
        """Give a bare reference to a schema by its full name."""
        return {"$ref": self.prefix + name}


V2 = Dialect("#/definitions/", tells_defaults=False)
V3 = Dialect("#/components/schemas/", tells_defaults=True)


def name_of(cls: type[Any]) -> str:
    """Give the full name of a kind's schema."""
    prefix = _TILT if cls in _TILT_KINDS else _META
    return _NAMES.get(cls) or prefix + cls.__name__


def reference(cls: type[Any], dialect: Dialect) -> Schema:
    """Give a bare reference to a kind's schema."""
    return dialect.reference(name_of(cls))


def schemas(roots: Iterable[type[Any]], dialect: Dialect) -> dict[str, Schema]:
    """Give the schemas of some kinds and of all that they refer to, by full name, sorted."""
    found: dict[str, Schema] = {}
    waiting = list(roots)
    while waiting:
        cls = waiting.pop()
        if name_of(cls) in found:
            continue
        found[name_of(cls)] = _schema(cls, dialect)
        for item in _fields_of(cls):
            if item.of is not None:
                waiting.append(item.of)
            elif item.kind in _REFERENCES:
                found[_REFERENCES[item.kind]] = _LEAVES[_REFERENCES[item.kind]]
    return dict(sorted(found.items()))


def prose(cls: type[Any]) -> str:
    """Give what a class's docstring says of the kind: its first sentence, without marks and remarks on Python."""
    text = " ".join((cls.__doc__ or "").replace("``", "").split())
    return text.split(". ")[0].split(";")[0].rstrip(".") + "."


def _fields_of(cls: type) -> tuple[wire.Field, ...]:
    return (*wire.fields_of(cls), *kinds.ADDED_FIELDS.get(cls, ()))


def _schema(cls: type[Any], dialect: Dialect) -> Schema:
    group_versions = _GROUP_VERSIONS.get(cls, ())
    properties: dict[str, Schema] = {}
    if group_versions and cls not in _WITHOUT_TYPE_META:
        properties["apiVersion"] = {"type": "string", "description": "Version of the schema of this object."}
        properties["kind"] = {"type": "string", "description": "Kind of this object, in CamelCase."}
    properties |= {item.name: _property(cls, item, dialect) for item in _fields_of(cls)}
    required = [item.name for item in _fields_of(cls) if not item.omit_empty and not _is_optional_struct(cls, item)]
    schema: Schema = {"description": prose(cls), "type": "object"}
    if required:
        schema["required"] = required
    if properties:
        schema["properties"] = dict(sorted(properties.items()))
    if group_versions:
        schema["x-kubernetes-group-version-kind"] = [
            {"group": group, "kind": kind, "version": version} for group, version, kind in group_versions
        ]
    return schema | _TYPE_EXTENSIONS.get(cls, {})


def _is_optional_struct(cls: type[Any], item: wire.Field) -> bool:
    return cls in _GROUP_VERSIONS and item.kind == wire.STRUCT and item.name in _OPTIONAL_STRUCTS


def _property(cls: type[Any], item: wire.Field, dialect: Dialect) -> Schema:
    schema, default = _value(item, dialect)
    if item.doc:
        schema = {"description": item.doc, **schema}
    if dialect.tells_defaults and default is not None:
        schema["default"] = default
    if dialect.tells_defaults and "$ref" in schema and len(schema) > 1:
        schema["allOf"] = [{"$ref": schema.pop("$ref")}]
    return schema | _FIELD_EXTENSIONS.get((cls, item.name), {})


def _value(item: wire.Field, dialect: Dialect) -> tuple[Schema, Any]:
    """Give the schema of a field's value and its default, None for none: only what Go always writes has one."""
    if item.kind in _SCALARS:
        schema, zero = _SCALARS[item.kind]
        return dict(schema), None if item.omit_empty or item.optional else zero
    if item.kind in _REFERENCES:
        return dialect.reference(_REFERENCES[item.kind]), None
    if item.kind == wire.STRINGS:
        return {"type": "array", "items": _text(dialect)}, None
    if item.kind == wire.STRING_MAP:
        return {"type": "object", "additionalProperties": _text(dialect)}, None
    if item.of is None:
        raise TypeError(f"field {item.name}: kind {item.kind!r} names no class (of=)")
    if item.kind == wire.LIST:
        return {"type": "array", "items": _item(item.of, dialect)}, None
    return reference(item.of, dialect), {} if item.kind == wire.STRUCT else None


def _text(dialect: Dialect) -> Schema:
    return {"type": "string", "default": ""} if dialect.tells_defaults else {"type": "string"}


def _item(cls: type[Any], dialect: Dialect) -> Schema:
    bare = reference(cls, dialect)
    return {"allOf": [bare], "default": {}} if dialect.tells_defaults else bare
