"""The published JSON Schema: it is current, all our files are valid by it, and mistakes are not."""

import json
import pathlib
import re

import jsonschema
import pytest
import yaml

from pytest_tiltsession.scenario import naming
from pytest_tiltsession.scenario.relative import description, schema

PUBLISHED = pathlib.Path("docs", "reference", "scenario.schema.json")


class Yaml12(yaml.SafeLoader):
    """Reads times as the texts that YAML 1.2 has."""


Yaml12.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def errors_of(document):
    """Give what the schema finds wrong with a document."""
    validator = jsonschema.Draft202012Validator(schema.json_schema())
    return [error.message for error in validator.iter_errors(document)]


def test_the_published_schema_is_current(pytestconfig):
    """The file in the docs is what the reader's own description gives; else run ``python docs/generate.py``."""
    assert schema.text() == (pytestconfig.rootpath / PUBLISHED).read_text(encoding="utf-8")


def test_the_schema_is_a_schema():
    """It is valid itself, and describes every key of both forms."""
    made = json.loads(schema.text())

    jsonschema.Draft202012Validator.check_schema(made)
    assert made["properties"].keys() == description.SCENARIO.keys.keys()
    assert all("description" in found for found in made["properties"].values())


@pytest.mark.parametrize("name", naming.names())
def test_named_scenarios_are_valid(name):
    """An editor that knows the schema finds nothing wrong with the library's files."""
    assert [] == errors_of(yaml.load(naming.find(name).read_text(encoding="utf-8"), Yaml12))


def test_the_examples_are_valid(pytestconfig):
    """Nor with those of the examples."""
    found = sorted((pytestconfig.rootpath / "examples").rglob("*.tilt.yaml"))

    wrong = {path.name: errors_of(yaml.load(path.read_text(encoding="utf-8"), Yaml12)) for path in found}

    assert wrong
    assert not any(wrong.values()), wrong


@pytest.mark.parametrize(
    "text",
    [
        "{a: {local: {update: 3}}}",
        "{a: {local: {updaet: 3s}}}",
        "{a: {lokal: {update: 3s}}}",
        "{a: {local: {update: soon}}}",
        "{a: {job: [activ]}}",
        "{a: {job: [{active: {}, for: 3}]}}",
        "{a: {job: [{active: {redy: true}}]}}",
        "{a: {kubernetes: {podReadiness: maybe}}}",
        "{a: {kubernetes: {pods: [{pod: {phase: Gone}}]}}}",
        "{a: {local: {autoInit: sometimes}}}",
    ],
)
def test_mistakes_are_found_by_the_schema(text):
    """What the reader would refuse, an editor marks."""
    assert errors_of({"version": 1, "resources": yaml.load(text, Yaml12)})


@pytest.mark.parametrize(
    "event",
    [
        {"at": 3, "disable": ["a"]},
        {"at": "3s", "disable": "a"},
        {"at": "3s", "cluster": "prod"},
        {"at": "3s", "cluster": {"default": "x", "docker": "y"}},
        {"at": "3s", "reload": {"ad": {}}},
    ],
)
def test_mistakes_in_events_are_found_by_the_schema(event):
    """The same for what happens to resources."""
    assert errors_of({"version": 1, "events": [event]})


def test_a_parameter_stands_wherever_a_value_does():
    """Durations, words, numbers and flags may be given by a parameter."""
    document = {
        "version": 1,
        "pace": "${pace}",
        "maxParallelUpdates": "${most}",
        "startUp": "${start}",
        "resources": {
            "a": {"local": {"update": "${takes}", "autoInit": "${init}", "serve": [{"ready": {}, "for": "${t}"}]}}
        },
    }

    assert [] == errors_of(document)
    assert errors_of({**document, "pace": re.sub(r"[${}]", "", "${pace}")})
