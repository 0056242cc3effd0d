"""Lives of a Tilt that a scenario file tells of: served, found anew by programs, under each way in which time moves."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

import programs
import pytest

from pytest_tiltsession import FakeTilt, Scenario, active, errors, kubeconfig, ready, succeeded

RESTARTS = """
version: 1
title: another life
session: {exitCondition: manual}
targets: {api:serve: {}}
steps:
  - {at: 1s, set: {api:serve: {active: {ready: true}}}}
  - {at: 20s, set: {api:serve: {terminated: {error: gone}}}}
process:
  - {at: 10s, crash: {}}
  - {at: 12s, restart: {newCa: true, newWebPort: true}}
"""
# A program with the official client: it watches, and reads the config file anew whenever it finds nobody, until it has
# seen so many Sessions; it tells what it saw.
PROGRAM = """
import kubernetes.client, kubernetes.config, kubernetes.watch, os, sys, time, urllib3.exceptions
config, wanted, uids, hosts, tokens = os.environ["TILT_CONFIG"], int(sys.argv[1]), [], [], []
while len(uids) < wanted:
    time.sleep(0.02)
    try:
        names = [it["name"] for it in kubernetes.config.list_kube_config_contexts(config)[0]]
        with kubernetes.config.new_client_from_config(config, context=names[0]) as api:
            api.configuration.retries = False
            listing = kubernetes.client.CustomObjectsApi(api).list_cluster_custom_object
            for event in kubernetes.watch.Watch().stream(listing, "tilt.dev", "v1alpha1", "sessions"):
                uid = event["object"]["metadata"]["uid"]
                if uid not in uids:
                    uids.append(uid)
                    hosts.append(api.configuration.host)
                    tokens.append(tuple(api.configuration.api_key.values()))
                if len(uids) == wanted:
                    break
    except (kubernetes.config.ConfigException, kubernetes.client.ApiException, urllib3.exceptions.HTTPError):
        pass
print(f"saw {len(uids)} sessions at {len(set(hosts))} ports with {len(set(tokens))} tokens in {names}")
"""

# The same without a library, as a program that must be small.
WATCHER = """
import base64, json, os, ssl, time, urllib.request, yaml
uids, servers = set(), set()
while len(uids) < 2:
    time.sleep(0.02)
    found = yaml.safe_load(open(os.environ["TILT_CONFIG"])) or {}
    for cluster, user in zip(found.get("clusters") or (), found.get("users") or ()):
        server, authority = cluster["cluster"]["server"], cluster["cluster"]["certificate-authority-data"]
        request = urllib.request.Request(f"{server}/apis/tilt.dev/v1alpha1/sessions?watch=true")
        request.add_header("Authorization", "Bearer " + user["user"]["token"])
        try:
            trusted = ssl.create_default_context(cadata=base64.b64decode(authority).decode())
            for line in urllib.request.urlopen(request, context=trusted):
                uids.add(json.loads(line)["object"]["metadata"]["uid"])
                servers.add(server)
                if len(uids) == 2:
                    break
        except OSError:
            pass
print(f"saw {len(uids)} sessions at {len(servers)} ports")
"""


@pytest.fixture
def file(tmp_path):
    """Write the scenario of a Tilt that crashes and comes back."""
    path = tmp_path / "lives.tilt.yaml"
    path.write_text(RESTARTS)
    return path


serving = programs.serving


def test_a_scenario_says_that_its_tilt_comes_back(serve, program, refused, file):
    """With another context, port, token and authority; what it plays begins again, and nothing is left unplayed."""
    fake = serve(scenario=file)
    before = program(fake)
    fake.clock.advance_to("11s")
    assert refused(before.entry.server)
    assert before.entry.context in kubeconfig.contexts(fake.kubeconfig)
    assert ["restart at 12s"] == [wakeup.what for wakeup in fake.clock.planned()]
    fake.clock.advance_to("12s")
    after = program(fake)
    for field in ("context", "server", "token", "ca_pem"):
        assert getattr(before.entry, field) != getattr(after.entry, field)
    assert "waiting" in after.read()[1]["status"]["targets"][0]["state"]
    fake.clock.advance_to("32s")
    assert "gone" == after.read()[1]["status"]["targets"][0]["state"]["terminated"]["error"]
    assert (["killed", "started"], []) == ([mark.word for mark in fake.marks], fake.problems())


def test_by_default_the_context_stays(serve, program):
    """As with a real Tilt at the same web port: port and token are new, and the named scenario says just that."""
    fake = serve(scenario="up/restart")
    before = program(fake)
    fake.clock.advance_to("12s")
    assert before.entry.context not in kubeconfig.contexts(fake.kubeconfig)
    fake.clock.advance_to("15s")
    after = program(fake)
    assert (before.entry.context, before.entry.ca_pem) == (after.entry.context, after.entry.ca_pem)
    assert before.entry.server != after.entry.server
    assert before.entry.token != after.entry.token
    fake.clock.advance("10s")
    fake.expect_target("web").was("waiting", "active", "waiting", "active")


def test_a_brought_scenario_lets_things_happen_to_the_process_too(serve):
    """At offsets from its own start; None is a Tilt with an empty Tiltfile."""
    later = Scenario("inner", exit_condition="manual").server("b", active(ready=False, for_="1h"), ready())
    inner = later.exits(7, at="3s")
    fake = serve(scenario=Scenario("outer").job("a", active(for_="1s"), succeeded())
        .restarts(at="5s", scenario=inner).restarts(at="10s", scenario=None))  # fmt: skip
    fake.clock.advance_to("6s")
    assert ("manual", {"b:serve", "tiltfile:update"}) == (
        fake.session.spec.exit_condition, {it.name for it in fake.session.status.targets}
    )  # fmt: skip
    fake.clock.advance_to("9s")
    assert (True, 7, True) == (fake.exited, fake.exit_code, fake.comes_back)
    fake.clock.advance_to("10s")
    assert ["tiltfile:update"] == [it.name for it in fake.session.status.targets]
    assert [] == fake.problems()


@pytest.mark.parametrize("starts", ["now", "later"])
def test_it_counts_from_the_start_of_the_session(serve, starts):
    """A Tilt that is started later meets what its scenario tells later as well; one that is there does so once."""
    fake = serve(scenario=Scenario("x", exit_condition="manual").server("b", ready()).exits(at="3s"), starts=starts)
    fake.clock.advance("2s")
    fake.start()
    fake.clock.advance("1s")
    assert (starts == "now") == fake.exited
    fake.clock.advance("2s")
    assert fake.exited
    fake.start()
    fake.clock.advance("1h")
    assert not fake.exited


def test_a_session_can_be_entered_after_the_restart(serve, file):
    """``offset`` plays everything up to then without serving it; in between, there is nobody to serve."""
    fake = serve(scenario=file, offset="13s")
    assert (["killed", "started"], 12_000_000) == (
        [mark.word for mark in fake.marks], fake.session.status.start_time - fake.clock.start
    )  # fmt: skip
    with pytest.raises(errors.InvalidValue, match=r"by then Tilt has exited, with code -9; take another one$"):
        FakeTilt(scenario=file, offset="11s")


@pytest.mark.parametrize("progress", ["reads", "auto", "wall"])
def test_a_program_goes_through_it_however_time_moves(serve, program, file, progress):
    """While no process runs nobody can read, and the clock goes on to the start by itself."""
    speed = {"speed": 20} if progress == "wall" else {}
    fake = serve(scenario=file, progress=progress, **speed)
    uids = []
    while len(uids) < 2:
        with contextlib.suppress(OSError, errors.TiltSessionError):
            context = kubeconfig.contexts(fake.kubeconfig)[-1]  # a killed one leaves its own
            reader = program(fake)
            reader.entry = kubeconfig.find(fake.kubeconfig, context)
            status, found = reader.read()
            if status == 200 and found["metadata"]["uid"] not in uids:
                uids.append(found["metadata"]["uid"])
            if progress == "auto" and len(uids) < 2:
                with reader.open("/apis/tilt.dev/v1alpha1/sessions?watch=true") as watch:
                    for line in watch:
                        assert json.loads(line)
    assert 2 == len(uids)


def test_a_served_tilt_goes_through_it_and_the_program_stays():
    """``tiltsession serve``: another process, with the official client, finds it anew by the config file."""
    with serving("up/restart", "--progress", "auto") as (process, line):
        environment = {**os.environ, "TILT_CONFIG": line["kubeconfig"]}
        seen = subprocess.run(
            [sys.executable, "-c", PROGRAM, "2"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert f"saw 2 sessions at 2 ports with 2 tokens in ['{line['context']}']\n" == seen.stdout
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(timeout=20)
    assert not pathlib.Path(line["kubeconfig"]).exists()


def test_a_served_tilt_that_crashes_leaves_its_context(tmp_path, refused):
    """Until the program is told to end, the config file names a port on which nobody answers; then it is as before."""
    config = tmp_path / "config"
    with serving("up/crash", "--progress", "wall", "--speed", "1000", "--kubeconfig", config) as (process, line):
        while not refused(line["url"]):
            pass
        assert process.poll() is None
        assert line["url"] == kubeconfig.find(config, line["context"]).server
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(timeout=20)
    assert () == kubeconfig.contexts(config)


def test_a_served_tilt_that_exits_for_good_ends_the_program(tmp_path):
    """With the code that the scenario says."""
    path = tmp_path / "x.tilt.yaml"
    path.write_text("version: 1\nsession: {exitCondition: manual}\nprocess: [{at: 1s, exit: {code: 3}}]\n")
    with serving(path, "--progress", "wall", "--speed", "1000") as (process, _):
        assert 3 == process.wait(timeout=20)


def test_a_consumer_in_a_scenario_file_goes_through_it(pytester):
    """``pytest --tilt-session``: the consumer meets a Tilt that stops and comes back, and then ends well."""
    (pytester.path / "program.py").write_text(WATCHER)
    text = f"""
version: 1
title: the program reconnects
include: [up/restart]
expect: {{outcome: running}}
consumer:
  command: [{json.dumps(sys.executable)}, program.py]
  expect: {{exit_code: 0, stdout: saw 2 sessions at 2 ports}}
"""
    (pytester.path / "reconnects.tilt.yaml").write_text(text)
    result = pytester.runpytest_subprocess("--tilt-session", "-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_what_a_restart_brings_has_faults_of_its_own(tmp_path, serve, program):
    """They are armed when that life begins, their spans count from then; those that are never met are told of."""
    (tmp_path / "next.tilt.yaml").write_text(
        "version: 1\nparameters: {begins: 1m}\ntargets: {a:update: {}}\nfaults:\n"
        '  - {fault: refuse, code: 500, operation: get, after: "${begins}", times: 1}\n  - {fault: conflict}\n'
    )
    first = tmp_path / "first.tilt.yaml"
    first.write_text(
        "version: 1\nsession: {exitCondition: manual}\nfaults: [{fault: refuse, operation: get, for: 1s}]\n"
        "process: [{at: 10s, restart: {scenario: next.tilt.yaml, with: {begins: 5s}}}]\n"
    )
    fake = serve(scenario=first)
    assert 503 == program(fake).read()[0]
    seen = {}
    for instant in ("6s", "14s", "15s", "16s"):
        fake.clock.advance_to(instant)
        seen[instant] = program(fake).read()[0]
    assert {"6s": 200, "14s": 200, "15s": 500, "16s": 200} == seen
    (missed,) = fake.problems()
    assert missed.startswith("the fault conflict(after=10s) was never met: no update, patch or delete came; ")
