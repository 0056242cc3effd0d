"""Folders that stand in for site-packages: one plugin installed beside pytest, as pip installs it, and nothing else.

What a run pays for a plugin that is installed is more than its import: pytest reads the list of its files as well.
"""

import importlib.metadata
import pathlib
import shutil
import sys
from collections.abc import Iterable

from packaging import requirements, utils

OURS = "pytest-tiltsession"
RUN = "import sys; sys.path.insert(0, {folder!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))"


def folder(where: pathlib.Path, *distributions: str) -> pathlib.Path:
    """Fill a folder with distributions and what they need, by links to what is installed; the project is copied."""
    where.mkdir()
    for name in _with_needs(distributions):
        if name == OURS:
            _install_ours(where)
        else:
            _link(where, importlib.metadata.distribution(name))
    return where


def command(where: pathlib.Path, *arguments: str) -> list[str]:
    """Give the command that runs pytest with a folder instead of site-packages."""
    return [sys.executable, "-S", "-c", RUN.format(folder=str(where)), "-q", "-p", "no:cacheprovider", *arguments]


def _with_needs(names: Iterable[str]) -> list[str]:
    """Give distributions and what they need, each once."""
    found: dict[str, None] = {}
    left = list(names)
    while left:
        name = utils.canonicalize_name(left.pop())
        if name in found:
            continue
        found[name] = None
        needed = map(requirements.Requirement, importlib.metadata.requires(name) or ())
        left += [it.name for it in needed if it.marker is None or it.marker.evaluate({"extra": ""})]
    return list(found)


def _link(where: pathlib.Path, found: importlib.metadata.Distribution) -> None:
    for part in sorted({file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}):
        (where / part).symlink_to(pathlib.Path(str(found.locate_file(part))))


def _install_ours(where: pathlib.Path) -> None:
    """Copy the package and write the list of its files, compiled ones too, as pip does."""
    package = pathlib.Path(__file__).parents[1] / "pytest_tiltsession"
    shutil.copytree(package, where / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    info = where / "pytest_tiltsession-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {OURS}\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[pytest11]\ntilt_session = pytest_tiltsession.plugin\n")
    digest = f"sha256={'A' * 43}"
    lines = []
    for path in sorted((where / package.name).rglob("*")):
        if not path.is_file():
            continue
        lines.append(f"{path.relative_to(where)},{digest},{path.stat().st_size}")
        if path.suffix == ".py":
            compiled = path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
            lines.append(f"{compiled.relative_to(where)},,")
    (info / "RECORD").write_text("\n".join(lines) + "\n")
