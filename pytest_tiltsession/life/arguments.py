"""The options of a fake as keyword arguments, for type checkers: what ``Settings`` takes, none of it required."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from pytest_tiltsession import faults as faults_room
from pytest_tiltsession import times
from pytest_tiltsession.scenario import steps

if TYPE_CHECKING:
    from pytest_tiltsession.scenario import builder


class Options(TypedDict, total=False):
    """What ``FakeTilt(...)``, ``tilt_session_factory(...)`` and the marker take; ``Settings`` says what each means."""

    scenario: "builder.Scenario | steps.Scenario | pathlib.Path | str | None"
    parameters: Mapping[str, str] | None
    exit_condition: str
    timeout: times.Span | None
    readiness_timeout: times.Span | None
    k8s_grace_period: times.Span | None
    tiltfile_path: str
    start: str
    offset: times.Span
    profile: str
    progress: str
    speed: float | str | None
    limit: times.Span
    patience: times.Span | None
    verbatim: bool
    tls: bool
    port: int
    context: str | None
    current_context: bool
    exit_when_done: bool
    starts: str
    freeze: bool
    sleeps: bool
    faults: Sequence[faults_room.Fault] | faults_room.Fault
    allow: str | tuple[str, ...]
