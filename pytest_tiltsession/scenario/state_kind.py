"""The state of a target as a scenario file writes it, in Tilt's own words.

``active``, ``{active: {ready: false}}``, ``{waiting: waiting-for-dep}``, ``{terminated: {error: exit status 1}}``,
``disabled``, ``inactive``. Knows nothing of types: what a job or a server may show is ``checking``'s business.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_tiltsession.scenario import kinds, problems, shapes, steps, time_kinds, yaml_nodes

WORDS = ("waiting", "active", "terminated", "disabled", "inactive")

_ACTIVE = shapes.Shape(
    "an active state",
    shapes.Key("ready", kinds.Flag(), "Whether readiness checks passed; without it a server is ready, a job is not."),
    shapes.Key("startTime", time_kinds.Offset(nullable=True), "When execution began, where that is not the step's at."),
    shapes.Key("lastReadyTime", time_kinds.Offset(nullable=True), "When it was last seen ready, where it differs."),
    blank=True,
)
_TERMINATED = shapes.Shape(
    "a terminated state",
    shapes.Key("error", kinds.Text(), "What went wrong; without it the target succeeded."),
    shapes.Key("graceStatus", kinds.Choice(("Tolerated", "Exceeded")), "While a grace period applies to the error."),
    shapes.Key("startTime", time_kinds.Offset(nullable=True), "When execution began, where that was never shown."),
    shapes.Key("finishTime", time_kinds.Offset(nullable=True), "When execution ended, where it is not the step's at."),
    blank=True,
)
_NOTHING = shapes.Shape("this state", blank=True)
_REASON = kinds.Text("write a reason, such as {waiting: waiting-for-dep}")
_PLAIN = {word: steps.ScriptedState(word) for word in ("waiting", "active", "terminated", "disabled", "inactive")}

# What people write who think in other words than Tilt's.
_INSTEAD = {
    "ready": "active, or {active: {ready: true}}: a server without a probe is ready as soon as it runs",
    "unready": "{active: {ready: false}}",
    "notready": "{active: {ready: false}}",
    "running": "active",
    "started": "active",
    "building": "active",
    "succeeded": "terminated: without an error, a job has succeeded",
    "successful": "terminated: without an error, a job has succeeded",
    "success": "terminated: without an error, a job has succeeded",
    "completed": "terminated: without an error, a job has succeeded",
    "done": "terminated: without an error, a job has succeeded",
    "ok": "terminated for a job that succeeded, active for a server that is ready",
    "failed": "{terminated: {error: exit status 1}}",
    "error": "{terminated: {error: exit status 1}}",
    "crashed": "{terminated: {error: Process 42 exited with non-zero status}}",
    "pending": "{waiting: waiting-for-dep}, or another reason",
    "queued": "{waiting: unknown}, or another reason",
}


class State:
    """A state word, or a mapping from one state word to its details."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`steps.ScriptedState`."""
        if isinstance(node, yaml_nodes.Scalar) and not node.empty:
            known = _PLAIN.get(node.text)
            return known if known is not None else complain(node, what, node.text, reading)
        if not isinstance(node, yaml_nodes.Mapping):
            return kinds.complain(node, what, f"write a state: {', '.join(WORDS)}", reading)
        pairs = shapes.pairs(node, reading)
        unknown = [name for name, _, _ in pairs if name not in WORDS]
        if unknown:
            return complain(node, what, unknown[0], reading)
        if len(pairs) != 1:
            words = " and ".join(name for name, _, _ in pairs) or "no state"
            reading.problems.add(node.line, f"{what} has {words} at once; a target has one state, such as active")
            return kinds.UNREADABLE
        word, _, value = pairs[0]
        return _detailed(word, value, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema of a state."""
        details = {
            "waiting": {"type": "string", "description": "Why it waits, such as waiting-for-dep."},
            "active": _ACTIVE.schema(),
            "terminated": _TERMINATED.schema(),
            "disabled": _NOTHING.schema(),
            "inactive": _NOTHING.schema(),
        }
        one = {"type": "object", "properties": details, "additionalProperties": False, "minProperties": 1}
        return {"anyOf": [{"enum": list(WORDS)}, {**one, "maxProperties": 1}]}


def complain(
    node: yaml_nodes.Node,
    what: str,
    word: str,
    reading: kinds.Reading,
    words: Sequence[str] = WORDS,
    instead: Mapping[str, str] = _INSTEAD,
) -> object:
    """Tell that a word is no state. ``words`` are those that are, ``instead`` says what to write for some others."""
    folded = word.replace("_", "").replace("-", "").replace(" ", "").casefold()
    meant = folded if folded in instead else problems.near(folded, (*words, *instead))
    other = instead.get(meant or "")
    hint = f"write {other}" if other else problems.nearest(word, words)
    reading.problems.add(node.line, f"{what} is {word!r}, which is no state of Tilt's; {hint}")
    return kinds.UNREADABLE


def _detailed(word: str, node: yaml_nodes.Node, reading: kinds.Reading) -> Any:
    if word == "waiting":
        reason = _REASON.read(node, "waiting", reading)
        return reason if reason is kinds.UNREADABLE else steps.ScriptedState("waiting", wait_reason=reason)
    shape = {"active": _ACTIVE, "terminated": _TERMINATED}.get(word, _NOTHING)
    found = shape.read(node, word, reading)
    if found is kinds.UNREADABLE:
        return found
    if word == "active":
        return steps.ScriptedState(
            "active",
            ready=found.get("ready"),
            start_time=found.get("startTime", steps.NATURAL),
            last_ready_time=found.get("lastReadyTime", steps.NATURAL),
        )
    if word == "terminated":
        return steps.ScriptedState(
            "terminated",
            error=found.get("error", ""),
            grace_status=found.get("graceStatus", ""),
            start_time=found.get("startTime", steps.NATURAL),
            finish_time=found.get("finishTime", steps.NATURAL),
        )
    return _PLAIN[word]
