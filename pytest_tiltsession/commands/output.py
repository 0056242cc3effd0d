"""The standard streams as the commands use them: the only place that prints; knows no command."""

import contextlib
import os
import sys

from pytest_tiltsession import errors


def say(text: str) -> None:
    """Write a line to standard output."""
    print(text, flush=True)  # noqa: T201  here alone


def warn(text: str) -> None:
    """Write a line to standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  here alone


def emit(text: str) -> None:
    """Write a whole document to standard output. Raises :class:`errors.TiltSessionError` where it cannot all be."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as problem:
        # What is left in the buffer would fail once more when the program ends, with a code of its own.
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise errors.TiltSessionError(f"not all could be written to standard output ({problem.strerror})") from None
