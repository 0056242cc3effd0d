"""A Docker Compose service as it lives: what its container goes through."""

import hashlib

from pytest_tiltsession.models import runtimes
from pytest_tiltsession.rules import reducers
from pytest_tiltsession.scenario.relative import lives, script


class ComposeLife(lives.Life):
    """A Compose service."""

    entry: script.Compose

    def _build_phases(self) -> script.Phases:
        return self.entry.build

    def _runtime_phases(self) -> script.Phases:
        return self.entry.container

    def _appears_at(self) -> int:
        """Give the present: the result of a build says at once how the container is."""
        return self._around.now

    def enable(self) -> None:
        """Enable it; Tilt took its container down when it was disabled."""
        self.resource = reducers.container_seen(self.resource, self._around.instant, runtimes.ComposeRuntime())
        super().enable()

    def _show_runtime(self, phase: script.Phase) -> None:
        container = runtimes.ComposeRuntime() if phase.word == "removed" else self._container(phase)
        self.become(reducers.container_seen(self.resource, self._around.instant, container))

    def _container(self, phase: script.Phase) -> runtimes.ComposeRuntime:
        return seen(phase, self.entry.container_id or container_id(self.name, self._deploys))


def container_id(name: str, deploy: int) -> str:
    """Give the id of a service's container, as long as Docker's and the same in every run."""
    return hashlib.sha256(f"{name}/{deploy}".encode()).hexdigest()


def seen(phase: script.Phase, identity: str) -> runtimes.ComposeRuntime:
    """Give the container that a phase shows, in Docker's words: created, running, exited."""
    match phase.word:
        case "waiting":
            status = "created" if phase.reason == "unknown" else phase.reason
            return runtimes.ComposeRuntime(container_id=identity, status=status)
        case "active":
            return runtimes.ComposeRuntime(container_id=identity, status="running", running=True)
        case "succeeded":
            return runtimes.ComposeRuntime(container_id=identity, status="exited")
        case "failed":
            code = phase.exit_code if phase.exit_code is not None else 0 if phase.error else 1
            return runtimes.ComposeRuntime(container_id=identity, status="exited", exit_code=code, error=phase.error)
    return runtimes.ComposeRuntime(container_id=identity)
