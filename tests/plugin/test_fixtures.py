"""The fixtures, as a user's test file sees them."""

import json
import ssl
import urllib.request

import pytest

import pytest_tiltsession


def get(fake, path="/apis/tilt.dev/v1alpha1/sessions/Tiltfile"):
    """Read a path of the fake with the standard library's client."""
    trust = ssl.create_default_context(cafile=fake.ca)
    request = urllib.request.Request(fake.url + path, headers={"Authorization": f"Bearer {fake.token}"})
    with urllib.request.urlopen(request, context=trust) as response:
        return json.load(response)


def test_the_session_of_the_fixture_is_a_ci_session_with_a_loaded_tiltfile(tilt_session):
    """It starts at 2026-01-01T00:00:00Z, with Tilt's default limits and one terminated target."""
    found = get(tilt_session)
    assert {
        "tiltfilePath": "/app/Tiltfile",
        "exitCondition": "ci",
        "ci": {"timeout": "30m0s", "readinessTimeout": "5m0s"},
    } == found["spec"]
    start = "2026-01-01T00:00:00.000000Z"
    state = {"terminated": {"startTime": start, "finishTime": start}}
    target = {"name": "tiltfile:update", "type": "job", "resources": ["(Tiltfile)"], "state": state}
    assert {"pid": 4242, "startTime": start, "targets": [target], "done": False} == found["status"]


def test_a_declared_target_waits_for_the_tiltfile(tilt_session):
    """A session is never done before its work has run: job and server are declared waiting."""
    tilt_session.job("migrate")
    tilt_session.server("api")
    tilt_session.job("later", auto_init=False)
    states = {target["name"]: target["state"] for target in get(tilt_session)["status"]["targets"]}
    waiting = {"waiting": {"waitReason": "tiltfile-reload"}}
    assert (waiting, waiting, {}) == (states["migrate:update"], states["api:serve"], states["later:update"])


def test_advancing_five_minutes_brings_the_timeout(tilt_session, tilt_clock):
    """The readiness verdict is there when ``advance`` returns, for clients too."""
    tilt_session.server("api").start()
    tilt_clock.advance("5m")
    status = get(tilt_session)["status"]
    assert (True, "Readiness timeout after 5m0s: target api:serve not ready") == (status["done"], status["error"])
    tilt_session.expect_failed("Readiness timeout after 5m0s: target api:serve not ready")


def test_the_environment_points_to_the_fake(tilt_session, tilt_env, tilt_kubeconfig):
    """Everything by which Tilt's own tools and Kubernetes clients find a Tilt is set."""
    port = tilt_session.web_url.rpartition(":")[2]
    assert {
        "TILT_CONFIG": str(tilt_kubeconfig),
        "TILT_HOST": "127.0.0.1",
        "TILT_PORT": port,
        "KUBECONFIG": str(tilt_kubeconfig),
        "NODE_EXTRA_CA_CERTS": str(tilt_session.ca),
    } == tilt_env
    assert f"tilt-{port}" == tilt_session.context


def test_the_web_port_refuses_without_a_session_token(tilt_session):
    """The port that names the context is held by the fake and answers as Tilt's does."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{tilt_session.web_url}/api/view")
    with refused.value as answer:
        assert (403, b"missing session token\n") == (answer.code, answer.read())


@pytest.mark.tilt_session(exit_condition="manual", start="2024-02-29T12:00:00Z", timeout="90s", readiness_timeout=None)
def test_the_marker_says_how_the_session_is_to_be(tilt_session):
    """Exit condition, start and limits come from the marker."""
    spec = get(tilt_session)["spec"]
    assert ("manual", {"timeout": "1m30s"}) == (spec["exitCondition"], spec["ci"])
    assert "2024-02-29T12:00:00.000000Z" == str(tilt_session.clock)


@pytest.mark.tilt_session(tls=False)
def test_without_tls_the_fake_speaks_plain_http(tilt_session):
    """A client that cannot be told whom to trust can still be tested."""
    assert tilt_session.url.startswith("http://")
    assert tilt_session.ca is None
    request = urllib.request.Request(
        f"{tilt_session.url}/version", headers={"Authorization": f"Bearer {tilt_session.token}"}
    )
    with urllib.request.urlopen(request) as response:
        assert 200 == response.status


@pytest.mark.tilt_session(progress="reads")
def test_under_reads_each_read_plays_the_next_instant(tilt_session):
    """The first GET shows the present, and the next one what came of it: here the timeout."""
    tilt_session.server("api").start()
    first, second = get(tilt_session)["status"], get(tilt_session)["status"]
    assert (False, True) == (first["done"], second["done"])


def test_a_whole_resource_becomes_its_targets(tilt_session):
    """A Kubernetes resource is driven by its pods, and its targets follow as Tilt's do."""
    web = tilt_session.kubernetes("web")
    web.build_started()
    tilt_session.clock.advance("2s")
    web.build_succeeded()
    web.pod_pending("ImagePullBackOff")
    states = {target["name"]: target["state"] for target in get(tilt_session)["status"]["targets"]}
    assert "terminated" in states["web:update"]
    assert "ImagePullBackOff" in states["web:runtime"]["terminated"]["error"]
    tilt_session.expect_failed(match="ImagePullBackOff")


def test_a_reload_takes_new_settings_and_removes_targets(tilt_session):
    """What the Tiltfile says after a reload is in force, and targets that it no longer has are gone."""
    tilt_session.job("old")
    tilt_session.reload(remove=["old:update"], timeout="7m")
    found = get(tilt_session)
    assert "7m0s" == found["spec"]["ci"]["timeout"]
    assert ["tiltfile:update"] == [target["name"] for target in found["status"]["targets"]]


def test_one_name_is_one_name_and_not_its_letters(tilt_session):
    """Where a list of names is meant, a text is one of them."""
    assert ("backend",) == tilt_session.job("r", resources="backend").target.resources
    tilt_session.reload(remove="r:update")
    assert ["tiltfile:update"] == [target["name"] for target in get(tilt_session)["status"]["targets"]]


def test_a_fake_without_pytest_takes_the_same_care():
    """Unknown options and what are no settings are refused in a sentence; paths may be texts."""
    with pytest.raises(pytest_tiltsession.InvalidValue, match="unknown argument 'scenaro'; did you mean scenario"):
        pytest_tiltsession.FakeTilt(scenaro=1)
    with pytest.raises(pytest_tiltsession.InvalidValue, match=r"name what it is, such as scenario='late\.tilt\.yaml'"):
        pytest_tiltsession.FakeTilt("late.tilt.yaml")


def test_the_factory_says_how_to_name_what_it_is_given(tilt_session_factory):
    """A scenario without its keyword is refused with the way to write it, as in the marker."""
    with pytest.raises(pytest.UsageError, match=r"found \('ci/green',\); write what each is, such as scenario="):
        tilt_session_factory("ci/green")


def test_several_fakes_share_one_kubeconfig(tilt_session_factory):
    """Each fake of the factory is a context of its own, and takes its entry away when it stops."""
    with tilt_session_factory(tls=False) as first:
        second = tilt_session_factory(exit_condition="manual")
        assert first.kubeconfig == second.kubeconfig
        text = first.kubeconfig.read_text()
        assert (True, True) == (first.context in text, second.context in text)
    config, name = second.kubeconfig, second.context
    assert first.token != second.token
    second.stop()
    assert name not in config.read_text()


@pytest.mark.tilt_session(exit_when_done=True)
def test_under_exit_when_done_the_process_ends_as_tilt_ci_does(tilt_session):
    """The port is closed and the kubeconfig has lost its entry as soon as the session is done."""
    url, config, context = tilt_session.url, tilt_session.kubeconfig, tilt_session.context
    tilt_session.job("migrate").fail("exit status 1")
    assert (True, 1) == (tilt_session.exited, tilt_session.exit_code)
    assert context not in config.read_text()
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(url)


def test_the_fixtures_read_well_in_pytest_fixtures(pytester):
    """``pytest --fixtures`` lists each with a first line that says what it is for."""
    text = pytester.runpytest("--fixtures").stdout.str()
    for line in (
        "A fake Tilt of this test's own: drive its targets, own its clock",
        "The clock of this test's fake Tilt: frozen until",
        "The path of a kubeconfig that points to this test's fake Tilt.",
        "The environment of a Tilt for subprocesses.",
        "Makes started fake Tilts for fixtures of any scope",
    ):
        assert line in text
