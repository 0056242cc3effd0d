"""A scenario in relative form, as values: resources, what each goes through and for how long, and what happens to them.

Knows no file and no engine. All durations and offsets are microseconds, offsets from the session's start.
"""

import dataclasses
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import steps

Word = Literal["waiting", "active", "succeeded", "failed", "disabled", "inactive", "removed", "pod"]
What = Literal["started", "ready", "done", "succeeded", "failed"]
StartUp = Literal["loaded", "full"]

# What Tilt's own engine takes from one of its steps to the next: the traces show 2 to 10 ms.
DEFAULT_PACE: Final = 1_000
DEFAULT_LOAD: Final = 20_000
# What Tilt builds at once where the Tiltfile does not say otherwise (trace ci-many-resources).
DEFAULT_PARALLEL: Final = 3
NO_RESOURCES: Final = "No resources found. Check out https://docs.tilt.dev/tutorial.html to get started!"


class Where(NamedTuple):
    """The place in a file that something was read from."""

    path: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Container:
    """A container of a pod: waiting for a reason, terminated with an exit code, or running."""

    name: str
    waiting: str | None = None
    exit_code: int | None = None
    reason: str = ""
    message: str = ""
    ready: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Pod:
    """A pod in detail. ``status`` None is what ``kubectl get pods`` shows for such containers."""

    phase: str
    status: str | None = None
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    job_complete: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Phase:
    """One state of a target or of what runs of a resource; ``lasts`` None is for good, or until what follows."""

    word: Word
    lasts: int | None = None
    reason: str = "unknown"
    ready: bool | None = None
    error: str = ""
    exit_code: int | None = None
    grace_status: str = ""
    start_time: steps.Offset = steps.NATURAL
    finish_time: steps.Offset = steps.NATURAL
    last_ready_time: steps.Offset = steps.NATURAL
    pod_name: str = ""
    pod: Pod | None = None
    where: Where | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class After:
    """Waits until something has happened for the first time, and ``delay`` more.

    ``of`` is a target, or a resource (its serve or runtime target, else its update). ``what`` None means what a
    dependency waits for: that a server is ready, that a job has succeeded. ``reason`` None: the state before stays,
    or ``waiting-for-dep`` where there is none.
    """

    of: str
    what: What | None = None
    delay: int = 0
    reason: str | None = None
    where: Where | None = dataclasses.field(default=None, compare=False)


Phases = tuple[Phase | After, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Track:
    """A single target, told state by state."""

    name: str
    type: str
    resources: tuple[str, ...]
    phases: Phases
    where: Where | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A ``local_resource``: ``update`` is its command, ``serve`` its server; None where it has none.

    What follows a state that lasts for good belongs to the next build.
    """

    name: str
    update: Phases | None = None
    serve: Phases | None = None
    after: tuple[str, ...] = ()
    trigger_mode: models.TriggerMode = models.TriggerMode.AUTO
    allow_parallel: bool = False
    disabled: bool = False
    where: Where | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kubernetes:
    """A Kubernetes resource: its build, and what its pods go through after each one that went well."""

    name: str
    build: Phases
    pods: Phases
    pod_readiness: str = models.WAIT
    images: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    trigger_mode: models.TriggerMode = models.TriggerMode.AUTO
    disabled: bool = False
    where: Where | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """A Docker Compose service: its build, and what its container goes through after each one that went well."""

    name: str
    build: Phases
    container: Phases
    container_id: str = ""
    images: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    trigger_mode: models.TriggerMode = models.TriggerMode.AUTO
    disabled: bool = False
    where: Where | None = dataclasses.field(default=None, compare=False)


Resource = Local | Kubernetes | Compose


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """A Tiltfile that is loaded again. With an ``error`` everything stays as it was; ``spec`` is what it now says."""

    add: tuple[Resource | Track, ...] = ()
    remove: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    error: str = ""
    takes: int = DEFAULT_LOAD
    spec: session.SessionSpec | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happens to resources at an instant: people and clients at work. ``at`` is an offset, or comes after a thing.

    ``cluster`` is ``default`` or ``docker``, which fails with ``cluster_error`` or, with an empty one, connects.
    """

    at: int | After
    disable: tuple[str, ...] = ()
    enable: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    reload: Reload | None = None
    cluster: str = ""
    cluster_error: str = ""
    note: str = ""
    where: Where | None = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A whole scenario: ``base`` has its title, its spec and what it tells in absolute steps.

    ``start_up`` ``loaded`` begins when the Tiltfile is loaded, ``full`` with the Session's creation; the first load
    then takes ``load``, and ends with ``load_error`` where there is one. ``pace`` is what Tilt's engine takes from one
    of its own steps to the next; with 0 they fall into one instant, as when Tilt batches them. What comes after the
    session's verdict is left out, since ``tilt ci`` then exits, unless the script ``goes_on`` or is absolute.
    """

    base: steps.Scenario
    entries: tuple[Resource | Track, ...] = ()
    events: tuple[Event, ...] = ()
    start_up: StartUp = "loaded"
    load: int = DEFAULT_LOAD
    load_error: str = ""
    pace: int = DEFAULT_PACE
    max_parallel_updates: int = DEFAULT_PARALLEL
    goes_on: bool = False

    @property
    def is_absolute(self) -> bool:
        """Whether it tells nothing but absolute steps, which then say by themselves where they end."""
        return not (self.entries or self.events or self.load_error or self.start_up == "full")

    @property
    def everything(self) -> "Sequence[Resource | Track]":
        """Every resource and track that is ever there, those that a reload adds included."""
        return (*self.entries, *(entry for event in self.events if event.reload for entry in event.reload.add))
