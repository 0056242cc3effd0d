"""Field selectors, of which Tilt knows two: ``metadata.name`` and ``metadata.namespace``. Knows no Session.

``=``, ``==`` and ``!=``, joined by commas, with backslashes before commas, equals signs and backslashes in values.
Sources: the *field-…* and *name-odd-…* stories.
"""

import dataclasses

from pytest_tiltsession import errors
from pytest_tiltsession.models import go_texts

NAME, NAMESPACE = "metadata.name", "metadata.namespace"
_SELECTABLE = (NAME, NAMESPACE)
_OPERATORS = ("!=", "==", "=")
_ESCAPABLE = "\\,="


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One condition on one field: it must have the value, or must not."""

    field: str
    value: str
    equal: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Fields:
    """A whole selector: all terms must hold; without any, everything matches."""

    terms: tuple[Term, ...] = ()

    def matches(self, name: str) -> bool:
        """Tell whether a cluster-scoped object of that name is selected."""
        values = {NAME: name, NAMESPACE: ""}
        return all((values.get(term.field, "") == term.value) == term.equal for term in self.terms)

    @property
    def exact_name(self) -> str | None:
        """The one name that the selector asks for, if it asks for one."""
        return next((term.value for term in self.terms if term.field == NAME and term.equal), None)

    def selectable(self) -> "Fields":
        """Give the selector back if each of its fields can be selected by.

        Raises :class:`errors.InvalidValue`, which names the first that cannot.
        """
        for term in self.terms:
            if term.field not in _SELECTABLE:
                unknown, *known = map(go_texts.quoted, (term.field, *_SELECTABLE))
                raise errors.InvalidValue(f"{unknown} is not a known field selector: only {', '.join(known)}")
        return self


EVERYTHING = Fields()


def parse(text: str) -> Fields:
    """Read a field selector. Raises :class:`errors.InvalidValue` with Kubernetes' own message."""
    terms: list[Term] = []
    for part in sorted(_parts(text), key=lambda part: part.encode("utf-8", "surrogatepass")):
        if not part:
            continue
        found = _split(part)
        if found is None:
            raise errors.InvalidValue(f"invalid selector: '{text}'; can't understand '{part}'")
        field, operator, escaped = found
        value = _unescaped(escaped)
        if field or value:  # a lone operator asks for nothing
            terms.append(Term(field, value, operator != "!="))
    return Fields(tuple(terms))


def _parts(text: str) -> list[str]:
    """Cut at the commas that no backslash escapes."""
    parts = [""]
    escaped = False
    for char in text:
        if char == "," and not escaped:
            parts.append("")
            continue
        escaped = char == "\\" and not escaped
        parts[-1] += char
    return parts


def _split(part: str) -> tuple[str, str, str] | None:
    """Cut a term at its first operator; at one place the longer one wins."""
    for position in range(len(part)):
        for operator in _OPERATORS:
            if part.startswith(operator, position):
                return part[:position], operator, part[position + len(operator) :]
    return None


def _unescaped(value: str) -> str:
    if not any(char in value for char in _ESCAPABLE):
        return value
    result = ""
    escaped = False
    for char in value:
        if escaped:
            if char not in _ESCAPABLE:
                raise errors.InvalidValue(f"invalid field selector: invalid escape sequence: \\{char}")
            result += char
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in ",=":
            raise errors.InvalidValue(f"invalid field selector: unescaped character in value: {ord(char)}")
        else:
            result += char
    if escaped:
        raise errors.InvalidValue("invalid field selector: invalid escape sequence: \\")
    return result
