"""The JSON Schema of scenario files."""

import jsonschema
import pytest

from pytest_tiltsession.scenario import description, schema


def errors_of(document):
    """Give what the schema finds wrong with a document."""
    validator = jsonschema.Draft202012Validator(schema.json_schema())
    return [error.message for error in validator.iter_errors(document)]


def test_the_schema_is_a_schema():
    """It is valid itself, and describes every key."""
    made = schema.json_schema()
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["properties"].keys() == description.SCENARIO.keys.keys()
    assert all(found["description"] for found in made["properties"]["steps"]["items"]["properties"].values())


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"version": 2},
        {"version": 1, "titel": "x"},
        {"version": 1, "steps": [{"set": {}}]},
        {"version": 1, "steps": [{"at": 3}]},
        {"version": 1, "steps": [{"at": "1s", "set": {"a": "ready"}}]},
        {"version": 1, "steps": [{"at": "1s", "set": {"a": {"active": {}, "waiting": "x"}}}]},
        {"version": 1, "session": {"exitCondition": "soon"}},
        {"version": 1, "consumer": {"timeout": "1s"}},
    ],
)
def test_mistakes_are_found_by_the_schema(wrong):
    """An editor that knows the schema marks the mistakes that need no playing."""
    assert errors_of(wrong)


def test_every_form_is_taken():
    """States in words and in detail, nulls where they may stand, both forms of a command."""
    states = {"a:update": "active", "b:serve": {"active": {"ready": False, "startTime": None}}, "c": {"waiting": "x"}}
    document = {
        "version": 1,
        "session": {"ci": None},
        "targets": {"a:update": None, "b:serve": {}},
        "steps": [{"at": "1m0.5s", "set": states | {"d": {"disabled": None}}, "recorded": {"resourceVersion": 3}}],
        "consumer": {"command": "my-tool", "expect": {"exit_code": 1}},
    }
    assert errors_of(document) == []
    assert errors_of(document | {"consumer": {"command": ["my-tool"]}}) == []
