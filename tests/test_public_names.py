"""The public surface is what ``__all__`` lists, and nothing else."""

import importlib
import subprocess
import sys

import pytest_tiltsession

PUBLIC = {
    "ClockError",
    "ConsumerFailed",
    "ExpectationFailed",
    "FakeTilt",
    "ImpossibleTransition",
    "InvalidScenario",
    "InvalidValue",
    "JobDriver",
    "KubeconfigError",
    "Scenario",
    "ServerDriver",
    "ServerError",
    "Session",
    "SessionSpec",
    "SessionStatus",
    "Settings",
    "SimulatedClock",
    "Target",
    "TargetState",
    "TiltSessionError",
    "UnknownTarget",
    "active",
    "after",
    "container",
    "disabled",
    "failed",
    "inactive",
    "pod",
    "ready",
    "removed",
    "succeeded",
    "waiting",
}


def test_the_public_names_are_these():
    """A name that is added or lost is a change for users: it belongs here and in the changelog."""
    assert PUBLIC == set(pytest_tiltsession.__all__)


def test_every_public_name_can_be_imported_and_says_what_it_is():
    """Each resolves to an object with a docstring."""
    for name in PUBLIC:
        assert getattr(pytest_tiltsession, name).__doc__, name


def test_an_unknown_name_is_an_attribute_error():
    """The lazy module behaves as any other."""
    module = importlib.import_module("pytest_tiltsession")
    assert not hasattr(module, "FakeTlit")


def test_every_error_has_one_base():
    """Whoever wants to catch all that the package raises on purpose names one class."""
    errors = importlib.import_module("pytest_tiltsession.errors")
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.TiltSessionError), name


def test_a_freezer_loads_no_room():
    """freezegun looks at every name of every module; what it looks at here costs nothing."""
    looked = (
        "import sys, freezegun, pytest_tiltsession\n"
        "with freezegun.freeze_time('2026-01-01'):\n"
        "    print([name for name in sys.modules if name.startswith('pytest_tiltsession.')])"
    )
    found = subprocess.run([sys.executable, "-c", looked], capture_output=True, text=True, check=True)
    assert "[]\n" == found.stdout
