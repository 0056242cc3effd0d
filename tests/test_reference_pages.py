"""The pages of the reference that are made from the code: they are current, and one command makes them."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from pytest_tiltsession import profiles
from pytest_tiltsession.profiles import page

COMMAND = pathlib.Path("docs", "generate.py")


def test_the_published_pages_are_current(tmp_path: pathlib.Path, pytestconfig: pytest.Config) -> None:
    """What the command writes is what is in the docs; else run ``python docs/generate.py``."""
    made, published = tmp_path / "docs" / "reference", pytestconfig.rootpath / "docs" / "reference"
    made.mkdir(parents=True)
    command = shutil.copy(pytestconfig.rootpath / COMMAND, tmp_path / COMMAND)

    subprocess.run([sys.executable, command], cwd=pytestconfig.rootpath, check=True)

    written = {path.name: path.read_text(encoding="utf-8") for path in made.iterdir()}
    assert {"profiles.md", "scenario.schema.json"} == set(written)
    assert written == {name: (published / name).read_text(encoding="utf-8") for name in written}


def test_the_page_of_the_profiles_has_a_row_for_each_point() -> None:
    """A row says what the point is, what each profile does there, and where Tilt's side was seen, in four cells."""
    head, rule, *rows = [line for line in page.text().splitlines() if line.startswith("|")]

    assert (head.count("|"), rule.count("|")) == (5, 5)
    for line, row in zip(rows, profiles.DIFFERENCES, strict=True):
        assert f"| {row.title} | {row.tilt} | {row.kubernetes} | {row.source} |" == line.replace(r"\*", "*")
