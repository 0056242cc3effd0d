"""Targets and resources driven by HTTP: what can be done in Python, with the same refusals."""

import pytest

from pytest_tiltsession import FakeTilt, TiltSessionError


def story(control):
    """Declare a job and a server, and let two and a half seconds pass while the job runs."""
    control.post("/targets", name="migrate", type="job")
    control.post("/targets", name="api", type="server")
    control.post("/targets/migrate:update/start")
    control.post("/clock/advance", by="2.5s")


def test_a_session_is_driven_to_its_end(control):
    """Declared, started, advanced and failed: the verdict, its time and its text are Tilt's."""
    story(control)
    failed = control.post("/targets/migrate:update/fail", error="exit status 1")
    assert "terminated" == failed["word"]
    assert {"startTime": "2026-01-01T00:00:00.000000Z", "finishTime": "2026-01-01T00:00:02.500000Z",
            "error": "exit status 1"} == failed["state"]["terminated"]  # fmt: skip
    verdict = control.get("/session")
    assert ("failed", "exit status 1", "2.5s", 1) == tuple(
        verdict[name] for name in ("outcome", "error", "doneAt", "exitCode")
    )
    assert "Tiltfile" == verdict["session"]["metadata"]["name"]


def test_every_verb_of_a_target_moves_it(control):
    """Each verb of a driver is one of HTTP, and the answer is the target as it is then."""
    story(control)
    went = [
        control.post("/targets/api:serve/wait", reason="waiting-for-dep")["state"]["waiting"]["waitReason"],
        control.post("/targets/api:serve/start", ready=False, started="1s")["state"]["active"]["startTime"][17:26],
        control.post("/targets/api:serve/ready")["state"]["active"]["ready"],
        control.post("/targets/api:serve/unready")["state"]["active"]["ready"],
        control.post("/targets/api:serve/restart", ready=True)["state"]["active"]["startTime"][17:26],
        control.post("/targets/api:serve/fail")["state"]["terminated"]["error"],
        control.post("/targets/api:serve/disable")["word"],
        control.post("/targets/api:serve/enable")["word"],
    ]
    ended = "Process 4243 exited with non-zero status"
    assert ["waiting-for-dep", "01.000000", True, False, "02.500000", ended, "disabled", "waiting"] == went
    assert {"removed": "api:serve"} == control.post("/targets/api:serve/remove").body
    assert ["migrate:update", "tiltfile:update"] == [item["name"] for item in control.get("/targets")["targets"]]


REFUSALS = [
    ("/targets/api:serve/succeed", {}, lambda fake: fake.target("api:serve").succeed()),
    ("/targets/migrate:update/ready", {}, lambda fake: fake.target("migrate:update").ready()),
    ("/targets/api:serve/unready", {}, lambda fake: fake.target("api:serve").unready()),
    ("/targets/api:serve/enable", {}, lambda fake: fake.target("api:serve").enable()),
    ("/targets/migrate:update/fail", {}, lambda fake: fake.target("migrate:update").fail("")),
    ("/targets/aip:serve/start", {}, lambda fake: fake.target("aip:serve").start()),
    ("/targets", {"name": "api", "type": "server"}, lambda fake: fake.server("api")),
    ("/targets/api:serve/start", {"started": "1h"}, lambda fake: fake.target("api:serve").start(started="1h")),
    ("/clock/advance-to", {"to": "1s"}, lambda fake: fake.clock.advance_to("1s")),
    ("/expect/succeeded", {}, lambda fake: fake.expect_succeeded()),
    ("/expect/failed", {"error": "exit status 2"}, lambda fake: fake.expect_failed("exit status 2")),
    ("/resources", {"name": "api", "kind": "local", "update": False}, lambda fake: fake.local("api", update=False)),
    ("/reload", {"remove": ["nobody"]}, lambda fake: fake.reload(remove=["nobody"])),
]


@pytest.mark.parametrize(("path", "fields", "in_python"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_what_python_refuses_is_refused_with_the_same_text(control, path, fields, in_python):
    """The error of the driver, the clock or the expectation is the text of the answer, and its name is the reason."""
    story(control)
    fake = FakeTilt()
    fake.job("migrate").start()
    fake.server("api")
    fake.clock.advance("2.5s")
    with pytest.raises(TiltSessionError) as refused:
        in_python(fake)
    answer = control("POST", path, **fields)
    assert (type(refused.value).__name__, str(refused.value)) == (answer["reason"], answer["error"])
    assert {"UnknownTarget": 404, "ExpectationFailed": 417, "InvalidValue": 422}.get(answer["reason"], 409) == (
        answer.status
    )


def test_several_transitions_are_one_commit(control):
    """Together is one commit; where one of them is refused, none is made."""
    story(control)
    before = len(control.get("/commits")["commits"])
    todo = [{"target": "migrate:update", "verb": "succeed"}, {"target": "api:serve", "verb": "start", "ready": True}]
    control.post("/together", do=todo)
    commits = control.get(f"/commits?after={before - 1}")["commits"]
    assert [["api:serve", "migrate:update"]] == [[item["name"] for item in one["changed"]] for one in commits]

    bad = [{"target": "api:serve", "verb": "unready"}, {"target": "migrate:update", "verb": "ready"}]
    assert 409 == control.post("/together", do=bad).status
    assert control.get("/targets/api:serve")["state"]["active"]["ready"]


def test_nothing_of_a_batch_with_resources_stays_where_it_is_refused(control):
    """A resource is as it was when a later transition is refused, and can be driven on from there."""
    story(control)
    control.post("/resources", name="web", kind="compose")
    assert 409 == control.post("/resources/web/container-running").status  # before its build
    assert "waiting" == control.get("/resources/web")["targets"][1]["word"]
    control.post("/resources/web/build-succeeded")
    todo = [{"resource": "web", "verb": "container-running"}, {"target": "migrate:update", "verb": "ready"}]
    assert 409 == control.post("/together", do=todo).status
    assert "inactive" == control.get("/resources/web")["targets"][1]["word"]
    control.post("/resources/web/container-running")
    assert "active" == control.get("/targets/web:runtime")["word"]


def test_removals_are_part_of_a_batch(control):
    """Targets and resources go with the one commit in which others come on; where one is refused, all stay."""
    story(control)
    control.post("/resources", name="web", kind="compose")
    before = len(control.get("/commits")["commits"])
    todo = [
        {"resource": "web", "verb": "remove"}, {"target": "migrate:update", "verb": "remove"},
        {"target": "api:serve", "verb": "start", "ready": True},
    ]  # fmt: skip
    assert 404 == control.post("/together", do=[*todo, {"target": "migrate:update", "verb": "succeed"}]).status
    assert 409 == control.post("/together", do=[*todo, {"target": "api:serve", "verb": "enable"}]).status
    assert (before, 2) == (len(control.get("/commits")["commits"]), len(control.get("/resources/web")["targets"]))

    shown = control.post("/together", do=todo)["targets"]
    assert {("tiltfile:update", "terminated"), ("api:serve", "active")} == {(it["name"], it["word"]) for it in shown}
    (commit,) = control.get(f"/commits?after={before - 1}")["commits"]
    assert {"web:update", "web:runtime", "migrate:update"} == set(commit["removed"])
    assert 404 == control.get("/resources/web").status


@pytest.mark.parametrize(
    ("kind", "todo", "words"),
    [
        ("local", ["build-started", "build-succeeded", "serve-started", "serve-unready", "serve-ended"],
         ["active", "terminated", "terminated", "terminated", "terminated"]),
        ("kubernetes", ["build-succeeded", "pod-pending", "pod-running", "pod-failed"], ["terminated"] * 4),
        ("compose", ["triggered", "build-succeeded", "container-exited"], ["waiting", "terminated", "terminated"]),
    ],
)  # fmt: skip
def test_resources_are_driven_as_tilts_engine_has_them(control, kind, todo, words):
    """Each kind has its own verbs, and shows its targets, the update target first."""
    options = {"serve": True, "probed": True} if kind == "local" else {}
    declared = control.post("/resources", name="web", kind=kind, **options)
    assert (201, kind, "web:update") == (declared.status, declared["kind"], declared["targets"][0]["name"])
    fields = {"build-failed": {"error": "exit status 1"}, "pod-failed": {"error": "no such file"}}
    seen = [control.post(f"/resources/web/{verb}", **fields.get(verb, {}))["targets"][0]["word"] for verb in todo]
    assert words == seen
    assert ["web"] == [item["name"] for item in control.get("/resources")["resources"]]
    assert {"removed": "web"} == control.post("/resources/web/remove").body
    assert 404 == control.get("/resources/web").status


def test_pods_are_shown_in_full(control):
    """The newest of several counts, as Tilt has it."""
    control.post("/resources", name="web", kind="kubernetes")
    control.post("/resources/web/build-succeeded")
    pods = [
        {"name": "web-1", "phase": "Running", "containers": [{"name": "web", "state": "running", "ready": True}]},
        {"name": "web-2", "phase": "Failed", "status": "Error", "errors": ["no such file"], "createdAt": "0s"},
    ]
    assert "error" in control.post("/resources/web/pods", pods=pods)["targets"][1]["state"]["terminated"]
    assert "active" == control.post("/resources/web/pods", pods=pods[:1])["targets"][1]["word"]


@pytest.mark.parametrize(
    ("path", "fields", "status", "text"),
    [
        ("/resources/web/serve-ready", {}, 409, "web, a compose resource, has no serve-ready; it has build-started"),
        ("/resources/wbe/build-started", {}, 404, "no resource 'wbe' was declared here; did you mean web?"),
        ("/resources", {"name": "x", "kind": "compose", "probed": True}, 422, "probed goes with the kind local"),
        ("/resources", {"name": "x", "kind": "docker"}, 422, "write local or kubernetes or compose"),
        ("/targets/api:serve/start", {"error": "x"}, 422, "'error' is no field of POST /targets/{name}/start"),
        ("/targets/migrate:update/start", {"ready": True}, 409, "migrate:update, a job, takes no ready; it takes"),
        ("/together", {"do": [{"verb": "start"}]}, 422, "do[0] names a target or a resource"),
        ("/together", {"do": [{"target": "api:serve", "verb": "remov"}]}, 422, 'do[0].verb is "remov"; did you mean'),
        ("/together", {"do": [{"target": "api:serve", "verb": "start", "redy": True}]}, 422, "did you mean ready?"),
    ],
)
def test_what_does_not_go_is_refused_with_what_does(control, path, fields, status, text):
    """The kinds, the verbs and the fields that there are stand in the answer."""
    story(control)
    control.post("/resources", name="web", kind="compose")
    answer = control("POST", path, **fields)
    assert (status, True) == (answer.status, text in answer["error"]), answer["error"]


def test_a_step_of_the_file_format_is_played_at_once(control):
    """Raw states, new targets, spec and labels in one commit, with natural times at the present instant."""
    story(control)
    step = {
        "targets": {"web:serve": {"type": "server"}},
        "set": {"web:serve": "active", "migrate:update": {"terminated": {"error": "ü \\ud83d", "startTime": "1s"}}},
        "labels": {"team": "a"},
        "note": "as it was seen",
    }
    verdict = control.post("/play", step=step)
    assert ("failed", "ü \\ud83d") == (verdict["outcome"], verdict["error"])
    assert {"team": "a"} == verdict["session"]["metadata"]["labels"]
    states = {item["name"]: item["state"] for item in verdict["session"]["status"]["targets"]}
    assert "2026-01-01T00:00:02.500000Z" == states["web:serve"]["active"]["lastReadyTime"]
    assert "2026-01-01T00:00:01.000000Z" == states["migrate:update"]["terminated"]["startTime"]
    assert "as it was seen" == control.get("/commits?most=1")["commits"][0]["note"]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (
            {"set": {"api:serve": "ready"}},
            "the step: set.api:serve is 'ready', which is no state of Tilt's; write active",
        ),
        ({"set": {"aip:serve": "active"}}, "target aip:serve is not declared; did you mean api:serve?"),
        ({"set": {"api:serve": "terminated"}}, "a server that ends is always an error"),
        ({"sett": {}}, "'sett' is no key of a step; did you mean set?"),
        ({"at": "4s", "set": {}}, "the step plays now: leave at out"),
        ({"set": []}, "set is a list"),
        ({"targets": []}, "targets is a list"),
    ],
)
def test_a_step_that_no_file_could_say_is_refused(control, step, text):
    """With the words of the file format, and nothing happens."""
    story(control)
    before = len(control.get("/commits")["commits"])
    answer = control.post("/play", step=step)
    assert (422, "InvalidScenario", True) == (answer.status, answer["reason"], text in answer["error"]), answer["error"]
    assert before == len(control.get("/commits")["commits"])


def test_the_tiltfile_is_reloaded_and_the_cluster_fails(control):
    """A reload changes the spec for good, and a lost cluster ends a CI session."""
    story(control)
    verdict = control.post("/reload", timeout=90, remove="api:serve")
    assert "1m30s" == verdict["session"]["spec"]["ci"]["timeout"]
    assert "cluster connection failed" == control.post("/cluster")["error"]
