"""What the pods of a resource say: which one counts, and how it is; knows no build and no target."""

from collections.abc import Iterable

from pytest_tiltsession.models import runtimes

RUNNING = "Running"
SUCCEEDED = "Succeeded"
FAILED = "Failed"

# The reasons for which a waiting container counts as failed. CreateContainerConfigError, CreateContainerError,
# InvalidImageName and ErrImageNeverPull are not among them: Tilt goes on waiting.
ERROR_WAIT_REASONS = frozenset(
    {"CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "RunContainerError", "StartError", "Error"}
)

NO_POD = runtimes.Pod(name="")


def created_second(pod: runtimes.Pod) -> int | None:
    """Give the pod's creation time as Kubernetes keeps it: cut to whole seconds, in microseconds."""
    return None if pod.created_at is None else pod.created_at - pod.created_at % 1_000_000


def newest(pods: Iterable[runtimes.Pod]) -> runtimes.Pod:
    """Give the pod that counts: created latest, then the larger name, then the first listed; else an empty one."""
    return max(pods, key=_age_and_name, default=NO_POD)


def _age_and_name(pod: runtimes.Pod) -> tuple[float, bytes]:
    created = created_second(pod)
    return float("-inf") if created is None else created, pod.name.encode("utf-8", "surrogatepass")


def all_ready(pod: runtimes.Pod) -> bool:
    """Tell whether there are containers and each is ready; init containers do not count."""
    return bool(pod.containers) and all(container.ready for container in pod.containers)


def failing_container(pod: runtimes.Pod) -> runtimes.Container | None:
    """Give the first container in an error state, init containers first."""
    return next(filter(_fails, (*pod.init_containers, *pod.containers)), None)


def _fails(container: runtimes.Container) -> bool:
    if container.state == "terminated":
        return container.exit_code != 0
    return container.state == "waiting" and container.reason in ERROR_WAIT_REASONS
