"""The fields of gnostic's OpenAPI v3 messages (OpenAPIv3.proto) for the JSON keys that our documents use."""

from typing import Any

from pytest_tiltsession.api.gnostic import FLAG, NUMBER, TEXT, YAML, Field, Table, extensions


def _schema(value: Any) -> tuple[str, tuple[int, ...]]:
    return ("Reference", (2,)) if "$ref" in value else ("Schema", (1,))


def _default(value: Any) -> tuple[str, tuple[int, ...]]:
    """Tell how a default is kept: gnostic has fields for scalars only, and an empty message for all else."""
    if isinstance(value, bool):
        return FLAG, (2,)
    if isinstance(value, str):
        return TEXT, (3,)
    return (NUMBER, (1,)) if isinstance(value, int | float) else ("Nothing", ())


TABLE = Table(
    root="Document",
    choices={"SchemaOrReference": _schema, "DefaultType": _default},
    messages={
        "Document": {
            "openapi": Field(1, TEXT),
            "info": Field(2, "Info"),
            "paths": Field(4, "PathItem", named=True, inside=1),
            "components": Field(5, "Components"),
            **extensions(9),
        },
        "Info": {"title": Field(1, TEXT), "description": Field(2, TEXT), "version": Field(6, TEXT), **extensions(7)},
        "Components": {"schemas": Field(1, "SchemaOrReference", named=True, inside=1), **extensions(10)},
        "PathItem": {
            "get": Field(4, "Operation"),
            "put": Field(5, "Operation"),
            "post": Field(6, "Operation"),
            "delete": Field(7, "Operation"),
            "patch": Field(10, "Operation"),
            "parameters": Field(13, "Parameter", around=(1,), repeated=True),
            **extensions(14),
        },
        "Operation": {
            "tags": Field(1, TEXT, repeated=True),
            "description": Field(3, TEXT),
            "operationId": Field(5, TEXT),
            "parameters": Field(6, "Parameter", around=(1,), repeated=True),
            "requestBody": Field(7, "RequestBody", around=(1,)),
            "responses": Field(8, "Response", around=(1,), named=True, inside=2),
            **extensions(13),
        },
        "Parameter": {
            "name": Field(1, TEXT),
            "in": Field(2, TEXT),
            "description": Field(3, TEXT),
            "required": Field(4, FLAG),
            "schema": Field(10, "SchemaOrReference"),
            **extensions(14),
        },
        "RequestBody": {
            "description": Field(1, TEXT),
            "content": Field(2, "MediaType", named=True, inside=1),
            "required": Field(3, FLAG),
            **extensions(4),
        },
        "Response": {
            "description": Field(1, TEXT),
            "content": Field(3, "MediaType", named=True, inside=1),
            **extensions(5),
        },
        "MediaType": {"schema": Field(1, "SchemaOrReference"), **extensions(5)},
        "Reference": {"$ref": Field(1, TEXT)},
        "Nothing": {},
        "Schema": {
            "title": Field(9, TEXT),
            "uniqueItems": Field(20, FLAG),
            "required": Field(23, TEXT, repeated=True),
            "enum": Field(24, YAML, repeated=True),
            "type": Field(25, TEXT),
            "allOf": Field(26, "SchemaOrReference", repeated=True),
            "items": Field(30, "SchemaOrReference", around=(1,)),
            "properties": Field(31, "SchemaOrReference", named=True, inside=1),
            "additionalProperties": Field(32, "SchemaOrReference", around=(1,)),
            "default": Field(33, "DefaultType"),
            "description": Field(34, TEXT),
            "format": Field(35, TEXT),
            **extensions(36),
        },
    },
)
