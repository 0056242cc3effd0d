"""What events make of a resource, pinned to what the reducers of Tilt's engine left behind."""

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import reducers, short_pods, statuses

START = times.parse_time("2024-05-01T10:00:00Z")
MODES = {"wait": resources.WAIT, "succeeded": resources.SUCCEEDED, "ignore": resources.IGNORE}
KINDS = {
    "update only": {"has_update_cmd": True, "has_serve_cmd": False},
    "serve only": {"has_update_cmd": False, "has_serve_cmd": True},
    "update and serve": {"has_update_cmd": True, "has_serve_cmd": True},
}


def second(number):
    return START + number * 1_000_000


def new(kind, action):
    """Give the resource that a group of facts begins with."""
    if kind == "k8s":
        mode = MODES[action.split()[1].rstrip(":")]
        return resources.Resource(
            name="r", kind="k8s", runtime=runtimes.K8sRuntime(), disable_state="", pod_readiness=mode
        )
    if kind == "compose":
        return resources.Resource(name="r", kind="compose", disable_state="")
    commands = KINDS[action.split(":")[0]]
    return resources.Resource(name="r", kind="local", runtime=runtimes.LocalRuntime(), disable_state="", **commands)


def pod(name, *, ready):
    return short_pods.running(name, second(7), container="c", ready=ready)


def built(resource, start, end, error=None, *, probed=False):
    started = reducers.build_started(resource, second(start))
    return reducers.build_ended(started, second(end), error, probed=probed)


def happen(resource, what):
    """Let what a fact says happen to a resource."""
    pending = short_pods.pending("pod-b", "ContainerCreating", second(7), container="c")
    conditions = (runtimes.Condition(type="JobComplete", status="True"),)
    match what:
        case "new":
            return resource
        case "UIResource says Enabled" | "UIResource says Enabled again":
            return reducers.enabled(resource)
        case "build started at 1s":
            return reducers.build_started(reducers.enabled(resource), second(1))
        case "build failed at 5s":
            return reducers.build_ended(resource, second(5), "boom")
        case "build ok at 2s":
            return reducers.build_ended(resource, second(2))
        case "build ok at 5s, result without container":
            return reducers.build_ended(resource, second(5))
        case "second build ok, 6s to 9s":
            return built(resource, 6, 9)
        case "third build failed, 20s to 22s":
            return built(resource, 20, 22, "boom again")
        case "apply and discovery objects with a ready pod arrive during the first build":
            return reducers.pods_seen(resource, second(4), (pod("pod-a", ready=True),))
        case "discovery: pod not ready":
            return reducers.pods_seen(resource, second(10), (pod("pod-a", ready=False),))
        case "discovery: pod ready":
            return reducers.pods_seen(resource, second(11), (pod("pod-a", ready=True),))
        case "discovery: pod-a deleting, pod-b pending, same creation time":
            return reducers.pods_seen(resource, second(12), (pod("pod-a", ready=True), pending))
        case "discovery: no pods":
            return reducers.pods_seen(resource, second(13), ())
        case "apply: JobComplete True":
            return reducers.pods_seen(resource, second(14), (), conditions)
        case "UIResource says Disabled":
            return reducers.disabled(resource)
        case "discovery object deleted":
            return resource
        case "service object: container created":
            created = runtimes.ComposeRuntime(container_id="cid-1", status="created")
            return reducers.container_seen(resource, second(6), created)
        case "service object: container running":
            return reducers.container_seen(
                resource, second(7), runtimes.ComposeRuntime(container_id="cid-1", status="running", running=True)
            )
        case "service object: container exited 2":
            exited = runtimes.ComposeRuntime(container_id="cid-1", status="exited", exit_code=2)
            return reducers.container_seen(resource, second(8), exited)
        case "service object: new container id, no state yet":
            return reducers.container_seen(resource, second(9), runtimes.ComposeRuntime(container_id="cid-2"))
        case "serve command runs since 3s, ready false, no probe":
            return reducers.process_started(resource, second(3), 77, ready=False)
        case "serve command ready":
            return reducers.process_probed(resource, second(4), ready=True)
        case "serve command ended with exit code 0 at 8s":
            return reducers.process_ended(resource, second(8))
        case "serve command waits to restart":
            return reducers.process_restarts(resource)
    assert what == "serve command object created", what
    return resource


def shown(resource):
    """Give what the facts say of a resource."""
    runtime = resource.runtime
    found = {
        "disable_state": resource.disable_state,
        "last_deploy_time": written(resource.last_deploy_time),
        "last_ready_time_is_set": getattr(runtime, "last_ready_time", None) is not None,
        "current_builds": len(resource.builds.current),
        "history": [history(build) for build in resource.builds.history],
    }
    if isinstance(runtime, runtimes.K8sRuntime):
        found["has_ever_deployed"] = runtime.has_ever_deployed
        found["pods"] = [it.name for it in runtime.pods]
    if isinstance(runtime, runtimes.LocalRuntime):
        found["local_start_time"] = written(runtime.start_time)
        found["local_finish_time"] = written(runtime.finish_time)
        found["pid"] = runtime.pid
    if isinstance(runtime, runtimes.ComposeRuntime):
        found["container_id"] = runtime.container_id
    return found


def written(instant):
    return None if instant is None else times.format_micro_time(instant).replace("Z", "000Z")


def history(build):
    found = {"start": written(build.start), "finish": written(build.finish)}
    return found if build.error is None else {**found, "error": build.error}


def groups(facts):
    """Give the facts in the groups in which they follow each other."""
    found = []
    for fact in facts:
        if fact["action"] == "new" or fact["action"].endswith(": new"):
            found.append([])
        found[-1].append(fact)
    return found


def test_every_group_of_facts_is_replayed(engine_facts):
    """Kubernetes in three modes, Compose, and local resources of three kinds."""
    assert [len(group) for group in groups(engine_facts)] == [15, 15, 15, 8, 4, 9, 9]


@pytest.mark.parametrize("index", range(7))
def test_events_leave_behind_what_they_do_in_tilt(engine_facts, index):
    """Each event of a group makes of the resource what Tilt's own reducer made of it.

    The machine's clock stamps when a resource was ready in the facts, so that only whether it was is compared. That a
    local server's object was created and that its restart keeps the number of the old process needs no field here.
    """
    group = groups(engine_facts)[index]
    resource = new(group[0]["kind"], group[0]["action"])
    for fact in group:
        what = fact["action"].split(": ", 1)[1] if fact["kind"] != "compose" else fact["action"]
        if what == "serve command object created":
            continue
        resource = happen(resource, what)
        found = shown(resource)
        defaults = {"pid": 0, "container_id": ""}
        expected = {name: fact.get(name, defaults.get(name)) for name in found}
        # In the facts a new resource is not yet known to be enabled; the first build says that it is.
        assert expected == found, fact["action"]


def test_a_local_server_with_a_probe_is_not_ready_with_its_build():
    """Without a probe a good build makes a local resource ready; with one the probe does."""
    resource = resources.Resource(name="r", kind="local", runtime=runtimes.LocalRuntime(), has_serve_cmd=True)

    plain, probed = built(resource, 1, 2), built(resource, 1, 2, probed=True)

    assert (True, False) == (statuses.has_ever_been_ready(plain), statuses.has_ever_been_ready(probed))


def test_a_changed_file_waits_for_the_end_of_its_build():
    """A change is pending while the build that takes it up runs; one that comes meanwhile asks for another build."""
    resource = built(resources.Resource(name="r", kind="local", runtime=runtimes.LocalRuntime()), 1, 2)
    changed = reducers.file_changed(resource, second(3), "a")

    building = reducers.build_started(changed, second(4))
    again = reducers.file_changed(building, second(5), "b")
    ended = reducers.build_ended(again, second(6))

    assert [["a"], ["a", "b"], ["b"]] == [
        [change.name for change in it.builds.file_changes] for it in (building, again, ended)
    ]


def test_a_changed_definition_asks_for_one_build():
    """A resource whose definition is another one is built again, once."""
    resource = built(resources.Resource(name="r", kind="local", runtime=runtimes.LocalRuntime()), 1, 2)

    redefined = reducers.definition_changed(resource, second(3))

    assert second(3) == redefined.builds.manifest_change
    assert built(redefined, 4, 5).builds.manifest_change is None


def test_a_process_that_never_ran_has_neither_number_nor_duration():
    """A server whose command is not found is process 0, and has run for no time (ci-serve-command-not-found)."""
    resource = resources.Resource(name="r", kind="local", runtime=runtimes.LocalRuntime(), has_serve_cmd=True)

    process = reducers.process_ended(resource, second(1)).runtime

    assert (0, second(1), second(1)) == (process.pid, process.start_time, process.finish_time)
    assert reducers.process_ended(resource, second(1), 42).runtime.pid == 42


def test_a_trigger_is_taken_up_by_the_build():
    """What asked for a build is forgotten when it starts."""
    resource = resources.Resource(name="r", kind="local", trigger_mode=resources.TriggerMode.MANUAL)

    triggered = reducers.triggered(resource, resources.BuildReason.TRIGGER_CLI)

    assert triggered.builds.trigger_reason == resources.BuildReason.TRIGGER_CLI
    assert not reducers.build_started(triggered, second(1)).builds.trigger_reason
