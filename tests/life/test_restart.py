"""A Tilt that is started again: what is new, what stays, and what a program that reconnects comes to see."""

import contextlib
import json
import ssl
import subprocess
import sys
import threading

import httpx
import kubernetes.client
import kubernetes.config
import kubernetes.watch
import pytest
import urllib3.exceptions

from pytest_tiltsession import Scenario, active, errors, faults, kubeconfig

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
STARTED_SCRIPT = """
version: 1
title: another life
targets: {api:serve: {}}
steps:
  - {at: 1s, set: {api:serve: {active: {ready: true}}}}
"""


def test_port_and_token_are_new_and_the_rest_stays(serve, program):
    """As with a real Tilt: context, web port and authority are those that programs know; the old token is none."""
    fake = serve()
    before, web, config, ca = program(fake), fake.web_url, fake.kubeconfig, fake.ca.read_bytes()
    fake.restart()
    after = program(fake)
    assert (web, config, ca) == (fake.web_url, fake.kubeconfig, fake.ca.read_bytes())
    assert before.entry.context == after.entry.context
    assert before.entry.server != after.entry.server
    assert before.entry.token != after.entry.token
    assert before.entry.ca_pem == after.entry.ca_pem
    assert 200 == after.read()[0]
    after.entry = kubeconfig.Entry(after.entry.context, after.entry.server, after.entry.ca_pem, before.entry.token)
    assert 403 == after.read()[0]


def test_what_is_to_stay_stays(serve, program):
    """A test says what is new: nothing, or all of it."""
    fake = serve()
    before = program(fake)
    fake.restart(new_port=False, new_token=False)
    assert before.entry == program(fake).entry
    assert 200 == before.read()[0]
    fake.crash()
    fake.restart(new_web_port=True, new_ca=True)
    after = program(fake)
    assert before.entry.context != after.entry.context
    assert before.entry.ca_pem != after.entry.ca_pem
    assert 200 == after.read()[0]
    after.entry = kubeconfig.Entry(after.entry.context, after.entry.server, before.entry.ca_pem, after.entry.token)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        after.read()
    assert fake.render_timeline().count("Tilt started again") == 2
    assert "with a new port, web port, token and CA" in fake.render_timeline()


def test_the_session_is_another_one(serve, program):
    """uid and pid are new, versions start over, the start is now, and what clients wrote is gone."""
    fake = serve()
    fake.job("migrate").start()
    entry = program(fake)
    with httpx.Client(
        base_url=fake.url,
        verify=ssl.create_default_context(cafile=fake.ca),
        headers={"Authorization": f"Bearer {fake.token}"},
    ) as http:
        made = {"metadata": {"name": "mine"}, "spec": {"tiltfilePath": "/x", "exitCondition": "manual"}}
        assert 201 == http.post(SESSIONS, json=made).status_code
    _, before = entry.read()
    fake.clock.advance("5s")
    fake.restart()
    after = program(fake).read()[1]
    assert ["Tiltfile"] == [it["metadata"]["name"] for it in program(fake).read(SESSIONS)[1]["items"]]
    assert before["metadata"]["uid"] != after["metadata"]["uid"]
    assert before["metadata"]["ownerReferences"][0]["uid"] != after["metadata"]["ownerReferences"][0]["uid"]
    assert before["status"]["pid"] != after["status"]["pid"]
    assert "2026-01-01T00:00:05.000000Z" == after["status"]["startTime"]
    assert int(before["metadata"]["resourceVersion"]) > int(after["metadata"]["resourceVersion"])


def test_what_was_declared_waits_again(serve):
    """Drivers of targets and of whole resources go on with the new process; with another Tiltfile there are none."""
    fake = serve()
    job, web, gone = fake.job("migrate"), fake.kubernetes("web"), fake.server("old")
    job.succeed()
    web.build_started()
    gone.remove()
    fake.restart()
    assert ("waiting", ["waiting", "waiting"]) == (job.state.word, [it.state.word for it in web.targets])
    assert {"migrate:update", "tiltfile:update", "web:runtime", "web:update"} == {
        it.name for it in fake.session.status.targets
    }
    # The first commit of a process knows of none before: all is new, what looks as it did as well.
    (first,) = [it for it in fake.commits if it.type == "ADDED"][1:]
    assert fake.session.status.targets == first.changed
    web.build_succeeded()
    job.succeed()
    fake.restart(keep_targets=False)
    assert ["tiltfile:update"] == [it.name for it in fake.session.status.targets]
    with pytest.raises(errors.UnknownTarget):
        job.start()
    fake.job("migrate").start()


def test_claims_are_about_the_process_that_runs(serve):
    """What the earlier one came to is in the timeline, and no claim holds for it any more."""
    fake = serve(exit_when_done=True)
    job = fake.job("migrate")
    fake.clock.advance("1s")
    job.fail("exit status 1")
    fake.expect_failed("exit status 1")
    fake.clock.advance("1s")
    fake.restart()
    fake.expect_running(waiting="migrate")
    fake.expect_exit_code(None)
    fake.clock.advance("1s")
    job.succeed()
    fake.expect_succeeded()
    fake.expect_done_at("3s")
    fake.expect_timeline(
        [
            ("1s", "session", "failed"),
            ("1s", "session", "exited"),
            ("2s", "session", "started"),
            ("3s", "session", "done"),
        ]
    )
    assert ["exited", "started", "exited"] == [mark.word for mark in fake.marks]


def test_a_scenario_is_played_from_its_beginning(serve, tmp_path):
    """Each process plays the scenario on its own time, or the one that it is given; a bad one is refused at once."""
    (tmp_path / "life.tilt.yaml").write_text(STARTED_SCRIPT)
    fake = serve(scenario=tmp_path / "life.tilt.yaml")
    fake.clock.advance("10s")
    fake.restart()
    assert ("waiting", 1) == (fake.target("api:serve").state.word, len(fake.problems()))
    fake.clock.advance("1s")
    assert (11_000_000, []) == (fake.target("api:serve").state.active.start_time - fake.clock.start, fake.problems())
    fake.restart(scenario="up/green")
    assert "manual" == fake.session.spec.exit_condition
    fake.restart(scenario=None)
    assert ["tiltfile:update"] == [it.name for it in fake.session.status.targets]
    with pytest.raises(errors.InvalidScenario, match="no scenario named"):
        fake.restart(scenario="up/gren")


def test_a_plan_of_ends_and_starts_is_played_with_the_script(serve, program, refused):
    """``at=`` is the step by which a scenario's Tilt crashes and comes back, each seen in its own instant."""
    fake = serve(scenario="up/green")
    fake.crash(at="1s")
    fake.restart(at="3s")
    before = fake.url
    fake.clock.advance_to("2s")
    assert refused(before)
    fake.clock.advance_to("3s")
    assert fake.url != before
    assert "Tiltfile" == program(fake).read()[1]["metadata"]["name"]
    assert ["killed", "started"] == [mark.word for mark in fake.marks]


def test_an_occupied_port_ends_the_new_process(serve):
    """A Tilt that cannot have its port exits with 1; the error says which, and it can be tried again."""
    fake, other = serve(tls=False), None
    fake.exit()
    port = int(fake.url.rpartition(":")[2])
    other = serve(tls=False, port=port)  # on purpose; nobody gets it by asking for any
    with pytest.raises(errors.ServerError, match=f"port {port} of 127.0.0.1 is occupied"):
        fake.restart(new_port=False)
    assert (True, 1) == (fake.exited, fake.exit_code)
    other.stop()
    fake.restart(new_port=False)
    assert not fake.exited


@pytest.mark.parametrize("progress", ["auto", "wall"])
def test_waits_go_on_over_a_restart(serve, progress):
    """Who waits for the session waits for the process that is started again, too, whoever moves the clock."""
    fake = serve(
        starts="later", progress=progress, scenario="ci/never-ready", **({"speed": 500} if progress == "wall" else {})
    )
    fake.crash(at="1s")
    fake.restart(at="60s")
    fake.start()
    ended = fake.run_until_done()
    assert ended.status.error
    assert ["started", "killed", "started"] == [mark.word for mark in fake.marks]
    # By the machine's clock, time passes while the new process starts.
    assert 0 <= ended.status.start_time - fake.clock.start - 60_000_000 <= (60_000_000 if progress == "wall" else 0)


def test_under_auto_nobody_need_wait_for_a_start_that_is_planned(serve, program):
    """While no process runs, no client can be seen: the clock goes on to the next start by itself."""
    fake = serve(progress="auto")
    started = threading.Event()
    fake.restart(at="1h")
    fake.clock.call_at(fake.clock.start + 3_600_000_001, started.set, what="afterwards")
    fake.clock.on_settled(lambda: started.set() if "started" in [mark.word for mark in fake.marks] else None)
    fake.crash()
    assert started.wait(20)


def test_a_kubernetes_client_that_watches_again_finds_the_new_tilt(serve):
    """An unmodified client whose watch has ended reads the config file anew and sees another session."""
    fake = serve()
    config, context = str(fake.kubeconfig), fake.context
    uids, first = [], threading.Event()

    def follow():
        while len(uids) < 2:
            # Between two processes there is no context, or one of which the port is closed already.
            with contextlib.suppress(
                kubernetes.config.ConfigException, kubernetes.client.ApiException, urllib3.exceptions.HTTPError
            ):
                loaded = kubernetes.config.new_client_from_config(config, context=context)
                loaded.configuration.retries = False
                with loaded:
                    listing = kubernetes.client.CustomObjectsApi(loaded).list_cluster_custom_object
                    for event in kubernetes.watch.Watch().stream(listing, "tilt.dev", "v1alpha1", "sessions"):
                        uid = event["object"]["metadata"]["uid"]
                        if uid not in uids:
                            uids.append(uid)
                            first.set()
                        if len(uids) == 2:
                            return

    follower = threading.Thread(target=follow)
    follower.start()
    assert first.wait(20)
    fake.restart()
    follower.join(20)
    assert fake.session.metadata.uid == uids[-1] != uids[0]


def test_a_program_in_another_process_reconnects(serve, tmp_path):
    """A subprocess with the environment of the fake reads its config file, meets a crash, and reads the file again."""
    fake = serve()
    code = (
        "import json, ssl, sys, urllib.request, yaml, os, base64\n"
        "def read():\n"
        "    config = yaml.safe_load(open(os.environ['TILT_CONFIG']))\n"
        "    cluster, user = config['clusters'][0]['cluster'], config['users'][0]['user']\n"
        "    pem = base64.b64decode(cluster['certificate-authority-data']).decode()\n"
        "    trusted = ssl.create_default_context(cadata=pem)\n"
        "    request = urllib.request.Request(cluster['server'] + '/apis/tilt.dev/v1alpha1/sessions/Tiltfile',\n"
        "        headers={'Authorization': 'Bearer ' + user['token']})\n"
        "    return json.load(urllib.request.urlopen(request, context=trusted))['metadata']['uid']\n"
        "print(read(), flush=True)\n"
        "sys.stdin.readline()\n"
        "try: read()\n"
        "except OSError as refused: print('refused' in str(refused), flush=True)\n"
        "sys.stdin.readline()\n"
        "print(read(), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], env=dict(fake.env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as consumer:
        first = consumer.stdout.readline()
        fake.crash()
        consumer.stdin.write("\n")
        consumer.stdin.flush()
        assert "True\n" == consumer.stdout.readline()
        fake.restart()
        second, _ = consumer.communicate("\n", timeout=30)
    assert second.strip() == fake.session.metadata.uid != first.strip()


def test_one_of_several_leaves_the_others(tilt_session_factory):
    """Of three Tilts in one config file one exits, one crashes, one starts again: each keeps to its own entry."""
    exits, crashes, starts = (tilt_session_factory() for _ in range(3))
    config = exits.kubeconfig
    exits.exit()
    crashes.crash()
    starts.restart()
    assert {crashes.context, starts.context} <= set(kubeconfig.contexts(config))
    assert exits.context not in kubeconfig.contexts(config)
    assert crashes.url == kubeconfig.find(config, crashes.context).server
    assert starts.url == kubeconfig.find(config, starts.context).server
    exits.start()
    assert json.loads(httpx_get(exits, "/readyz") or '"ok"')
    for fake in (exits, crashes, starts):
        fake.stop()
        assert fake.context not in kubeconfig.contexts(config)


def httpx_get(fake, path):
    trusted = ssl.create_default_context(cafile=fake.ca)
    answer = httpx.get(fake.url + path, verify=trusted, headers={"Authorization": f"Bearer {fake.token}"})
    return json.dumps(answer.text)


def test_the_kubernetes_profile_remembers_nothing_of_an_earlier_process(serve):
    """A watch that resumes from a version of the earlier process is told what it missed of none, and nothing old."""
    fake = serve(profile="kubernetes")
    job = fake.job("migrate")
    for _ in range(5):
        job.start()
        job.succeed()
        fake.clock.advance("1s")
    fake.restart()
    job.start()
    trusted = ssl.create_default_context(cafile=fake.ca)
    with httpx.Client(base_url=fake.url, verify=trusted, headers={"Authorization": f"Bearer {fake.token}"}) as http:
        first = http.get(f"{SESSIONS}?resourceVersion=1&resourceVersionMatch=Exact")
        assert (200, "1") == (first.status_code, first.json()["items"][0]["metadata"]["resourceVersion"])
        with http.stream("GET", f"{SESSIONS}?watch=1&resourceVersion=1") as answer:
            event = json.loads(next(answer.iter_lines()))
    assert ("MODIFIED", "2") == (event["type"], event["object"]["metadata"]["resourceVersion"])


def test_another_scenario_brings_its_own_faults(serve, program):
    """They are armed when it begins, with spans from then on; what the one before had met is over."""
    before = Scenario("before").job("migrate", active()).fault(faults.Refuse(503, operation="get"))
    after = Scenario("after").job("migrate", active()).fault(faults.Refuse(500, after="5s", for_="5s"))
    fake = serve(scenario=before, allow="unplayed-steps")
    assert 503 == program(fake).read()[0]
    fake.clock.advance("1m")
    fake.restart(scenario=after)
    fake.clock.advance("4s")
    assert 200 == program(fake).read()[0]
    fake.clock.advance("2s")
    assert 500 == program(fake).read()[0]
    assert ["refuse(code=500, after=1m5s, for=5s)"] == [str(item.fault) for item in fake.faults]
    fake.restart(scenario=None)
    assert not fake.faults.armed


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda fake: fake.restart(new_port=8080), "new_port=8080: give True or False"),
        (lambda fake: fake.restart(new_token="mine"), "new_token='mine': give True or False"),
        (lambda fake: fake.restart(keep_targets=None), "keep_targets=None: give True or False"),
        (lambda fake: fake.exit(300), "code=300: give a whole number from 0 to 255"),
        (lambda fake: fake.exit("1"), "code='1': give a whole number from 0 to 255"),
    ],
)
def test_values_that_would_be_ignored_are_refused(serve, wrong, said):
    """A port or a token cannot be chosen, and Tilt exits with what a process can; the fake goes on."""
    fake = serve()
    with pytest.raises(errors.InvalidValue, match=said):
        wrong(fake)
    assert not fake.exited
