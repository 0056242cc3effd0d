"""The standard streams as the commands use them: the only place that prints; knows no command."""

import sys


def say(text: str) -> None:
    """Write a line to standard output."""
    print(text, flush=True)  # noqa: T201


def warn(text: str) -> None:
    """Write a line to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
