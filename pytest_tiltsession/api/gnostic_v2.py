"""The fields of gnostic's OpenAPI v2 messages (OpenAPIv2.proto) for the JSON keys that our documents use."""

from typing import Any

from pytest_tiltsession.api.gnostic import FLAG, TEXT, YAML, Field, Table, extensions

# A parameter's message depends on where it stands: ParametersItem, Parameter and NonBodyParameter are around it.
_PARAMETERS = {
    "body": ("BodyParameter", (1, 1)),
    "query": ("QueryParameterSubSchema", (1, 2, 3)),
    "path": ("PathParameterSubSchema", (1, 2, 4)),
}


def _parameter(value: Any) -> tuple[str, tuple[int, ...]]:
    return _PARAMETERS[value["in"]]


TABLE = Table(
    root="Document",
    choices={"ParametersItem": _parameter},
    messages={
        "Document": {
            "swagger": Field(1, TEXT),
            "info": Field(2, "Info"),
            "paths": Field(8, "PathItem", named=True, inside=2),
            "definitions": Field(9, "Schema", named=True, inside=1),
            **extensions(16),
        },
        "Info": {"title": Field(1, TEXT), "version": Field(2, TEXT), "description": Field(3, TEXT), **extensions(7)},
        "PathItem": {
            "get": Field(2, "Operation"),
            "put": Field(3, "Operation"),
            "post": Field(4, "Operation"),
            "delete": Field(5, "Operation"),
            "patch": Field(8, "Operation"),
            "parameters": Field(9, "ParametersItem", repeated=True),
            **extensions(10),
        },
        "Operation": {
            "tags": Field(1, TEXT, repeated=True),
            "description": Field(3, TEXT),
            "operationId": Field(5, TEXT),
            "produces": Field(6, TEXT, repeated=True),
            "consumes": Field(7, TEXT, repeated=True),
            "parameters": Field(8, "ParametersItem", repeated=True),
            "responses": Field(9, "Response", around=(1,), named=True, inside=1),
            "schemes": Field(10, TEXT, repeated=True),
            **extensions(13),
        },
        "Response": {"description": Field(1, TEXT), "schema": Field(2, "Schema", around=(1,)), **extensions(5)},
        "BodyParameter": {
            "description": Field(1, TEXT),
            "name": Field(2, TEXT),
            "in": Field(3, TEXT),
            "required": Field(4, FLAG),
            "schema": Field(5, "Schema"),
            **extensions(6),
        },
        "QueryParameterSubSchema": {
            "required": Field(1, FLAG),
            "in": Field(2, TEXT),
            "description": Field(3, TEXT),
            "name": Field(4, TEXT),
            "type": Field(6, TEXT),
            "format": Field(7, TEXT),
            "uniqueItems": Field(20, FLAG),
            **extensions(23),
        },
        "PathParameterSubSchema": {
            "required": Field(1, FLAG),
            "in": Field(2, TEXT),
            "description": Field(3, TEXT),
            "name": Field(4, TEXT),
            "type": Field(5, TEXT),
            "format": Field(6, TEXT),
            "uniqueItems": Field(19, FLAG),
            **extensions(22),
        },
        "Schema": {
            "$ref": Field(1, TEXT),
            "format": Field(2, TEXT),
            "title": Field(3, TEXT),
            "description": Field(4, TEXT),
            "default": Field(5, YAML),
            "required": Field(19, TEXT, repeated=True),
            "enum": Field(20, YAML, repeated=True),
            "additionalProperties": Field(21, "Schema", around=(1,)),
            "type": Field(22, TEXT, around=(1,)),
            "items": Field(23, "Schema", around=(1,)),
            "allOf": Field(24, "Schema", repeated=True),
            "properties": Field(25, "Schema", named=True, inside=1),
            **extensions(31),
        },
    },
)
