"""A scenario as values: targets, absolute steps, what is expected, and the program under test; knows no files.

Offsets are microseconds from the session's ``status.startTime``.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Literal

from pytest_tiltsession.models import session

StateWord = Literal["waiting", "active", "terminated", "disabled", "inactive"]


class Natural:
    """Marks a time that follows from the step's own ``at`` and from the state before."""

    def __repr__(self) -> str:
        return "NATURAL"


NATURAL: Final = Natural()
Offset = int | None | Natural  # None is written as null


@dataclasses.dataclass(frozen=True, slots=True)
class ScriptedState:
    """The state that a step gives a target. ``ready`` None means: as Tilt shows it without a probe, by type."""

    word: StateWord
    wait_reason: str = "unknown"
    ready: bool | None = None
    error: str = ""
    grace_status: str = ""
    start_time: Offset = NATURAL
    finish_time: Offset = NATURAL
    last_ready_time: Offset = NATURAL


@dataclasses.dataclass(frozen=True, slots=True)
class Declaration:
    """A target of the scenario."""

    name: str
    type: str
    resources: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """All that changes at one instant: one commit.

    ``line`` is where it stands in its file. ``verdict`` and ``revision`` are what a recording saw (done and error;
    the resourceVersion) and count in verbatim replay only.
    """

    at: int
    set: Mapping[str, ScriptedState] = dataclasses.field(default_factory=dict)
    remove: tuple[str, ...] = ()
    spec: session.SessionSpec | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    session: Literal["present", "absent", "recreated"] | None = None
    reload: bool = False
    cluster_error: bool | None = None
    verdict: tuple[bool, str] | None = None
    revision: int | None = None
    note: str = ""
    line: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """How the session is to end: ``outcome``, its exact error or a pattern, when, and the exit code of Tilt."""

    outcome: Literal["succeeded", "failed", "running"] | None = None
    error: str | None = None
    match: str | None = None
    at: int | None = None
    exit_code: int | None = None
    line: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ConsumerExpectation:
    """How the program under test is to end. Texts between slashes are patterns, others must be contained."""

    exit_code: int = 0
    stdout: str | None = None
    stderr: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Consumer:
    """A program under test, run with the environment of a Tilt. ``timeout`` is nanoseconds of the machine's clock."""

    command: tuple[str, ...]
    timeout: int
    expect: ConsumerExpectation = ConsumerExpectation()
    env: Mapping[str, str] = dataclasses.field(default_factory=dict)
    line: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """The life of one session.

    Unless a step says ``session: present``, the Session is there from 0s, with the Tiltfile's own target terminated
    and each declared target waiting for its first step (``tiltfile-reload``); with it, the steps tell the whole
    start-up themselves. ``start`` is microseconds since the epoch.
    """

    title: str
    spec: session.SessionSpec
    start: int
    targets: Mapping[str, Declaration]
    steps: tuple[Step, ...]
    description: str = ""
    pid: int = 4242
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    expect: Expectation | None = None
    consumer: Consumer | None = None
    source: str = ""
    path: str = ""

    @property
    def tells_start_up(self) -> bool:
        """Whether the steps say when the Session appears."""
        return any(step.session is not None and step.session != "absent" for step in self.steps)

    @property
    def end(self) -> int:
        """The offset of the last step."""
        return self.steps[-1].at if self.steps else 0
