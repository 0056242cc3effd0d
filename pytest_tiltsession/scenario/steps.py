"""A scenario as values: targets, absolute steps, what is expected, and the program under test; knows no files.

Offsets are microseconds from the session's ``status.startTime``.
"""

import dataclasses
from collections.abc import Mapping
from typing import Final, Literal

from pytest_tiltsession import faults as faults_room
from pytest_tiltsession import times
from pytest_tiltsession.models import session

StateWord = Literal["waiting", "active", "terminated", "disabled", "inactive"]
SessionWord = Literal["present", "absent", "recreated"]
Outcome = Literal["succeeded", "failed", "running"]

# 2026-01-01T00:00:00Z
DEFAULT_START: Final = 1_767_225_600_000_000
DEFAULT_PID: Final = 4242
DEFAULT_SPEC: Final = session.SessionSpec(
    "/app/Tiltfile", "ci", session.SessionCISpec(timeout=30 * times.MINUTE, readiness_timeout=5 * times.MINUTE)
)


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


# The Tiltfile's own target, which every session has without declaring it.
TILTFILE: Final = Declaration(session.TILTFILE_TARGET, session.JOB, (session.TILTFILE_RESOURCE,))


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording saw at a step: done, error, and the resourceVersion. It counts in verbatim replay only."""

    done: bool = False
    error: str = ""
    revision: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """All that changes at one instant: one commit. ``line`` is where it stands in its file."""

    at: int
    set: Mapping[str, ScriptedState] = dataclasses.field(default_factory=dict)
    remove: tuple[str, ...] = ()
    spec: session.SessionSpec | None = None
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    session: SessionWord | None = None
    reload: bool = False
    cluster_error: bool | None = None
    recorded: Recorded | None = None
    note: str = ""
    line: int | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Expectation:
    """How the session is to end: ``outcome``, its exact error or a pattern, when, and the exit code of Tilt."""

    outcome: Outcome | None = None
    error: str | None = None
    match: str | None = None
    at: int | None = None
    exit_code: int | None = None
    line: int | None = dataclasses.field(default=None, compare=False)


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
    line: int | None = dataclasses.field(default=None, compare=False)


class Same:
    """Marks the scenario that was played before."""

    def __repr__(self) -> str:
        return "SAME"


SAME: Final = Same()


@dataclasses.dataclass(frozen=True, slots=True)
class Exit:
    """Tilt's process ends as Tilt ends, with ``code``; None: as its session stands."""

    at: int
    code: int | None = None
    line: int | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Crash:
    """Tilt's process is killed; ``reset`` says whether its connections are reset, or just break off."""

    at: int
    reset: bool = True
    line: int | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Restart:
    """Tilt is started again, after its end or in place of it; ``new_port`` None: unless the settings fix the port.

    ``scenario`` is what the new process plays from its beginning: the same one again, another, or None for none.
    ``name`` is how a file names that other one, ``parameters`` what it gives for its parameters.
    """

    at: int
    new_port: bool | None = None
    new_web_port: bool = False
    new_token: bool = True
    new_ca: bool = False
    keep_targets: bool = True
    session: bool = True
    scenario: "Scenario | Same | None" = SAME
    name: str = ""
    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    line: int | None = dataclasses.field(default=None, compare=False)


Happening = Exit | Crash | Restart


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """The life of one session.

    ``process`` is what happens to Tilt's process meanwhile, in the order of time; ``scenario.process_lives`` tells what
    follows from it.

    Unless the first step that speaks of it says ``session: present``, the Session is there from 0s, with the
    Tiltfile's own target terminated and each declared target waiting for its first step (``tiltfile-reload``); with
    it, the steps tell the whole start-up themselves. ``start`` is microseconds since the epoch.
    """

    title: str
    spec: session.SessionSpec
    start: int
    targets: Mapping[str, Declaration]
    steps: tuple[Step, ...]
    description: str = ""
    pid: int = DEFAULT_PID
    labels: Mapping[str, str] | None = None
    annotations: Mapping[str, str] | None = None
    expect: Expectation | None = None
    consumer: Consumer | None = None
    faults: tuple[faults_room.Fault, ...] = ()
    process: tuple[Happening, ...] = ()
    source: str = ""
    path: str = dataclasses.field(default="", compare=False)

    @property
    def tells_start_up(self) -> bool:
        """Whether the steps say when the Session appears; one that first vanishes was there before."""
        return next((step.session for step in self.steps if step.session is not None), None) == "present"

    @property
    def end(self) -> int:
        """The offset of the last step."""
        return self.steps[-1].at if self.steps else 0

    def declaration(self, name: str) -> Declaration | None:
        """Give what is declared of a target, the Tiltfile's own included; None where nothing is."""
        return self.targets.get(name) or (TILTFILE if name == TILTFILE.name else None)
