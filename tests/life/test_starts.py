"""What is there before a Tilt serves: no context, a dead port, or an API without a Session; as a real one starts."""

import json
import pathlib

import pytest

from pytest_tiltsession import errors, fake_tilt, kubeconfig
from pytest_tiltsession.scenario import recorder

RECORDED = json.loads((pathlib.Path(__file__).parents[1] / "recorded" / "startup-sequence.json").read_text())
SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


@pytest.mark.tilt_session(starts="later")
def test_a_tilt_that_starts_later(tilt_session, tilt_env, refused):
    """The fixture gives a config file without a context, and the environment, which both stay as the Tilt starts."""
    assert () == kubeconfig.contexts(tilt_session.kubeconfig)
    assert refused(tilt_session.web_url)
    for unknown in ("url", "token"):
        with pytest.raises(errors.ServerError, match=r"has not started yet \(starts='later'\): call start\(\)"):
            getattr(tilt_session, unknown)
    with pytest.raises(errors.ImpossibleTransition, match=r"migrate:update.*not started yet.*start\(\)"):
        tilt_session.job("migrate")
    context = tilt_session.context
    tilt_session.clock.advance("5s")
    tilt_session.start()
    assert (context,) == kubeconfig.contexts(tilt_session.kubeconfig)
    assert dict(tilt_session.env) == tilt_env
    assert tilt_session.clock.now == tilt_session.session.status.start_time
    tilt_session.job("migrate").start()
    assert "Tilt started" in tilt_session.render_timeline()


@pytest.mark.tilt_session(starts="dead")
def test_a_config_file_that_names_a_dead_port(tilt_session, program, refused):
    """What a Tilt that was killed has left: an entry that leads nowhere, until one starts at another port."""
    dead = program(tilt_session).entry
    assert (True, True) == (refused(dead.server), refused(tilt_session.web_url))
    tilt_session.start()
    alive = program(tilt_session)
    assert dead.context == alive.entry.context
    assert dead.ca_pem == alive.entry.ca_pem
    assert (True, True) == (dead.server != alive.entry.server, dead.token != alive.entry.token)
    assert 200 == alive.read()[0]


@pytest.mark.tilt_session(starts="empty")
def test_an_api_without_a_session(tilt_session, program):
    """The API answers, with the versions of a real start, and the Session comes when the test lets it appear."""
    job = tilt_session.job("migrate")
    reader = program(tilt_session)
    assert {"resourceVersion": "3"} == reader.read(SESSIONS)[1]["metadata"]
    assert 404 == reader.read()[0]
    with pytest.raises(errors.ExpectationFailed, match="there is no session Tiltfile yet"):
        tilt_session.expect_running()
    tilt_session.clock.advance("1s")
    tilt_session.appear()
    shown = reader.read()[1]
    assert ("4", "2026-01-01T00:00:00.000000Z") == (shown["metadata"]["resourceVersion"], shown["status"]["startTime"])
    assert ["migrate:update", "tiltfile:update"] == [it["name"] for it in shown["status"]["targets"]]
    job.start()
    with pytest.raises(errors.ImpossibleTransition, match=r"appear\(\)"):
        tilt_session.appear()
    tilt_session.restart(session=False)
    assert 404 == program(tilt_session).read()[0]


def test_a_scenario_says_itself_when_its_session_appears():
    """``empty`` is refused with a scenario, and so is a word that is none."""
    with pytest.raises(errors.InvalidValue, match='starts="empty": a scenario tells'):
        fake_tilt.FakeTilt(starts="empty", scenario="up/green")
    with pytest.raises(errors.InvalidValue, match="starts='late': valid values are now, later, dead, empty"):
        fake_tilt.FakeTilt(starts="late")


def test_a_scenario_begins_when_its_tilt_starts(serve):
    """Its offsets count from the start of the process, whenever that is."""
    fake = serve(starts="later", scenario="ci/green")
    fake.clock.advance("1h")
    assert (0, []) == (len(fake.commits), fake.problems())
    fake.start()
    assert fake.clock.start + 3_600_000_000 == fake.session.status.start_time
    assert "" == fake.run_until_done().status.error


def test_a_later_start_may_fail(serve):
    """An occupied port is told at ``start()``, which leaves nothing behind."""
    other = serve(tls=False)
    port = int(other.url.rpartition(":")[2])
    fake = serve(starts="later", port=port)
    with pytest.raises(errors.ServerError, match="occupied"):
        fake.start()
    other.stop()


# -- the recorded start of a real Tilt ------------------------------------------------------------------------------


def versions():
    """Give each Session that was recorded while the real Tilt started, in the order of the answers."""
    for entry in RECORDED["entries"]:
        body = entry["body"]
        found = body.get("items", [body]) if isinstance(body, dict) else ()
        yield from ((entry["t_offset_s"], it) for it in found if "metadata" in it and it.get("kind") == "Session")


def recorded_scenario():
    made = recorder.Recorder()
    for offset, body in versions():
        made.observe(round(offset * 1_000_000), "POLL", body)
    return made.scenario("the start of a tilt up")


def comparable(body):
    """Leave out what each process has of its own: its numbers and uids."""
    found = json.loads(json.dumps(body))
    found["metadata"]["uid"] = found["status"]["pid"] = None
    owner = found["metadata"]["ownerReferences"][0]
    for entry in found["metadata"]["managedFields"]:
        entry["fieldsV1"]["f:metadata"]["f:ownerReferences"] = None
        entry["time"] = None
    owner["uid"] = found["metadata"]["creationTimestamp"] = found["spec"]["tiltfilePath"] = None
    return found


def version_of(fake):
    return fake.commits[-1].version if fake.commits else 0


def test_the_answers_come_in_the_order_of_a_real_start(serve, program, refused):
    """Refused; an empty list at version 3 and a 404, with readyz ok; then the Session, version by version."""
    fake = serve(scenario=recorded_scenario(), verbatim=True, starts="later")
    assert (True, ()) == (refused(fake.web_url), kubeconfig.contexts(fake.kubeconfig))
    fake.start()
    reader, seen = program(fake), 0
    for entry in RECORDED["entries"]:
        path, body = entry["path"], entry["body"]
        if path.endswith("/tiltfiles"):
            continue
        if path.endswith("z"):
            with reader.open(path) as answer:
                assert (entry["status"], body) == (answer.status, answer.read().decode())
            continue
        held = body.get("items", [body] if body["kind"] == "Session" else [])
        while held and int(held[0]["metadata"]["resourceVersion"]) > version_of(fake):
            assert fake.step()
        status, answer = reader.read(path)
        if not held:
            assert (entry["status"], body) == (status, answer)
            continue
        (shown,) = answer.get("items", [answer])
        assert comparable(held[0]) == comparable(shown)
        seen += 1
    assert seen == sum(1 for _ in versions())
