"""The files that a scenario file includes: found, and read as text; knows nothing of what they hold."""

import pathlib

from pytest_tiltsession import errors


def beside(name: str, folder: pathlib.Path) -> pathlib.Path:
    """Find an included file by its path from the folder of the file that includes it."""
    return folder / name


def text_of(path: pathlib.Path) -> str:
    """Give the text of a scenario file. Raises :class:`errors.InvalidScenario` where it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise errors.InvalidScenario(f"{path}: the scenario file cannot be read: {problem.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise errors.InvalidScenario(f"{path}:{line}: this is not UTF-8; save the file as UTF-8") from None
