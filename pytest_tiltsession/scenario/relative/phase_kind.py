"""A phase as a scenario file writes it: a word, or a mapping of one word, with ``for``; or a wait, ``{after: db}``.

``ready``, ``{active: {ready: false}, for: 2s}``, ``{failed: exit status 1}``, ``{pod: {…}}``. Tilt's own words for
states are read as well: ``{terminated: {error: exit status 1}}``.
"""

import dataclasses
from typing import Any

from pytest_tiltsession.scenario import kinds, problems, shapes, state_kind, time_kinds, yaml_nodes
from pytest_tiltsession.scenario.relative import phase_shapes, script

WORDS = ("waiting", "active", "ready", "succeeded", "failed", "disabled", "inactive", "removed", "pod")
_WHATS = ("started", "ready", "done", "succeeded", "failed")
# What people write who think in other words, where it is neither one of these nor one of Tilt's own.
_INSTEAD = {
    "unready": "{active: {ready: false}}",
    "notready": "{active: {ready: false}}",
    "running": "active",
    "started": "active",
    "building": "active",
    "success": "succeeded",
    "successful": "succeeded",
    "completed": "succeeded",
    "done": "succeeded",
    "ok": "succeeded for a job, ready for a server",
    "error": "{failed: exit status 1}",
    "crashed": "failed: without a text it has the one that Tilt shows of an ended process",
    "pending": "{waiting: waiting-for-dep}, or another reason",
    "queued": "{waiting: unknown}, or another reason",
    "deleted": "removed",
}
_FOR = time_kinds.Offset()
_POD_NAME = kinds.Text("write the name of a pod", empty=False)
_BESIDE = ("for", "podName")


class Phase:
    """One phase."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`script.Phase` or a :class:`script.After`."""
        where = script.Where(reading.problems.path, node.line)
        if isinstance(node, yaml_nodes.Scalar) and not node.empty:
            return _worded(node.text, None, node, where, what, reading)
        if not isinstance(node, yaml_nodes.Mapping):
            return kinds.complain(node, what, f"write a state, such as active or {', '.join(WORDS[2:5])}", reading)
        pairs = shapes.pairs(node, reading)
        if any(name == "after" for name, _, _ in pairs):
            return _waited(phase_shapes.WAIT.read(node, what, reading), where, reading)
        beside = {name: value for name, _, value in pairs if name in _BESIDE}
        named = [(name, value) for name, _, value in pairs if name not in _BESIDE]
        if len(named) != 1:
            told = " and ".join(name for name, _ in named) or "no state"
            reading.problems.add(node.line, f"{what} has {told} at once; it has one state, such as active, and for")
            return kinds.UNREADABLE
        phase = _worded(named[0][0], named[0][1], node, where, what, reading)
        return phase if phase is kinds.UNREADABLE else _with(phase, beside, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of a phase."""
        details = {word: phase_shapes.of_word(word).schema() for word in WORDS}
        details["terminated"] = phase_shapes.TERMINATED.schema()
        texts = {"waiting": "Why it waits, such as waiting-for-dep.", "failed": "What went wrong."}
        for word, doc in texts.items():
            details[word] = {"description": doc, "anyOf": [{"type": "string", "minLength": 1}, details[word]]}
        beside = {
            "for": {**_FOR.schema(), "description": "How long it lasts; without it, for good."},
            "podName": {"type": "string", "minLength": 1, "description": "The name of the pod from here on."},
        }
        one = {
            "type": "object",
            "properties": {**details, **beside},
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"anyOf": [{"enum": [*WORDS, "terminated"]}, phase_shapes.WAIT.schema(), one]}


class Phases:
    """Phases of a target, a build or what runs: a list, or one alone. ``short`` reads a duration as phases."""

    def __init__(self, each: str, short: str = "") -> None:
        self._each = each
        self._short = short
        self._list = shapes.ListOf(Phase(), each)

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a tuple of phases."""
        if isinstance(node, yaml_nodes.Sequence):
            return self._list.read(node, what, reading)
        if self._short and isinstance(node, yaml_nodes.Scalar) and node.text[:1].isdigit():
            takes = _FOR.read(node, what, reading)
            return takes if takes is kinds.UNREADABLE else _short(takes, self._short)
        phase = Phase().read(node, what, reading)
        return phase if phase is kinds.UNREADABLE else (phase,)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of phases."""
        short = [{**_FOR.schema(), "description": "How long it takes to get there."}] if self._short else []
        return {"anyOf": [*short, {"$ref": "#/$defs/phase"}, {"type": "array", "items": {"$ref": "#/$defs/phase"}}]}


def _short(takes: int, what: str) -> script.Phases:
    """Give the phases that a duration alone stands for: a build that ends well, or something that becomes ready."""
    if what == "build":
        end = script.Phase("succeeded")
        return (script.Phase("active", takes), end) if takes else (end,)
    end = script.Phase("active", ready=True)
    before = script.Phase("waiting", takes) if what == "container" else script.Phase("active", takes, ready=False)
    return (before, end) if takes else (end,)


def _waited(found: Any, where: script.Where, reading: kinds.Reading) -> Any:
    after = None if found is kinds.UNREADABLE else wait(found, where, reading.problems)
    return kinds.UNREADABLE if after is None else after


def wait(found: shapes.Found, where: script.Where, told: problems.Problems) -> script.After | None:
    """Give a wait that was read of a mapping, or None after telling why there is none."""
    if "after" not in found.values:
        return None
    given = [what for what in _WHATS if what in found.lines]
    if len(given) > 1:
        told.add(where.line, f"it waits for {' and '.join(given)} at once; keep one of them")
        return None
    what: Any = given[0] if given else None
    delay = found.get(what, 0) if what else found.get("delay", 0)
    return script.After(found.values["after"], what, delay, found.get("reason"), where)


def _worded(
    word: str,
    details: yaml_nodes.Node | None,
    node: yaml_nodes.Node,
    where: script.Where,
    what: str,
    reading: kinds.Reading,
) -> Any:
    """Give the phase of a word and its details, if any."""
    if word not in (*WORDS, "terminated"):
        return state_kind.complain(node, what, word, reading, (*WORDS, "terminated"), _INSTEAD)
    if details is None:
        if word == "pod":
            return kinds.complain(node, what, "write the pod, such as {pod: {phase: Running}}", reading)
        return phase_shapes.plain(word, where)
    if word in ("waiting", "failed") and isinstance(details, yaml_nodes.Scalar) and not details.empty:
        text = kinds.Text(empty=False).read(details, word, reading)
        if text is kinds.UNREADABLE:
            return text
        said = {"reason": text} if word == "waiting" else {"error": text}
        return dataclasses.replace(phase_shapes.plain(word, where), **said)
    found = phase_shapes.of_word(word).read(details, word, reading)
    return found if found is kinds.UNREADABLE else phase_shapes.phase(word, found, where)


def _with(phase: script.Phase, beside: dict[str, yaml_nodes.Node], reading: kinds.Reading) -> Any:
    """Give a phase with what stands beside its word: how long it lasts, and the pod's name."""
    lasts, name = None, ""
    if "for" in beside:
        lasts = _FOR.read(beside["for"], "for", reading)
        if lasts == 0:
            lasts = kinds.complain(
                beside["for"], "for", "a state that lasts no time is never seen; leave it out", reading
            )
    if "podName" in beside:
        name = _POD_NAME.read(beside["podName"], "podName", reading)
    if kinds.UNREADABLE in (lasts, name):
        return kinds.UNREADABLE
    return phase_shapes.lasting(phase, lasts, name)
