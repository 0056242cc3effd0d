"""What is wrong with one field of an object, as a value, and how Kubernetes words it; knows no HTTP.

The words are those of the recorded refusals (*create-invalid*, *names*, *merge-uid*). A value is quoted as Go prints
it: a plain string by ``%q``, numbers and booleans as they are, everything else as JSON.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pytest_tiltsession.models import encoding, go_texts, metadata

_WORDS = {
    "FieldValueRequired": "Required value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
}
_WITHOUT_VALUE = ("FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong")


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A string of a named Go type, such as a uid, which is quoted as JSON and not by ``%q``."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: the reason in CamelCase, the path of the field, its value and the detail."""

    reason: str
    field: str
    value: Any = None
    detail: str = ""

    @property
    def message(self) -> str:
        """The error without the field in front, as a cause carries it."""
        text = _WORDS[self.reason]
        if self.reason not in _WITHOUT_VALUE:
            text += f": {_shown(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    @property
    def cause(self) -> metadata.StatusCause:
        """The error as a refusal's ``details.causes`` show it."""
        return metadata.StatusCause(self.reason, self.message, self.field)


def _shown(value: Any) -> str:
    if value is None:
        return '"null"'
    if isinstance(value, str):
        return go_texts.quoted(value)
    if isinstance(value, bool | int):
        return go_texts.scalar(value)
    return encoding.compact(value.text if isinstance(value, Named) else value)


def required(field: str, detail: str) -> FieldError:
    """Say that a field must be given."""
    return FieldError("FieldValueRequired", field, None, detail)


def invalid(field: str, value: Any, detail: str) -> FieldError:
    """Say that a field's value will not do."""
    return FieldError("FieldValueInvalid", field, value, detail)


def forbidden(field: str, detail: str) -> FieldError:
    """Say that a field may not be given here."""
    return FieldError("FieldValueForbidden", field, None, detail)


def too_long(field: str, limit: int) -> FieldError:
    """Say that a field's value has more bytes than it may have."""
    return FieldError("FieldValueTooLong", field, None, f"may not be more than {limit} bytes")


def not_supported(field: str, value: Any, supported: Sequence[str]) -> FieldError:
    """Say that a field's value is none of those that there are."""
    listed = ", ".join(go_texts.quoted(item) for item in supported)
    return FieldError("FieldValueNotSupported", field, value, f"supported values: {listed}")
