"""The folders that stand in for site-packages hold what pip would install, and no other plugin."""

import subprocess

from benchmarks import installed


def run(where, tests, *words):
    """Run pytest with a folder in place of site-packages, and give what it prints."""
    command = installed.command(where, *words)
    return subprocess.run(command, cwd=tests, capture_output=True, text=True, check=True).stdout


def test_the_project_is_a_plugin_of_a_run_in_such_a_folder(tmp_path):
    """It is found by its entry point, its files are listed, compiled ones too, and its fixture works."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(tilt_session):\n    assert tilt_session.url\n")
    where = installed.folder(tmp_path / "site", "pytest", installed.OURS)
    told = run(where, tmp_path / "tests", "--trace-config")
    assert f"<module 'pytest_tiltsession.plugin' from '{where}" in told
    assert "1 passed" in told
    listed = (where / "pytest_tiltsession-0.dist-info" / "RECORD").read_text()
    for name in ("pytest_tiltsession/plugin/hooks.py,", "pytest_tiltsession/plugin/__pycache__/hooks.cpython-"):
        assert name in listed


def test_nothing_else_that_is_installed_here_is_in_it(tmp_path):
    """A folder for pytest alone has no plugin, whatever this environment has."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it():\n    pass\n")
    told = run(installed.folder(tmp_path / "site", "pytest"), tmp_path / "tests", "--trace-config")
    assert str(tmp_path / "site" / "_pytest") in told
    assert "tiltsession" not in told
    assert "xdist" not in told
    assert "1 passed" in told
