"""The verbs about the fake as a whole: where it is, what is played, another session in its place, the end."""

from typing import Any

from pytest_tiltsession import settings
from pytest_tiltsession.control import call, kinds, shown, verbs
from pytest_tiltsession.scenario import files, immediate

Field = verbs.Field
_SPAN = kinds.OrNull(kinds.Duration(worded=True))


def _tilt(now: call.Call) -> Any:
    return shown.tilt(now.fake)


def _document(now: call.Call) -> Any:
    return now.document


def _play(now: call.Call) -> Any:
    with now.running.driving:
        now.fake.play_step(now.given["step"])
    return shown.verdict(now.fake)


def _reset(now: call.Call) -> Any:
    given = dict(now.given)
    call.only_one("POST /reset", given, "scenario", "yaml")
    text = given.pop("yaml", None)
    if text is not None:
        given["scenario"] = files.parse(text, "yaml", given.pop("parameters", None))
    return shown.tilt(now.desk.reset(given).fake)


def _shut_down(now: call.Call) -> Any:  # noqa: ARG001  it is done when the answer has been sent
    return {"ends": True}


VERBS = (
    verbs.Verb("GET", "/", "Show where the fake is and how it is set.", "Tilt", _tilt),
    verbs.Verb("GET", "/openapi.json", "Show this document.", "OpenAPI", _document),
    verbs.Verb(
        "POST", "/play", "Play a step of the scenario file format now: set, remove, spec, session and so on.",
        "Verdict", _play,
        (Field("step", kinds.Given(dict, 'write {"set": {"api:serve": "active"}}', immediate.schema()),
               "The step, without its at; targets declares new ones.",
               'a step of the file format, such as {"step": {"set": {"api:serve": "active"}}}'),), refuses=(409,),
    ),
    verbs.Verb(
        "POST", "/reset",
        "Put a new session in the place of this one: url, token and context stay, watches end. What is not given "
        "stays as it was.", "Tilt", _reset,
        (Field("scenario", kinds.OrNull(kinds.Text("ci/never-ready")),
               "A name that tiltsession scenarios lists, or a path; null for none."),
         Field("yaml", kinds.Text("version: 1\ntitle: …"), "Instead: the text of a scenario file."),
         Field("parameters", kinds.MapOf(kinds.Text("5s", empty=True)), "The values of its parameters."),
         Field("exitCondition", kinds.Choice(settings.EXIT_CONDITIONS), "Without a scenario: ci or manual."),
         Field("timeout", _SPAN, "Without a scenario: the timeout, or null."),
         Field("readinessTimeout", _SPAN, "Without a scenario: the readiness timeout, or null."),
         Field("k8sGracePeriod", _SPAN, "Without a scenario: the grace period, or null."),
         Field("tiltfilePath", kinds.Text("/app/Tiltfile"), "Without a scenario: the path of the Tiltfile."),
         Field("start", kinds.Text("2026-01-01T00:00:00Z"), "Without a scenario: the session's start."),
         Field("profile", kinds.Choice(settings.PROFILES), "How faithful the API is."),
         Field("progress", kinds.Choice(settings.PROGRESS), "How time moves."),
         Field("speed", kinds.Given((int, float), "write a number", {"type": "number", "exclusiveMinimum": 0}),
               "Under wall: how many times as fast."),
         Field("limit", kinds.Duration(worded=True), "How far the clock goes by itself under auto, and waits move it."),
         Field("exitWhenDone", kinds.Flag(), "Whether the process ends when the session is done.")),
        refuses=(409,),
    ),
    verbs.Verb("POST", "/shutdown", "End the program, once this is answered.", "Ending", _shut_down,
               after=lambda now: now.desk.shut_down()),
)  # fmt: skip
