"""The public surface is what ``__all__`` lists, and nothing else."""

import importlib
import inspect
import re
import subprocess
import sys

import pytest_tiltsession

PUBLIC = {
    "ClockError",
    "ComposeDriver",
    "ConsumerFailed",
    "Entry",
    "ExpectationFailed",
    "FakeTilt",
    "ImpossibleTransition",
    "InvalidScenario",
    "InvalidValue",
    "JobDriver",
    "KubeconfigError",
    "KubernetesDriver",
    "LocalDriver",
    "NotAFake",
    "Scenario",
    "ServerDriver",
    "ServerError",
    "Session",
    "SessionSpec",
    "SessionStatus",
    "Settings",
    "SimulatedClock",
    "State",
    "Style",
    "Target",
    "TargetState",
    "TiltSessionError",
    "TiltSessionFactory",
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


def documented(value):
    """Give what a user can call or read of a public object, by name: itself, its methods and properties."""
    yield value.__name__, value
    if not inspect.isclass(value):
        return
    for kind in value.__mro__:
        if kind.__module__.startswith("pytest_tiltsession"):
            for name, member in vars(kind).items():
                member = getattr(member, "__func__", member)
                if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    yield f"{kind.__name__}.{name}", member


def test_all_that_a_user_can_call_says_what_it_does():
    """Every public name, and every method and property of a public class, has a docstring that is a sentence."""
    for public in PUBLIC:
        for name, value in documented(getattr(pytest_tiltsession, public)):
            first = (value.__doc__ or "").partition("\n")[0].strip()
            assert first[:1].isupper() or first.startswith("``"), f"{name}: {first!r}"
            assert first.endswith((".", "!", ":")), f"{name}: {first!r}"
            assert len(first) <= 120, f"{name}: {first!r}"


def test_the_fixtures_say_what_they_give_in_one_line():
    """``pytest --fixtures`` shows the first line: a sentence that stands alone."""
    fixtures = importlib.import_module("pytest_tiltsession.plugin.fixtures")
    named = {name: value for name, value in vars(fixtures).items() if name.startswith("tilt_")}
    assert {"tilt_clock", "tilt_env", "tilt_kubeconfig", "tilt_session", "tilt_session_factory"} == set(named)
    for name, value in named.items():
        first = (value.__doc__ or "").partition("\n")[0]
        assert re.fullmatch(r"[A-Z].{20,110}\.", first), f"{name}: {first!r}"
