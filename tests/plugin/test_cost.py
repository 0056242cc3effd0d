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
            }
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_fake_that_is_driven_and_read_loads_nothing_that_reads_scenarios_writes_or_draws():
    """What only some tests need, they load: YAML, scenario files, drawing, what clients write, whole resources."""
    code = """
import ssl, urllib.request
from pytest_tiltsession import FakeTilt

with FakeTilt() as fake:
    fake.job("web").start()
    path = "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
    request = urllib.request.Request(fake.url + path, headers={"Authorization": f"Bearer {fake.token}"})
    context = ssl.create_default_context(cafile=fake.ca)
    with urllib.request.urlopen(request, context=context) as answer:
        assert b"web:update" in answer.read()
    fake.expect_running(not_ready="web")
import sys
rooms = ("scenario.files", "scenario.checking", "pictures.page", "api.writing", "engine.resource_states")
found = [room for room in rooms if f"pytest_tiltsession.{room}" in sys.modules]
assert not found, found
"""
    assert not {"yaml", "urllib3", "freezegun", "anyio", "pydantic"} & loaded_by(code)


def test_the_package_is_loaded_as_it_was_compiled_when_it_was_installed(pytester):
    """pytest's rewriting of asserts compiles a module anew in each fresh environment; the package is left out of it."""
    pytester.makepyfile(
        """
        import importlib.machinery, sys

        def test_it(tilt_session):
            found = {name: module for name, module in sys.modules.items() if name.startswith("pytest_tiltsession.")}
            others = {
                name for name, module in found.items()
                if type(module.__loader__) is not importlib.machinery.SourceFileLoader
            }
            assert "pytest_tiltsession.fake_tilt" in found
            assert others <= {"pytest_tiltsession.plugin"}, others
        """
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)
