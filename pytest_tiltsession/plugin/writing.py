"""Writes what was recorded of one test, when all of it has passed, as a whole file or not at all."""

import contextlib
import dataclasses
import pathlib
from collections.abc import Callable

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.live import keeping, recording
from pytest_tiltsession.scenario import file_format, rewriting, steps


@dataclasses.dataclass
class Pending:
    """A recording that waits for the end of its test; ``failed`` is set when any part of that has not passed."""

    item: pytest.Item
    recorded: recording.Recording
    path: pathlib.Path
    failed: bool = False

    def write(self) -> tuple[str, ...]:
        """Write the file; give what of an older one's comments and words could not be kept.

        Raises :class:`errors.TiltSessionError`, and then nothing was written. The recording has been stopped. Folders
        that are not there are made.
        """
        scenario = self.recorded.scenario(self.item.nodeid, redact=redaction_of(self.item))
        made = _over(self.path, scenario)
        _make_folder(self.path)
        keeping.keep(self.path, made.text)
        return made.lost


def refuse_unwritable(path: pathlib.Path) -> None:
    """Find out before a test runs whether its recording can be written. Raises TiltSessionError."""
    there = next(folder for folder in (path.parent, *path.parent.parents) if folder.exists())
    if there == path.parent:
        keeping.refuse_unwritable(path)
    elif not there.is_dir():
        raise errors.TiltSessionError(f"{path}: cannot be written, since {there} is no folder")
    else:
        keeping.refuse_unwritable(there / path.name)


def redaction_of(item: pytest.Item) -> Callable[[str, str], str] | None:
    """Give the redaction of the user's own hooks, one after the other; None where there are none."""
    called = item.ihook.pytest_tiltsession_redact.get_hookimpls()
    if not called:
        return None

    def redact(field: str, text: str) -> str:
        for implementation in called:
            given: dict[str, object] = {"field": field, "text": text, "item": item}
            found = implementation.function(*[given[name] for name in implementation.argnames])
            text = text if found is None else str(found)
        return text

    return redact


def _over(path: pathlib.Path, scenario: steps.Scenario) -> rewriting.Rewritten:
    """Give the text of a recording, over an older one of the same test where there is one."""
    try:
        old = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return rewriting.Rewritten(file_format.write_scenario(scenario))
    except (OSError, UnicodeDecodeError) as problem:
        raise errors.TiltSessionError(
            f"what is there cannot be read, and is left as it is: {problem}; delete it, or repair it"
        ) from None
    return rewriting.rewrite(old, scenario, str(path))


def _make_folder(path: pathlib.Path) -> None:
    with contextlib.suppress(FileExistsError):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise errors.TiltSessionError(f"{path}: nothing was written ({problem.strerror})") from None
