"""The words that a scenario is told with: ``active(for_="3s")``, ``failed("exit status 1")``, ``after("db")``.

Knows what makes a single phase impossible; what a job or a server may show is judged when the scenario is built.
"""

import difflib
from collections.abc import Iterable
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import steps
from pytest_tiltsession.scenario.relative import script

Duration = times.Duration
Time = Duration | None | steps.Natural

PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


def waiting(reason: str = "unknown", *, for_: Duration | None = None) -> script.Phase:
    """Wait, for a reason such as ``waiting-for-dep``; of a pod the status, such as ``ContainerCreating``."""
    return script.Phase("waiting", _lasting("waiting", for_), reason=_text("waiting", reason))


def active(
    *,
    ready: bool | None = None,
    for_: Duration | None = None,
    started: Time = steps.NATURAL,
    last_ready: Time = steps.NATURAL,
    pod: str = "",
) -> script.Phase:
    """Run. Without ``ready`` a server is ready, since it has no probe, and a job is not.

    ``started`` and ``last_ready`` are offsets from the session's start where a bare target shows other times than
    follow; None is null. ``pod`` names the pod from here on.
    """
    return script.Phase(
        "active",
        _lasting("active", for_),
        ready=ready,
        start_time=_time("started", started),
        last_ready_time=_time("last_ready", last_ready),
        pod_name=_text("active", pod, empty=True),
    )


def ready(*, for_: Duration | None = None, pod: str = "") -> script.Phase:
    """Run and be ready."""
    return active(ready=True, for_=for_, pod=pod)


def succeeded(
    *,
    for_: Duration | None = None,
    started: Time = steps.NATURAL,
    finished: Time = steps.NATURAL,
    pod: str = "",
) -> script.Phase:
    """End well: a job, a build, a pod."""
    return script.Phase(
        "succeeded",
        _lasting("succeeded", for_),
        start_time=_time("started", started),
        finish_time=_time("finished", finished),
        pod_name=_text("succeeded", pod, empty=True),
    )


def failed(
    error: str = "",
    *,
    for_: Duration | None = None,
    exit_code: int | None = None,
    grace: str = "",
    started: Time = steps.NATURAL,
    finished: Time = steps.NATURAL,
    pod: str = "",
) -> script.Phase:
    """End with an error. Without a text, a server or a pod has the one that Tilt shows of it.

    ``exit_code`` is a Compose container's; ``grace`` a bare target's ``Tolerated`` or ``Exceeded``.
    """
    if grace not in ("", exit_conditions.TOLERATED, exit_conditions.EXCEEDED):
        raise errors.InvalidScenario(f"failed(grace={grace!r}): a grace status is Tolerated or Exceeded")
    if exit_code is not None and (isinstance(exit_code, bool) or not isinstance(exit_code, int) or exit_code == 0):
        raise errors.InvalidScenario(f"failed(exit_code={exit_code!r}): what fails exits with another code than 0")
    return script.Phase(
        "failed",
        _lasting("failed", for_),
        error=_text("failed", error, empty=True),
        exit_code=exit_code,
        grace_status=grace,
        start_time=_time("started", started),
        finish_time=_time("finished", finished),
        pod_name=_text("failed", pod, empty=True),
    )


def disabled(*, for_: Duration | None = None) -> script.Phase:
    """Be disabled; a whole resource is disabled by ``Scenario.disable``."""
    return script.Phase("disabled", _lasting("disabled", for_))


def inactive(*, for_: Duration | None = None) -> script.Phase:
    """Be not to run, as a resource with ``auto_init=False``; of a Compose container, without a state yet."""
    return script.Phase("inactive", _lasting("inactive", for_))


def removed(*, for_: Duration | None = None) -> script.Phase:
    """Be gone: a target that a reload took away, a pod that was deleted."""
    return script.Phase("removed", _lasting("removed", for_))


def pod(
    phase: str = "Running",
    *containers: script.Container,
    init: Iterable[script.Container] = (),
    status: str | None = None,
    job_complete: bool = False,
    name: str = "",
    for_: Duration | None = None,
) -> script.Phase:
    """Show a pod in detail: its phase, its containers and init containers, and the status that kubectl would show.

    ``job_complete`` is the condition ``JobComplete`` of the Job that it belongs to.
    """
    if phase not in PHASES:
        near = difflib.get_close_matches(phase, PHASES, 1, 0.3)
        hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(PHASES)}"
        raise errors.InvalidScenario(f"pod({phase!r}): this is no phase of a pod; {hint}")
    details = script.Pod(phase, status, tuple(containers), tuple(init), job_complete)
    return script.Phase("pod", _lasting("pod", for_), pod_name=_text("pod", name, empty=True), pod=details)


def container(
    name: str = "main",
    *,
    waiting: str | None = None,
    exit_code: int | None = None,
    reason: str = "",
    message: str = "",
    ready: bool = False,
) -> script.Container:
    """Show a container: waiting for a reason such as ``ErrImagePull``, terminated with an exit code, or running."""
    if waiting is not None and exit_code is not None:
        raise errors.InvalidScenario(f"container({name!r}): it is waiting or terminated; give waiting or exit_code")
    if ready and (waiting is not None or exit_code is not None):
        raise errors.InvalidScenario(f"container({name!r}): only a running container is ready; leave ready out")
    if reason and exit_code is None:
        raise errors.InvalidScenario(f"container({name!r}): a reason belongs to an exit_code; else give waiting=reason")
    return script.Container(_text("container", name), waiting, exit_code, reason, message, ready)


def after(
    of: str,
    *,
    started: Duration | bool | None = None,
    ready: Duration | bool | None = None,
    done: Duration | bool | None = None,
    succeeded: Duration | bool | None = None,
    failed: Duration | bool | None = None,
    reason: str | None = None,
) -> script.After:
    """Wait until a target or resource has for the first time started, become ready, ended, succeeded or failed.

    Give one of them, with how much later as its value (True: at once); with none, the wait is for what a dependency
    gives: a server that is ready, a job that has succeeded.
    """
    given: dict[script.What, Any] = {
        "started": started,
        "ready": ready,
        "done": done,
        "succeeded": succeeded,
        "failed": failed,
    }
    chosen = [(what, delay) for what, delay in given.items() if delay is not None and delay is not False]
    if len(chosen) > 1:
        raise errors.InvalidScenario(f"after({of!r}): wait for {' or '.join(what for what, _ in chosen)}, not for both")
    what, delay = chosen[0] if chosen else (None, True)
    later = 0 if delay is True else duration(f"after({of!r}, {what})", delay)
    return script.After(_text("after", of), what, later, reason)


def duration(what: str, value: Duration) -> int:
    """Give a user's duration in microseconds. Raises InvalidScenario for a negative or unreadable one."""
    try:
        micros = times.micros_of(value)
    except errors.InvalidValue as problem:
        raise errors.InvalidScenario(f"{what}: {problem}") from None
    if micros < 0:
        raise errors.InvalidScenario(f"{what}: {value!r} is negative; time does not run backwards, give 0s or more")
    return micros


def _lasting(word: str, value: Duration | None) -> int | None:
    if value is None:
        return None
    micros = duration(f"{word}(for_=)", value)
    if not micros:
        raise errors.InvalidScenario(f"{word}(for_={value!r}): a state that lasts no time is never seen; leave it out")
    return micros


def _time(what: str, value: Time) -> steps.Offset:
    if value is None or isinstance(value, steps.Natural):
        return value
    try:
        return times.micros_of(value)
    except errors.InvalidValue as problem:
        raise errors.InvalidScenario(f"{what}: {problem}") from None


def _text(word: str, value: Any, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise errors.InvalidScenario(f"{word}({value!r}): give a text")
    return value
