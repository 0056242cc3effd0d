"""Makes resources and events of what was read of them; knows no YAML and no header."""

from collections.abc import Iterable
from typing import Any

from pytest_tiltsession.models import resources as models
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import assembling, problems, shapes, steps
from pytest_tiltsession.scenario.relative import phase_kind, script

_KINDS = ("job", "server", "local", "kubernetes", "compose")
_SUFFIXES = {session.JOB: "update", session.SERVER: "serve"}
_SUCCEEDED = (script.Phase("succeeded"),)
_READY = (script.Phase("active", ready=True),)
_A_SECOND = (script.Phase("active", 1_000_000), *_SUCCEEDED)
_WHAT_HAPPENS = ("disable", "enable", "trigger", "change", "reload", "cluster", "note")


def entries(found: shapes.Found | None, told: problems.Problems) -> list[script.Resource | script.Track]:
    """Give the resources of a mapping from names."""
    if found is None:
        return []
    made = []
    for name, given in found.values.items():
        entry = _entry(name, given, script.Where(told.path, found.lines[name]), told)
        if entry is not None:
            made.append(entry)
    return made


def _entry(
    name: str, found: shapes.Found, where: script.Where, told: problems.Problems
) -> script.Resource | script.Track | None:
    given = [kind for kind in _KINDS if kind in found.lines]
    if len(given) != 1:
        what = " and ".join(given) if given else "nothing"
        told.add(where.line, f"{name} is {what}; it is one of {', '.join(_KINDS)}")
        return None
    kind = given[0]
    if kind not in found.values:
        return None  # it could not be read, which has been told
    if kind in (session.JOB, session.SERVER):
        return _track(name, kind, found, where)
    if "resources" in found.lines:
        told.add(found.line_of("resources"), f"{name}: a {kind} resource is its own; leave resources out")
    if name == session.TILTFILE_RESOURCE:
        told.add(where.line, f"{name} is the Tiltfile's own resource; give yours another name")
        return None
    return _resource(name, kind, found.values[kind], where)


def _track(name: str, kind: str, found: shapes.Found, where: script.Where) -> script.Track:
    target = name if ":" in name else f"{name}:{_SUFFIXES[kind]}"
    natural: tuple[str, ...] = (target.rpartition(":")[0],)
    if target == steps.TILTFILE.name:
        natural = steps.TILTFILE.resources
    return script.Track(target, kind, found.get("resources", natural), found.values[kind], where)


def _resource(name: str, kind: str, found: shapes.Found, where: script.Where) -> script.Resource:
    common: dict[str, Any] = {
        "name": name,
        "after": found.get("after", ()),
        "trigger_mode": _trigger_mode(found),
        "disabled": found.get("disabled", False),
        "where": where,
    }
    if kind == "local":
        return script.Local(
            update=found.get("update"),
            serve=found.get("serve"),
            allow_parallel=found.get("allowParallel", False),
            **common,
        )
    common |= {"build": found.get("build", _A_SECOND), "images": found.get("images", ())}
    if kind == "kubernetes":
        readiness = found.get("podReadiness", models.WAIT)
        return script.Kubernetes(pods=found.get("pods", _READY), pod_readiness=readiness, **common)
    container_id = found.get("containerID", "")
    return script.Compose(container=found.get("container", _READY), container_id=container_id, **common)


def _trigger_mode(found: shapes.Found) -> models.TriggerMode:
    auto_init = found.get("autoInit", True)
    if found.get("triggerMode", "auto") == "auto":
        return models.TriggerMode.AUTO if auto_init else models.TriggerMode.AUTO_WITH_MANUAL_INIT
    return models.TriggerMode.MANUAL_WITH_AUTO_INIT if auto_init else models.TriggerMode.MANUAL


def events(found: Iterable[shapes.Found], spec: session.SessionSpec, told: problems.Problems) -> list[script.Event]:
    """Give the events of a list; what a reload says of the spec changes what was said before."""
    made = []
    for given in found:
        at = _moment(given, told)
        if at is None:
            continue
        if not any(word in given.lines for word in _WHAT_HAPPENS):
            told.add(given.line, f"nothing happens here; write one of {', '.join(_WHAT_HAPPENS)}")
        reload = _reload(given.values.get("reload"), spec, told)
        spec = reload.spec if reload is not None and reload.spec is not None else spec
        cluster, error = given.get("cluster", ("", ""))
        made.append(
            script.Event(
                at=at,
                disable=given.get("disable", ()),
                enable=given.get("enable", ()),
                trigger=given.get("trigger", ()),
                change=given.get("change", ()),
                reload=reload,
                cluster=cluster,
                cluster_error=error,
                note=given.get("note", ""),
                where=script.Where(told.path, given.line),
            )
        )
    return made


def _moment(found: shapes.Found, told: problems.Problems) -> int | script.After | None:
    given = [key for key in ("at", "after") if key in found.lines]
    if len(given) != 1:
        what = "at and after" if given else "neither at nor after"
        told.add(found.line, f"an event has {what}; write when it happens, such as at: 2s or after: db")
        return None
    if given == ["at"]:
        at: int | None = found.get("at")
        return at
    return phase_kind.wait(found, script.Where(told.path, found.line), told)


def _reload(found: shapes.Found | None, spec: session.SessionSpec, told: problems.Problems) -> script.Reload | None:
    if found is None:
        return None
    said = assembling.spec_from(found.values["spec"], spec) if "spec" in found.values else None
    return script.Reload(
        add=tuple(entries(found.get("add"), told)),
        remove=found.get("remove", ()),
        changed=found.get("changed", ()),
        error=found.get("error", ""),
        takes=found.get("takes", script.DEFAULT_LOAD),
        spec=said,
    )
