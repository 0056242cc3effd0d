"""Pods in short: one container and what it goes through, as Tilt would see the pod; pure, knows no resource.

Times are microseconds since the epoch. What needs more containers is given in full (``models.runtimes``).
"""

import re

from pytest_tiltsession.models import runtimes
from pytest_tiltsession.rules import pods

_INIT = "Init:"
_COUNTED = re.compile(r"[0-9]+/[0-9]+")
_INIT_ENDED = ("Error", "ExitCode:", "Signal:", "OOMKilled")


def pending(name: str, reason: str, created_at: int, *, container: str) -> runtimes.Pod:
    """Give a pod that has not started: ``reason`` is its status, such as ContainerCreating or Init:ErrImagePull.

    With ``unknown`` Kubernetes has not said a status yet.
    """
    main = runtimes.Container(name=container, state="waiting", reason=reason)
    init: tuple[runtimes.Container, ...] = ()
    if reason.startswith(_INIT):
        main = runtimes.Container(name=container, state="waiting", reason="PodInitializing")
        init = (_init(f"{container}-init", reason.removeprefix(_INIT)),)
    return runtimes.Pod(
        name=name,
        phase="Pending",
        status="" if reason == "unknown" else reason,
        created_at=created_at,
        containers=(main,),
        init_containers=init,
    )


def _init(name: str, reason: str) -> runtimes.Container:
    if _COUNTED.fullmatch(reason):
        return runtimes.Container(name=name, state="running")
    if reason.startswith(_INIT_ENDED):
        return runtimes.Container(name=name, state="terminated", reason=reason, exit_code=1)
    return runtimes.Container(name=name, state="waiting", reason=reason)


def running(name: str, created_at: int, *, container: str, ready: bool) -> runtimes.Pod:
    """Give a pod that runs; one in a crash loop is not ready, whatever else is wrong with it."""
    main = runtimes.Container(name=container, state="running", ready=ready)
    return runtimes.Pod(name=name, phase=pods.RUNNING, status=pods.RUNNING, created_at=created_at, containers=(main,))


def succeeded(name: str, created_at: int, *, container: str) -> runtimes.Pod:
    """Give a pod that has ended well."""
    main = runtimes.Container(name=container, state="terminated", reason="Completed")
    return runtimes.Pod(name=name, phase=pods.SUCCEEDED, status="Completed", created_at=created_at, containers=(main,))


def failed(name: str, created_at: int, *, container: str, error: str = "") -> runtimes.Pod:
    """Give a pod that has failed; ``error`` is what its container said."""
    main = runtimes.Container(name=container, state="terminated", reason="Error", exit_code=1)
    return runtimes.Pod(
        name=name,
        phase=pods.FAILED,
        status="Error",
        created_at=created_at,
        errors=(error,) if error else (),
        containers=(main,),
    )
