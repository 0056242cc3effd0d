"""Reads the recorded tables of Tilt's engine into the package's own values."""

import dataclasses
import json
import pathlib
from typing import Any

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import resources, runtimes, session

RECORDED = pathlib.Path(__file__).parents[1] / "recorded" / "engine"

# The recordings were made on this day; Tilt compares the times of changes with the machine's clock.
MACHINE_NOW = times.parse_time("2026-08-08T00:00:00Z") * times.MICROSECOND

Raw = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of targets.jsonl: a resource, and what the real code made of it."""

    raw: Raw
    resource: resources.Resource
    now: int
    grace: int | None

    @property
    def label(self) -> str:
        return f"{self.raw['id']} ({self.raw['note']})"


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a story: the engine's whole state, and the Session that followed."""

    raw: Raw
    label: str
    state: resources.EngineState
    spec: session.SessionSpec
    now: int


def instant(text: str | None) -> int | None:
    """Give microseconds, cut as the API cuts them."""
    return None if text is None else times.parse_time(text)


def nanoseconds(text: str) -> int:
    """Give a recorded instant, written with nine digits, in nanoseconds."""
    return times.parse_time(text) * times.MICROSECOND + int(text[-4:-1])


def duration(ci: Raw | None, name: str) -> int | None:
    """Give one duration of ``spec.ci`` in nanoseconds."""
    return times.parse_duration(ci[name]) if ci and name in ci else None


def read_builds(raw: Raw) -> resources.Builds:
    """Read builds; the lists are null where the engine had none."""
    reason = resources.BuildReason.NONE
    for name in raw["trigger_reason"] or ():
        reason |= resources.BuildReason[name.upper()]
    files = raw["pending_file_changes"] or ()
    others = raw["pending_dependency_changes"] or ()
    return resources.Builds(
        current=tuple(map(read_build, raw["current"] or ())),
        history=tuple(map(read_build, raw["history"] or ())),
        trigger_reason=reason,
        file_changes=tuple(
            resources.Change(at=instant(it["time"]), name=it["file"], target=it["target"]) for it in files
        ),
        dependency_changes=tuple(
            resources.Change(at=instant(it["time"]), name=it["on"], target=it["target"]) for it in others
        ),
        manifest_change=instant(raw["pending_manifest_change"]),
        consumed_before=instant(raw["changes_consumed_before"]),
    )


def read_build(raw: Raw) -> resources.Build:
    return resources.Build(start=instant(raw["start"]), finish=instant(raw["finish"]), error=raw.get("error"))


def read_container(raw: Raw) -> runtimes.Container:
    return runtimes.Container(
        name=raw["name"],
        state=raw["state"],
        reason=raw.get("reason", ""),
        exit_code=raw["exitCode"],
        ready=raw["ready"],
    )


def read_pod(raw: Raw) -> runtimes.Pod:
    return runtimes.Pod(
        name=raw["name"],
        phase=raw["phase"],
        status=raw["status"],
        created_at=instant(raw["createdAt"]),
        errors=tuple(raw["errors"]),
        containers=tuple(map(read_container, raw["containers"])),
        init_containers=tuple(map(read_container, raw["initContainers"])),
    )


def read_runtime(raw: Raw) -> runtimes.Runtime | None:
    """Read the runtime; ``synthetic-STATUS`` stands for a runtime of which only the status is known."""
    kind = raw["runtime_state"]
    if kind.startswith("synthetic-"):
        return runtimes.OpaqueRuntime(status=kind.removeprefix("synthetic-").removesuffix("-without-message"))
    if kind == "k8s":
        return runtimes.K8sRuntime(
            has_ever_deployed=raw["has_ever_deployed"],
            last_ready_time=instant(raw["last_ready_time"]),
            conditions=tuple(
                runtimes.Condition(type=it["type"], status=it["status"]) for it in raw.get("apply_conditions") or ()
            ),
            pods=tuple(map(read_pod, raw["pods"] or ())),
        )
    if kind == "compose":
        compose = raw["compose"]
        return runtimes.ComposeRuntime(
            container_id=compose["container_id"],
            status=compose["status"],
            running=compose["running"],
            error=compose["error"],
            exit_code=compose["exitCode"],
            last_ready_time=instant(compose["last_ready_time"]),
        )
    if kind == "local":
        local = raw["local"]
        return runtimes.LocalRuntime(
            status=local["status"],
            pid=local["pid"],
            start_time=instant(local["start_time"]),
            finish_time=instant(local["finish_time"]),
            ready=local["ready"],
            last_ready_time=instant(local["last_ready_time"]),
        )
    assert kind == "absent", kind
    return None


def read_resource(raw: Raw) -> resources.Resource:
    local = raw.get("local") or {}
    return resources.Resource(
        name=raw["resource"],
        kind=raw["kind"],
        runtime=read_runtime(raw),
        builds=read_builds(raw["build"]),
        disable_state=raw["disable_state"],
        trigger_mode=resources.TriggerMode(raw.get("trigger_mode", "auto")),
        pod_readiness=raw["pod_readiness_mode"],
        last_deploy_time=instant(raw["last_deploy_time"]),
        depends_on=tuple(raw.get("resource_deps", ())),
        has_update_cmd=local.get("has_update_cmd", True),
        has_serve_cmd=local.get("has_serve_cmd", False),
        allow_parallel=local.get("allow_parallel", False),
    )


def read_tiltfile(name: str, raw: Raw) -> resources.Resource:
    return resources.Resource(name=name, kind=resources.TILTFILE, builds=read_builds(raw))


def read_state(raw: Raw) -> resources.EngineState:
    extensions = raw.get("extension_tiltfiles", {})
    return resources.EngineState(
        tiltfile=read_tiltfile(session.TILTFILE_RESOURCE, raw["tiltfile"]),
        extension_tiltfiles=tuple(read_tiltfile(name, builds) for name, builds in extensions.items()),
        resources=tuple(map(read_resource, raw["resources"])),
        clusters={name: resources.Cluster(**cluster) for name, cluster in raw["clusters"].items()},
        trigger_queue=tuple(raw.get("trigger_queue", ())),
    )


def read_spec(raw: Raw) -> session.SessionSpec:
    ci = raw.get("ci")
    limits = None
    if ci is not None:
        limits = session.SessionCISpec(*(duration(ci, it) for it in ("k8sGracePeriod", "timeout", "readinessTimeout")))
    return session.SessionSpec(raw["tiltfilePath"], raw["exitCondition"], limits)


def read_lines(name: str) -> list[Raw]:
    return [json.loads(line) for line in (RECORDED / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def target_rows() -> list[Row]:
    """Give the rows of targets.jsonl."""
    return [
        Row(
            raw,
            read_resource(raw["input"]),
            nanoseconds(raw["input"]["now"]),
            duration(raw["input"]["spec_ci"], "k8sGracePeriod"),
        )
        for raw in read_lines("targets.jsonl")
    ]


@pytest.fixture(scope="session")
def stories() -> list[list[Step]]:
    """Give the stories of sessions.jsonl, step by step; the spec of a step is the last one that was set."""
    result = []
    for story in read_lines("sessions.jsonl"):
        spec, steps = story["spec"], []
        for number, raw in enumerate(story["steps"], 1):
            spec = raw.get("spec", spec)
            label = f"{story['id']}, step {number} ({raw['do']})"
            steps.append(Step(raw, label, read_state(raw["engine"]), read_spec(spec), nanoseconds(raw["now"])))
        result.append(steps)
    return result


@pytest.fixture(scope="session")
def engine_facts() -> list[Raw]:
    """Give the rows of engine-facts.jsonl."""
    return read_lines("engine-facts.jsonl")


@pytest.fixture(scope="session")
def machine_now() -> int:
    """Give the machine's clock while the recordings were made, in nanoseconds."""
    return MACHINE_NOW
