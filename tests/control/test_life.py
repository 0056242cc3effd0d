"""Resets, the life of the process and faults by HTTP: the API's address stays, whatever comes and goes behind it."""

import json
import ssl
import urllib.request

import pytest

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


def opened(control, path, tilt=None):
    """Open a path of the API with what was known of it."""
    tilt = tilt or control.get("/")
    context = ssl.create_default_context(cafile=tilt["ca"]) if tilt["ca"] else None
    request = urllib.request.Request(tilt["url"] + path, headers={"Authorization": f"Bearer {tilt['token']}"})
    return urllib.request.urlopen(request, context=context, timeout=30)


def targets(control, tilt=None):
    """Name the targets that a client of the API sees."""
    with opened(control, f"{SESSIONS}/Tiltfile", tilt) as answer:
        return [item["name"] for item in json.load(answer)["status"]["targets"] or ()]


@pytest.mark.parametrize("tls", [False, True])
def test_a_reset_puts_a_new_session_where_the_old_one_was(controlled, tls):
    """Watches get what is left and end; url, token, certificate, context and kubeconfig are as they were."""
    control = controlled(tls=tls)
    control.post("/targets", name="migrate", type="job")
    control.post("/resources", name="web", kind="kubernetes")
    control.post("/clock/holds", name="the browser starts")
    before = control.get("/")
    with opened(control, f"{SESSIONS}?watch=true") as watch:
        assert "migrate:update" in watch.readline().decode()
        after = control.post("/reset", scenario="ci/never-ready")
        assert b"" == watch.read()
    same = ("url", "token", "ca", "kubeconfig", "context", "web_url", "env")
    assert [before[name] for name in same] == [after[name] for name in same]
    assert after["scenario"]
    assert "migrate:update" not in targets(control, before.body)
    assert ([], []) == (control.get("/resources")["resources"], control.get("/clock")["holds"])
    assert "Readiness timeout" in control.post("/clock/run-until-done")["error"]


def test_a_reset_takes_a_scenario_by_its_text_or_none(control):
    """Inline, with parameters; then a bare session with options of its own, and the same again without any."""
    text = "version: 1\ntitle: inline\nparameters: {late: 1s}\ntargets: {api:serve: {type: server}}\nsteps:\n"
    text += "  - {at: '${late}', set: {api:serve: active}}\n"
    assert "inline" == control.post("/reset", yaml=text, parameters={"late": "7s"})["scenario"]
    assert "7s" == control.get("/clock")["planned"][0]["at"]
    bare = control.post("/reset", scenario=None, timeout="1m", profile="kubernetes", progress="auto")
    assert ("", "kubernetes", "auto") == (bare["scenario"], bare["profile"], bare["progress"])
    assert "wall" == control.post("/reset", progress="wall", speed=0.5)["progress"]
    assert "manual" == control.post("/reset", progress="manual")["progress"]
    control.post("/reset")
    assert "1m0s" == control.get("/session")["session"]["spec"]["ci"]["timeout"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"scenario": "ci/never-redy"}, "did you mean ci/never-ready"),
        ({"scenario": "nowhere.tilt.yaml"}, "nowhere.tilt.yaml: the scenario file cannot be read"),
        ({"yaml": "version: 1\nstep: []"}, "yaml:2: 'step' is no key of a scenario; did you mean steps?"),
        ({"yaml": "version: 1", "scenario": "ci/green"}, "takes one of scenario and yaml"),
        ({"scenario": "ci/green", "timeout": "5m"}, "the scenario says that itself, as session.ci.timeout"),
        ({"speed": 10}, "speed=10 goes with progress='wall', found progress='manual'"),
        ({"progress": "quick"}, "write manual or reads or auto or wall"),
        ({"port": 8080}, "'port' is no field of POST /reset"),
    ],
)
def test_a_reset_that_cannot_be_leaves_the_session_as_it_is(control, fields, text):
    """The answer says what would do, and the session goes on."""
    control.post("/targets", name="migrate", type="job")
    answer = control.post("/reset", **fields)
    assert (422, True) == (answer.status, text in answer["error"]), answer["error"]
    assert "migrate:update" in targets(control)
    assert control.post("/clock/advance", by="1s")["moved"]


def test_a_tilt_exits_crashes_and_is_started_again(control):
    """Nobody answers meanwhile, and the verdict is still to be read; a reset serves again at the same place."""
    before = control.get("/").body
    control.post("/targets", name="migrate", type="job")
    assert not control.post("/tilt/crash")["serving"]
    with pytest.raises(urllib.error.URLError, match="refused"):
        targets(control, before)
    assert (True, -9) == (control.get("/session")["exited"], control.get("/session")["exitCode"])
    refused = control.post("/targets/migrate:update/start")
    assert (409, True) == (refused.status, "was killed at 00:00:00.000000" in refused["error"])
    assert 409 == control.post("/cluster").status

    again = control.post("/tilt/restart", newPort=False, newToken=True)
    assert (before["url"], True) == (again["url"], before["token"] != again["token"])
    assert "migrate:update" in targets(control)
    control.post("/tilt/exit", code=3, at="5s")
    control.post("/clock/advance", by="10s")
    verdict = control.get("/session")
    assert ["killed", "started", "exited"] == [mark["word"] for mark in verdict["marks"]]
    assert (3, "5s") == (verdict["exitCode"], verdict["marks"][-1]["at"])
    assert 409 == control.post("/tilt/exit").status

    reset = control.post("/reset", exitWhenDone=True)
    assert (again["url"], again["token"], True) == (reset["url"], reset["token"], reset["serving"])
    assert ["tiltfile:update"] == targets(control)
    control.post("/targets", name="migrate", type="job")
    control.post("/targets/migrate:update/succeed")
    assert (0, False) == (control.get("/session")["exitCode"], control.get("/")["serving"])
    assert control.post("/tilt/start")["serving"]
    assert "tiltfile:update" in targets(control)


def test_the_api_may_be_there_before_the_session(control):
    """Started without it, the session appears when it is told to."""
    control.post("/tilt/restart", session=False)
    assert "absent" == control.get("/session")["outcome"]
    assert "running" == control.post("/tilt/appear")["outcome"]
    assert 409 == control.post("/tilt/appear").status


def test_faults_are_armed_met_and_disarmed(control):
    """As a scenario file names them; how often each was met is to be seen, and the journal names it."""
    armed = control.post(
        "/faults",
        faults=[{"fault": "refuse", "code": 503, "retryAfter": "2s", "times": 1}, {"fault": "cut-watch", "events": 9}],
    )
    assert [1, 2] == [fault["number"] for fault in armed["faults"]]
    with pytest.raises(urllib.error.HTTPError, match="503"):
        targets(control)
    assert ["tiltfile:update"] == targets(control)
    refuse = control.get("/faults")["faults"][0]
    assert ("refuse", 1, True) == (refuse["fault"], refuse["met"], refuse["spent"])
    assert ["refuse", ""] == [record["fault"] for record in control.get("/requests")["requests"]]
    assert any("cut-watch" in problem for problem in control.get("/session")["problems"])
    assert "no fault 7 is armed; there is 1, 2" in control("DELETE", "/faults/7")["error"]
    assert [1] == [fault["number"] for fault in control("DELETE", "/faults/2")["faults"]]
    assert [] == control("DELETE", "/faults")["faults"]
    assert 3 == control.post("/faults", faults={"fault": "conflict"})["faults"][0]["number"]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"fault": "cut-wath"}, "faults[0]: there is no fault 'cut-wath'; did you mean cut-watch?"),
        ({"fault": "cut-watch", "event": 1}, "faults[0]: cut-watch has no event; did you mean events?"),
        ({"fault": "drop-event"}, "faults[0]: drop-event needs event"),
        ({"events": 1}, "faults[0]: there is no fault ''"),
        ("cut-watch", 'faults is "cut-watch"; write {"fault": "cut-watch"'),
    ],
)
def test_a_fault_that_there_is_not_is_refused(control, fault, text):
    """With the name of the one that was probably meant; nothing is armed."""
    answer = control.post("/faults", faults=fault)
    assert (422, True) == (answer.status, text in answer["error"]), answer["error"]
    assert [] == control.get("/faults")["faults"]
