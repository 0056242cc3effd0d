"""The status text of a pod and what its containers said, as Tilt takes them from a Kubernetes pod; pure.

Pinned to the recorded conversions of pods. Knows no resource.
"""

import dataclasses
from collections.abc import Sequence

from pytest_tiltsession.rules import pods

_COMPLETED = "Completed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What Kubernetes says of a container; ``state`` is waiting, running, terminated, or empty."""

    state: str = ""
    reason: str = ""
    exit_code: int = 0
    signal: int = 0
    ready: bool = False
    message: str = ""
    last_exit_code: int = 0
    last_message: str = ""


def status(phase: str, init: Sequence[Detail], main: Sequence[Detail], reason: str = "") -> str:
    """Give the status that ``kubectl get pods`` shows; ``reason`` is the pod's own, such as ``Evicted``."""
    initializing = _unfinished_init(init)
    if initializing is not None:
        return _init_status(initializing, init)
    found = reason or phase
    running = False
    for container in reversed(main):
        if container.state == "waiting" and container.reason:
            found = container.reason
        elif container.state == "terminated":
            found = container.reason or _ended(container)
        elif container.state == "running" and container.ready:
            running = True
    return pods.RUNNING if found == _COMPLETED and running else found


def _unfinished_init(init: Sequence[Detail]) -> int | None:
    """Give the index of the init container that the pod waits for."""
    return next((i for i, it in enumerate(init) if it.state != "terminated" or it.exit_code != 0), None)


def _init_status(index: int, init: Sequence[Detail]) -> str:
    container = init[index]
    if container.state == "terminated":
        return f"Init:{container.reason or _ended(container)}"
    if container.state == "waiting" and container.reason not in ("", "PodInitializing"):
        return f"Init:{container.reason}"
    return f"Init:{index}/{len(init)}"


def _ended(container: Detail) -> str:
    return f"Signal:{container.signal}" if container.signal else f"ExitCode:{container.exit_code}"


def messages(init: Sequence[Detail], main: Sequence[Detail]) -> tuple[str, ...]:
    """Give what the containers said of their failures; init containers only while the pod waits for one."""
    looked_at = [*(init if _unfinished_init(init) is not None else ()), *main]
    return tuple(text for container in looked_at for text in _said(container) if text)


def _said(container: Detail) -> tuple[str, ...]:
    if container.state == "waiting":
        last = container.last_message if container.last_exit_code else ""
        return last, container.message if container.reason in pods.ERROR_WAIT_REASONS else ""
    return (container.message,) if container.state == "terminated" and container.exit_code else ()
