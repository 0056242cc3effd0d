"""States and timeline entries as expectations by HTTP name them; what they mean, ``expectations`` knows."""

from typing import Any

from pytest_tiltsession.control import kinds, records
from pytest_tiltsession.expectations import entries, states

_DESCRIBED = records.Record(
    "a state",
    records.Field("word", kinds.Text("failed"), "A word of a state.", 'such as {"word": "failed"}'),
    records.Field("detail", kinds.Text("exit status 1"), "The exact wait reason or error."),
    records.Field("match", kinds.Text("exit status [0-9]"), "A pattern in it, as Python reads it."),
    made=states.State,
)
STATE = kinds.Either(dict, _DESCRIBED, kinds.Text("failed: exit status 1"))
_WHEN = kinds.Either(list, kinds.ListOf(kinds.Duration()), kinds.Duration())
_ENTRY = records.Record(
    "an entry",
    records.Field("name", kinds.Text("api"), 'A target or its resource; or "session".', 'such as {"name": "api", …}'),
    records.Field("state", STATE, "Its state, or what happened to the session.", 'such as {"state": "ready", …}'),
    records.Field("at", _WHEN, "When, since the session's start; a pair for a span."),
    made=entries.Entry,
)


class _Entry:
    """One entry: ``[name, state]``, ``[at, name, state]`` or an object of these; several without order as anyOrder."""

    def read(self, value: Any, what: str) -> Any:
        """Give an Entry, or a set of them."""
        if isinstance(value, dict) and set(value) == {"anyOrder"}:
            return frozenset(kinds.ListOf(self).read(value["anyOrder"], f"{what}.anyOrder"))
        if isinstance(value, list) and len(value) in (2, 3):
            value = dict(zip(("name", "state") if len(value) == 2 else ("at", "name", "state"), value, strict=True))
        if not isinstance(value, dict):
            raise kinds.complain(
                value, what, 'write ["migrate", "active"], ["4s", "session", "done"], an object with name, state and '
                'at, or {"anyOrder": [ … ]}',
            )  # fmt: skip
        return _ENTRY.read(value, what)

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        whole = _ENTRY.schema()
        short = {"type": "array", "minItems": 2, "maxItems": 3}
        several = {
            "type": "object",
            "properties": {"anyOrder": {"type": "array", "items": {"anyOf": [short, whole]}}},
            "required": ["anyOrder"],
            "additionalProperties": False,
        }
        return {"anyOf": [short, whole, several]}


ENTRY = _Entry()
