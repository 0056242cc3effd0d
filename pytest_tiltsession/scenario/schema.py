"""The JSON Schema of scenario files, for editors and other tools; made from the same description as the reader."""

from typing import Any

from pytest_tiltsession.scenario import description


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a ``*.tilt.yaml`` file, as YAML 1.2 reads it: times are texts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of pytest-tiltsession (*.tilt.yaml)",
        **description.SCENARIO.schema(),
    }
