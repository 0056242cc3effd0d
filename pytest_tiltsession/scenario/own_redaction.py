"""A user's own redaction: a function named as ``module:function``, or patterns with what to write instead.

Imports the module that the user names, and no other; knows no recording.
"""

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import redaction


def named(name: str) -> redaction.Own:
    """Give the function that ``module:function`` names; the module may lie in the present folder.

    It takes what a text is (one of ``redaction.FIELDS``) and the text, and gives the text that may be written down.
    Raises :class:`errors.InvalidValue` where there is none.
    """
    module_name, colon, function_name = name.partition(":")
    if not (colon and module_name and function_name):
        raise errors.InvalidValue(f"redaction {name!r}: name a function as module:function, such as redacting:redact")
    try:
        with _present_folder_importable():
            found: Any = importlib.import_module(module_name)
    except Exception as problem:
        raise errors.InvalidValue(
            f"redaction {name!r}: the module {module_name} cannot be imported ({type(problem).__name__}: {problem}); "
            "it is looked for in the present folder and on PYTHONPATH"
        ) from None
    for part in function_name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise errors.InvalidValue(
            f"redaction {name!r}: {module_name} has no function {function_name}; "
            "write one that takes (field, text) and gives the text that may be written down"
        )
    function: redaction.Own = found
    return function


def replacing(pairs: Iterable[tuple[str, str]]) -> redaction.Own:
    """Give a redaction that replaces patterns (regular expressions), one after the other, in every text.

    A replacement may refer to groups, as ``re.sub`` has it. Raises :class:`errors.InvalidValue` for a bad pair.
    """
    compiled = []
    for pattern, text in pairs:
        try:
            found = re.compile(pattern)
            re.compile(f"(?:{pattern})|").sub(text, "")  # an empty match, so that a bad replacement shows now
        except (re.error, IndexError) as problem:
            raise errors.InvalidValue(f"replacing {pattern!r} by {text!r}: {problem}") from None
        compiled.append((found, text))

    def replaced(_field: str, text: str) -> str:
        for found, replacement in compiled:
            text = found.sub(replacement, text)
        return text

    return replaced


def chained(functions: Iterable[redaction.Own]) -> redaction.Own | None:
    """Give a redaction that is several ones after the other; None for none."""
    kept = tuple(functions)

    def redacted(field: str, text: str) -> str:
        for function in kept:
            text = function(field, text)
        return text

    return redacted if kept else None


@contextlib.contextmanager
def _present_folder_importable() -> Iterator[None]:
    folder = os.getcwd()  # noqa: PTH109  sys.path holds texts
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)
