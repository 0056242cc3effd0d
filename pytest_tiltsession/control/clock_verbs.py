"""The verbs about time: where the clock stands, moving it, and holding it."""

from typing import Any

from pytest_tiltsession.control import call, kinds, shown, verbs

Field = verbs.Field
_SPAN = kinds.Duration()
_LIMIT = Field("limit", _SPAN, "How far the clock may move meanwhile; without it, the limit of the session.")


def _look(now: call.Call) -> Any:
    return shown.clock(now.fake)


def _advance(now: call.Call) -> Any:
    before = now.fake.clock.now
    now.fake.clock.advance(now.given["by"])
    return shown.clock(now.fake, moved=now.fake.clock.now > before)


def _advance_to(now: call.Call) -> Any:
    before = now.fake.clock.now
    now.fake.clock.advance_to(now.given["to"])
    return shown.clock(now.fake, moved=now.fake.clock.now > before)


def _step(now: call.Call) -> Any:
    return shown.clock(now.fake, moved=now.fake.step())


def _run_until_done(now: call.Call) -> Any:
    with now.patient() as clock:
        now.fake.run_until_done(limit=now.given.get("limit"), clock=clock)
    return shown.verdict(now.fake)


def _hold(now: call.Call) -> Any:
    now.running.hold(now.given["name"])
    return shown.clock(now.fake)


def _release(now: call.Call) -> Any:
    now.running.release(now.names["name"])
    return shown.clock(now.fake)


VERBS = (
    verbs.Verb("GET", "/clock", "Show the clock.", "Clock", _look),
    verbs.Verb(
        "POST", "/clock/advance", "Move the clock on; what falls due meanwhile happens.", "Clock", _advance,
        (Field("by", _SPAN, "By how much.", 'how far, such as {"by": "2.5s"}'),), refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/clock/advance-to", "Move the clock on to an instant.", "Clock", _advance_to,
        (Field("to", kinds.Duration(moment=True), "An offset from the start, or a time.",
               'where, such as {"to": "4m"}'),), refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/clock/step", "Play the next instant; moved is false where nothing is planned.", "Clock", _step,
        refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/clock/run-until-done", "Play until the session is done, by its script or a timeout; else 417.",
        "Verdict", _run_until_done, (_LIMIT, verbs.PATIENCE), refuses=(409, 417),
    ),
    verbs.Verb(
        "POST", "/clock/holds", "Hold the clock: until it is released, nothing moves it.", "Clock", _hold,
        (Field("name", kinds.Text("the browser starts"), "What time waits for.",
               'what time waits for, such as {"name": "the browser starts"}'),), status=201, refuses=(409,),
    ),
    verbs.Verb("DELETE", "/clock/holds/{name}", "Release a hold.", "Clock", _release, refuses=(404,)),
)  # fmt: skip
