"""The rules of the house hold: import contracts, and files of a readable size."""

import subprocess
import sys


def test_the_import_contracts_are_kept(pytestconfig):
    """Upper rooms import lower ones, never back; every contract of pyproject.toml is kept."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    ended = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout


def test_no_module_outgrows_its_room(pytestconfig):
    """No file of the package is much over 250 lines."""
    package = pytestconfig.rootpath / "pytest_tiltsession"
    sizes = {path.name: len(path.read_text().splitlines()) for path in package.rglob("*.py")}
    assert {} == {name: size for name, size in sizes.items() if size > 260}
