"""Time as a user's test file sees it: how it moves, who leads, who sleeps."""

import re

import pytest

from pytest_tiltsession import runner, settings

HEAD = """
import datetime, time
import freezegun
import pytest
import time_machine as machine
"""


@pytest.fixture
def passes(pytester):
    """Run a test file in which everything is to pass."""

    def run(text, *arguments, outcomes=1, ini=""):
        if ini:
            pytester.makeini(f"[pytest]\n{ini}\n")
        pytester.makepyfile(HEAD + text)
        result = pytester.runpytest_subprocess("-Werror", *arguments)
        result.assert_outcomes(passed=outcomes)
        return result.stdout.str()

    return run


def test_a_freezer_that_the_test_holds_leads(passes):
    """However the test came by it: moving it moves the session, and moving the session moves the date."""
    passes(
        """
@pytest.fixture
def check(tilt_session):
    def moved():
        assert 300_000_000 == tilt_session.clock.elapsed
        tilt_session.expect_failed(match="Readiness timeout after 5m0s")
        tilt_session.clock.advance("1h")
        assert datetime.datetime(2026, 1, 1, 1, 5, tzinfo=datetime.UTC) == datetime.datetime.now(datetime.UTC)

    tilt_session.server("api").start()
    return moved

def test_freezer(freezer, tilt_session, check):
    freezer.move_to("2026-01-01")
    tilt_session.follow(freezer)
    freezer.tick(300)
    check()

@pytest.mark.freeze_time("2026-01-01")
def test_freezer_marker(freezer, tilt_session, check):
    tilt_session.follow()
    freezer.move_to("2026-01-01T00:05:00")
    check()

@freezegun.freeze_time("2026-01-01", as_kwarg="frozen")
def test_decorator_with_an_argument(tilt_session, check, frozen=None):
    tilt_session.follow(frozen)
    frozen.tick(datetime.timedelta(minutes=5))
    check()

@freezegun.freeze_time("2026-01-01")
def test_decorator(tilt_session, check):
    tilt_session.follow()
    freezegun.api.freeze_factories[-1].tick(300.0)
    check()

def test_time_machine(time_machine, tilt_session, check):
    time_machine.move_to("2026-01-01T00:00Z", tick=False)
    tilt_session.follow(time_machine)
    time_machine.shift(300)
    check()

@pytest.mark.time_machine("2026-01-01T00:00Z", tick=False)
def test_time_machine_marker(time_machine, tilt_session, check):
    tilt_session.follow()
    machine.traveller_stack[-1].move_to("2026-01-01T00:05Z")
    check()

@machine.travel("2026-01-01T00:00Z", tick=False)
def test_travel(tilt_session, check):
    tilt_session.follow()
    machine.traveller_stack[-1].shift(300.0)
    check()

def test_in_a_block(tilt_session, check):
    with freezegun.freeze_time("2026-01-01") as frozen:
        tilt_session.follow(frozen)
        frozen.tick(300)
        check()
        """,
        outcomes=8,
    )


def test_under_freeze_the_session_leads(passes):
    """The test's dates are the session's, and pytest's own durations are real."""
    text = passes(
        """
import threading

@pytest.mark.tilt_session(freeze=True)
def test_it(tilt_session):
    assert datetime.datetime(2026, 1, 1) == datetime.datetime.now()
    tilt_session.clock.advance("90s")
    assert datetime.datetime(2026, 1, 1, 0, 1, 30) == datetime.datetime.now()
    found = []
    thread = threading.Thread(target=lambda: found.append(time.time()))
    thread.start()
    thread.join()
    assert [time.time()] == found == [1767225690.0]

def test_after():
    assert time.time() > 1767225690 + 3600
        """,
        "-vv", "--durations=0", "--durations-min=0", outcomes=2,
    )  # fmt: skip
    durations = [float(found) for found in re.findall(r"^([0-9.]+)s (?:setup|call|teardown)", text, re.MULTILINE)]
    assert len(durations) == 6
    assert max(durations) < 60


def test_libraries_that_load_when_looked_at_are_left_alone(passes):
    """freezegun looks at every name; the models of Kubernetes' client cannot be built while dates are false."""
    passes(
        """
import sys
import kubernetes.client, kubernetes.config

@pytest.mark.tilt_session(freeze=True)
def test_it(tilt_session):
    assert "pytest_tiltsession.live" not in sys.modules
    with kubernetes.config.new_client_from_config(str(tilt_session.kubeconfig), tilt_session.context) as client:
        api = kubernetes.client.CustomObjectsApi(client)
        found = api.get_cluster_custom_object("tilt.dev", "v1alpha1", "sessions", "Tiltfile")
        assert not found["status"]["done"]
        """
    )


def test_a_frozen_fake_of_the_factory_leads_until_it_stops(passes):
    """Without a ``with`` block the time is the session's from the start to ``stop()``."""
    passes(
        """
def test_it(tilt_session_factory):
    fake = tilt_session_factory(freeze=True)
    fake.clock.advance("1s")
    assert 1767225601.0 == time.time()
    fake.stop()
    assert 1767225601.0 != time.time()
        """
    )


def test_a_stopped_tilt_leaves_the_tests_time_as_it_is(passes):
    """A test that ends its Tilt to see what its program does goes on in the session's time."""
    passes(
        """
@pytest.mark.tilt_session(freeze=True)
def test_it(tilt_session):
    tilt_session.stop()
    assert 1767225600.0 == time.time()
        """
    )


def test_a_poll_loop_that_sleeps_comes_to_its_end(passes):
    """The program's own sleeps move the session, so that it polls as often as in real life, at once."""
    passes(
        """
import json, ssl, urllib.request
from time import sleep

def wait_until_done(fake):
    context = ssl.create_default_context(cafile=fake.ca)
    url = fake.url + "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
    for polls in range(1000):
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + fake.token})
        with urllib.request.urlopen(request, context=context) as answer:
            if json.load(answer)["status"]["done"]:
                return polls
        sleep(10)

@pytest.mark.tilt_session(sleeps=True)
def test_it(tilt_session):
    tilt_session.server("api").start()
    assert 30 == wait_until_done(tilt_session)
    assert 300_000_000 == tilt_session.clock.elapsed

@pytest.mark.tilt_session(sleeps=True, exit_condition="manual", limit="1h")
def test_in_vain(tilt_session):
    tilt_session.server("api").start()
    with pytest.raises(Exception, match="a sleep goes beyond the limit of 1h after the clock's start") as failed:
        wait_until_done(tilt_session)
    assert "not ready  api:serve" in str(failed.value)
        """,
        outcomes=2,
    )


def test_progress_speed_and_limit_come_from_marker_command_line_and_ini(passes):
    """Each option has its twins; the marker comes before the command line, and that before the ini file."""
    passes(
        """
def test_configured(tilt_session):
    settings = tilt_session.settings
    assert ("wall", 20.0, "2h") == (settings.progress, settings.speed_factor, settings.limit)

@pytest.mark.tilt_session(speed=3, limit="1m")
def test_marked(tilt_session):
    settings = tilt_session.settings
    assert ("wall", 3.0, "1m") == (settings.progress, settings.speed_factor, settings.limit)

@pytest.mark.tilt_session(progress="manual")
def test_of_another_progress(tilt_session):
    assert 1 == tilt_session.settings.speed_factor
        """,
        "--tilt-session-progress=wall", "--tilt-session-speed=20",
        ini="tilt_session_progress = reads\ntilt_session_speed = 10\ntilt_session_limit = 2h", outcomes=3,
    )  # fmt: skip


def test_bad_settings_are_usage_errors(pytester):
    """Each names its test, what was found and what would do, before the first test."""
    bad = {
        "progress='fast'": "progress='fast': valid values are manual, reads, auto, wall",
        "speed=0": "speed=0: give a number of more than 0, such as 10 or 0.5",
        "speed='quick'": "speed='quick': give a number of more than 0",
        "speed=True": "speed=True: give a number of more than 0",
        "speed=float('inf')": "speed=inf: give a number of more than 0",
        "limit='soon'": "limit: 'soon' is not a duration: write it as Go does",
        "limit='0s'": "limit='0s': give a Go duration of more than 0s",
        "limit='-1s'": "limit='-1s': give a Go duration of more than 0s",
        "limit=None": "limit=None: give a Go duration as text",
        "limit=5": "limit=5: give a Go duration as text",
        "patience='-1s'": "patience='-1s': give a Go duration such as \"30s\", or None for ever",
        "patience='long'": "patience: 'long' is not a duration",
        "allow='anything'": "allow='anything': valid values are unplayed-steps, server-errors, stalled-watches",
        "patience='1m', progress='wall'": (
            "patience='1m' goes with progress='manual' or progress='reads' or progress='auto', found progress='wall'"
        ),
        "speed=2, progress='auto'": "speed=2 goes with progress='wall', found progress='auto'",
        "port='8080'": "port='8080': give a port from 1 to 65535, or 0 for a free one, as a number: port=8080",
        "scenario='ci/green', timeout='5m'": "timeout='5m' beside scenario='ci/green': the scenario says that itself",
        "freeze=True, progress='wall'": 'freeze=True with progress="wall": frozen time follows a clock that stands',
    }
    tests = [
        f"@pytest.mark.tilt_session({arguments})\ndef test_{number}(tilt_session): raise SystemExit(9)"
        for number, arguments in enumerate(bad)
    ]
    pytester.makepyfile("\n".join(["import pytest", *tests]))
    result = pytester.runpytest()
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    said = result.stderr.str()
    for number, message in enumerate(bad.values()):
        assert f"test_{number}: @pytest.mark.tilt_session: {message}" in said


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("speed=-1", "speed='-1': give a number of more than 0"),
        ("speed=10", "speed='10' goes with progress='wall', found progress='manual'"),
        ("limit=1 hour", "limit: '1 hour' is not a duration"),
    ],
)
def test_a_bad_option_is_a_usage_error(pytester, option, message):
    """On the command line as in the ini file."""
    result = pytester.runpytest(f"--tilt-session-{option}")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert message in result.stderr.str()


@pytest.mark.parametrize("name", ["tilt_session", "tilt_session_strict"])
def test_a_flag_in_the_ini_file_is_true_or_false(pytester, name):
    """Another word is a usage error that says so, and no traceback."""
    pytester.makeini(f"[pytest]\n{name} = yess")
    result = pytester.runpytest()
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert f"invalid truth value 'yess' in the ini file; write {name} = true or false" in result.stderr.str()


def test_a_watch_that_stalls_fails_its_test(passes, pytester):
    """Under ``auto`` a watch in vain ends with an error, and the test fails at its end even if its program hid that."""
    pytester.makepyfile(
        """
        import json, ssl, urllib.request, pytest

        @pytest.mark.tilt_session(progress="auto", exit_condition="manual", patience="10ms")
        def test_it(tilt_session):
            context = ssl.create_default_context(cafile=tilt_session.ca)
            url = tilt_session.url + "/apis/tilt.dev/v1alpha1/sessions?watch=true"
            request = urllib.request.Request(url, headers={"Authorization": "Bearer " + tilt_session.token})
            with urllib.request.urlopen(request, context=context) as answer:
                answer.read()
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    assert "the clock of this session stands: nothing more is planned" in result.stdout.str()


def test_a_scenario_file_plays_at_its_own_pace(pytester):
    """A progress by which time moves by itself is for tests: a file is played as fast as it can be."""
    path = pytester.path / "quick.tilt.yaml"
    path.write_text(
        """
version: 1
title: quick
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
targets: {"migrate:update": {type: job, resources: [migrate]}}
steps:
  - {at: 1h, set: {"migrate:update": {terminated: {error: exit status 1}}}}
"""
    )
    with runner.playing(settings.Settings(scenario=path, progress="wall")) as run:
        assert "manual" == run.fake.settings.progress
    result = pytester.runpytest("--tilt-session", "--tilt-session-progress=wall")
    result.assert_outcomes(passed=1)
