"""Session, its spec, status and targets, field by field as ``tilt.dev/v1alpha1`` publishes them and Tilt writes them.

Beside the published reference this holds what recordings of the real server show: ``spec.ci``, ``lastReadyTime``,
``graceStatus`` and ``disabled``. A target may hold several states at once, since a client can write that; what
scripts and drivers may do is the business of ``rules.transitions``.
"""

import dataclasses

from pytest_tiltsession.models import metadata as object_metadata
from pytest_tiltsession.models import wire
from pytest_tiltsession.models.wire import field

GROUP = "tilt.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
KIND = "Session"
TYPE_META = {"kind": KIND, "apiVersion": API_VERSION}  # what the JSON of a Session has in front of its fields
wire.in_go_package(__name__, "v1alpha1")
LIST_KIND = "SessionList"
PLURAL = "sessions"

JOB = "job"
SERVER = "server"

TILTFILE_SESSION = "Tiltfile"
TILTFILE_RESOURCE = "(Tiltfile)"
TILTFILE_TARGET = "tiltfile:update"


@dataclasses.dataclass(frozen=True, slots=True)
class TargetStateWaiting:
    """A target that is queued for execution but has not started."""

    wait_reason: str = field("waitReason", wire.STRING, "Why the target waits; not what triggered it.")


@dataclasses.dataclass(frozen=True, slots=True)
class TargetStateActive:
    """A target that is running. Times are microseconds since the epoch, or None."""

    start_time: int | None = field("startTime", wire.MICRO_TIME, "When execution began.")
    ready: bool = field("ready", wire.BOOL, "Whether readiness checks passed; always false on a job.")
    last_ready_time: int | None = field("lastReadyTime", wire.MICRO_TIME, "When the target was last seen ready.")


@dataclasses.dataclass(frozen=True, slots=True)
class TargetStateTerminated:
    """A target that finished, well or with an error. Times are microseconds since the epoch, or None."""

    start_time: int | None = field("startTime", wire.MICRO_TIME, "When execution began.")
    finish_time: int | None = field("finishTime", wire.MICRO_TIME, "When execution ended.")
    error: str = field("error", wire.STRING, "What went wrong; always set on a server.", omit_empty=True)
    grace_status: str = field(
        "graceStatus",
        wire.STRING,
        "Tolerated or Exceeded, while a grace period applies.",
        omit_empty=True,
        go_type="v1alpha1.TargetGraceStatus",
    )


@dataclasses.dataclass(frozen=True, slots=True)
class TargetStateDisabled:
    """A target whose resource is disabled; it does not count for the exit condition."""


@dataclasses.dataclass(frozen=True, slots=True)
class TargetState:
    """The state of a target: one of waiting, active, terminated, disabled, or none of them (inactive)."""

    waiting: TargetStateWaiting | None = field(
        "waiting", wire.POINTER, "Set while the next execution is queued.", of=TargetStateWaiting, omit_empty=True
    )
    active: TargetStateActive | None = field(
        "active", wire.POINTER, "Set while the target runs.", of=TargetStateActive, omit_empty=True
    )
    terminated: TargetStateTerminated | None = field(
        "terminated", wire.POINTER, "Set when the target has finished.", of=TargetStateTerminated, omit_empty=True
    )
    disabled: TargetStateDisabled | None = field(
        "disabled", wire.POINTER, "Set while the resource is disabled.", of=TargetStateDisabled, omit_empty=True
    )

    @property
    def word(self) -> str:
        """Name the state, the first that is set: waiting, active, terminated, disabled, or inactive for none."""
        for name in ("waiting", "active", "terminated", "disabled"):
            if getattr(self, name) is not None:
                return name
        return "inactive"


INACTIVE = TargetState()
DISABLED = TargetState(disabled=TargetStateDisabled())


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """A server or job whose execution is managed as part of the session."""

    name: str = field("name", wire.STRING, "Name, made from the Tiltfile's resource: web:serve, web:update.")
    type: str = field(
        "type", wire.STRING, "job (runs to completion) or server (runs indefinitely).", go_type="v1alpha1.TargetType"
    )
    resources: tuple[str, ...] | None = field("resources", wire.STRINGS, "Tiltfile resources that it belongs to.")
    state: TargetState = field("state", wire.STRUCT, "What the target is doing.", of=TargetState)


@dataclasses.dataclass(frozen=True, slots=True)
class SessionCISpec:
    """Settings of ``tilt ci``; durations are nanoseconds, None where absent."""

    k8s_grace_period: int | None = field(
        "k8sGracePeriod", wire.DURATION, "How long Kubernetes errors are tolerated.", omit_empty=True
    )
    timeout: int | None = field("timeout", wire.DURATION, "Limit for the whole session.", omit_empty=True)
    readiness_timeout: int | None = field(
        "readinessTimeout", wire.DURATION, "Limit for a server to become ready.", omit_empty=True
    )


@dataclasses.dataclass(frozen=True, slots=True)
class SessionSpec:
    """What the session is to do."""

    tiltfile_path: str = field("tiltfilePath", wire.STRING, "Path of the Tiltfile; not empty.")
    exit_condition: str = field(
        "exitCondition", wire.STRING, "manual (tilt up) or ci (tilt ci).", go_type="v1alpha1.ExitCondition"
    )
    ci: SessionCISpec | None = field("ci", wire.POINTER, "Settings of tilt ci.", of=SessionCISpec, omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class SessionStatus:
    """What the session is doing."""

    pid: int = field("pid", wire.INT64, "Process identifier of this Tilt.")
    start_time: int | None = field("startTime", wire.MICRO_TIME, "When the engine was first started.")
    targets: tuple[Target, ...] | None = field("targets", wire.LIST, "The servers and jobs of the session.", of=Target)
    done: bool = field("done", wire.BOOL, "Whether the work is complete and Tilt is ready to exit.")
    error: str = field("error", wire.STRING, "Why the session failed, by its exit condition.", omit_empty=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """The ``Session`` object of ``tilt.dev/v1alpha1``."""

    metadata: object_metadata.ObjectMeta = field(
        "metadata", wire.STRUCT, "Standard metadata.", of=object_metadata.ObjectMeta
    )
    spec: SessionSpec = field("spec", wire.STRUCT, "What the session is to do.", of=SessionSpec)
    status: SessionStatus = field("status", wire.STRUCT, "What the session is doing.", of=SessionStatus)

    @property
    def name(self) -> str:
        """The object's name, as ``metadata.name``."""
        return self.metadata.name
