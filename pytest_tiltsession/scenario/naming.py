"""The named scenarios that the package brings: ``ci/never-ready`` and so on, listed and found.

Each is a file under ``library``; its description names the recording or the thread of Tilt's tracker that it is
pinned to, in a line of its own.
"""

import dataclasses
import difflib
import errno
import functools
import itertools
import os
import pathlib
import re
from collections.abc import Mapping

from pytest_tiltsession import errors
from pytest_tiltsession.scenario.relative import reading

FOLDER = pathlib.Path(__file__).parent / "library"
SUFFIX = ".tilt.yaml"
_LISTED = "`tiltsession scenarios`"
_LOOKED_AT = 1_000  # files of a folder in which a near one is looked for
_PIN = re.compile(r"^(Recording|Thread): (\S+(?: \S+)*)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A named scenario: its title, its description, and what it is pinned to."""

    name: str
    path: pathlib.Path
    title: str
    description: str

    @property
    def recordings(self) -> tuple[str, ...]:
        """The recordings that it is pinned to, such as ``traces/ci-serve-exits-0``."""
        return tuple(found[2] for found in _PIN.finditer(self.description) if found[1] == "Recording")

    @property
    def threads(self) -> tuple[str, ...]:
        """The threads of Tilt's tracker that it is pinned to."""
        return tuple(found[2] for found in _PIN.finditer(self.description) if found[1] == "Thread")


def names() -> tuple[str, ...]:
    """Give the names of all named scenarios, sorted."""
    return tuple(sorted(_paths()))


def find(name: str) -> pathlib.Path:
    """Give the file of a named scenario. Raises :class:`errors.InvalidScenario` with the nearest names."""
    found = _paths().get(name)
    if found is None:
        near = difflib.get_close_matches(name, _paths(), 3, 0.5)
        if name and pathlib.Path(name).is_dir():
            raise errors.InvalidScenario(f"{name} is a folder; name a scenario file in it, such as {name}/x{SUFFIX}")
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {len(_paths())}, which {_LISTED} lists"
        raise errors.InvalidScenario(f"there is no scenario named {name!r}; {hint}")
    return found


def refuse_missing(path: pathlib.Path) -> None:
    """Raise :class:`errors.InvalidScenario` with the nearest files and names, where there is no such file."""
    if path.exists():
        return
    stem = path.name.removesuffix(".yaml").removesuffix(".tilt")
    beside = [file.name for file in itertools.islice(path.parent.glob("*.y*ml"), _LOOKED_AT)]
    near = [str(path.parent / name) for name in difflib.get_close_matches(path.name, beside, 2, 0.6)]
    last_parts = {name.rpartition("/")[2]: name for name in names()}
    near += [last_parts[part] for part in difflib.get_close_matches(stem, last_parts, 1, 0.7)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"{_LISTED} lists the named ones"
    raise errors.InvalidScenario(f"{path}: the scenario file cannot be read: {os.strerror(errno.ENOENT)}; {hint}")


def named(name: str) -> Named:
    """Give what is said of a named scenario; raises as :func:`find` does."""
    path = find(name)
    base = reading.read_script(path, find=locate).base
    return Named(name, path, base.title, base.description)


def locate(name: str | pathlib.Path, folder: pathlib.Path = pathlib.Path()) -> pathlib.Path:
    """Give the file that a path (from ``folder``) or the name of a named scenario means.

    A file with that path comes first. Raises :class:`errors.InvalidScenario` where there is neither.
    """
    path = folder / name
    if path.is_file() or isinstance(name, pathlib.Path) or name.endswith((".yaml", ".yml")):
        return path
    return find(name)


@functools.cache
def _paths() -> Mapping[str, pathlib.Path]:
    files = FOLDER.rglob(f"*{SUFFIX}")
    return {file.relative_to(FOLDER).as_posix().removesuffix(SUFFIX): file for file in files}
