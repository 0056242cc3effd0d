"""What happens to Tilt's process, as a scenario file writes it: ``{at: 10s, restart: {scenario: up/green}}``.

Knows neither what follows from it (``process_lives``) nor where another scenario is found.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import (
    instants,
    kinds,
    problems,
    process_lives,
    shapes,
    steps,
    time_kinds,
    yaml_nodes,
    yaml_text,
)

# Gives the scenario that a restart names, with values of its parameters. Raises InvalidScenario where there is none, or
# a bad one, and for parameters that it has not.
Play = Callable[[str, Mapping[str, str]], steps.Scenario]
PARAMETERS = shapes.MapOf(kinds.Text(), "parameter")
_TEXT = kinds.Text("write the path of a file, the name of a scenario, or null", empty=False)


class Played:
    """The path of a scenario file, the name of a scenario, or ``null``, which is read as None."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a text, None, or ``UNREADABLE``."""
        if isinstance(node, yaml_nodes.Scalar) and node.empty and node.text:
            return None
        return _TEXT.read(node, what, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of either."""
        return {"anyOf": [_TEXT.schema(), {"type": "null"}]}


EXIT = shapes.Shape(
    "an exit",
    shapes.Key("code", kinds.Whole(0, 255), "What it exits with; without it as its session stands, 0 or 1."),
    blank=True,
)
CRASH = shapes.Shape(
    "a crash",
    shapes.Key("reset", kinds.Flag(), "Whether connections are reset, or just break off; true where not given."),
    blank=True,
)
RESTART = shapes.Shape(
    "a restart",
    shapes.Key(
        "scenario",
        Played(),
        "What the new process plays: another file, by its path from this one, or a named scenario; null for nothing. "
        "Without it the same as before, from its beginning.",
    ),
    shapes.Key("with", PARAMETERS, "Values of that scenario's parameters."),
    shapes.Key("newPort", kinds.Flag(), "Whether the API has another port; without it, unless the port is fixed."),
    shapes.Key("newToken", kinds.Flag(), "Whether it has another token; true where not given."),
    shapes.Key("newCa", kinds.Flag(), "Whether it has another certificate authority; false where not given."),
    shapes.Key("newWebPort", kinds.Flag(), "Whether it has another web port, and so another context; false."),
    shapes.Key("keepTargets", kinds.Flag(), "false: what a test has declared beside the scenario is forgotten."),
    shapes.Key("session", kinds.Flag(), "false: the API is there without a Session. Goes with scenario: null."),
    blank=True,
)
_WORDS = {"exit": EXIT, "crash": CRASH, "restart": RESTART}
_KEYS = {  # of the fields that are called otherwise in a file
    "new_port": "newPort",
    "new_token": "newToken",
    "new_ca": "newCa",
    "new_web_port": "newWebPort",
    "keep_targets": "keepTargets",
    "parameters": "with",
}
_FIELDS = {key: field for field, key in _KEYS.items()}
_HINT = "write one of exit, crash and restart, such as {at: 10s, restart: {}}"


class _Happening(shapes.Shape):
    """A mapping with when it happens, and one thing that does."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`shapes.Found` with ``at`` and one word, or ``UNREADABLE``."""
        found = super().read(node, what, reading)
        if found is kinds.UNREADABLE:
            return found
        told = [word for word in _WORDS if word in found.lines]
        if len(told) != 1 and found.lines.keys() <= self.keys.keys():
            said = f"{self.article} is one thing, found {' and '.join(told)}" if told else f"{self.article} is missing"
            reading.problems.add(node.line, f"{said}; {_HINT}")
        return found if len(told) == 1 and {"at", *told} <= found.values.keys() else kinds.UNREADABLE

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return {**super().schema(), "oneOf": [{"required": [word]} for word in _WORDS]}


HAPPENING = _Happening(
    "what happens to the process",
    shapes.Key(
        "at", time_kinds.Offset(), "When, as an offset from the session's start.", "write when, such as at: 10s"
    ),
    shapes.Key("exit", EXIT, "It ends as Tilt ends: watches end, and the context leaves the config file."),
    shapes.Key("crash", CRASH, "It is killed: connections break off, and the config file stays as it is."),
    shapes.Key("restart", RESTART, "It is started again, after its end or in place of it."),
)


def assembled(read: Iterable[shapes.Found], play: Play, told: problems.Problems) -> tuple[steps.Happening, ...]:
    """Give what happens, in the order of time; tells of scenarios that cannot be played."""
    found = [_assembled(item, play, told) for item in read]
    return ordered(it for it in found if it is not None)


def _assembled(item: shapes.Found, play: Play, told: problems.Problems) -> steps.Happening | None:
    word = next(word for word in _WORDS if word in item.values)
    given: shapes.Found = item.values[word]
    at, line = item.values["at"], item.line
    if word == "exit":
        return steps.Exit(at, **given.values, line=line)
    if word == "crash":
        return steps.Crash(at, **given.values, line=line)
    values = {_FIELDS.get(key, key): value for key, value in given.values.items()}
    if "parameters" in values:
        values["parameters"] = values["parameters"].values
        if values.get("scenario") is None:
            told.add(given.line_of("with"), "restart: with goes with the path or the name of another scenario")
            return None
    if values.get("scenario") is not None:
        values["name"] = values["scenario"]
        try:
            values["scenario"] = play(values["name"], values.get("parameters", {}))
        except errors.InvalidScenario as problem:
            told.add(given.line_of("scenario"), f"restart: {problem}")
            return None
    return steps.Restart(at, **values, line=line)


def ordered(happenings: Iterable[steps.Happening]) -> tuple[steps.Happening, ...]:
    """Give happenings in the order of time; of two at one instant the one that came first stays so."""
    return tuple(sorted(happenings, key=lambda it: it.at))


def written(happening: steps.Happening) -> dict[str, Any]:
    """Give a happening as the writer of files takes it.

    Raises :class:`errors.InvalidScenario` where it restarts with a scenario that has no name.
    """
    word = process_lives.word(happening)
    found: dict[str, Any] = {}
    for field in dataclasses.fields(happening):
        value, key = getattr(happening, field.name), _KEYS.get(field.name, field.name)
        if key not in _WORDS[word].keys or value in (field.default, {}):
            continue
        if field.name == "scenario":
            found["scenario"] = yaml_text.Token("null") if value is None else _name(happening)
        elif field.name == "parameters":
            found[key] = dict(value)
        elif isinstance(value, bool):
            found[key] = yaml_text.Token("true" if value else "false")
        else:
            found[key] = yaml_text.Token(str(value))
    return {"at": yaml_text.Token(instants.shown(happening.at)), word: found}


def _name(happening: steps.Happening) -> str:
    assert isinstance(happening, steps.Restart)
    if not happening.name:
        raise errors.InvalidScenario(
            f"{process_lives.text(happening)}: a file names the scenario that is played then, and this has no name: "
            'save it to a file of its own, and give the path, as in restarts(at="10s", scenario="next.tilt.yaml")'
        )
    return happening.name
