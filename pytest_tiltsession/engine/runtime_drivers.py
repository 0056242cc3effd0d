"""Drivers of what runs elsewhere: the pods of a Kubernetes resource, the container of a Compose service.

Each call is a change in what Tilt's engine sees; knows no HTTP and no files.
"""

import hashlib
from typing import Self

from pytest_tiltsession.engine import resource_drivers, resource_states
from pytest_tiltsession.models import runtimes
from pytest_tiltsession.rules import reducers, short_pods, statuses

_JOB_COMPLETE = runtimes.Condition(type=statuses.JOB_COMPLETE, status="True")


class KubernetesDriver(resource_drivers.ResourceDriver):
    """A Kubernetes resource: its build and its pod. What Tilt counts as an error is shown as one, with its grace."""

    def __init__(self, states: resource_states.ResourceStates, name: str) -> None:
        super().__init__(states, name)
        self._number = 0
        self._pod: tuple[str, int] | None = None

    def build_succeeded(self) -> Self:
        """End the build well; the next pod that is shown is a new one."""
        self._pod = None
        return super().build_succeeded()

    def new_pod(self, name: str = "") -> Self:
        """Let the next pod that is shown be a new one, created now."""
        self._number += 1
        self._pod = (name or f"{self.name}-{self._number}", self._states.now)
        return self

    def pod_pending(self, reason: str = "ContainerCreating") -> Self:
        """Show a pod that has not started: ``ContainerCreating``, ``ImagePullBackOff``, ``Init:ErrImagePull``."""
        name, created = self._newest()
        return self._see(short_pods.pending(name, reason, created, container=self.name), f"pod is {reason}")

    def pod_running(self, *, ready: bool = True) -> Self:
        """Show a pod that runs; in a crash loop it is not ready, which is no error to Tilt."""
        name, created = self._newest()
        pod = short_pods.running(name, created, container=self.name, ready=ready)
        return self._see(pod, "pod is ready" if ready else "pod runs")

    def pod_succeeded(self) -> Self:
        """Show a pod that has ended well."""
        name, created = self._newest()
        return self._see(short_pods.succeeded(name, created, container=self.name), "pod has succeeded")

    def pod_failed(self, error: str = "") -> Self:
        """Show a pod that has failed; ``error`` is what its container said."""
        name, created = self._newest()
        return self._see(short_pods.failed(name, created, container=self.name, error=error), "pod has failed")

    def pod_removed(self) -> Self:
        """Show no pod any more."""
        self._pod = None
        return self._become(reducers.pods_seen(self.resource, self._states.now, ()), "has no pod")

    def pods(self, *pods: runtimes.Pod) -> Self:
        """Show pods in full; the newest one counts."""
        return self._become(reducers.pods_seen(self.resource, self._states.now, pods), "has other pods")

    def job_complete(self) -> Self:
        """Let the Job have the condition ``JobComplete``, with which it is ready whatever its pods say."""
        runtime = self.resource.runtime
        pods = runtime.pods if isinstance(runtime, runtimes.K8sRuntime) else ()
        seen = reducers.pods_seen(self.resource, self._states.now, pods, (_JOB_COMPLETE,))
        return self._become(seen, "is complete")

    def _newest(self) -> tuple[str, int]:
        if self._pod is None:
            self.new_pod()
        assert self._pod is not None
        return self._pod

    def _see(self, pod: runtimes.Pod, what: str) -> Self:
        return self._become(reducers.pods_seen(self.resource, self._states.now, (pod,)), what)


class ComposeDriver(resource_drivers.ResourceDriver):
    """A Docker Compose service: its build and its container, which is ready as soon as it runs."""

    def container_created(self) -> Self:
        """Show a container that does not run yet."""
        return self._see("created")

    def container_running(self) -> Self:
        """Show a container that runs."""
        return self._see("running", running=True)

    def container_exited(self, exit_code: int = 0) -> Self:
        """Show a container that has exited; with 0 Tilt shows it ready."""
        return self._see("exited", exit_code=exit_code)

    def container_failed(self, error: str) -> Self:
        """Show a container that could not be run, with Docker's own words."""
        return self._see("exited", error=error)

    def _see(self, status: str, *, running: bool = False, exit_code: int = 0, error: str = "") -> Self:
        identity = hashlib.sha256(self.name.encode()).hexdigest()
        container = runtimes.ComposeRuntime(
            container_id=identity, status=status, running=running, exit_code=exit_code, error=error
        )
        seen = reducers.container_seen(self.resource, self._states.now, container)
        return self._become(seen, f"container is {status}")
