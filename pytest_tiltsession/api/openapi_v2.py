"""The OpenAPI v2 (Swagger) document of the whole API, which kubectl up to 1.28 reads. Built when first asked for."""

import functools
import http
from typing import Any

from pytest_tiltsession.api import openapi_operations as operations
from pytest_tiltsession.api import openapi_parameters as parameters
from pytest_tiltsession.api import openapi_schemas as schemas
from pytest_tiltsession.models import session as session_models

TITLE = "tilt"
API_VERSION = "v0.37.6-dev"

_OPERATIONS = (*operations.GROUPS, *operations.GROUP, *operations.SESSIONS, *operations.VERSION)
_GROUP_VERSION_KIND = {
    "group": session_models.GROUP,
    "kind": session_models.KIND,
    "version": session_models.VERSION,
}


@functools.cache
def document() -> dict[str, Any]:
    """Give the document; do not change it."""
    return {
        "swagger": "2.0",
        "info": {"title": TITLE, "version": API_VERSION},
        "paths": paths(),
        "definitions": schemas.schemas(referred(_OPERATIONS), schemas.V2),
    }


def paths() -> dict[str, Any]:
    """Give the operations by path and method; parameters that all methods of a path share stand with the path."""
    result: dict[str, Any] = {}
    for operation in _OPERATIONS:
        common = common_parameters(operation.path, _OPERATIONS)
        item = result.setdefault(operation.path, {})
        item[operation.method] = _operation(operation, common)
        if common:
            item["parameters"] = [_parameter(name) for name in common]
    return result


def referred(described: tuple[operations.Operation, ...]) -> list[type[Any]]:
    """Give the kinds that operations take and give."""
    found = [kind for operation in described for _, kind in operation.responses]
    return [*found, *(operation.body for operation in described if operation.body is not None)]


def common_parameters(path: str, described: tuple[operations.Operation, ...]) -> tuple[str, ...]:
    """Give the names of the parameters that every operation of a path has."""
    sets = [operation.parameters for operation in described if operation.path == path]
    return tuple(name for name in sets[0] if all(name in names for names in sets))


def extensions(operation: operations.Operation) -> dict[str, Any]:
    """Give what Kubernetes adds to the description of an operation: its action and the kind that it acts on."""
    if not operation.action:
        return {}
    return {
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": _GROUP_VERSION_KIND,
    }


def _operation(operation: operations.Operation, common: tuple[str, ...]) -> dict[str, Any]:
    own = [_parameter(name) for name in operation.parameters if name not in common]
    if operation.body is not None:
        schema = schemas.reference(operation.body, schemas.V2)
        own.insert(0, {"name": "body", "in": "body", "required": _needs_body(operation), "schema": schema})
    result: dict[str, Any] = {
        "description": operation.description,
        "consumes": list(operation.consumes),
        "produces": list(operation.produces),
        "schemes": ["https"],
        "tags": [operation.tag],
        "operationId": operation.id,
    }
    if own:
        result["parameters"] = own
    result["responses"] = {
        str(code): {
            "description": http.HTTPStatus(code).phrase,
            "schema": schemas.reference(kind, schemas.V2),
        }
        for code, kind in operation.responses
    }
    return result | extensions(operation)


def _needs_body(operation: operations.Operation) -> bool:
    return operation.method != "delete"


def _parameter(name: str) -> dict[str, Any]:
    parameter = parameters.PARAMETERS[name]
    result: dict[str, Any] = {
        "uniqueItems": True,
        "type": parameter.type,
        "description": parameter.description,
        "name": name,
        "in": parameter.place,
    }
    if parameter.required:
        result["required"] = True
    return result
