"""The OpenAPI 3.1 document of the control interface, made of the table of its verbs; knows no verb itself."""

import importlib.metadata
from collections.abc import Iterable
from typing import Any

from pytest_tiltsession.control import kinds, refusals, schemas, verbs

_EVERY = (400, 401, 413, 422, 500)
_GROUPS = {
    "index": "The fake.",
    "openapi": "This document.",
    "clock": "Time, which only moves when it is told to, or as the session's progress says.",
    "session": "How the session stands.",
    "timeline": "What happened.",
    "requests": "What clients asked.",
    "commits": "What was committed.",
    "targets": "Single targets, and their drivers.",
    "resources": "Whole resources, and their drivers.",
    "faults": "What goes wrong on purpose.",
    "tilt": "The process of the Tilt: it starts, exits, crashes.",
    "expect": "Claims, each of which explains itself when it does not hold.",
}
_TOKEN = "bearerToken"  # noqa: S105  the name of a scheme


def document(table: Iterable[verbs.Verb], url: str) -> dict[str, Any]:
    """Give the document; ``url`` is where the interface is served."""
    paths: dict[str, dict[str, Any]] = {}
    for verb in table:
        paths.setdefault(verb.path, {})[verb.method.lower()] = _operation(verb)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The control interface of tiltsession serve --control",
            "version": importlib.metadata.version("pytest-tiltsession"),
            "description": "Drives a fake of Tilt's Session API from any language. Durations are Go durations or "
            "numbers of seconds; a request without fields needs no body.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "security": [{_TOKEN: []}],
        "tags": [{"name": name, "description": text} for name, text in _GROUPS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.COMPONENTS,
            "responses": {str(status): _refused(text) for status, text in refusals.MEANINGS.items()},
            "securitySchemes": {
                _TOKEN: {"type": "http", "scheme": "bearer", "description": "The token of serve's first line."}
            },
        },
    }


def _operation(verb: verbs.Verb) -> dict[str, Any]:
    answer = {"application/json": {"schema": schemas.reference(verb.answer)}}
    refused = sorted({*_EVERY, *verb.refuses})
    found: dict[str, Any] = {
        "operationId": verb.identity,
        "summary": verb.summary,
        "tags": [verb.group if verb.group in _GROUPS else "index"],
    }
    parameters = [_named(name) for name in verb.names]
    if verb.method == "GET":
        parameters += [_asked(field) for field in verb.takes]
    elif verb.takes:
        found["requestBody"] = {
            "required": any(field.needed for field in verb.takes),
            "content": {"application/json": {"schema": verb.record.schema()}},
        }
    if parameters:
        found["parameters"] = parameters
    found["responses"] = {
        str(verb.status): {"description": "Done.", "content": answer},
        **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refused},
    }
    return found


def _named(name: str) -> dict[str, Any]:
    schema: kinds.Schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "description": "A name, percent-encoded.", "schema": schema}


def _asked(field: verbs.Field) -> dict[str, Any]:
    schema = field.kind.schema()
    return {"name": field.name, "in": "query", "required": bool(field.needed), "description": field.doc,
            "schema": schema}  # fmt: skip


def _refused(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schemas.reference("Refusal")}}}
