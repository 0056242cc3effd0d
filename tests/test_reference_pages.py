"""What of the documentation is made from the code: it is current, and one command makes it."""

import pathlib
import subprocess
import sys

import pytest

from pytest_tiltsession import profiles
from pytest_tiltsession.profiles import page


def test_what_is_made_from_the_code_is_current(tmp_path: pathlib.Path, pytestconfig: pytest.Config) -> None:
    """What the command writes is what is in the docs; else run ``python docs/generate.py``."""
    docs = pytestconfig.rootpath / "docs"
    subprocess.run([sys.executable, docs / "generate.py", tmp_path], check=True)

    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    stale = [str(name) for name in made if not _equal(tmp_path / name, docs / name)]
    assert not stale, f"stale: {', '.join(stale)}; run `python docs/generate.py` and look at what it changes"
    unmade = {path.name for path in (docs / "reference").glob("*.md")} - {name.name for name in made}
    assert not unmade, "every page of the reference is made"


def _equal(one: pathlib.Path, other: pathlib.Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def test_the_page_of_the_profiles_has_a_row_for_each_point() -> None:
    """A row says what the point is, what each profile does there, and where Tilt's side was seen, in four cells."""
    head, rule, *rows = [line for line in page.text().splitlines() if line.startswith("|")]

    assert (head.count("|"), rule.count("|")) == (5, 5)
    for line, row in zip(rows, profiles.DIFFERENCES, strict=True):
        assert f"| {row.title} | {row.tilt} | {row.kubernetes} | {row.source} |" == line.replace(r"\*", "*")
