"""What a test gave to a claim, checked: texts and patterns; knows no session."""

import re

from pytest_tiltsession import errors


def text(asked: str, value: object, example: str) -> str:
    """Give a text that a test gave. Raises :class:`errors.InvalidValue`, with an example, for anything else."""
    if not isinstance(value, str):
        raise errors.InvalidValue(f"{asked}={value!r} is no text: write it such as {example!r}")
    return value


def pattern(value: object) -> str:
    """Give a pattern that a test gave, compiled or not, as text. Raises :class:`errors.InvalidValue` for others."""
    found = value.pattern if isinstance(value, re.Pattern) else value
    return text("match", found, r"exit status \d+")
