"""Label selectors in all of Kubernetes' forms: read, refused with its words, matched. Knows labels, no Session.

``key``, ``!key``, ``=``, ``==``, ``!=``, ``in (…)``, ``notin (…)``, ``>`` and ``<``, joined by commas. The tokens and
the refusals follow Kubernetes' own parser (*selectors* stories).
"""

import dataclasses
from collections.abc import Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.rules import field_errors, label_syntax

_SPACES = " \t\r\n"
_SPECIAL = "=!(),><"
_TOKENS = ("(", ")", ",", "!", "==", "=", ">", "<", "!=")
_BINARY = ("in", "notin", "=", "==", "!=", ">", "<")
_IDENTIFIER, _END, _WRONG = "identifier", "end", "wrong"
_EXISTS, _ABSENT = "exists", "!"
_INT64 = 1 << 63
_INT64_DIGITS = 19


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label; ``operator`` is as written, or ``exists``."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels fulfil the condition."""
        value = labels.get(self.key)
        if self.operator in (_EXISTS, _ABSENT):
            return (value is not None) == (self.operator == _EXISTS)
        if self.operator in ("in", "=", "=="):
            return value in self.values
        if self.operator in ("notin", "!="):
            return value not in self.values
        number = None if value is None else int64(value)
        wanted = int64(self.values[0])
        if number is None or wanted is None:
            return False
        return number > wanted if self.operator == ">" else number < wanted


@dataclasses.dataclass(frozen=True, slots=True)
class Labels:
    """A whole selector: all conditions must hold; without any, everything matches."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """Tell whether labels are selected; no labels at all are like an empty map."""
        found = labels or {}
        return all(requirement.matches(found) for requirement in self.requirements)


EVERYTHING = Labels()


def parse(text: str) -> Labels:
    """Read a label selector. Raises :class:`errors.InvalidValue` with Kubernetes' own message."""
    return Labels(tuple(_Parser(_scan(text)).selector()))


def int64(text: str) -> int | None:
    """Read a decimal number of 64 bits as Go's ``ParseInt`` does; None for anything else."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    significant = digits.lstrip("0") or "0"
    if len(significant) > _INT64_DIGITS:
        return None
    number = -int(significant) if text.startswith("-") else int(significant)
    return number if -_INT64 <= number < _INT64 else None


def _scan(text: str) -> list[tuple[str, str]]:
    """Cut a selector into tokens: pairs of a kind (an operator's is itself) and the text. NUL ends it, as in Go."""
    text = text.partition("\0")[0]
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        start = position
        if text[start] in _SPACES:
            position += 1
        elif text[start] in _SPECIAL:
            position = _symbol_end(text, start)
            symbol = text[start:position]
            known = symbol in _TOKENS
            tokens.append((symbol, symbol) if known else (_WRONG, f"error expected: keyword found '{symbol}'"))
        else:
            while position < len(text) and text[position] not in _SPACES + _SPECIAL:
                position += 1
            word = text[start:position]
            tokens.append((word if word in ("in", "notin") else _IDENTIFIER, word))
    tokens.append((_END, ""))
    return tokens


def _symbol_end(text: str, start: int) -> int:
    """Find the end of the longest operator that starts here, going on while it only might become one."""
    position, seen = start, False
    while position < len(text) and text[position] in _SPECIAL:
        known = text[start : position + 1] in _TOKENS
        if seen and not known:
            break
        seen = seen or known
        position += 1
    return position


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._position = 0

    def selector(self) -> list[Requirement]:
        found: list[Requirement] = []
        while True:
            kind, text = self._peek()
            if kind == _END:
                return _by_key(found)
            if kind not in (_IDENTIFIER, "!"):
                raise errors.InvalidValue(f"found '{text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except errors.InvalidValue as problem:
                raise errors.InvalidValue(f"unable to parse requirement: {problem}") from None
            kind, text = self._take()
            if kind == _END:
                return _by_key(found)
            if kind != ",":
                raise errors.InvalidValue(f"found '{text}', expected: ',' or 'end of string'")
            kind, text = self._peek()
            if kind not in (_IDENTIFIER, "!"):
                raise errors.InvalidValue(f"found '{text}', expected: identifier after ','")

    def _peek(self) -> tuple[str, str]:
        kind, text = self._tokens[self._position]
        return (_IDENTIFIER if kind in ("in", "notin") else kind), text

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        # Go reads on behind the end where a requirement breaks off there; the end is all that it could find.
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _requirement(self) -> Requirement:
        kind, key = self._take()
        absent = kind == "!"
        if absent:
            kind, key = self._take()
        if kind != _IDENTIFIER:
            raise errors.InvalidValue(f"found '{key}', expected: identifier")
        problems = label_syntax.key_problems(key)
        if problems:
            raise errors.InvalidValue(_told("<nil>", key, problems))
        if self._peek()[0] in (_END, ","):
            return Requirement(key, _ABSENT if absent else _EXISTS)
        if absent:
            return Requirement(key, _ABSENT)
        kind, operator = self._tokens[self._position]
        self._take()
        if kind not in _BINARY:
            raise errors.InvalidValue(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
        values = self._values() if operator in ("in", "notin") else self._value()
        return _checked(Requirement(key, operator, tuple(sorted(set(values), key=_utf8))))

    def _value(self) -> list[str]:
        if self._peek()[0] in (_END, ","):
            return [""]
        kind, text = self._take()
        if kind != _IDENTIFIER:
            raise errors.InvalidValue(f"found '{text}', expected: identifier")
        return [text]

    def _values(self) -> list[str]:
        kind, text = self._take()
        if kind != "(":
            raise errors.InvalidValue(f"found '{text}' expected: '('")
        kind, text = self._peek()
        if kind == ")":
            self._take()
            return [""]
        if kind not in (_IDENTIFIER, ","):
            raise errors.InvalidValue(f"found '{text}', expected: ',', ')' or identifier")
        values = self._listed()
        self._take()
        return values

    def _listed(self) -> list[str]:
        """Read values up to the closing parenthesis, which is left; nothing before or after a comma is an empty one."""
        values: list[str] = []
        while True:
            kind, text = self._take()
            following, told = self._peek()
            if kind == _IDENTIFIER:
                values.append(text)
                if following == ")":
                    return values
                if following != ",":
                    raise errors.InvalidValue(f"found '{told}', expected: ',' or ')'")
            elif kind == ",":
                if not values or following in (")", ","):
                    values.append("")
                if following == ")":
                    return values
                if following == ",":
                    # The second comma is read with the first, so that "(a,,)" ends before a value that never comes.
                    self._take()
            else:
                raise errors.InvalidValue(f"found '{text}', expected: ',', or identifier")


def _checked(requirement: Requirement) -> Requirement:
    """Refuse values that no label can have, and a bound that is no number; several problems are told at once."""
    told: list[str] = []
    if requirement.operator in (">", "<") and int64(requirement.values[0]) is None:
        problem = "for 'Gt', 'Lt' operators, the value must be an integer"
        told.append(_told("values[0]", requirement.values[0], [problem]))
    for index, value in enumerate(requirement.values):
        problems = label_syntax.value_problems(value)
        if problems:
            told.append(_told(f"values[{index}][{requirement.key}]", value, problems))
    if told:
        unique = list(dict.fromkeys(told))
        raise errors.InvalidValue(unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]")
    return requirement


def _told(path: str, value: str, problems: list[str]) -> str:
    found = field_errors.invalid(path, value, "; ".join(problems))
    return f"{found.field}: {found.message}"


def _by_key(requirements: list[Requirement]) -> list[Requirement]:
    return sorted(requirements, key=lambda requirement: _utf8(requirement.key))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
