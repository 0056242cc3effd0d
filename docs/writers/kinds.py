"""What a value may be, in words, from its JSON Schema; for the file format and for the control interface alike."""

from collections.abc import Mapping
from typing import Any

_MOST = 1 << 40  # a bound beyond it is no bound to a reader


def said(schema: Mapping[str, Any]) -> str:
    """Say what a schema takes, in a few words."""
    found = _said(schema)
    assert found, f"nothing is known to say of {schema}"
    return found


def _said(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return f"a {schema['$ref'].rpartition('/')[2]}"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{'null' if word is None else word}`" for word in schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        given = schema.get("anyOf", schema.get("oneOf", ()))
        if len(given) == 2 and given[1].get("items") == given[0]:
            return f"{_said(given[0])}, or a list of them"
        options = [_said(option) for option in given]
        return " or ".join(dict.fromkeys(options))
    return _of_type(schema)


def _of_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_of_type({**schema, "type": one}) for one in kind)
    if kind == "string":
        return _text(schema)
    if kind == "array":
        return f"a list, each {said(schema['items'])}" if schema.get("items") else "a list"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"a mapping of names, each to {said(values)}" if isinstance(values, dict) and values else "a mapping"
    if kind in ("integer", "number"):
        return _number(schema)
    return {"boolean": "`true` or `false`", "null": "`null`"}.get(str(kind), "anything" if not schema.keys() else "")


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "an RFC 3339 time"
    if "ns|us" in schema.get("pattern", ""):
        return "a duration"
    return "a text"


def _number(schema: Mapping[str, Any]) -> str:
    word = "a whole number" if schema["type"] == "integer" else "a number"
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and abs(most) < _MOST:
        return f"`{least}`" if least == most else f"{word} from {least} to {most}"
    return f"{word} from {least}" if least is not None and abs(least) < _MOST else word
