"""The verbs that drive single targets and the Tiltfile; each refuses what Tilt never shows, as its driver does."""

import inspect
from collections.abc import Callable
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.control import call, kinds, records, running, shown, verbs
from pytest_tiltsession.engine import drivers
from pytest_tiltsession.models import session as sessions

Field = verbs.Field
NAMES = kinds.ListOf(kinds.Text("api"), alone=True)
_NAMED = 'the resource that it belongs to, such as {"name": "migrate", "type": "job"}'
_READY = Field("ready", kinds.Flag(), "Of a server: whether it is ready at once; it is not without this.")
_STARTED = Field("started", kinds.Duration(), "When it started, since the session's start, where it was not shown.")

# Verb → what it does, and what it takes.
DRIVES: dict[str, tuple[str, tuple[Field, ...]]] = {
    "wait": ("Queue it.", (Field("reason", kinds.Text("waiting-for-dep"), "Why it waits."),)),
    "start": ("Run it: active, and not ready.", (_READY, _STARTED)),
    "restart": ("Run it anew from now on.", (_READY,)),
    "ready": ("Let the readiness checks of a server pass; starts one that does not run.", ()),
    "unready": ("Let the readiness checks of a server fail.", ()),
    "succeed": ("End a job without an error.", (_STARTED,)),
    "fail": (
        "End it with an error.",
        (Field("error", kinds.Text("exit status 1"), "The error; a server's has a text of its own."), _STARTED),
    ),
    "disable": ("Disable its resource: it no longer counts.", ()),
    "enable": ("Enable it again.", ()),
    "remove": ("Take it out of the session, as a Tiltfile reload does.", ()),
}


def drive(driver: object, verb: str, given: dict[str, Any], about: str) -> None:
    """Call a verb of a driver; ``about`` says what it drives, such as ``migrate:update, a job,``."""
    method: Callable[..., object] = getattr(driver, verb.replace("-", "_"))
    known = inspect.signature(method).parameters
    surplus = [name for name in given if name not in known]
    if surplus:
        takes = ", ".join(map(records.written, known)) or "nothing"
        raise errors.ImpossibleTransition(f"{verb} of {about} takes no {records.written(surplus[0])}; it takes {takes}")
    if "error" in known and known["error"].default is inspect.Parameter.empty:
        given = {"error": "", **given}  # the driver says what is wrong with that
    method(**given)


def drive_target(now: running.Running, name: str, verb: str, given: dict[str, Any]) -> Any:
    """Drive a target, and show it as it is then."""
    with now.driving:
        driver = now.fake.target(name)
        drive(driver, verb, given, f"{driver.name}, a {driver.target.type},")
        return {"removed": name} if verb == "remove" else shown.target(driver.target)


def _driving(verb: str) -> verbs.Run:
    return lambda now: drive_target(now.running, now.names["name"], verb, dict(now.given))


def _declare(now: call.Call) -> Any:
    given = dict(now.given)
    declare = {sessions.JOB: now.fake.job, sessions.SERVER: now.fake.server}[given.pop("type")]
    with now.running.driving:
        driver: drivers.Driver = declare(given.pop("name"), **given)
        return shown.target(driver.target)


def _list(now: call.Call) -> Any:
    return {"targets": shown.targets(now.fake.look())}


def _get(now: call.Call) -> Any:
    with now.running.driving:
        return shown.target(now.fake.target(now.names["name"]).target)


def _reload(now: call.Call) -> Any:
    with now.running.driving:
        now.fake.reload(**now.given)
    return shown.verdict(now.fake)


def _cluster(now: call.Call) -> Any:
    with now.running.driving:
        now.fake.cluster_fails(now.given.get("failed", True))
    return shown.verdict(now.fake)


_SPAN = kinds.Duration(worded=True)
VERBS = (
    verbs.Verb("GET", "/targets", "Show the targets of the session.", "Targets", _list),
    verbs.Verb(
        "POST", "/targets", "Declare a job (api:update) or a server (api:serve), which waits.", "Target", _declare,
        (Field("name", kinds.Text("migrate"), "Its resource, or with a colon its own name.", _NAMED),
         Field("type", kinds.Choice((sessions.JOB, sessions.SERVER)), "What it is.", _NAMED),
         Field("resources", NAMES, "The resources that it belongs to, where they are others."),
         Field("autoInit", kinds.Flag(), "false: it is inactive.")), 201, (409,),
    ),
    verbs.Verb("GET", "/targets/{name}", "Show a target.", "Target", _get, refuses=(404,)),
    *(
        verbs.Verb(
            "POST", f"/targets/{{name}}/{verb}", does, "Removed" if verb == "remove" else "Target", _driving(verb),
            takes, refuses=(404, 409),
        )
        for verb, (does, takes) in DRIVES.items()
    ),
    verbs.Verb(
        "POST", "/reload", "Reload the Tiltfile: what clients wrote to Tiltfile's spec is set back.", "Verdict",
        _reload,
        (Field("remove", NAMES, "Targets to take away."),
         Field("exitCondition", kinds.Choice(("ci", "manual")), "The exit condition from now on."),
         Field("timeout", _SPAN, "The timeout from now on."),
         Field("readinessTimeout", _SPAN, "The readiness timeout from now on.")), refuses=(404, 409),
    ),
    verbs.Verb(
        "POST", "/cluster", "Let the connection to the cluster fail, or come back.", "Verdict", _cluster,
        (Field("failed", kinds.Flag(), "false: it is there again; true without this."),), refuses=(409,),
    ),
)  # fmt: skip
