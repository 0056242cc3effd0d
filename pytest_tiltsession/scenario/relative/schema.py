"""The JSON Schema of scenario files in both forms, for editors and other tools; made from the reader's own description.

Published as ``docs/reference/scenario.schema.json``.
"""

import json
from typing import Any

from pytest_tiltsession.scenario.relative import description, phase_kind

_PARAMETER = {"$ref": "#/$defs/parameter"}
# Where an anyOf already lists a text of any form, a parameter needs no mention.
_TYPED = ("boolean", "integer")


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a ``*.tilt.yaml`` file, as YAML 1.2 reads it: times are texts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of pytest-tiltsession (*.tilt.yaml)",
        **_or_parameter(description.SCENARIO.schema()),
        "$defs": {
            "phase": _or_parameter(phase_kind.Phase().schema()),
            "parameter": {
                "description": "A parameter, or a text with one within.",
                "type": "string",
                "pattern": r"\$\{[^{}]+\}",
            },
        },
    }


def text() -> str:
    """Give the schema as the text of its file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _or_parameter(schema: Any) -> Any:
    """Give a schema that takes a parameter wherever it asks for more than any text."""
    if isinstance(schema, list):
        return [_or_parameter(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema or "items" in schema or isinstance(schema.get("additionalProperties"), dict):
        return {key: _inner(key, value) for key, value in schema.items()}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_or_parameter(item) for item in schema["anyOf"]]}
    picky = "enum" in schema or "pattern" in schema or "format" in schema or schema.get("type") in _TYPED
    if not picky:
        return schema
    described = {"description": schema["description"]} if "description" in schema else {}
    return {**described, "anyOf": [{key: it for key, it in schema.items() if key not in described}, _PARAMETER]}


def _inner(key: str, value: Any) -> Any:
    """Give what stands within an object or a list."""
    if key == "properties":
        return {name: _or_parameter(it) for name, it in value.items()}
    return _or_parameter(value) if key in ("items", "additionalProperties", "anyOf") else value
