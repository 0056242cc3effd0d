"""The file that ``tiltsession record`` writes, and the one that may be there before; knows no Tilt."""

import pathlib

from pytest_tiltsession import errors
from pytest_tiltsession.commands import output
from pytest_tiltsession.live import keeping
from pytest_tiltsession.scenario import file_format, rewriting, steps


def refuse(path: pathlib.Path, *, rewrite: bool) -> None:
    """Find out before anything starts whether the file may and can be written.

    One that is there is only written anew where that was asked for, and where it is a recording; an empty one counts
    as none. Raises :class:`errors.TiltSessionError`.
    """
    older = _older(path)
    if older and not rewrite:
        raise errors.TiltSessionError(
            f"{path} is there already: --rewrite records it anew and keeps its comments, title, notes and expect; "
            "or name another file"
        )
    if older:
        rewriting.refuse_other(older, str(path))
    keeping.refuse_unwritable(path)


def write(scenario: steps.Scenario, path: pathlib.Path | None, *, rewrite: bool, retitled: bool) -> tuple[str, ...]:
    """Write a recording to its file, or to standard output; gives what could not be kept of the one that was there.

    Raises :class:`errors.TiltSessionError` where not all of it could be written.
    """
    older = _older(path) if rewrite else ""
    if older:
        found = rewriting.rewrite(older, scenario, str(path), retitled=retitled)
    else:
        found = rewriting.Rewritten(file_format.write_scenario(scenario))
    if path is None:
        output.emit(found.text)
    else:
        keeping.keep(path, found.text)
    return found.lost


def left(path: pathlib.Path | None, told: str) -> str:
    """Say what is there where no recording was written, unless that was ``told``."""
    if path is None or "nothing was written" in told:
        return ""
    return f"; {path} is as it was before" if path.exists() else f"; {path} was not made"


def _older(path: pathlib.Path | None) -> str:
    """Give the text of the file as it is now; nothing where there is none, or something else than a file."""
    if path is None or not path.is_file():
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise errors.TiltSessionError(f"{path}: the file that is there cannot be read: {problem}") from None
