"""A fault as a scenario file writes it: ``{fault: cut-watch, events: 2, times: 1}``; the faults themselves check it."""

from typing import Any

from pytest_tiltsession import errors, faults, times
from pytest_tiltsession.faults import naming, scope
from pytest_tiltsession.scenario import kinds, shapes, time_kinds, yaml_nodes, yaml_text

_MANY = 1_000_000
_TEXT = kinds.Text(empty=False)
_DOCS = {
    "operation": "Which operations on Sessions it may hit, or any for every request.",
    "client": "A part of the User-Agent of those that it may hit, or a pattern with *.",
    "times": "How often it happens; each time where not given.",
    "after": "When it begins, as an offset from the session's start.",
    "until": "When it is over, as an offset from the session's start.",
    "for_": "How long it lasts.",
    "events": "After how many events of a watch it happens.",
    "event": "Which event of a watch it concerns, from 1.",
    "by": "Of a delay, how much later; of a cut, how: end, close, fin or rst.",
    "half_line": "Whether the cut is in the middle of the next event.",
    "code": "The status.",
    "retry_after": "What Retry-After says, in whole seconds.",
    "clock": "Whose clock the delay runs on.",
    "size": "How many bytes of the body are sent; half of them where not given.",
    "media_type": "The Content-Type.",
    "on_yaml": "Whether a watch as YAML brings it about, as in Tilt, and nothing else.",
}


class Operations:
    """One operation, or a list of them."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a text or a tuple of texts, or ``UNREADABLE``."""
        if isinstance(node, yaml_nodes.Sequence):
            return shapes.ListOf(_TEXT, "an operation").read(node, what, reading)
        return _TEXT.read(node, what, reading)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        word = {"enum": [*scope.OPERATIONS, *scope.STATUS_OPERATIONS, scope.ANY]}
        return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}]}


class _Span:
    """A Go duration of 0s or more, kept as text."""

    _OFFSET = time_kinds.Offset()

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a text as Go writes it, or ``UNREADABLE``."""
        micros = self._OFFSET.read(node, what, reading)
        return micros if micros is kinds.UNREADABLE else times.format_duration(micros * times.MICROSECOND)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        return time_kinds.Duration().schema()


_SPAN = _Span()
_KINDS: dict[str, kinds.Kind] = {
    **dict.fromkeys(("after", "until", "for_", "retry_after"), _SPAN),
    "operation": Operations(),
    "times": kinds.Whole(1, _MANY),
    "events": kinds.Whole(0, _MANY),
    "event": kinds.Whole(1, _MANY),
    "size": kinds.Whole(0, 1 << 40),
    "code": kinds.Whole(400, 599),
    "clock": kinds.Choice((faults.Delay.SIMULATED, faults.Delay.MACHINE)),
    "half_line": kinds.Flag(),
    "on_yaml": kinds.Flag(),
}


class Fault:
    """A mapping with the name of a fault and its arguments."""

    def read(self, node: yaml_nodes.Node, what: str, reading: kinds.Reading) -> Any:
        """Give a :class:`faults.Fault`, or ``UNREADABLE``."""
        if not isinstance(node, yaml_nodes.Mapping):
            return kinds.complain(node, what, "write a mapping such as {fault: cut-watch, events: 2}", reading)
        pairs = {name: (line, value) for name, line, value in shapes.pairs(node, reading)}
        if "fault" not in pairs:
            hint = "write its name, such as fault: cut-watch"
            reading.problems.add(node.line, f"a fault needs fault: {hint}")
            return kinds.UNREADABLE
        name = _TEXT.read(pairs.pop("fault")[1], "fault", reading)
        if name is kinds.UNREADABLE:
            return name
        values = {}
        if name not in naming.BY_NAME:
            reading.problems.add(node.line, f"there is no fault {name!r}; {scope.nearest(name, naming.BY_NAME)}")
            return kinds.UNREADABLE
        known = naming.keys(naming.BY_NAME[name])
        for key, (line, value) in pairs.items():
            if key not in known:
                reading.problems.add(line, f"{name} has no {key}; {scope.nearest(key, known)}")
                return kinds.UNREADABLE
            read: kinds.Kind = _KINDS.get(known[key], _TEXT)
            if name == faults.Delay.NAME and key == "by":
                read = _SPAN
            values[key] = read.read(value, key, reading)
        if kinds.UNREADABLE in values.values():
            return kinds.UNREADABLE
        try:
            return naming.make(name, values)
        except errors.InvalidValue as problem:
            reading.problems.add(node.line, str(problem))
            return kinds.UNREADABLE

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema: every key that some fault has. Which of them has which, the reader tells."""
        properties: dict[str, Any] = {"fault": {"description": "Its name.", "enum": list(naming.BY_NAME)}}
        for kind in naming.BY_NAME.values():
            for key, name in naming.keys(kind).items():
                properties[key] = {"description": _DOCS[name], **_KINDS.get(name, _TEXT).schema()}
        return {"type": "object", "properties": properties, "additionalProperties": False, "required": ["fault"]}


def written(fault: faults.Fault) -> dict[str, Any]:
    """Give a fault as the writer of files takes it."""
    names = {key: name for key, name in naming.keys(type(fault)).items() if name in fault.arguments}
    found: dict[str, Any] = {"fault": fault.NAME}
    for key, name in names.items():
        value = getattr(fault, name)
        if isinstance(value, tuple):
            found[key] = value[0] if len(value) == 1 else list(value)
        elif isinstance(value, bool):
            found[key] = yaml_text.Token("true" if value else "false")
        elif isinstance(value, int) or _KINDS.get(name) is _SPAN or (isinstance(fault, faults.Delay) and name == "by"):
            found[key] = yaml_text.Token(str(value))
        else:
            found[key] = value
    return found
