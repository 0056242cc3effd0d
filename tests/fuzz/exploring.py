"""Our own OpenAPI document, made one that schemathesis can follow, and the command that follows it."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

CHECKS = "an_answer_of_tilts,response_schema_conformance,content_type_conformance,response_headers_conformance"

_RUN = "from schemathesis.cli import schemathesis; schemathesis()"
# The document says of most parameters that they are texts, and any text but a few is refused.
_PARAMETERS = {
    "name": ["Tiltfile", "a"],
    "dryRun": ["All"],
    "fieldManager": ["m1", "m2"],
    "fieldValidation": ["Ignore", "Warn", "Strict"],
    "propagationPolicy": ["Background", "Foreground"],
    "resourceVersion": ["", "0", "1"],
    "resourceVersionMatch": ["NotOlderThan", "Exact"],
    "labelSelector": ["a", "!a", "a in (b,c)"],
    "fieldSelector": ["metadata.name=a"],
    "continue": [""],
}
_SESSION = {
    "apiVersion": "tilt.dev/v1alpha1",
    "kind": "Session",
    "metadata": {"name": "a"},
    "spec": {"tiltfilePath": "/w", "exitCondition": "manual", "ci": {"timeout": "5m"}},
}
_TILTFILE = {**_SESSION, "metadata": {"name": "Tiltfile", "resourceVersion": "1"}}
_PATCHES = {
    "application/json-patch+json": [{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}],
    "application/merge-patch+json": {"metadata": {"labels": {"a": "c"}}},
    "application/strategic-merge-patch+json": {"spec": {"tiltfilePath": "/x"}},
    "application/apply-patch+yaml": {**_SESSION, "metadata": {"name": "Tiltfile", "annotations": {"a": "b"}}},
}


def command(document: str, url: str, token: str, *, examples: int, deep: bool) -> list[str]:
    """Give the command that explores a document: always the same requests, so many examples for each operation."""
    phases = "examples,coverage,fuzzing" if deep else "examples,fuzzing"
    return [
        *(sys.executable, "-c", _RUN, "run", document, "--url", url, "--header", f"Authorization: Bearer {token}"),
        *("--checks", CHECKS, "--phases", phases, "--max-examples", str(examples), "--generation-deterministic"),
        *("--continue-on-failure", "--request-timeout", "20", "--no-color", "--warnings", "off"),
    ]


def prepared(document: dict[str, Any], profile: str) -> dict[str, Any]:
    """Give a document that can be followed, as strict on the answers as ours is, but for what the original has wrong.

    References: the names of Tilt's schemas hold ``~1``, to which a reference would have to point as ``~01``. Go
    writes null for lists and times that are not there, and Tilt answers a DELETE with the Session; neither is
    declared. Streams are left out, for they have no end, and bodies are narrowed to what has a chance of being taken.
    """
    text = re.sub(r'"\$ref": "[^"]*"', lambda found: found[0].replace("~1", "~01"), json.dumps(document))
    made: dict[str, Any] = json.loads(text)
    made["paths"] = {path: item for path, item in made["paths"].items() if "/watch/" not in path}
    for schema in _all(made["components"]["schemas"]):
        if schema.get("type") == "array" or schema.get("format") == "date-time":
            schema["nullable"] = True
    sent = _sent(made["components"]["schemas"])
    for method, operation in _operations(made):
        if method == "delete" and profile == "tilt":
            for answer in operation["responses"].values():
                answer.pop("content")
        if method in ("post", "put"):
            example = _SESSION if method == "post" else _TILTFILE
            operation["requestBody"]["content"] = {"application/json": {"schema": sent, "example": example}}
        if method == "patch":
            for media_type, content in operation["requestBody"]["content"].items():
                content["example"] = _PATCHES[media_type]
    for parameter in _parameters(made):
        if parameter["name"] in _PARAMETERS:
            parameter["schema"] = {"type": "string", "enum": _PARAMETERS[parameter["name"]]}
        if parameter["name"] == "name":
            parameter["example"] = "Tiltfile"
    return made


def _all(value: Any) -> Iterator[dict[str, Any]]:
    """Give every object of a document."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _all(item)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for item in document["paths"].values():
        yield from ((method, operation) for method, operation in item.items() if method != "parameters")


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every parameter, save the one that turns a list into a stream, which is taken out."""
    for item in document["paths"].values():
        for holder in (item, *(item[method] for method in item if method != "parameters")):
            kept = [parameter for parameter in holder.get("parameters", ()) if parameter["name"] != "watch"]
            if kept:
                holder["parameters"] = kept
            yield from kept


def _sent(schemas: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a Session as a client sends it, its status as the document has it."""
    status = next(name for name in schemas if name.endswith(".SessionStatus"))
    duration = {"enum": ["5m", "1h0m0s", "0s"]}
    names = {"enum": ["Tiltfile", "a", "b"]}
    labels = {"type": "object", "additionalProperties": {"enum": ["", "b"]}, "propertyNames": {"enum": ["a", "b/c"]}}
    finalizers = {"type": "array", "items": {"enum": ["a/b", "x/y"]}}
    spec = {"tiltfilePath": {"enum": ["/w", "relative"]}, "exitCondition": {"enum": ["manual", "ci"]}}
    return _object(
        ("metadata", "spec"),
        apiVersion={"enum": ["tilt.dev/v1alpha1"]},
        kind={"enum": ["Session"]},
        metadata=_object(
            ("name",), name=names, resourceVersion={"enum": ["", "1"]}, labels=labels, finalizers=finalizers
        ),
        spec=_object(tuple(spec), **spec, ci=_object((), timeout=duration, readinessTimeout=duration)),
        status={"$ref": "#/components/schemas/" + status.replace("~", "~0")},
    )


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }
