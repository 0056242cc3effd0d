"""The protobuf form of the OpenAPI documents, read back with another reader than wrote it."""

import json

import pytest

from pytest_tiltsession.api import gnostic, gnostic_v2, gnostic_v3, openapi_v2, openapi_v3, protobuf

SESSION = "github.com~1tilt-dev~1tilt~1pkg~1apis~1core~1v1alpha1.Session"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def _varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


class Message:
    """The fields of a message: bytes, or integers, by number. Knows the wire format and no table."""

    def __init__(self, data):
        self.fields = []
        position = 0
        while position < len(data):
            key, position = _varint(data, position)
            if key & 7 == 2:
                length, position = _varint(data, position)
                value, position = data[position : position + length], position + length
            elif key & 7 == 1:
                value, position = data[position : position + 8], position + 8
            else:
                assert key & 7 == 0
                value, position = _varint(data, position)
            self.fields.append((key >> 3, value))

    def __call__(self, *numbers):
        """Go down by field numbers, the first value of each."""
        value = self
        for number in numbers:
            value = Message(next(item for key, item in value.fields if key == number))
        return value

    def texts(self, number):
        return [value.decode() for key, value in self.fields if key == number]

    def numbers(self, number):
        return [value for key, value in self.fields if key == number]

    def pairs(self, number):
        """Give a mapping that is kept as pairs of name (1) and value (2)."""
        pairs = (Message(value) for key, value in self.fields if key == number)
        return {pair.texts(1)[0]: pair(2) for pair in pairs}


def _extensions(message, number):
    return {name: json.loads(value.texts(2)[0]) for name, value in message.pairs(number).items()}


@pytest.fixture(scope="module")
def v2():
    return Message(gnostic.encode(gnostic_v2.TABLE, openapi_v2.document()))


@pytest.fixture(scope="module")
def v3():
    return Message(gnostic.encode(gnostic_v3.TABLE, openapi_v3.document("apis/tilt.dev/v1alpha1")))


def test_the_v2_document_has_all_paths_and_definitions(v2):
    """Fields 1, 2, 8 and 9 of gnostic's v2 Document hold version, info, paths and definitions."""
    document = openapi_v2.document()

    assert v2.texts(1) == ["2.0"]
    assert v2(2).texts(1) == [document["info"]["title"]]
    assert list(v2(8).pairs(2)) == list(document["paths"])
    assert list(v2(9).pairs(1)) == list(document["definitions"])


def test_v2_parameters_are_told_apart_by_where_they_stand(v2):
    """Body, query and path parameters are each in the message of their own that clients look in."""
    path = "/apis/tilt.dev/v1alpha1/sessions/{name}"
    item = v2(8).pairs(2)[path]
    patch = item(8)
    parameters = [Message(value)(1) for key, value in patch.fields if key == 8]
    common = [Message(value)(1) for key, value in item.fields if key == 9]

    assert patch.texts(5) == ["patchTiltDevV1alpha1Session"]
    assert parameters[0](1).texts(2) == ["body"]
    assert [parameter(2, 3).texts(4) for parameter in parameters[1:]] == [
        ["dryRun"], ["fieldManager"], ["fieldValidation"], ["force"],
    ]  # fmt: skip
    assert common[0](2, 4).texts(4) == ["name"]
    assert common[0](2, 4).numbers(1) == [1]
    assert common[1](2, 3).texts(4) == ["pretty"]


def test_v2_extensions_are_yaml(v2):
    """What starts with x- is kept as text that YAML readers read."""
    patch = v2(8).pairs(2)["/apis/tilt.dev/v1alpha1/sessions/{name}"](8)

    assert _extensions(patch, 13) == {
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": {"group": "tilt.dev", "kind": "Session", "version": "v1alpha1"},
    }


def test_v2_schemas_keep_types_references_and_items(v2):
    """References, types, items, maps and required fields of a schema are where gnostic keeps them."""
    definitions = v2(9).pairs(1)
    meta = definitions[OBJECT_META](25).pairs(1)
    session = definitions[SESSION](25).pairs(1)

    assert session["spec"].texts(1) == [f"#/definitions/{SESSION}Spec"]
    assert meta["finalizers"](22).texts(1) == ["array"]
    assert meta["finalizers"](23, 1)(22).texts(1) == ["string"]
    assert meta["labels"](21, 1)(22).texts(1) == ["string"]
    assert meta["generation"].texts(2) == ["int64"]
    assert _extensions(meta["finalizers"], 31)["x-kubernetes-patch-strategy"] == "merge"
    assert definitions[f"{SESSION}Spec"].texts(19) == ["tiltfilePath", "exitCondition"]


def test_v2_responses_are_by_status_code(v2):
    """A response is named by its code and refers to what it holds."""
    create = v2(8).pairs(2)["/apis/tilt.dev/v1alpha1/sessions"](4)
    responses = create(9).pairs(1)

    assert list(responses) == ["200", "201", "202"]
    assert responses["201"](1).texts(1) == ["Created"]
    assert responses["201"](1, 2, 1).texts(1) == [f"#/definitions/{SESSION}"]


def test_the_v3_document_has_all_paths_and_schemas(v3):
    """Fields 1, 4 and 5 of gnostic's v3 Document hold version, paths and components."""
    document = openapi_v3.document("apis/tilt.dev/v1alpha1")

    assert v3.texts(1) == ["3.0.0"]
    assert list(v3(4).pairs(1)) == list(document["paths"])
    assert list(v3(5, 1).pairs(1)) == list(document["components"]["schemas"])


def test_v3_schemas_keep_references_and_defaults(v3):
    """A reference is a message of its own; a default is kept by its type, a false or empty one too."""
    schemas = v3(5, 1).pairs(1)
    active = schemas[f"{SESSION.removesuffix('Session')}TargetStateActive"](1, 31).pairs(1)
    spec = schemas[f"{SESSION}Spec"](1, 31).pairs(1)
    session = schemas[SESSION](1, 31).pairs(1)

    assert active["ready"](1, 33).numbers(2) == [0]
    assert spec["tiltfilePath"](1, 33).texts(3) == [""]
    assert session["spec"](1, 33).fields == []
    assert session["spec"](1, 26)(2).texts(1) == [f"#/components/schemas/{SESSION}Spec"]


def test_v3_bodies_are_by_media_type(v3):
    """Bodies of requests and responses refer to their schema once for each media type."""
    patch = v3(4).pairs(1)["/apis/tilt.dev/v1alpha1/sessions/{name}"](10)
    content = patch(7)(1)(2).pairs(1)

    assert list(content) == [
        "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json",
    ]  # fmt: skip
    assert list(patch(8).pairs(2)) == ["200", "201"]


def test_a_key_without_a_field_is_refused():
    """Nothing is left out in silence: the error names the key and the message."""
    with pytest.raises(TypeError, match="Info has no field here for contact"):
        gnostic.encode(gnostic_v2.TABLE, {"info": {"title": "a", "contact": {}}})


def test_fields_come_in_the_order_of_their_numbers():
    """A document's keys may stand in any order."""
    assert gnostic.encode(gnostic_v2.TABLE, {"info": {"version": "1", "title": "t"}}) == bytes.fromhex(
        "12060a0174120131"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (-1, "ffffffffffffffffff01"), (2**63 - 1, "ff" * 8 + "7f")],
)
def test_integers_are_written_in_base_128(value, expected):
    """Seven bits a byte, lowest first; negative numbers take ten bytes."""
    assert protobuf.varint(value).hex() == expected


def test_a_double_takes_eight_bytes():
    """A number that is a default of the v3 document is a little-endian double."""
    assert gnostic.encode(gnostic_v3.TABLE, {"components": {"schemas": {"a": {"default": 1}}}}).endswith(
        bytes.fromhex("09000000000000f03f")
    )
