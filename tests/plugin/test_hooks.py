"""Options, markers, reports and scenario files, each in a run of its own."""

import pytest

from pytest_tiltsession.plugin import interrupting, sections

SCENARIO = """
version: 1
title: breaks
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
targets:
  migrate:update: {type: job, resources: [migrate]}
steps:
  - {at: 1s, set: {migrate:update: active}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}}
expect: {outcome: failed, error: exit status 1, at: 4s}
"""

MARKED = """
import pytest

def test_before(): pass

@pytest.mark.tilt_session({})
def test_it(tilt_session): pass
"""


@pytest.fixture
def scenario(pytester):
    """Write a scenario file, with some text replaced."""

    def write(name="breaks.tilt.yaml", old="", new="", more=""):
        path = pytester.path / name
        path.write_text(SCENARIO.replace(old, new) + more if old else SCENARIO + more)
        return path

    return write


def test_a_failed_test_shows_the_timeline_and_the_requests(pytester):
    """Both sections are there, with the target and the client's request in them."""
    pytester.makepyfile(
        """
        import ssl, urllib.request

        def test_it(tilt_session):
            tilt_session.job("migrate").start()
            tilt_session.clock.advance("90s")
            request = urllib.request.Request(
                tilt_session.url + "/version", headers={"Authorization": "Bearer " + tilt_session.token}
            )
            urllib.request.urlopen(request, context=ssl.create_default_context(cafile=tilt_session.ca)).close()
            tilt_session.expect_succeeded()
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "expected the session to succeed, but it is still running at 00:01:30.000000" in text
    assert "tilt session timeline" in text
    assert "tilt session requests" in text
    assert "GET  200  /version" in text
    assert "migrate" in text[text.index("tilt session timeline") :]
    assert "due next   deadline of Tiltfile at 00:30:00.000000" in text


def test_a_passing_test_shows_nothing(pytester):
    """Reports are for failures."""
    pytester.makepyfile("def test_it(tilt_session): tilt_session.job('a').succeed()")
    result = pytester.runpytest()
    result.assert_outcomes(passed=1)
    assert "tilt session" not in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("profil='tilt'", "unknown argument 'profil'; did you mean profile?"),
        ("profile='openshift'", "profile='openshift': valid values are tilt, kubernetes"),
        ("timeout='soon'", "timeout: 'soon' is not a duration: write it as Go does, such as 30m0s, 2.5s or 300ms"),
        ("timeout=30", "timeout=30: give a Go duration as text"),
        ("start='yesterday'", "start: 'yesterday' is not an RFC 3339 time"),
        ("port=70000", "port=70000: give a port from 1 to 65535, or 0 for a free one"),
        ("'ci'", "takes keyword arguments only, found ('ci',)"),
        ("scenario='nowhere.tilt.yaml'", "nowhere.tilt.yaml"),
        ("freeze='yes'", "freeze='yes': give True or False"),
    ],
)
def test_a_bad_marker_is_a_usage_error_that_names_the_test(pytester, arguments, message):
    """Before the first test, with what would do."""
    pytester.makepyfile(MARKED.format(arguments))
    result = pytester.runpytest()
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    text = result.stdout.str() + result.stderr.str()
    assert "::test_it" in text
    assert message in text
    assert "passed" not in text


def test_a_bad_marker_is_a_usage_error_under_xdist_too(pytester):
    """A worker hands the problem to its controller, and no test runs."""
    pytester.makepyfile(MARKED.format("timeout='soon'"))
    result = pytester.runpytest_subprocess("-n", "1")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    text = result.stdout.str()
    assert "::test_it: @pytest.mark.tilt_session: timeout: 'soon' is not a duration" in text
    assert "passed" not in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--tilt-session-profile=openshift"], "--tilt-session-profile: profile='openshift': valid values are tilt, "),
        (["-o", "tilt_session_progress=fast"], "ini value tilt_session_progress: progress='fast': valid values are "),
        (
            ["-o", "tilt_session_profile=tilt", "--tilt-session-limit=x"],
            "ERROR: --tilt-session-limit: limit: 'x' is ",
        ),
        (
            ["-o", "tilt_session_speed=2", "--tilt-session-progress=auto"],
            "ini value tilt_session_speed: speed='2' ",
        ),
    ],
)
def test_a_bad_option_value_is_a_usage_error(pytester, given, message):
    """Command line and ini are checked alike, before anything is collected."""
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest(*given)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert message in result.stderr.str() + result.stdout.str()


def test_the_marker_beats_the_command_line_and_that_beats_the_ini(pytester):
    """The nearest word counts."""
    pytester.makeini("[pytest]\ntilt_session_progress = reads\ntilt_session_profile = kubernetes")
    pytester.makepyfile(
        """
        import pytest

        def test_command_line(tilt_session):
            assert tilt_session.settings.progress == "manual"
            assert tilt_session.settings.profile == "kubernetes"

        @pytest.mark.tilt_session(profile="tilt", progress="reads")
        def test_marker(tilt_session):
            assert tilt_session.settings.progress == "reads"
            assert tilt_session.settings.profile == "tilt"
        """
    )
    pytester.runpytest("--tilt-session-progress=manual").assert_outcomes(passed=2)


def test_steps_that_were_never_played_fail_the_test_unless_allowed(pytester, scenario):
    """A script whose end no test reached is a claim that nobody checked."""
    scenario()
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.tilt_session(scenario="breaks.tilt.yaml")
        def test_left(tilt_session):
            tilt_session.clock.advance("2s")

        @pytest.mark.tilt_session(scenario="breaks.tilt.yaml", allow="unplayed-steps")
        def test_allowed(tilt_session): pass

        @pytest.mark.tilt_session(scenario="breaks.tilt.yaml")
        def test_played(tilt_session):
            tilt_session.run_until_done()
            tilt_session.expect_failed("exit status 1")
        """
    )
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=3, errors=1)
    assert "1 step of the scenario never played (at 4s)" in result.stdout.str()


@pytest.mark.parametrize("written", ["'late.yaml'", "'./late.yaml'", "pathlib.Path('late.yaml')"])
def test_a_file_is_looked_up_beside_the_test(pytester, written):
    """Whatever the file is called, as a text or as a path, and wherever pytest is run."""
    pytester.mkdir("nested")
    (pytester.path / "nested" / "late.yaml").write_text(SCENARIO)
    (pytester.path / "nested" / "test_it.py").write_text(
        f"import pathlib\nimport pytest\n\n@pytest.mark.tilt_session(scenario={written})\n"
        "def test_it(tilt_session):\n    tilt_session.run_until_done()\n"
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_named_scenario_is_played_by_its_name(pytester):
    """What does not look like a file is the name of a scenario of the library."""
    pytester.makepyfile(
        """
        import pytest
        from pytest_tiltsession import Scenario, active, failed

        @pytest.mark.tilt_session(scenario="ci/never-ready")
        def test_name(tilt_session):
            assert tilt_session.run_until_done().status.error.startswith("Readiness timeout after")

        SCRIPT = Scenario("breaks").job("migrate", active(for_="3s"), failed("exit status 1"))

        @pytest.mark.tilt_session(scenario=SCRIPT)
        def test_builder(tilt_session):
            tilt_session.clock.advance("3s")
            tilt_session.expect_failed("exit status 1")
        """
    )
    pytester.runpytest().assert_outcomes(passed=2)


def test_scenario_files_are_collected_with_the_flag(pytester, scenario):
    """Without it a folder's scenario files are left alone; a header and a summary come with it."""
    scenario()
    assert pytest.ExitCode.NO_TESTS_COLLECTED == pytester.runpytest().ret
    result = pytester.runpytest("--tilt-session", pytester.path)
    result.assert_outcomes(passed=1)
    summary = "1 fake session served, 1 scenario file played, 4s of simulated time"
    result.stdout.fnmatch_lines(["tilt session: collecting *.tilt.yaml", summary])


def test_a_scenario_file_named_on_the_command_line_is_collected(pytester, scenario):
    """Naming it is asking for it."""
    pytester.runpytest(scenario()).assert_outcomes(passed=1)


def test_the_ini_twin_of_the_flag_collects_too(pytester, scenario):
    """``tilt_session = true`` in the ini file means the flag."""
    scenario()
    pytester.makeini("[pytest]\ntilt_session = true")
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_malformed_scenario_file_is_a_collection_error_with_its_line(pytester, scenario):
    """The error names file:line and what was found, without a traceback."""
    scenario(old="targets:", new="tragets:")
    result = pytester.runpytest("--tilt-session")
    result.assert_outcomes(errors=1)
    text = result.stdout.str()
    assert "breaks.tilt.yaml:6" in text
    assert "tragets" in text
    assert "Traceback" not in text


def test_a_scenario_that_ends_otherwise_than_expected_fails_with_both(pytester, scenario):
    """What was expected, what came, and the timeline."""
    scenario(old="error: exit status 1, at: 4s}", new="error: exit status 2, at: 4s}")
    result = pytester.runpytest("--tilt-session")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "exit status 2" in text
    assert "exit status 1" in text
    assert "tilt session timeline" in text


def test_a_consumer_runs_beside_the_scenario(pytester, scenario):
    """A program of any language gets the environment of a Tilt, and its exit code and output are compared."""
    consumer = pytester.path / "wait.py"
    consumer.write_text(
        "import base64, json, os, re, ssl, sys, urllib.request\n"
        "text = open(os.environ['KUBECONFIG']).read()\n"
        "value = lambda key: re.search(rf'{key}: (.+)', text)[1].strip('\"')\n"
        "trust = ssl.create_default_context(cadata=base64.b64decode(value('certificate-authority-data')).decode())\n"
        "url = value('server') + '/apis/tilt.dev/v1alpha1/sessions?watch=1'\n"
        "request = urllib.request.Request(url, headers={'Authorization': 'Bearer ' + value('token')})\n"
        "for line in urllib.request.urlopen(request, context=trust):\n"
        "    status = json.loads(line)['object']['status']\n"
        "    if status['done']:\n"
        "        print('it says', status['error'])\n"
        "        sys.exit(7)\n"
    )
    more = "consumer: {command: [python3, wait.py], expect: {exit_code: 7, stdout: /it says exit.*1/}}\n"
    scenario(more=more)
    pytester.runpytest("--tilt-session").assert_outcomes(passed=1)
    scenario(more=more.replace("exit_code: 7", "exit_code: 0"))
    result = pytester.runpytest("--tilt-session")
    result.assert_outcomes(failed=1)
    assert "exit code 0 was expected, found 7" in result.stdout.str()
    assert "it says exit status 1" in result.stdout.str()


def test_a_consumer_that_does_not_end_is_ended(pytester, scenario):
    """Its timeout is of the machine's clock, and nothing is left running."""
    scenario(more='consumer: {command: [python3, -c, "import threading; threading.Event().wait()"], timeout: 300ms}\n')
    result = pytester.runpytest("--tilt-session")
    result.assert_outcomes(failed=1)
    assert "did not end within 300ms of the machine's clock" in result.stdout.str()


def test_counts_are_added_up_over_xdist_workers(pytester, scenario):
    """The closing summary of a parallel run counts what all workers did."""
    for number in range(4):
        scenario(name=f"s{number}.tilt.yaml")
    pytester.makepyfile("def test_a(tilt_session): pass\ndef test_b(tilt_session): pass")
    result = pytester.runpytest_subprocess("--tilt-session", "-n", "2")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*6 fake sessions served, 4 scenario files played*"])


def test_nothing_is_left_after_a_run(pytester):
    """No thread, no socket and no warning remain, also where a test leaves its watch open."""
    pytester.makeconftest(
        """
        import threading, pytest

        def pytest_unconfigure(config):
            pass

        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish(session):
            import pytest_tiltsession.server.host as host
            host.shutdown()
            left = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
            assert not left, left
        """
    )
    pytester.makepyfile(
        """
        import ssl, urllib.request

        def test_it(tilt_session):
            request = urllib.request.Request(
                tilt_session.url + "/apis/tilt.dev/v1alpha1/sessions?watch=1",
                headers={"Authorization": "Bearer " + tilt_session.token},
            )
            global watch
            watch = urllib.request.urlopen(request, context=ssl.create_default_context(cafile=tilt_session.ca))
            assert b"ADDED" in watch.readline()

        def test_the_watch_has_ended():
            assert watch.read() == b""
            watch.close()
        """
    )
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:randomly")
    result.assert_outcomes(passed=2)


BAD_BESIDE_GOOD = """
import pytest

@pytest.mark.slow
@pytest.mark.tilt_session(timeout="soon")
def test_bad(tilt_session): pass

def test_other(tilt_session): pass
"""


@pytest.mark.parametrize("left_out", ["-k other", "-m not(slow)", "--deselect test_mine.py::test_bad"])
def test_a_bad_marker_of_a_test_that_is_left_out_stops_nothing(pytester, left_out):
    """Markers are judged when it is known which tests run."""
    pytester.makeini("[pytest]\nmarkers = slow")
    pytester.makepyfile(test_mine=BAD_BESIDE_GOOD)
    result = pytester.runpytest(*left_out.split(" ", 1))
    result.assert_outcomes(passed=1, deselected=1)


def test_a_bad_marker_of_a_test_that_is_left_out_stops_nothing_under_xdist(pytester):
    """Nor on a worker, and one of a test that runs still does."""
    pytester.makeini("[pytest]\nmarkers = slow")
    pytester.makepyfile(test_mine=BAD_BESIDE_GOOD)
    pytester.runpytest_subprocess("-n", "1", "-k", "other").assert_outcomes(passed=1)
    result = pytester.runpytest_subprocess("-n", "1", "-k", "bad")
    assert pytest.ExitCode.USAGE_ERROR == result.ret


def test_an_interrupted_test_shows_how_its_session_stood(pytester):
    """Ctrl-C in a test that hangs is answered with the timeline, who waits for what, and the requests."""
    pytester.makepyfile(
        """
        import signal, ssl, threading, urllib.request

        def test_before(tilt_session): pass

        def test_hangs(tilt_session):
            tilt_session.server("api").start()
            request = urllib.request.Request(
                tilt_session.url + "/apis/tilt.dev/v1alpha1/sessions?watch=1",
                headers={"Authorization": "Bearer " + tilt_session.token},
            )
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=tilt_session.ca)) as watch:
                watch.readline()
                main = threading.main_thread().ident
                threading.Thread(target=signal.pthread_kill, args=(main, signal.SIGINT)).start()
                watch.readline()
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly")
    assert pytest.ExitCode.INTERRUPTED == result.ret
    text = result.stdout.str()
    assert "interrupted in test_an_interrupted_test_shows_how_its_session_stood.py::test_hangs" in text
    end = text[text.index("interrupted in ") :]
    assert "tilt session timeline" in end
    assert "active, not ready" in end
    assert "due next   deadline of Tiltfile at 00:05:00.000000" in end
    assert "tilt session requests" in end
    assert "GET  200  …/sessions?watch=1" in end
    assert "test_before" not in end


def test_what_is_kept_of_an_interrupted_test_is_a_plugin_to_every_pytest():
    """Most versions of pytest keep their plugins in a set, so that each needs a hash, whatever it holds."""
    shown = interrupting.Interrupted("test_it.py::test_it", [sections.Section("timeline", "plain", "coloured")])
    assert shown in {shown}


def test_a_run_that_is_interrupted_without_a_session_says_nothing(pytester):
    """Other people's tests are not our concern."""
    pytester.makepyfile("import signal\ndef test_it(): signal.raise_signal(signal.SIGINT)")
    result = pytester.runpytest(no_reraise_ctrlc=True)
    assert pytest.ExitCode.INTERRUPTED == result.ret
    assert "interrupted in" not in result.stdout.str()
