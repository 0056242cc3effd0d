"""Scenario files: ``*.tilt.yaml`` read into a Scenario, and a Scenario written as one.

Knows neither the keys (``description``) nor how YAML is written (``writing``). pydantic would lose the line of each
value and the words of the file, so the format is read from YAML's own nodes.
"""

import pathlib

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import (
    assembling,
    description,
    kinds,
    naming,
    problems,
    process_lives,
    shapes,
    steps,
    writing,
    yaml_nodes,
)
from pytest_tiltsession.scenario.relative import reading


def read_scenario(path: pathlib.Path | str) -> steps.Scenario:
    """Read a scenario file.

    Raises :class:`errors.InvalidScenario`, with every problem as ``path:line: …``, where it cannot be read or played.
    """
    file = pathlib.Path(path)
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise errors.InvalidScenario(f"{path}: the scenario file cannot be read: {problem.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise errors.InvalidScenario(f"{path}:{line}: this is not UTF-8; save the file as UTF-8") from None
    return parse_scenario(text, str(path))


def parse_scenario(text: str, path: str = "<string>") -> steps.Scenario:
    """Read a scenario from the text of a file; ``path`` names it in messages. Raises as :func:`read_scenario` does."""
    found = problems.Problems(path)
    composer = yaml_nodes.Composer(found)
    node = composer.compose(text)
    if node is None or (isinstance(node, yaml_nodes.Scalar) and node.empty):
        raise found.fail(1, f"the file is empty; a scenario starts with version: {description.VERSION}")
    _refuse_other_versions(node, found)
    document = description.SCENARIO.read(node, "a scenario", kinds.Reading(found, composer))
    if document is kinds.UNREADABLE:
        found.settle()
    scenario = assembling.Assembler(_as_found(document), found, reading.played_from(path, naming.locate)).scenario()
    for objection in process_lives.objections(scenario):
        found.add(objection.happening.line or 1, objection.text)
    found.settle()
    return scenario


def write_scenario(scenario: steps.Scenario) -> str:
    """Write a scenario so that reading it again gives the same (apart from line numbers and the path)."""
    return writing.document(scenario)


def _as_found(document: object) -> shapes.Found:
    assert isinstance(document, shapes.Found)
    return document


def _refuse_other_versions(node: yaml_nodes.Node, found: problems.Problems) -> None:
    """Refuse a file of another version before its keys, which it may well have other ones of."""
    if not isinstance(node, yaml_nodes.Mapping):
        return
    for key, value in node.items:
        if not isinstance(key, yaml_nodes.Scalar) or not isinstance(value, yaml_nodes.Scalar) or key.text != "version":
            continue
        if value.text.isdecimal() and value.text != str(description.VERSION):
            told = f"version {value.text[:20]} of the format is not known"
            raise found.fail(value.line, f"{told}; this release reads version {description.VERSION}")
