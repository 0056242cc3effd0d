"""A fake Tilt Session API server for tests: the public names, imported when first used."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_tiltsession.clock.simulated import SimulatedClock
    from pytest_tiltsession.engine.drivers import JobDriver, ServerDriver
    from pytest_tiltsession.engine.resource_drivers import LocalDriver
    from pytest_tiltsession.engine.runtime_drivers import ComposeDriver, KubernetesDriver
    from pytest_tiltsession.errors import (
        ClockError,
        ConsumerFailed,
        ExpectationFailed,
        ImpossibleTransition,
        InvalidScenario,
        InvalidValue,
        KubeconfigError,
        NotAFake,
        ServerError,
        TiltSessionError,
        UnknownTarget,
    )
    from pytest_tiltsession.expectations.entries import Entry
    from pytest_tiltsession.expectations.lettering import Style
    from pytest_tiltsession.expectations.states import State
    from pytest_tiltsession.fake_tilt import FakeTilt, TiltSessionFactory
    from pytest_tiltsession.models.session import Session, SessionSpec, SessionStatus, Target, TargetState
    from pytest_tiltsession.scenario.builder import (
        Scenario,
        active,
        after,
        container,
        disabled,
        failed,
        inactive,
        pod,
        ready,
        removed,
        succeeded,
        waiting,
    )
    from pytest_tiltsession.settings import Settings

__all__ = [
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
]

_ROOMS = {
    "ComposeDriver": "engine.runtime_drivers",
    "Entry": "expectations.entries",
    "FakeTilt": "fake_tilt",
    "JobDriver": "engine.drivers",
    "KubernetesDriver": "engine.runtime_drivers",
    "LocalDriver": "engine.resource_drivers",
    "Scenario": "scenario.builder",
    "ServerDriver": "engine.drivers",
    "Session": "models.session",
    "SessionSpec": "models.session",
    "SessionStatus": "models.session",
    "Settings": "settings",
    "SimulatedClock": "clock.simulated",
    "State": "expectations.states",
    "Style": "expectations.lettering",
    "Target": "models.session",
    "TargetState": "models.session",
    "TiltSessionFactory": "fake_tilt",
}
_WORDS = (
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
)
_ROOMS |= dict.fromkeys(_WORDS, "scenario.builder")


def __getattr__(name: str) -> Any:
    # Lazy because pytest imports this package in every run, used or not.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # No __dir__ beside it: freezegun looks at all that dir() names of every module, and would load every room.
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS.get(name, 'errors')}"), name)
