"""Every example of the README and of docs/ is executed, page by page, as its reader would."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from . import pages

ROOT = pathlib.Path(__file__).parents[2]
# Plugins of other tests that no page needs, and that take most of a small run's time; what the others would warn of.
ADDOPTS = (
    "-p no:randomly -p no:cacheprovider -p no:hypothesispytest -p no:pytest_httpserver "
    "-o asyncio_default_fixture_loop_scope=function"
)
PAGES = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_a_page_does_what_it_says(page: str, tmp_path: pathlib.Path) -> None:
    """Its files are written and its commands run in their order; each prints what the page shows."""
    # pytest shows more of a failure where it finds the variables of a CI.
    left_out = ("PYTEST_", "TILT_", "CI", "BUILD_NUMBER")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    environment |= {
        "PATH": f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path / "home"),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTEST_ADDOPTS": ADDOPTS,
    }
    desk = tmp_path / "desk"
    desk.mkdir()
    for block in pages.blocks(ROOT / page):
        where = f"{page}:{block.line}"
        assert block.kind != "unmarked", f"{where}: mark this {block.word or 'plain'} block as file, run or shown"
        if block.kind == "given":
            shutil.copy(ROOT / block.word, desk)
        elif block.kind == "file":
            (desk / block.word).parent.mkdir(parents=True, exist_ok=True)
            (desk / block.word).write_text(block.text, encoding="utf-8")
        elif block.kind == "run":
            _run(block, where, desk, environment)


def _run(block: pages.Block, where: str, desk: pathlib.Path, environment: dict[str, str]) -> None:
    """Run the commands of a block, in the page's folder."""
    all_of_it = list(pages.commands(block.text))
    assert all_of_it, f"{where}: nothing to run; a command begins with '$ '"
    for number, (command, said) in enumerate(all_of_it, 1):
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=desk,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        wanted = int(block.word or 0) if number == len(all_of_it) else 0
        assert wanted == ran.returncode, f"{where}: {command}\n{ran.stdout}"
        differing = pages.differs(said, ran.stdout)
        assert differing is None, f"{where}: {command}\nthe page says: {differing}\nprinted was:\n{ran.stdout}"
