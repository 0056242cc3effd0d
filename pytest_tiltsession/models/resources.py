"""A resource as Tilt's engine holds it: how it is triggered and built, and its runtime; plain values, no rule.

Instants are microseconds since the Unix epoch, None is Go's zero time.
"""

import dataclasses
import enum
from collections.abc import Mapping

from pytest_tiltsession.models import runtimes

K8S = "k8s"
COMPOSE = "compose"
LOCAL = "local"
TILTFILE = "tiltfile"

# disable_state; the empty text means that Tilt does not know yet.
ENABLED = "Enabled"
DISABLED = "Disabled"
DISABLE_PENDING = ""

# pod_readiness: whether a pod is waited for, not looked at, or has to end well.
WAIT = "wait"
IGNORE = "ignore"
SUCCEEDED = "succeeded"

DEPLOY = "deploy"
DEFAULT_CLUSTER = "default"
DOCKER_CLUSTER = "docker"
UNCATEGORIZED = "uncategorized"


class TriggerMode(enum.StrEnum):
    """When Tilt builds a resource without being asked: at the start, and when something changes."""

    AUTO = "auto"
    MANUAL_WITH_AUTO_INIT = "manual_with_auto_init"
    MANUAL = "manual"
    AUTO_WITH_MANUAL_INIT = "auto_with_manual_init"

    @property
    def auto_init(self) -> bool:
        """Whether the first build starts by itself."""
        return self in (TriggerMode.AUTO, TriggerMode.MANUAL_WITH_AUTO_INIT)

    @property
    def auto_on_change(self) -> bool:
        """Whether a change starts a build."""
        return self in (TriggerMode.AUTO, TriggerMode.AUTO_WITH_MANUAL_INIT)


class BuildReason(enum.IntFlag):
    """Why the next build would run; the bits are Tilt's."""

    NONE = 0
    CHANGED_FILES = 1
    CONFIG = 2
    CRASH = 4
    INIT = 8
    TRIGGER_WEB = 16
    TRIGGER_CLI = 32
    TRIGGER_HUD = 64
    TRIGGER_UNKNOWN = 128
    TILTFILE_ARGS = 256
    CHANGED_DEPS = 512


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build, running or ended; ``error`` is None where it went well."""

    start: int | None
    finish: int | None = None
    error: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file, or a dependency, that changed at an instant; ``target`` is ``deploy`` or the name of an image."""

    at: int | None
    name: str = ""
    target: str = DEPLOY


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """What was built, is being built and waits to be built; ``history`` has the newest build first.

    Changes up to ``consumed_before`` are part of a build already.
    """

    current: tuple[Build, ...] = ()
    history: tuple[Build, ...] = ()
    trigger_reason: BuildReason = BuildReason.NONE
    file_changes: tuple[Change, ...] = ()
    dependency_changes: tuple[Change, ...] = ()
    manifest_change: int | None = None
    consumed_before: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that a resource builds, or shares with another; ``built`` once there is a result to use again."""

    name: str
    built: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of the Tiltfile, or the Tiltfile itself (kind ``tiltfile``).

    The last three fields are of local resources. ``runtime`` is None where the engine has none, as for a Compose
    service before its first build.
    """

    name: str
    kind: str
    runtime: runtimes.Runtime | None = None
    builds: Builds = Builds()
    disable_state: str = ENABLED
    trigger_mode: TriggerMode = TriggerMode.AUTO
    pod_readiness: str = WAIT
    last_deploy_time: int | None = None
    depends_on: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    has_update_cmd: bool = True
    has_serve_cmd: bool = False
    allow_parallel: bool = False

    @property
    def disabled(self) -> bool:
        """Whether the resource is known to be disabled."""
        return self.disable_state == DISABLED


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The connection to Kubernetes (``default``) or Docker (``docker``): usable with an architecture and no error."""

    error: str = ""
    arch: str = ""

    @property
    def usable(self) -> bool:
        """Whether builds for the cluster may start."""
        return not self.error and bool(self.arch)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EngineState:
    """Everything of Tilt's engine that a Session shows; ``resources`` are in the order of the Tiltfile."""

    tiltfile: Resource | None = None
    extension_tiltfiles: tuple[Resource, ...] = ()
    resources: tuple[Resource, ...] = ()
    clusters: Mapping[str, Cluster] = dataclasses.field(default_factory=dict)
    trigger_queue: tuple[str, ...] = ()
