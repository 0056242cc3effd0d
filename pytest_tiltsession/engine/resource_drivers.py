"""Drivers of whole resources: their builds, and the processes of local ones; knows no HTTP and no files.

Each call is a change in what Tilt's engine sees; its targets, and those of the resources that wait for it, follow.
"""

from typing import Self

from pytest_tiltsession import errors
from pytest_tiltsession.engine import resource_states
from pytest_tiltsession.models import resources, runtimes, session
from pytest_tiltsession.rules import reducers, statuses


class ResourceDriver:
    """One resource of the Tiltfile. Every call is stamped with the session's own clock and gives the driver again."""

    def __init__(self, states: resource_states.ResourceStates, name: str) -> None:
        self._states = states
        self.name = name

    def __repr__(self) -> str:
        shown = ", ".join(f"{target.name} {target.state.word}" for target in self.targets)
        return f"<{type(self).__name__} {shown}>"

    @property
    def resource(self) -> resources.Resource:
        """The resource as Tilt's engine holds it."""
        return self._states.get(self.name)

    @property
    def targets(self) -> tuple[session.Target, ...]:
        """The targets that it shows, its update target first."""
        return self._states.shown(self.name)

    # -- builds -------------------------------------------------------------------------------------------------

    def build_started(self) -> Self:
        """Start a build: what waits for a free place in Tilt's queue says so."""
        if self.resource.builds.current:
            raise self._refuse("build_started()", "a build is running; end it with build_succeeded() or build_failed()")
        started = reducers.build_started(self._enabled("build_started()"), self._states.now)
        self._states.unqueue(self.name)
        return self._become(started, "builds")

    def build_succeeded(self) -> Self:
        """End the build well; one that was not shown running has taken no time, as when Tilt batches."""
        return self._end(None, "build_succeeded()")

    def build_failed(self, error: str) -> Self:
        """End the build with an error, such as ``Command "exit 3" failed: exit status 3``."""
        if not isinstance(error, str) or not error:
            raise self._refuse("build_failed()", f"a failed build always has an error text; found {error!r}")
        return self._end(error, "build_failed()")

    def _end(self, error: str | None, called: str) -> Self:
        running = self._enabled(called)
        if not running.builds.current:
            self._states.unqueue(self.name)
            running = reducers.build_started(running, self._states.now)
        ended = reducers.build_ended(running, self._states.now, error, probed=self._is_probed)
        return self._become(ended, "is built" if error is None else f"is not built: {error}")

    @property
    def _is_probed(self) -> bool:
        return False

    def triggered(self) -> Self:
        """Ask for a build by hand, as ``tilt trigger`` does."""
        enabled = self._enabled("triggered()")
        self._states.queue(self.name)
        return self._become(reducers.triggered(enabled, resources.BuildReason.TRIGGER_CLI), "is triggered")

    def changed(self, file: str = "") -> Self:
        """Change a file that it depends on; its update target waits until the next build has ended."""
        return self._become(reducers.file_changed(self._enabled("changed()"), self._states.now, file), "has changed")

    def hold(self, reason: str) -> Self:
        """Hold it for a reason that does not follow from the other resources, such as ``reconciling``."""
        self._states.hold(self.resource.name, reason)
        return self

    def release(self) -> Self:
        """Let the reason of its wait follow from the other resources again."""
        self._states.hold(self.resource.name, None)
        return self

    # -- what people do -----------------------------------------------------------------------------------------

    def disable(self) -> Self:
        """Disable it: it no longer counts for the exit condition, and its builds are forgotten."""
        disabled = reducers.disabled(self.resource)
        self._states.unqueue(self.name)
        return self._become(disabled, "is disabled")

    def enable(self) -> Self:
        """Enable it again; its first build is due again, and what ran before is shown until it is replaced."""
        if not self.resource.disabled:
            raise self._refuse("enable()", "it is not disabled; enable() follows disable()")
        return self._become(reducers.enabled(self.resource), "is enabled")

    def remove(self) -> None:
        """Take it out of the session, as a Tiltfile reload does; the driver is of no use afterwards."""
        self._states.remove(self.name)

    def _enabled(self, called: str) -> resources.Resource:
        if self.resource.disabled:
            raise self._refuse(called, "it is disabled, and Tilt builds nothing of it; call enable() first")
        return self.resource

    def _become(self, resource: resources.Resource, what: str) -> Self:
        self._states.become(resource, f"{self.name} {what}")
        return self

    def _refuse(self, called: str, why: str) -> errors.ImpossibleTransition:
        return errors.ImpossibleTransition(f"{self.name}.{called}: {why}")


class LocalDriver(ResourceDriver):
    """A ``local_resource``: the build of its command, and the process of its server. ``probed``: it has a probe."""

    def __init__(self, states: resource_states.ResourceStates, name: str, *, probed: bool = False) -> None:
        super().__init__(states, name)
        self._probed = probed

    @property
    def _is_probed(self) -> bool:
        return self._probed

    def serve_started(self, *, ready: bool | None = None) -> Self:
        """Start its server; without a probe it is ready at once."""
        pid = (self._process("serve_started()").pid or self._states.pid) + 1
        shown = not self._probed if ready is None else ready
        started = reducers.process_started(self._enabled("serve_started()"), self._states.now, pid, ready=shown)
        return self._become(started, "serves")

    def serve_ready(self) -> Self:
        """Let its readiness probe pass; a server that was not shown running is started by the same step."""
        if not self._runs:
            return self.serve_started(ready=True)
        return self._become(reducers.process_probed(self.resource, self._states.now, ready=True), "becomes ready")

    def serve_unready(self) -> Self:
        """Let its readiness probe fail; when it was last ready stays visible."""
        if not self._runs:
            raise self._refuse("serve_unready()", "its server does not run; call serve_started() first")
        return self._become(reducers.process_probed(self.resource, self._states.now, ready=False), "is not ready")

    def serve_restarting(self) -> Self:
        """Let its server restart: not ready and without a start time, until ``serve_started()``."""
        self._process("serve_restarting()")
        return self._become(reducers.process_restarts(self.resource), "restarts")

    def serve_ended(self) -> Self:
        """End its server, which is an error with exit code 0 too; one that never started is process 0."""
        self._process("serve_ended()")
        return self._become(reducers.process_ended(self._enabled("serve_ended()"), self._states.now), "has ended")

    @property
    def _runs(self) -> bool:
        process = self._process("serve_ready()")
        return process.start_time is not None and process.status != statuses.ERROR

    def _process(self, called: str) -> runtimes.LocalRuntime:
        resource = self.resource
        if not resource.has_serve_cmd:
            raise self._refuse(called, f"it has no server; declare it with local({self.name!r}, serve=True)")
        return resource.runtime if isinstance(resource.runtime, runtimes.LocalRuntime) else runtimes.LocalRuntime()
