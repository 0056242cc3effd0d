"""The structure of the OpenAPI documents, against the recording of a real Tilt's."""

import dataclasses
import json
import pathlib

import pytest

from pytest_tiltsession.api import openapi_contents, openapi_parameters, openapi_schemas, openapi_v3
from pytest_tiltsession.models import wire

RECORDED = pathlib.Path(__file__).parents[1] / "recorded" / "openapi-structure.json"
STRUCTURE = json.loads(RECORDED.read_text("utf-8"))


def _document(version):
    return json.loads(
        openapi_contents.v2().body if version == "v2" else openapi_contents.v3("apis/tilt.dev/v1alpha1").body
    )


def _schemas(document):
    return document.get("definitions") or document["components"]["schemas"]


# The reduction below gives of a document what the recording of its structure holds: no prose, names for types.


def _type(schema):
    if "allOf" in schema:
        return schema["allOf"][0]["$ref"]
    if "$ref" in schema:
        return schema["$ref"]
    if schema["type"] == "array":
        return ["array", _type(schema["items"])]
    if "additionalProperties" in schema:
        return ["map", _type(schema["additionalProperties"])]
    return ":".join(filter(None, (schema["type"], schema.get("format"))))


def _reduced_schema(schema):
    properties = schema.get("properties", {})
    parts = {
        "type": schema["type"],
        "format": schema.get("format"),
        "properties": {name: _type(item) for name, item in properties.items()},
        "required": schema.get("required"),
        "defaults": {name: item["default"] for name, item in properties.items() if "default" in item},
        "x": {name: item for name, item in schema.items() if name.startswith("x-")},
    }
    return {name: part for name, part in parts.items() if part}


def _media_types(operation):
    if "produces" in operation:
        return {"consumes": operation["consumes"], "produces": operation["produces"]}
    given = {media_type for response in operation["responses"].values() for media_type in response["content"]}
    return {
        "consumes": sorted(operation.get("requestBody", {}).get("content", ())),
        "produces": sorted(given),
    }


def _reduced_operation(operation, common):
    parameters = [*operation.get("parameters", ()), *common]
    return {
        "operationId": operation["operationId"],
        "action": operation["x-kubernetes-action"],
        "gvk": operation["x-kubernetes-group-version-kind"],
        "tags": operation["tags"],
        "parameters": sorted(f"{parameter['name']} ({parameter['in']})" for parameter in parameters),
        **_media_types(operation),
        "responses": list(operation["responses"]),
    }


def _reduced_paths(document):
    return {
        path: {
            method: _reduced_operation(operation, item.get("parameters", ()))
            for method, operation in item.items()
            if method != "parameters"
        }
        for path, item in document["paths"].items()
        if "sessions" in path
    }


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_operations_are_those_recorded(version):
    """Paths, methods, ids, actions, parameters, media types and status codes are those of a real Tilt."""
    assert _reduced_paths(_document(version)) == STRUCTURE[version]["operations"]


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_schemas_are_those_recorded(version):
    """Every schema that a Session is made of has the fields, types, defaults and extensions of a real Tilt's."""
    schemas = _schemas(_document(version))

    reduced = {name: _reduced_schema(schemas[name]) for name in STRUCTURE[version]["schemas"]}

    assert reduced == STRUCTURE[version]["schemas"]


@pytest.mark.parametrize("root", [*openapi_v3.DOCUMENTS, "v2"])
def test_every_reference_is_to_a_schema_of_the_same_document(root):
    """No schema refers to one that is not there: kubectl refuses a document where one does."""
    document = json.loads(openapi_contents.v2().body if root == "v2" else openapi_contents.v3(root).body)
    found = []

    def collect(value):
        if isinstance(value, dict):
            found.extend(item for key, item in value.items() if key == "$ref")
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                collect(item)

    collect(document)

    prefix = "#/definitions/" if root == "v2" else "#/components/schemas/"
    assert found
    assert {reference.removeprefix(prefix) for reference in found} <= set(_schemas(document))


def test_lists_tell_how_they_merge():
    """Finalizers and owners carry what a strategic merge patch needs to know."""
    properties = _schemas(_document("v2"))["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]["properties"]

    assert properties["finalizers"]["x-kubernetes-patch-strategy"] == "merge"
    assert properties["ownerReferences"]["x-kubernetes-patch-merge-key"] == "uid"


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_everything_is_described(version):
    """Each schema, each field, each operation and each parameter has a description."""
    document = _document(version)
    described = list(_schemas(document).values())
    described += [item for schema in described for item in schema.get("properties", {}).values()]
    described += [
        operation for item in document["paths"].values() for method, operation in item.items() if method != "parameters"
    ]

    assert [item for item in described if not item.get("description")] == []
    assert [parameter.name for parameter in openapi_parameters.PARAMETERS.values() if not parameter.description] == []


def test_prose_is_the_first_sentence_of_a_docstring():
    """What a docstring goes on to say of Python values does not reach the clients of the API."""

    class Sample:
        """A ``sample`` of prose; microseconds in Python. More of it."""

    assert openapi_schemas.prose(Sample) == "A sample of prose."


def test_a_struct_that_names_no_class_is_refused():
    """A wrong declaration is told by the name of its field."""

    @dataclasses.dataclass
    class Broken:
        """Broken."""

        items: object = wire.field("items", wire.LIST)

    with pytest.raises(TypeError, match="field items: kind 'list' names no class"):
        openapi_schemas.schemas([Broken], openapi_schemas.V2)
