"""Objects with known fields, as requests bear them: which there are, which must be there; knows no route."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.control import kinds
from pytest_tiltsession.scenario import problems


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A field of an object: its name in JSON, its kind, what it is for. ``needed`` says how to write it."""

    name: str
    kind: kinds.Kind
    doc: str
    needed: str = ""

    @property
    def argument(self) -> str:
        """The name of the same in Python: ``autoInit`` is ``auto_init``."""
        return argument_of(self.name)


def argument_of(name: str) -> str:
    """Give the name in Python of what is called so in JSON."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def written(argument: str) -> str:
    """Give the name in JSON of what is called so in Python."""
    first, *rest = argument.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Record:
    """An object with known fields, read into a dict by Python's names, or into what ``made`` makes of them."""

    def __init__(self, called: str, *fields: Field, made: Callable[..., Any] = dict) -> None:
        self.called = called
        self.fields = {field.name: field for field in fields}
        self._made = made

    def read(self, value: Any, what: str) -> Any:
        """Give the dict, without what was not given."""
        if not isinstance(value, dict):
            raise kinds.complain(value, what, f"write an object with {', '.join(self.fields) or 'no fields'}")
        return self._made(**self.values(value, f"{what}."))

    def values(self, value: Mapping[str, Any], before: str = "") -> dict[str, Any]:
        """Give the fields by Python's names; ``before`` stands before a field's name in messages."""
        unknown = next((name for name in value if name not in self.fields), None)
        if unknown is not None:
            none = "it takes none" if not self.fields else problems.nearest(unknown, self.fields)
            raise errors.InvalidValue(f"{unknown!r} is no field of {self.called}; {none}")
        missing = next((field for field in self.fields.values() if field.needed and field.name not in value), None)
        if missing is not None:
            raise errors.InvalidValue(f"{self.called} needs {missing.name}: {missing.needed}")
        return {
            field.argument: field.kind.read(value[name], f"{before}{name}")
            for name, field in self.fields.items()
            if name in value
        }

    def schema(self) -> kinds.Schema:
        """Give the JSON Schema."""
        properties = {field.name: {"description": field.doc, **field.kind.schema()} for field in self.fields.values()}
        found: kinds.Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        needed = [field.name for field in self.fields.values() if field.needed]
        return {**found, "required": needed} if needed else found
