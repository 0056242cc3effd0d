"""A fake Tilt Session API server for tests: the public names, imported when first used."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_tiltsession.clock.simulated import SimulatedClock
    from pytest_tiltsession.engine.drivers import JobDriver, ServerDriver
    from pytest_tiltsession.errors import (
        ClockError,
        ConsumerFailed,
        ExpectationFailed,
        ImpossibleTransition,
        InvalidScenario,
        InvalidValue,
        KubeconfigError,
        ServerError,
        TiltSessionError,
        UnknownTarget,
    )
    from pytest_tiltsession.fake_tilt import FakeTilt
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
]

_ROOMS = {
    "FakeTilt": "fake_tilt",
    "JobDriver": "engine.drivers",
    "Scenario": "scenario.builder",
    "ServerDriver": "engine.drivers",
    "Session": "models.session",
    "SessionSpec": "models.session",
    "SessionStatus": "models.session",
    "Settings": "settings",
    "SimulatedClock": "clock.simulated",
    "Target": "models.session",
    "TargetState": "models.session",
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
