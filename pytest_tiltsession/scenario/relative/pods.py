"""A Kubernetes resource as it lives: what its pods go through."""

from pytest_tiltsession.models import runtimes
from pytest_tiltsession.rules import kubernetes, pod_texts, reducers, short_pods, statuses
from pytest_tiltsession.scenario.relative import lives, script

_JOB_COMPLETE = runtimes.Condition(type=statuses.JOB_COMPLETE, status="True")


class KubernetesLife(lives.Life):
    """A Kubernetes resource. Each deploy brings a pod of its own, numbered where the script does not name it."""

    entry: script.Kubernetes
    _pod_name = ""
    _created_at = 0
    _number = 0

    def _build_phases(self) -> script.Phases:
        return self.entry.build

    def _runtime_phases(self) -> script.Phases:
        return self.entry.pods

    def _deployed(self) -> None:
        self._pod_name = ""

    def enable(self) -> None:
        """Enable it; Tilt deleted its pods when it was disabled."""
        self._pod_name = ""
        self.resource = reducers.pods_seen(self.resource, self._around.instant, ())
        super().enable()

    def _show_runtime(self, phase: script.Phase) -> None:
        if phase.word == "removed" or (phase.word, phase.reason) == ("waiting", kubernetes.WAITING_FOR_POD):
            self._pod_name = ""
            self.become(reducers.pods_seen(self.resource, self._around.instant, ()))
            return
        if not self._pod_name or phase.pod_name not in ("", self._pod_name):
            self._number += 1
            self._pod_name = phase.pod_name or f"{self.name}-{self._number}"
            self._created_at = self._around.instant
        pod = seen(phase, self._pod_name, self._created_at, container=self.name)
        conditions = (_JOB_COMPLETE,) if phase.pod is not None and phase.pod.job_complete else ()
        self.become(reducers.pods_seen(self.resource, self._around.instant, (pod,), conditions))


def seen(phase: script.Phase, name: str, created_at: int, *, container: str) -> runtimes.Pod:
    """Give the pod that a phase shows; ``container`` names the one container that a phase in short has."""
    if phase.pod is not None:
        return _detailed(phase.pod, name, created_at)
    match phase.word:
        case "active":
            return short_pods.running(name, created_at, container=container, ready=phase.ready is not False)
        case "succeeded":
            return short_pods.succeeded(name, created_at, container=container)
        case "failed":
            return short_pods.failed(name, created_at, container=container, error=phase.error)
    return short_pods.pending(name, phase.reason, created_at, container=container)


def _detailed(pod: script.Pod, name: str, created_at: int) -> runtimes.Pod:
    init, main = [[_detail(it) for it in found] for found in (pod.init_containers, pod.containers)]
    status = pod_texts.status(pod.phase, init, main) if pod.status is None else pod.status
    return runtimes.Pod(
        name=name,
        phase=pod.phase,
        status=status,
        created_at=created_at,
        errors=pod_texts.messages(init, main),
        containers=tuple(map(_container, pod.containers)),
        init_containers=tuple(map(_container, pod.init_containers)),
    )


def _detail(container: script.Container) -> pod_texts.Detail:
    known = _container(container)
    return pod_texts.Detail(
        state=known.state,
        reason=known.reason,
        exit_code=known.exit_code,
        ready=known.ready,
        message=container.message,
    )


def _container(container: script.Container) -> runtimes.Container:
    if container.waiting is not None:
        return runtimes.Container(name=container.name, state="waiting", reason=container.waiting)
    if container.exit_code is None:
        return runtimes.Container(name=container.name, state="running", ready=container.ready)
    reason = container.reason or ("Error" if container.exit_code else "Completed")
    return runtimes.Container(name=container.name, state="terminated", reason=reason, exit_code=container.exit_code)
