"""What is to be seen by HTTP: the clock, the timeline, requests and commits, and claims about them."""

import urllib.request

import pytest


def ask(control, path="/apis/tilt.dev/v1alpha1/sessions", agent="dash/1.0", token=None):
    """Read a path of the API as a client does."""
    tilt = control.get("/")
    request = urllib.request.Request(
        tilt["url"] + path, headers={"Authorization": f"Bearer {token or tilt['token']}", "User-Agent": agent}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.status


def played(control):
    """Play two jobs and a server, up to a failure at 4s."""
    control.post("/targets", name="migrate", type="job")
    control.post("/targets", name="api", type="server", autoInit=False)
    control.post("/clock/advance", by="1s")
    control.post("/targets/migrate:update/start")
    control.post("/clock/advance", by=3)
    control.post("/targets/migrate:update/fail", error="exit status 1")


def test_the_clock_moves_when_it_is_told_to(control):
    """By durations and numbers, to offsets and times, and by steps to what is due next."""
    assert ("0s", "30m0s") == (control.get("/clock")["elapsed"], control.get("/clock")["planned"][0]["at"])
    assert "2.5s" == control.post("/clock/advance", by="2.5s")["elapsed"]
    assert 3_000_000 == control.post("/clock/advance", by=0.5)["micros"]
    assert "4m0s" == control.post("/clock/advance-to", to="4m")["elapsed"]
    assert "5m0s" == control.post("/clock/advance-to", to="2026-01-01T00:05:00.000000Z")["elapsed"]
    stepped = control.post("/clock/step")
    assert ("30m0s", True) == (stepped["elapsed"], stepped["moved"])
    assert not control.post("/clock/step")["moved"]


def test_a_hold_keeps_the_clock_where_it_is(control):
    """Until it is released, by its name, everything that would move the clock is refused."""
    assert ["the browser starts"] == control.post("/clock/holds", name="the browser starts")["holds"]
    assert "the clock is held by 'the browser starts'" in control.post("/clock/advance", by="1s")["error"]
    assert 409 == control.post("/clock/holds", name="the browser starts").status
    assert "did you mean the browser starts?" in control("DELETE", "/clock/holds/the%20browser%20stars")["error"]
    assert [] == control("DELETE", "/clock/holds/the%20browser%20starts")["holds"]
    assert control.post("/clock/advance", by="1s")["moved"]


def test_the_timeline_is_text_and_structure(control):
    """Each target has its states with their spans, the session its events, and the drawing is that of Python."""
    played(control)
    timeline = control.get("/timeline")
    rows = {row["name"]: [(item["from"], item["to"], item["state"]) for item in row["states"]] for row in
            timeline["targets"]}  # fmt: skip
    assert [
        ("0s", "1s", "waiting: tiltfile-reload"),
        ("1s", "4s", "active"),
        ("4s", None, "failed: exit status 1"),
    ] == (rows["migrate:update"])
    assert [("0s", None, "inactive")] == rows["api:serve"]
    assert ("4s", "done", "exit status 1") in [
        (event["at"], event["word"], event["text"]) for event in timeline["events"]
    ]
    assert "the session failed: exit status 1" in timeline["text"]
    assert timeline["text"] == control.control.fake.render_timeline()
    assert [] == control.get("/timeline?session=other")["targets"]


def test_requests_are_chosen_as_expectations_choose_them(control):
    """By operation, client, status and time; what was asked of the control interface is not among them."""
    ask(control)
    control.post("/clock/advance", by="2s")
    ask(control, "/apis/tilt.dev/v1alpha1/sessions/Tiltfile", agent="bot/2")
    with pytest.raises(urllib.error.HTTPError):
        ask(control, token="wrong")

    def chosen(query=""):
        return [record["number"] for record in control.get(f"/requests{query}")["requests"]]

    assert [1, 2, 3] == chosen()
    assert [1, 3] == chosen("?operation=list")
    assert [1, 2, 3] == chosen("?operation=list&operation=get")
    assert [3] == chosen("?status=403")
    assert [3] == chosen("?status=4xx")
    assert [2] == chosen("?client=bot&since=1s")
    assert [3] == chosen("?most=1")
    assert "…/sessions/Tiltfile" in control.get("/requests?name=Tiltfile")["text"]
    (got,) = control.get("/requests?operation=get")["requests"]
    assert ("2s", "bot/2", 200, True) == tuple(got[name] for name in ("at", "client", "status", "authorized"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/requests?operation=lst", 'operation is "lst"; did you mean list?'),
        ("/requests?status=9xx", 'status is "9xx"; did you mean'),
        ("/requests?stats=200", "'stats' is no field of GET /requests; did you mean status?"),
        ("/requests?since=yesterday", 'since is "yesterday"; write a duration as Go does'),
        ("/commits?most=0", 'most is "0"; write a whole number from 1'),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_with_what_can(control, path, text):
    """Fields of a query are read as those of a body."""
    answer = control.get(path)
    assert (422, True) == (answer.status, text in answer["error"]), answer["error"]


def test_commits_tell_what_changed_and_why(control):
    """In their order, each with its cause and the targets that differ."""
    played(control)
    commits = control.get("/commits")["commits"]
    assert [0, 1, 2, 3, 4] == [item["number"] for item in commits]
    assert ["migrate:update"] == [item["name"] for item in commits[-1]["changed"]]
    assert ("driver", "4s", True, "exit status 1") == tuple(
        commits[-1][name] for name in ("cause", "at", "done", "error")
    )
    assert commits[3:] == control.get("/commits?after=2")["commits"]
    assert [] == control.get("/commits?session=other")["commits"]


MET = [
    ("failed", {}),
    ("failed", {"error": "exit status 1"}),
    ("failed", {"match": "exit status [0-9]"}),
    ("exit-code", {"code": 1}),
    ("done-at", {"at": "4.1s", "within": "200ms"}),
    ("target", {"name": "migrate", "was": ["active", "failed: exit status 1"], "within": "3s", "since": "active"}),
    ("target", {"name": "migrate", "was": "active", "at": 1, "lasted": {"atLeast": "3s", "atMost": "3s"}}),
    ("target", {"name": "api", "wasOnly": "inactive", "neverWas": ["ready", "waiting"]}),
    ("target", {"name": "migrate:update", "is": {"word": "failed", "match": "status"}}),
    ("timeline", {"entries": [["migrate", "active"], ["4s", "session", "done"]]}),
    ("timeline", {"entries": [{"name": "migrate", "state": "active", "at": ["500ms", "1s"]}]}),
    ("timeline", {"entries": [{"anyOrder": [["session", "done"], ["migrate", "failed"]]}]}),
    ("requests", {"operation": "list", "count": 2, "spaced": {"atMost": "0s"}, "wroteNothing": True}),
    ("requests", {"client": "dash", "usedTheToken": True, "cameInOrder": ["list", "list"]}),
    ("requests", {"atMost": 0, "path": "/version"}),
    ("never", {"state": "ready"}),
]


@pytest.mark.parametrize(("what", "fields"), MET, ids=str)
def test_what_is_so_is_met(control, what, fields):
    """Every expectation of Python, with its fields, in one request."""
    played(control)
    ask(control)
    ask(control)
    answer = control.post(f"/expect/{what}", **fields)
    assert (200, True, "4s") == (answer.status, answer.body.get("met"), answer.body.get("now")), answer.body


@pytest.mark.parametrize(
    ("what", "fields", "status", "text"),
    [
        ("succeeded", {}, 417, "expected the session to succeed, but it failed at 00:00:04.000000: exit status 1"),
        ("running", {"waiting": "api"}, 417, "expected the session to be running, but it failed"),
        ("failed", {"error": "x", "match": "y"}, 422, "POST /expect/failed takes one of error and match, found error"),
        ("exit-code", {"code": 0}, 417, "expected"),
        ("exit-code", {}, 422, "POST /expect/exit-code needs code: 0, 1, or null"),
        ("target", {"name": "migrate", "is": "ready"}, 417, "migrate"),
        ("target", {"name": "migrat", "is": "ready"}, 404, "migrate:update"),
        ("target", {"name": "migrate", "is": "redy"}, 422, "'redy' is no state of a target; did you mean 'ready'?"),
        ("target", {"name": "migrate", "was": "active", "wasOnly": "ready"}, 422, "found was and wasOnly"),
        ("target", {"name": "migrate", "was": "active", "since": "ready"}, 422, "since goes with within"),
        ("timeline", {"entries": [["migrate"]]}, 422, 'entries[0] is ["migrate"]; write ["migrate", "active"]'),
        ("timeline", {"entries": [["2s", "migrate", "failed"]]}, 417, "it happened at 00:00:04.000000"),
        ("requests", {"operation": "watch"}, 417, "expected a request to watch, but there was none"),
        ("requests", {"count": 1, "atMost": 2}, 422, "count= is exact"),
        ("never", {"state": "active"}, 417, "expected no target ever to be active"),
        ("never", {"state": "active", "eventually": "1s"}, 422, "leave eventually out"),
        ("succeeded", {"eventually": "1s", "session": "other"}, 422, "leave session out, or eventually"),
        ("succeeded", {"session": "other"}, 417, "there is no session other yet"),
    ],
)  # fmt: skip
def test_what_is_not_so_is_explained(control, what, fields, status, text):
    """417 with the text that a test in Python would get; what cannot be asked is 422."""
    played(control)
    answer = control.post(f"/expect/{what}", **fields)
    assert (status, True) == (answer.status, text in answer["error"]), answer["error"]


def test_what_is_not_so_yet_may_come(control):
    """With eventually the clock moves, instant by instant, until it is so, and no further than that."""
    control.post("/targets", name="api", type="server")
    control.post("/targets/api:serve/start")
    control.post("/expect/running", notReady=["api"])
    refused = control.post("/expect/failed", match="Readiness timeout", eventually="1m")
    assert (417, True) == (refused.status, "is beyond the limit of 1m" in refused["error"])
    control.post("/expect/failed", match="Readiness timeout", eventually="10m")
    assert "5m0s" == control.get("/clock")["elapsed"]
