"""The verbs about the process of the Tilt: it starts, exits, crashes, and is started again."""

from typing import Any

from pytest_tiltsession.control import call, kinds, shown, verbs

Field = verbs.Field
_AT = Field("at", kinds.Duration(moment=True), "When, since the session's start; now without it.")
_NEW = "Whether it has another {}; {} without this."


def _start(now: call.Call) -> Any:
    now.fake.start(**now.given)
    return shown.tilt(now.fake)


def _exit(now: call.Call) -> Any:
    now.fake.exit(**now.given)
    return shown.tilt(now.fake)


def _crash(now: call.Call) -> Any:
    now.fake.crash(**now.given)
    return shown.tilt(now.fake)


def _restart(now: call.Call) -> Any:
    with now.running.driving:
        now.fake.restart(**now.given)
    return shown.tilt(now.fake)


def _appear(now: call.Call) -> Any:
    with now.running.driving:
        now.fake.appear()
    return shown.verdict(now.fake)


VERBS = (
    verbs.Verb(
        "POST", "/tilt/start", "Start it, where it has not started or has ended.", "Tilt", _start,
        (Field("session", kinds.Flag(), "false: the API is there before the Session, until /tilt/appear."),),
        refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/tilt/exit", "End it as Tilt ends: watches end, then connections are refused.", "Tilt", _exit,
        (Field("code", kinds.Whole(0, 255), "What it exits with; without it, as the session stands."), _AT),
        refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/tilt/crash", "Kill it: connections break off, and the config file stays as it is.", "Tilt", _crash,
        (Field("reset", kinds.Flag(), "false: with FIN, not with RST."), _AT), refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/tilt/restart", "Start it again, after its end or in place of it, with a session of its own.", "Tilt",
        _restart,
        (Field("newPort", kinds.Flag(), _NEW.format("port", "it has")),
         Field("newWebPort", kinds.Flag(), _NEW.format("web port, and so another context", "it has not")),
         Field("newToken", kinds.Flag(), _NEW.format("token", "it has")),
         Field("newCa", kinds.Flag(), _NEW.format("authority", "it has not")),
         Field("keepTargets", kinds.Flag(), "false: nothing that was declared waits again."),
         Field("session", kinds.Flag(), "false: the API is there before the Session, until /tilt/appear."),
         Field("scenario", kinds.OrNull(kinds.Text("ci/never-ready")), "Another scenario, or null for none."), _AT),
        refuses=(409,),
    ),
    verbs.Verb("POST", "/tilt/appear", "Let the Session appear.", "Verdict", _appear, refuses=(409,)),
)  # fmt: skip
