"""The verbs that claim something of the session: 200 where it is so, else 417 with the text that explains why not."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from pytest_tiltsession import errors
from pytest_tiltsession.control import call, expectation_kinds, kinds, records, session_verbs, shown, verbs
from pytest_tiltsession.expectations import checks

Field = verbs.Field
_SPAN = kinds.Duration()
_NAMES = kinds.ListOf(kinds.Text("api"), alone=True)
_STATES = kinds.ListOf(expectation_kinds.STATE, alone=True)
_WITHIN = Field("within", _SPAN, "Give or take so much.")
_EVENTUALLY = Field(
    "eventually", _SPAN, "Let the clock move until it is so, at most by this; without it, it is to be so now."
)
_SESSION = Field("session", kinds.Text("Tiltfile"), "The name of the Session; Tiltfile without it.")
_ALWAYS = (_EVENTUALLY, verbs.PATIENCE, _SESSION)
Claims = checks.Expectations | checks.Eventually


@contextlib.contextmanager
def _claims(now: call.Call) -> Iterator[tuple[Claims, dict[str, Any]]]:
    """Give what to call, and the fields that are about the claim itself."""
    given = {name: value for name, value in now.given.items() if name not in ("eventually", "patience", "session")}
    name, limit = now.given.get("session"), now.given.get("eventually")
    if limit is None:
        yield now.fake if name is None else now.fake.of(name), given
        return
    if name is not None:
        raise errors.InvalidValue("eventually waits for the session Tiltfile: leave session out, or eventually")
    with now.patient() as clock:
        yield now.fake.eventually(limit, clock=clock), given


def _claiming(claim: Callable[[Any, dict[str, Any]], object]) -> verbs.Run:
    def run(now: call.Call) -> Any:
        with _claims(now) as (on, given):
            claim(on, given)
        return {"met": True, "now": shown.offset(now.fake.clock.elapsed)}

    return run


def _simply(method: str) -> verbs.Run:
    """Claim what the method of this name claims of the same fields."""
    return _claiming(lambda on, given: getattr(on, method)(**given))


def _failed(on: Claims, given: dict[str, Any]) -> None:
    call.only_one("POST /expect/failed", given, "error", "match")
    on.expect_failed(**given)


def _done_at(on: Claims, given: dict[str, Any]) -> None:
    on.expect_done_at(given.pop("at"), **given)


def _exit_code(on: Claims, given: dict[str, Any]) -> None:
    on.expect_exit_code(given["code"])


def _target(on: Claims, given: dict[str, Any]) -> None:
    one = on.expect_target(given.pop("name"))
    call.only_one("POST /expect/target", given, "was", "wasOnly", "is")
    for claim in ("never_was", "was", "was_only"):
        if claim in given:
            getattr(one, claim)(*given[claim])
    if "is" in given:
        one.is_(given["is"])
    if "since" in given and "within" not in given:
        raise errors.InvalidValue('since goes with within, such as {"within": "5s", "since": "active"}')
    if "within" in given:
        one.within(given["within"], since=given.get("since"))
    if "at" in given:
        one.at(given["at"], within=given.get("give_or_take", 0))
    if "lasted" in given:
        one.lasted(**given["lasted"])


def _timeline(on: Claims, given: dict[str, Any]) -> None:
    on.expect_timeline(given["entries"])


def _never(on: Claims, given: dict[str, Any]) -> None:
    if not isinstance(on, checks.Expectations):
        raise errors.InvalidValue("what never was cannot be waited for: leave eventually out")
    on.expect_never(given["state"])


_COUNTS = ("count", "at_least", "at_most")
_SELECTED = tuple(field.argument for field in session_verbs.SELECTION)
_FLAGS = {
    "relistedAfter410": "Each client that was told 410 Gone lists next.",
    "resumedFromTheLastVersion": "Watches begin where their client had got to.",
    "closedTheWatches": "No watch is open, and there was one.",
    "wroteNothing": "None is a POST, PUT, PATCH or DELETE.",
    "usedTheToken": "Each carries the token.",
}
_SPACED = records.Record(
    "spaced", Field("atLeast", _SPAN, "At least so long."), Field("atMost", _SPAN, "At most so long.")
)
_BACKED_OFF = records.Record(
    "backedOff", *_SPACED.fields.values(), Field("growing", kinds.Flag(), "Never for shorter than before.")
)


def _requests(on: Claims, given: dict[str, Any]) -> None:
    chosen = {name: given.pop(name) for name in (*_SELECTED, *_COUNTS) if name in given}
    made = on.expect_requests(**chosen)
    for claim, value in given.items():
        if isinstance(value, dict):
            getattr(made, claim)(**value)
        elif isinstance(value, tuple):
            getattr(made, claim)(*value)
        elif value:
            getattr(made, _flag(claim))()


def _flag(claim: str) -> str:
    return claim.replace("after410", "after_410")


def _verb(what: str, summary: str, run: verbs.Run, *takes: Field) -> verbs.Verb:
    return verbs.Verb("POST", f"/expect/{what}", summary, "Met", run, (*takes, *_ALWAYS), refuses=(404, 409, 417))


VERBS = (
    _verb("succeeded", "The session is done without an error.", _simply("expect_succeeded")),
    _verb(
        "failed", "The session is done with an error: any, this one, or one in which a pattern is found.",
        _claiming(_failed),
        Field("error", kinds.Text("exit status 1"), "The exact error."),
        Field("match", kinds.Text("exit status [0-9]"), "A pattern, as Python reads it."),
    ),
    _verb(
        "running", "The session goes on; of each group that is given, just these targets are in it.",
        _simply("expect_running"),
        Field("waiting", kinds.Either(dict, kinds.MapOf(kinds.Text("waiting-for-dep")), _NAMES),
              "Those that wait; or from names to wait reasons."),
        Field("notReady", _NAMES, "Those that are active and not ready."),
        Field("retrying", _NAMES, "Those with an error that the grace period tolerates."),
    ),
    _verb(
        "exit-code", "What Tilt exits with, at the first session that is done.", _claiming(_exit_code),
        Field("code", kinds.OrNull(kinds.Whole(0, 255)), "0 or 1; null: it goes on.", "0, 1, or null"),
    ),
    _verb(
        "done-at", "When the session became done, since its start.", _claiming(_done_at),
        Field("at", _SPAN, "When.", 'when, such as {"at": "4s"}'), _WITHIN,
    ),
    _verb(
        "target", "What one target went through; within, at and lasted are about the state named last.",
        _claiming(_target),
        Field("name", kinds.Text("api"), "The target, or its resource.", 'which, such as {"name": "api"}'),
        Field("was", _STATES, "It went through these states in this order."),
        Field("wasOnly", _STATES, "It went through these and no other."),
        Field("neverWas", _STATES, "It was in none of these."),
        Field("is", expectation_kinds.STATE, "It is in this state now."),
        Field("within", _SPAN, "The state began at most so long after the session's start, or after since."),
        Field("since", kinds.Text("active"), "The word of a state named before, from which within counts."),
        Field("at", _SPAN, "The state began then."),
        Field("giveOrTake", _SPAN, "With at: give or take so much."),
        Field("lasted", _SPACED, "How long the state lasted."),
    ),
    _verb(
        "timeline", "These entries happened in this order, whatever else happened.", _claiming(_timeline),
        Field("entries", kinds.ListOf(expectation_kinds.ENTRY), "The entries; a list in anyOrder has no order.",
              'a list, such as [["migrate", "active"], ["4s", "session", "done"]]'),
    ),
    _verb(
        "requests", "Clients made such requests, as many, and in such a way.", _claiming(_requests),
        *session_verbs.SELECTION,
        Field("count", kinds.Whole(), "Just so many."),
        Field("atLeast", kinds.Whole(), "At least so many; one without any of these."),
        Field("atMost", kinds.Whole(), "At most so many."),
        *(Field(name, kinds.Flag(), doc) for name, doc in _FLAGS.items()),
        Field("backedOff", _BACKED_OFF, "Clients waited between a request that failed and their next."),
        Field("spaced", _SPACED, "The time between any two requests of a client."),
        Field("cameInOrder", kinds.ListOf(kinds.Text("list")), "The operations came in this order."),
    ),
    _verb(
        "never", "No target was ever in this state.", _claiming(_never),
        Field("state", expectation_kinds.STATE, "The state.", 'which, such as {"state": "disabled"}'),
    ),
)  # fmt: skip
