"""What runs of a resource, as Tilt's engine holds it: pods, a container, a process; plain values, no rule.

Instants are microseconds since the Unix epoch, None is Go's zero time. Only what has an effect on a Session is kept:
restarts, pod conditions, ports and whether a pod is being deleted have none (reference: tables of the engine).
"""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a pod; ``state`` is waiting, running, terminated, or empty."""

    name: str
    state: str = ""
    reason: str = ""
    exit_code: int = 0
    ready: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod; ``status`` is the text that ``kubectl get pods`` would show, ``errors`` what its containers said."""

    name: str
    phase: str = ""
    status: str = ""
    created_at: int | None = None
    errors: tuple[str, ...] = ()
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition of the last apply, such as ``JobComplete`` with the status ``True``."""

    type: str
    status: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class K8sRuntime:
    """The pods of a Kubernetes resource, and whether it was ever deployed and ready."""

    has_ever_deployed: bool = False
    last_ready_time: int | None = None
    conditions: tuple[Condition, ...] = ()
    pods: tuple[Pod, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ComposeRuntime:
    """The container of a Docker Compose service; ``status`` is Docker's word, empty before the first news."""

    container_id: str = ""
    status: str = ""
    running: bool = False
    error: str = ""
    exit_code: int = 0
    last_ready_time: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LocalRuntime:
    """The process of a ``serve_cmd``; ``status`` is a runtime status, empty before the first news."""

    status: str = ""
    pid: int = 0
    start_time: int | None = None
    finish_time: int | None = None
    ready: bool = False
    last_ready_time: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueRuntime:
    """A runtime of another kind than the resource's, of which no more than the runtime status is known."""

    status: str


Runtime = K8sRuntime | ComposeRuntime | LocalRuntime | OpaqueRuntime
