"""Routing and the OpenAPI document, both made of the one table."""

import importlib.metadata
import re

import jsonschema
import openapi_spec_validator
import pytest

from pytest_tiltsession.control import openapi, refusals, table

DOCUMENT = openapi.document(table.VERBS, "https://127.0.0.1:1")


def test_the_document_is_openapi():
    """It is valid OpenAPI 3.1, and each schema in it is one."""
    openapi_spec_validator.validate(DOCUMENT)
    assert ("3.1.0", importlib.metadata.version("pytest-tiltsession")) == (
        DOCUMENT["openapi"], DOCUMENT["info"]["version"],
    )  # fmt: skip
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for verb in table.VERBS:
        jsonschema.Draft202012Validator.check_schema(verb.record.schema())


def test_every_verb_is_described_and_nothing_else():
    """Each has an id of its own, a summary, a known answer, and says for what it wants the token."""
    described = {(method.upper(), path) for path, verbs in DOCUMENT["paths"].items() for method in verbs}
    assert {(verb.method, verb.path) for verb in table.VERBS} == described
    identities = [verb.identity for verb in table.VERBS]
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch("[a-zA-Z]+", identity) for identity in identities)
    assert all(verb.summary.endswith(".") for verb in table.VERBS)
    assert {verb.answer for verb in table.VERBS} <= set(DOCUMENT["components"]["schemas"])
    assert [{"bearerToken": []}] == DOCUMENT["security"]
    used = {tag for verbs in DOCUMENT["paths"].values() for verb in verbs.values() for tag in verb["tags"]}
    assert used == {tag["name"] for tag in DOCUMENT["tags"]}


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", "/", {}),
        ("GET", "/clock", {}),
        ("POST", "/targets/api%3Aserve/start", {"name": "api:serve"}),
        ("POST", "/targets/api:serve/start", {"name": "api:serve"}),
        ("DELETE", "/clock/holds/the%20browser%2Fstarts", {"name": "the browser/starts"}),
        ("POST", "/resources/%C3%BC/remove", {"name": "ü"}),
    ],
)
def test_a_path_is_its_parts_and_names_are_decoded(method, path, names):
    """What stands in a name's place may be anything that is percent-encoded."""
    assert names == table.find(method, path)[1]


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/clok", 404, "there is no GET /clok; did you mean GET /clock"),
        ("POST", "/targets/api:serve/strat", 404, "did you mean POST /targets/api:serve/start"),
        ("POST", "/clock/advance_to", 404, "did you mean POST /clock/advance-to"),
        ("POST", "/nothing/of/the/kind/at/all", 404, "it is none of ours. GET /openapi.json lists all verbs"),
        ("POST", "/targets//start", 404, "there is no POST /targets//start"),
        ("POST", "/targets/%zz/start", 404, "there is no POST /targets/%zz/start"),
        ("POST", "/clock", 405, "POST /clock: this path takes GET, not POST"),
        ("PUT", "/targets", 405, "this path takes GET, POST, not PUT"),
        ("GET", "/targets/api:serve/start", 405, "this path takes POST, not GET"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(method, path, status, text):
    """The nearest verbs are named, and for a path that is there the methods that it takes."""
    with pytest.raises(refusals.Refusal) as refused:
        table.find(method, path)
    assert status == refused.value.status
    assert text in refused.value.message
