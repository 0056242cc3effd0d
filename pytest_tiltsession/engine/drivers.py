"""Drivers: how a test moves one target, each call a transition that Tilt could show; knows no HTTP and no files.

A driver refuses what Tilt never shows, by type and payload (``rules.transitions``), and says what to call instead.
"""

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Self

from pytest_tiltsession import errors, times
from pytest_tiltsession.engine import batches, gate
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import target_names, transitions

RELOADED = "tiltfile-reload"


class Drivers:
    """The targets that a test declares and moves."""

    def __init__(self, gate_: gate.Gate, settle: Callable[[], None] = lambda: None) -> None:
        self._gate = gate_
        self._batches = batches.Batches(gate_, settle)

    def declare(
        self, name: str, type_: str, resources: tuple[str, ...], state: session.TargetState
    ) -> "JobDriver | ServerDriver":
        """Add a target in its first state. Raises ImpossibleTransition where the name is taken or no text."""
        if not isinstance(name, str) or not name:
            raise errors.ImpossibleTransition(f'a target is named by its resource, such as "api"; found {name!r}')
        if self._batches.find(name) is not None:
            raise errors.ImpossibleTransition(
                f"target {name} is declared already: use what the first declaration returned, or target({name!r})"
            )
        self.put(session.Target(name, type_, resources, state), note=f"{name} declared")
        return self.driver(name)

    def driver(self, name: str) -> "JobDriver | ServerDriver":
        """Give the driver of a declared target; raises UnknownTarget with the nearest names."""
        target = self.get(name if isinstance(name, str) else repr(name))
        return (JobDriver if target.type == session.JOB else ServerDriver)(self, target.name)

    def get(self, name: str) -> session.Target:
        """Give a target as it stands, in an open batch too; by its resource where that has one target only.

        Raises UnknownTarget with the nearest name, or with the targets of a resource that has several.
        """
        return self._batches.find(name) or target_names.get(self._batches.standing(), name)

    def put(self, target: session.Target, note: str) -> None:
        """Give a target its next state: one commit, or part of the open batch's."""
        objection = transitions.objection(target)
        if objection is not None:
            raise errors.ImpossibleTransition(objection)
        self._batches.change(target.name, target, note)

    def remove(self, name: str) -> None:
        """Take a target away, as a Tiltfile reload does: one commit, or part of the open batch's."""
        self._batches.change(self.get(name).name, None, f"{name} removed")

    def together(self, note: str = "together") -> contextlib.AbstractContextManager[None]:
        """Make all transitions inside one commit, as Tilt batches its changes; none is made when the block raises.

        Those of the thread that is inside: what another one does meanwhile is committed at once.
        """
        return self._batches.together(note)

    @property
    def now(self) -> int:
        """The present instant in microseconds since the epoch."""
        return self._gate.world.clock.now

    @property
    def pid(self) -> int:
        """The process identifier of this Tilt."""
        return self._gate.world.tilt.pid

    def instant(self, offset: "times.Duration | None", what: str) -> int | None:
        """Turn a user's offset from the session's start into microseconds since the epoch; never later than now."""
        if offset is None:
            return None
        instant = self._gate.world.tilt.start_time + times.micros_of(offset)
        if instant > self.now:
            raise errors.ImpossibleTransition(
                f"{what}={offset!r} lies after the present instant, "
                f"{times.format_clock(self.now - self._gate.world.tilt.start_time)} after the session's start: "
                "advance the clock first, or give an earlier offset"
            )
        return instant


class Driver:
    """One target of the session, driven by the test. Every call is stamped with the session's own clock."""

    def __init__(self, drivers: Drivers, name: str) -> None:
        self._drivers = drivers
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.state.word}>"

    @property
    def target(self) -> session.Target:
        """The target as it stands."""
        return self._drivers.get(self.name)

    @property
    def state(self) -> session.TargetState:
        """The target's state as it stands."""
        return self.target.state

    def wait(self, reason: str = "unknown") -> Self:
        """Queue the target: waiting, with a reason such as ``waiting-for-dep`` or ``is-unparallelizable-local``."""
        return self._set(session.TargetState(waiting=session.TargetStateWaiting(reason)), f"waits ({reason})")

    def disable(self) -> Self:
        """Disable the resource: the target no longer counts for the exit condition."""
        return self._set(session.DISABLED, "disabled")

    def enable(self) -> Self:
        """Enable a disabled resource again: its target is queued, as after ``tilt enable``."""
        if self.state.disabled is None:
            raise errors.ImpossibleTransition(
                f"{self.name} is {self.state.word}, not disabled: enable() follows disable(); to queue it call wait()"
            )
        return self.wait()

    def remove(self) -> None:
        """Take the target out of the session, as a Tiltfile reload does; the driver is of no use afterwards."""
        self._drivers.remove(self.name)

    def fail(self, error: str, *, started: "times.Duration | None" = None) -> Self:
        """End the target with an error. ``started`` is an offset from the session's start, where it was not shown."""
        if not isinstance(error, str) or not error:
            raise errors.ImpossibleTransition(
                f"{self.name}: a failure always has an error text; found {error!r}. "
                'Give it, such as fail("exit status 1")'
            )
        return self._terminate(error, started)

    def _terminate(self, error: str, started: "times.Duration | None") -> Self:
        active, now = self.state.active, self._drivers.now
        start = self._drivers.instant(started, "started")
        if start is None:
            start = active.start_time if active is not None else now
        state = session.TargetState(terminated=session.TargetStateTerminated(start, now, error))
        return self._set(state, f"fails: {error}" if error else "succeeds")

    def _activate(self, *, ready: bool, fresh: bool, started: "times.Duration | None" = None) -> Self:
        active, now = self.state.active, self._drivers.now
        start = self._drivers.instant(started, "started")
        if active is None or fresh:
            active = session.TargetStateActive(now if start is None else start)
        elif start is not None:
            active = dataclasses.replace(active, start_time=start)
        if ready and not active.ready:
            active = dataclasses.replace(active, last_ready_time=now)
        state = session.TargetState(active=dataclasses.replace(active, ready=ready))
        return self._set(state, "becomes ready" if ready else "runs")

    def _set(self, state: session.TargetState, what: str) -> Self:
        self._drivers.put(dataclasses.replace(self.target, state=state), note=f"{self.name} {what}")
        return self

    def _refuse(self, called: str, why: str) -> errors.ImpossibleTransition:
        return errors.ImpossibleTransition(f"{self.name}.{called}: {why}")


class JobDriver(Driver):
    """A target that runs to completion, such as a build or a migration."""

    def start(self, *, started: "times.Duration | None" = None) -> Self:
        """Run the job: active, never ready. A start while it runs is a new run, as Tilt shows it when it batches."""
        return self._activate(ready=False, fresh=True, started=started)

    def restart(self) -> Self:
        """Run the job again from now on."""
        return self._activate(ready=False, fresh=True)

    def succeed(self, *, started: "times.Duration | None" = None) -> Self:
        """End the job without an error."""
        return self._terminate("", started)

    def ready(self) -> Self:
        """Refused: a job is never ready."""
        raise self._refuse("ready()", "a job is never ready; call succeed(), or declare it with server()")

    def unready(self) -> Self:
        """Refused: a job is never ready."""
        raise self._refuse("unready()", "a job is never ready; call start() to run it again")


class ServerDriver(Driver):
    """A target that runs indefinitely, such as an HTTP server; whenever it ends, that is an error."""

    def start(self, *, ready: bool = False, started: "times.Duration | None" = None) -> Self:
        """Run the server: active and not ready until ``ready()``; without a probe Tilt shows it ready at once."""
        return self._activate(ready=ready, fresh=True, started=started)

    def restart(self, *, ready: bool = False) -> Self:
        """Run the server anew from now on, not ready until ``ready()``."""
        return self._activate(ready=ready, fresh=True)

    def ready(self) -> Self:
        """Let the readiness checks pass; a server that was not shown running is started by the same step."""
        return self._activate(ready=True, fresh=False)

    def unready(self) -> Self:
        """Let the readiness checks fail; when it was last ready stays visible."""
        if self.state.active is None:
            raise self._refuse("unready()", f"it is {self.state.word}; call start() or ready() first")
        return self._activate(ready=False, fresh=False)

    def succeed(self, *, started: "times.Duration | None" = None) -> Self:  # noqa: ARG002  refused
        """Refused: a server that ends is an error, with exit code 0 too."""
        raise self._refuse(
            "succeed()",
            "a server that ends is always an error, with exit code 0 too; "
            "call ready() if it is to be healthy, fail() if it is to end, or declare it with job()",
        )

    def fail(self, error: str = "", *, started: "times.Duration | None" = None) -> Self:
        """End the server; without a text the error is the one that Tilt shows of an ended process."""
        pid = self._drivers.pid + 1 if self.state.active is not None else 0
        return super().fail(error or f"Process {pid} exited with non-zero status", started=started)
