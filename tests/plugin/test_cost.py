"""An installed and unused plugin loads nothing but the standard library and pytest."""

import subprocess
import sys

HEAVY = ("pydantic", "freezegun", "anyio", "ssl", "httptools", "trustme", "urllib3", "yaml", "asyncio", "cryptography")


def loaded_by(code):
    """Run code in a fresh interpreter and give which of the heavy modules it loaded."""
    program = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


def test_importing_the_plugin_loads_nothing_heavy():
    """Compared with pytest alone, the plugin's module brings none of its own dependencies."""
    assert set() == loaded_by("import pytest_tiltsession.plugin") - loaded_by("import pytest")


def test_importing_the_package_loads_nothing_heavy():
    """The public names are there, and each is loaded when it is first used."""
    code = "import pytest_tiltsession; assert 'FakeTilt' in pytest_tiltsession.__all__"
    assert set() == loaded_by(code) - loaded_by("import pytest")


def test_an_empty_run_loads_nothing_of_the_package_but_the_plugin(pytester):
    """Nor does a whole run without any of its fixtures."""
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            found = {name for name in sys.modules if name.startswith("pytest_tiltsession")}
            assert found == {
                "pytest_tiltsession",
                "pytest_tiltsession.plugin",
                "pytest_tiltsession.plugin.fixtures",
                "pytest_tiltsession.plugin.hooks",
                "pytest_tiltsession.plugin.hookspecs",
                "pytest_tiltsession.plugin.options",
                "pytest_tiltsession.plugin.report",
            }
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
