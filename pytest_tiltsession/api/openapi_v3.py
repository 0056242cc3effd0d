"""The OpenAPI v3 documents, one for each root of the API; kubectl from 1.27 on reads them. Built when asked for."""

import functools
import http
from typing import Any

from pytest_tiltsession.api import openapi_operations as operations
from pytest_tiltsession.api import openapi_parameters as parameters
from pytest_tiltsession.api import openapi_schemas as schemas
from pytest_tiltsession.api import openapi_v2

# What each document describes, by the path below /openapi/v3/ at which it stands.
DOCUMENTS = {
    "apis": operations.GROUPS,
    "apis/tilt.dev": operations.GROUP,
    "apis/tilt.dev/v1alpha1": operations.SESSIONS,
    "version": operations.VERSION,
}


@functools.cache
def document(root: str) -> dict[str, Any]:
    """Give the document of a root among ``DOCUMENTS``; do not change it."""
    described = DOCUMENTS[root]
    return {
        "openapi": "3.0.0",
        "info": {"title": openapi_v2.TITLE, "version": openapi_v2.API_VERSION},
        "paths": _paths(described),
        "components": {"schemas": schemas.schemas(openapi_v2.referred(described), schemas.V3)},
    }


def _paths(described: tuple[operations.Operation, ...]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for operation in described:
        common = openapi_v2.common_parameters(operation.path, described)
        item = result.setdefault(operation.path, {})
        item[operation.method] = _operation(operation, common)
        if common:
            item["parameters"] = [_parameter(name) for name in common]
    return result


def _operation(operation: operations.Operation, common: tuple[str, ...]) -> dict[str, Any]:
    own = [_parameter(name) for name in operation.parameters if name not in common]
    result: dict[str, Any] = {
        "tags": [operation.tag],
        "description": operation.description,
        "operationId": operation.id,
    }
    if own:
        result["parameters"] = own
    if operation.body is not None:
        body: dict[str, Any] = {"content": _content(operation.body, operation.consumes)}
        result["requestBody"] = body if operation.method == "delete" else {**body, "required": True}
    result["responses"] = {
        str(code): {
            "description": http.HTTPStatus(code).phrase,
            "content": _content(kind, operation.produces),
        }
        for code, kind in operation.responses
    }
    return result | openapi_v2.extensions(operation)


def _content(kind: type[Any], media_types: tuple[str, ...]) -> dict[str, Any]:
    schema = schemas.reference(kind, schemas.V3)
    return {media_type: {"schema": schema} for media_type in sorted(media_types)}


def _parameter(name: str) -> dict[str, Any]:
    parameter = parameters.PARAMETERS[name]
    result: dict[str, Any] = {"name": name, "in": parameter.place, "description": parameter.description}
    if parameter.required:
        result["required"] = True
    return result | {"schema": {"type": parameter.type, "uniqueItems": True}}
