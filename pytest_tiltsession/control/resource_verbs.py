"""The verbs that drive whole resources: their builds, pods, containers and processes; the targets follow."""

from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors, times
from pytest_tiltsession.control import call, kinds, records, running, shown, target_verbs, verbs
from pytest_tiltsession.models import resources, runtimes

Field = verbs.Field
_KINDS = ("local", "kubernetes", "compose")
_NAMED = 'what it is called and what it is, such as {"name": "web", "kind": "kubernetes"}'
_NAMES = target_verbs.NAMES
_READY = Field("ready", kinds.Flag(), "Whether it is ready.")
_ERROR = Field("error", kinds.Text("exit status 1"), "What went wrong.")
_DOCKER = Field(
    "error", kinds.Text("no such image"), "What Docker said.", 'its text, such as {"error": "no such image"}'
)
_REASON = Field("reason", kinds.Text("reconciling"), "Why it waits.", 'why, such as {"reason": "reconciling"}')


_CONTAINER = records.Record(
    "a container",
    Field("name", kinds.Text("web"), "Its name.", 'such as {"name": "web"}'),
    Field("state", kinds.Choice(("waiting", "running", "terminated")), "Its state."),
    Field("reason", kinds.Text("CrashLoopBackOff"), "Why it is in it."),
    Field("exitCode", kinds.Whole(0, 255), "Its exit code."),
    _READY,
    made=runtimes.Container,
)
_POD = records.Record(
    "a pod",
    Field("name", kinds.Text("web-1"), "Its name.", 'such as {"name": "web-1"}'),
    Field("phase", kinds.Choice(("Pending", "Running", "Succeeded", "Failed", "Unknown")), "Its phase."),
    Field("status", kinds.Text("Running"), "What kubectl get pods shows."),
    Field("createdAt", kinds.Duration(), "When it was created, since the session's start; now without it."),
    Field("errors", kinds.ListOf(kinds.Text("no such file")), "What its containers said."),
    Field("containers", kinds.ListOf(_CONTAINER), "Its containers."),
    Field("initContainers", kinds.ListOf(_CONTAINER), "Its init containers."),
)

# Verb → what it does, and what it takes. Which kind of resource has it, its driver knows.
_DRIVES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "build-started": ("Start a build.", ()),
    "build-succeeded": ("End the build well.", ()),
    "build-failed": ("End the build with an error.", (_ERROR,)),
    "triggered": ("Ask for a build by hand, as tilt trigger does.", ()),
    "changed": ("Change a file that it depends on.", (Field("file", kinds.Text("main.go"), "The file."),)),
    "hold": ("Hold it for a reason that does not follow from the others.", (_REASON,)),
    "release": ("Let the reason of its wait follow from the others again.", ()),
    "disable": ("Disable it: it no longer counts.", ()),
    "enable": ("Enable it again.", ()),
    "remove": ("Take it out of the session.", ()),
    "serve-started": ("local: start its server; without a probe it is ready at once.", (_READY,)),
    "serve-ready": ("local: let its readiness probe pass.", ()),
    "serve-unready": ("local: let its readiness probe fail.", ()),
    "serve-restarting": ("local: let its server restart.", ()),
    "serve-ended": ("local: end its server, which is always an error.", ()),
    "new-pod": ("kubernetes: let the next pod be a new one.", (Field("name", kinds.Text("web-2"), "Its name."),)),
    "pod-pending": (
        "kubernetes: show a pod that has not started.",
        (Field("reason", kinds.Text("ImagePullBackOff"), "As kubectl shows it; ContainerCreating without it."),),
    ),
    "pod-running": ("kubernetes: show a pod that runs, ready without ready: false.", (_READY,)),
    "pod-succeeded": ("kubernetes: show a pod that has ended well.", ()),
    "pod-failed": ("kubernetes: show a pod that has failed.", (_ERROR,)),
    "pod-removed": ("kubernetes: show no pod any more.", ()),
    "pods": (
        "kubernetes: show pods in full; the newest counts.",
        (Field("pods", kinds.ListOf(_POD), "The pods.", 'a list, such as [{"name": "web-1", "phase": "Running"}]'),),
    ),
    "job-complete": ("kubernetes: let the Job be complete.", ()),
    "container-created": ("compose: show a container that does not run yet.", ()),
    "container-running": ("compose: show a container that runs.", ()),
    "container-exited": (
        "compose: show a container that has exited; with 0 it is ready.",
        (Field("exitCode", kinds.Whole(0, 255), "Its exit code, 0 without it."),),
    ),
    "container-failed": ("compose: show a container that could not be run.", (_DOCKER,)),
}


def drive_resource(now: running.Running, name: str, verb: str, given: dict[str, Any]) -> Any:
    """Drive a resource, and show it as it is then. Who removes one has it forgotten, once that is done."""
    with now.driving:
        driver = now.resource(name)
        about = f"{name}, a {shown.kind_of(driver)} resource,"
        if not hasattr(driver, verb.replace("-", "_")):
            has = [other for other in _DRIVES if hasattr(driver, other.replace("-", "_"))]
            raise errors.ImpossibleTransition(f"{about} has no {verb}; it has {', '.join(has)}")
        if verb == "pods":
            driver.pods(*(_pod(now, **pod) for pod in given["pods"]))  # type: ignore[attr-defined]  # asked above
        else:
            target_verbs.drive(driver, verb, given, about)
        return {"removed": name} if verb == "remove" else shown.resource(driver)


def _pod(now: running.Running, **given: Any) -> runtimes.Pod:
    clock = now.fake.clock
    created = given.pop("created_at", None)
    at = clock.now if created is None else clock.start + times.micros_of(created)
    return runtimes.Pod(created_at=at, **given)


def _driving(verb: str) -> verbs.Run:
    def run(now: call.Call) -> Any:
        name = now.names["name"]
        with now.running.driving:
            done = drive_resource(now.running, name, verb, dict(now.given))
            if verb == "remove":
                now.running.forget(name)
        return done

    return run


_OPTIONS = {
    "local": ("update", "serve", "probed", "allow_parallel"),
    "kubernetes": ("pod_readiness", "images"),
    "compose": ("images",),
}


def _declare(now: call.Call) -> Any:
    given = dict(now.given)
    name, kind = given.pop("name"), given.pop("kind")
    others = {option for options in _OPTIONS.values() for option in options}.difference(_OPTIONS[kind])
    surplus = next((option for option in given if option in others), None)
    if surplus is not None:
        goes = " and ".join(other for other, options in _OPTIONS.items() if surplus in options)
        raise errors.InvalidValue(f"{records.written(surplus)} goes with the kind {goes}, found kind {kind}")
    declare: Callable[..., Any] = getattr(now.fake, kind)
    return shown.resource(now.running.declare(name, lambda: declare(name, **given)))


def _list(now: call.Call) -> Any:
    with now.running.driving:
        return {"resources": shown.resources(now.running.resources.values())}


def _get(now: call.Call) -> Any:
    with now.running.driving:
        return shown.resource(now.running.resource(now.names["name"]))


_READINESS = (resources.WAIT, resources.IGNORE, resources.SUCCEEDED)
VERBS = (
    verbs.Verb("GET", "/resources", "Show the resources declared here.", "Resources", _list),
    verbs.Verb(
        "POST", "/resources", "Declare a whole resource, whose targets follow as Tilt's engine makes them.",
        "Resource", _declare,
        (Field("name", kinds.Text("web"), "Its name.", _NAMED),
         Field("kind", kinds.Choice(_KINDS), "What it is.", _NAMED),
         Field("after", _NAMES, "The resources that it depends on."),
         Field("autoInit", kinds.Flag(), "false: it is not built at the start."),
         Field("triggerMode", kinds.Choice(("auto", "manual")), "auto without it."),
         Field("update", kinds.Flag(), "local: whether it has a command to run; it has without this."),
         Field("serve", kinds.Flag(), "local: whether it has a server."),
         Field("probed", kinds.Flag(), "local: whether its server has a readiness probe."),
         Field("allowParallel", kinds.Flag(), "local: whether it may be built beside others."),
         Field("podReadiness", kinds.Choice(_READINESS), "kubernetes: wait without it; succeeded for a Job."),
         Field("images", _NAMES, "kubernetes, compose: the images that are built for it.")), 201, (409,),
    ),
    verbs.Verb("GET", "/resources/{name}", "Show a resource.", "Resource", _get, refuses=(404,)),
    *(
        verbs.Verb(
            "POST", f"/resources/{{name}}/{verb}", does, "Removed" if verb == "remove" else "Resource",
            _driving(verb), takes, refuses=(404, 409),
        )
        for verb, (does, takes) in _DRIVES.items()
    ),
)  # fmt: skip
FIELDS = {verb: takes for verb, (_, takes) in _DRIVES.items()}
