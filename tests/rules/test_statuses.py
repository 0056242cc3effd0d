"""Build reasons, update status and runtime status, pinned to what Tilt's engine computed of hand-built states."""

from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import resources, runtimes
from pytest_tiltsession.rules import builds, pods, statuses


def update_status(resource: resources.Resource, machine_now: int) -> str:
    """Give the update status as Tilt shows it: of a local resource without update command the no-op build is hidden."""
    status = statuses.builds_status(resource, machine_now)
    if resource.kind == resources.LOCAL and not resource.has_update_cmd:
        return {"in_progress": "pending", "ok": "not_applicable"}.get(status, status)
    return status


def test_a_resource_has_the_recorded_statuses(target_rows, machine_now):
    """Build reason, update status and runtime status of each resource are those that Tilt's engine computes."""
    wrong = []
    for row in target_rows:
        resource = row.resource
        found = {
            "update_status": update_status(resource, machine_now),
            "runtime_status_of_state": "(no state)" if resource.runtime is None else statuses.state_status(resource),
            "runtime_status": statuses.runtime_status(resource, machine_now),
            "runtime_error": statuses.runtime_error(resource),
        }
        if resource.kind != resources.TILTFILE:
            found["next_build_reason"] = int(builds.next_build_reason(resource))
        if "most_recent_pod" in row.raw["derived"]:
            found["most_recent_pod"] = pods.newest(resource.runtime.pods).name
        expected = {name: row.raw["derived"][name] for name in found}
        if found != expected:
            wrong.append(f"{row.label}\n  expected {expected}\n  found    {found}")

    assert not wrong, "\n".join(wrong)


def test_the_engine_facts_have_the_recorded_statuses(engine_facts, machine_now):
    """From the builds and runtimes that Tilt's reducers leave behind follow the statuses that Tilt computed of them.

    A fact names its pods without their states, so that only facts of Kubernetes without pods have a runtime to check.
    """
    wrong, with_runtime = [], 0
    for fact in engine_facts:
        resource = resource_of_fact(fact)
        found = {"update_status": update_status(resource, machine_now)}
        if not fact["pods"] and not fact["action"].endswith("exited 2"):
            found["runtime_status"] = statuses.runtime_status(resource, machine_now)
            with_runtime += 1
        expected = {name: fact[name] for name in found}
        if found != expected:
            wrong.append(f"{fact['kind']}: {fact['action']}\n  expected {expected}\n  found    {found}")

    assert not wrong, "\n".join(wrong)
    assert (len(engine_facts), with_runtime) == (75, 56)


def resource_of_fact(fact: dict[str, Any]) -> resources.Resource:
    """Give the resource that a fact speaks of; its first words name the commands, or the readiness mode."""
    subject = fact["action"].split(":")[0]
    conditions = (it.split("=") for it in fact["apply_conditions"])
    runtime: dict[str, runtimes.Runtime] = {
        "k8s": runtimes.K8sRuntime(
            has_ever_deployed=fact["has_ever_deployed"],
            conditions=tuple(runtimes.Condition(type=name, status=status) for name, status in conditions),
        ),
        "compose": runtimes.ComposeRuntime(status=fact.get("compose_status", "")),
        "local": runtimes.LocalRuntime(status=fact.get("local_status", ""), pid=fact.get("pid", 0)),
    }
    history = (
        resources.Build(start=times.parse_time(it["start"]), finish=0, error=it.get("error")) for it in fact["history"]
    )
    return resources.Resource(
        name="it",
        kind=fact["kind"],
        runtime=runtime.get(fact["runtime_state"]),
        builds=resources.Builds(current=(resources.Build(start=1),) * fact["current_builds"], history=tuple(history)),
        pod_readiness=subject.removeprefix("mode "),
        has_update_cmd="update" in subject,
        has_serve_cmd="serve" in subject,
    )


def test_a_build_without_a_start_time_is_no_build_to_the_update_status():
    """A manual resource whose only build has no recorded start has nothing to update yet."""
    history = (resources.Build(start=None, finish=2),)
    manual = resources.Resource(
        name="m",
        kind=resources.K8S,
        builds=resources.Builds(history=history),
        trigger_mode=resources.TriggerMode.MANUAL,
    )

    assert statuses.builds_status(manual, 0) == "none"
