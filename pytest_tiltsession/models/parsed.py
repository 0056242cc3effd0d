"""JSON as parsed, where plain Python values cannot carry what Go's decoder sees; knows no model and no HTTP.

Objects are dictionaries in the order of the text, arrays lists, integers ``int``. Two things need more: a number
that is not written as a plain integer, whose text the refusals quote, and an object that names a key twice.
"""

from collections.abc import Iterable, Iterator
from typing import Any

INT64 = range(-(1 << 63), 1 << 63)  # the integers that Go holds as such where no type is asked for

_WORDS = {dict: "object", list: "array", str: "string", bool: "bool", type(None): "null"}


class WrittenNumber(float):
    """A number with a fraction, an exponent or too many digits; ``text`` is how it was written."""

    text: str

    def __new__(cls, text: str) -> "WrittenNumber":
        """Make a number of its JSON text."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class DoubledKeys(dict[str, Any]):
    """An object that names a key more than once: the last value counts, ``pairs`` keeps all in their order."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members in the order of the text."""
    members = dict(pairs)
    return members if len(members) == len(pairs) else DoubledKeys(pairs)


def pairs_of(members: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """Give the members of an object as they are written, doubled keys included."""
    return members.pairs if isinstance(members, DoubledKeys) else members.items()


def word_of(value: Any) -> str:
    """Name the JSON type of a value with Go's word: object, array, string, number, bool or null."""
    for kind, word in _WORDS.items():
        if isinstance(value, kind):
            return word
    return "number"


def doubled_fields(value: Any, trail: str = "") -> Iterator[str]:
    """Give the path of every key that its object already named, in the order of the text.

    ``trail`` is the path of the value itself: ``spec.ci``, ``[0].value``, empty for the document.
    """
    entered = [_paths(value, trail)]
    while entered:
        found = next(entered[-1], None)
        if found is None:
            entered.pop()
            continue
        path, item, doubled = found
        if doubled:
            yield path
        if isinstance(item, dict | list):
            entered.append(_paths(item, path))


def _paths(value: Any, trail: str) -> Iterator[tuple[str, Any, bool]]:
    """Give path and value of all that an object or array holds, and whether its key was already named."""
    if isinstance(value, dict):
        seen: set[str] = set()
        for key, item in pairs_of(value):
            yield f"{trail}.{key}" if trail else key, item, key in seen
            seen.add(key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield f"{trail}[{index}]", item, False
