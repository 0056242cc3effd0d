"""One step of a scenario file, played at once: read as a file's steps are, on the session as it stands; knows no files.

Targets that the session shows are declared by that; others are declared beside the step.
"""

import json
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.engine import gate, world
from pytest_tiltsession.models import encoding, session
from pytest_tiltsession.scenario import description, file_format, instants, kinds, player

_PATH = "the step"


def play(gate_: gate.Gate, told: Mapping[str, Any]) -> None:
    """Play a step: ``{"set": {"api:serve": "active"}, "remove": […], "spec": {…}, …}``, all that a file's step has.

    ``told`` may have ``targets`` beside it, which declare new ones. ``at`` is the present instant and not given. Raises
    :class:`errors.InvalidScenario` for what a file's step could not say either, and then nothing has happened.
    """
    if "at" in told:
        raise errors.InvalidScenario(f"{_PATH} plays now: leave at out, and move the clock before")
    shown = gate_.world
    with shown.lock:
        document = _document(shown, told)
        try:
            found = file_format.parse_scenario(json.dumps(document, ensure_ascii=False), _PATH)
        except errors.InvalidScenario as problem:
            raise errors.InvalidScenario(str(problem).replace(f"{_PATH}:1: ", f"{_PATH}: ")) from None
        player.Player(found, gate_).play_now(found.steps[0])


def schema() -> kinds.Schema:
    """Give the JSON Schema of what is told."""
    found = description.STEP.schema()
    properties = {name: value for name, value in found["properties"].items() if name != "at"}
    targets = {"description": "New targets.", **description.SCENARIO.keys["targets"].kind.schema()}
    return {"type": "object", "properties": {"targets": targets, **properties}, "additionalProperties": False}


def _document(shown: world.World, told: Mapping[str, Any]) -> dict[str, Any]:
    """Give a scenario of just this step, which begins with the session as it stands."""
    tilt = shown.tilt
    known = {target.name: _declaration(target) for target in tilt.targets or ()}
    new = told.get("targets", {})
    step = {name: value for name, value in told.items() if name != "targets"}
    return {
        "version": description.VERSION,
        "session": encoding.to_wire(tilt.spec),
        "start": times.format_micro_time(tilt.start_time),
        "targets": {**known, **new} if isinstance(new, Mapping) else new,
        "steps": [{"at": instants.shown(shown.clock.now - tilt.start_time), **step}],
    }


def _declaration(target: session.Target) -> dict[str, Any]:
    return {"type": target.type, "resources": list(target.resources or ())}
