"""The modes replay, record, once and live; the real Tilt is a fake that inner runs know by its kubeconfig alone."""

import signal
import subprocess
import sys

import pytest

from pytest_tiltsession import FakeTilt, Scenario, active, failed
from pytest_tiltsession.plugin import modes  # noqa: F401  loaded before any inner run, as in conftest.py
from pytest_tiltsession.scenario import file_format

SCRIPT = Scenario("breaks").job("migrate", active(for_="3s"), failed("exit status 1"))
DONE = "def test_it(tilt_session): tilt_session.run_until_done(limit='10m')"
TEST = """
def test_it(tilt_session):
    assert tilt_session.run_until_done(limit="10m").status.error == "exit status 1"
    tilt_session.expect_failed("exit status 1")
    tilt_session.expect_timeline([("migrate", "active"), ("migrate", "failed: exit status 1")])
"""
KEPT = "tilt_sessions/test_mine/test_it.tilt.yaml"


@pytest.fixture(autouse=True)
def few_plugins(pytester, monkeypatch):
    """Load no other plugins into inner runs: all that are installed take most of a run's time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p pytest_tiltsession.plugin")


@pytest.fixture
def real(tmp_path, monkeypatch):
    """Stand for a real Tilt: every look at it brings the next instant. Inner runs find it as they would find Tilt."""
    monkeypatch.setenv("TILT_PORT", "")
    with FakeTilt(scenario=SCRIPT, progress="reads", context="tilt-default", directory=tmp_path) as upstream:
        monkeypatch.setenv("TILT_CONFIG", str(upstream.kubeconfig))
        yield upstream


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """Let there be no Tilt, and nobody wait for it."""
    monkeypatch.setenv("TILT_CONFIG", str(tmp_path / "none"))
    monkeypatch.setattr("pytest_tiltsession.live_tilt.PATIENCE", 0.05)


def kept(pytester):
    """Give the recordings that there are, from the folder of all of them."""
    folder = pytester.path / "tilt_sessions"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def run(pytester, mode, *arguments, **outcomes):
    """Run the inner tests in a mode, in this process, and compare what came of them."""
    result = pytester.runpytest(f"--tilt-session-mode={mode}", *arguments)
    result.assert_outcomes(**outcomes)
    return result


def test_what_was_recorded_is_replayed(pytester, real):
    """The same test passes on the Tilt and on its recording, when no Tilt is there any more."""
    pytester.makepyfile(test_mine=TEST)
    result = run(pytester, "record", passed=1)
    result.stdout.fnmatch_lines(["*recordings: 0 played, 1 made, 0 rewritten, 0 unused", f"  made *{KEPT}"])
    scenario = file_format.read_scenario(pytester.path / KEPT)
    assert ("test_mine.py::test_it", "failed") == (scenario.title, scenario.expect.outcome)
    real.stop()
    result = run(pytester, "replay", passed=1)
    result.stdout.fnmatch_lines(["tilt session: mode replay, recordings in tilt_sessions", "*recordings: 1 played*"])


def test_a_recording_is_a_scenario_file_like_any_other(pytester, real):
    """It is collected, played and judged by ``--tilt-session``."""
    pytester.makepyfile(test_mine=TEST)
    run(pytester, "record", passed=1)
    pytester.runpytest("--tilt-session", KEPT).assert_outcomes(passed=1)


def test_only_a_test_that_passed_leaves_a_recording(pytester, real):
    """Setup, call and the teardown of every fixture count; nor is there a half of a file, or a folder."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def after():
            yield
            assert False

        @pytest.fixture
        def late(tilt_session):
            assert False

        def test_fails(tilt_session): assert False
        def test_is_skipped(tilt_session): pytest.skip()
        @pytest.mark.xfail
        def test_fails_as_expected(tilt_session): assert False
        @pytest.mark.xfail
        def test_passes_unexpectedly(tilt_session): pass
        def test_fails_in_teardown(after, tilt_session): pass
        def test_fails_in_setup(late): pass
        def test_drives(tilt_session): tilt_session.job("a")
        def test_moves_the_clock(tilt_session): tilt_session.clock.advance("1s")
        """
    )
    run(pytester, "record", passed=1, failed=3, errors=2, skipped=1, xfailed=1, xpassed=1)
    assert not (pytester.path / "tilt_sessions").exists()


def test_an_interrupted_test_leaves_no_recording(pytester, real):
    """Ctrl-C in the middle of a test ends the run; what was recorded of it is no recording."""
    pytester.makepyfile(
        "def test_it(tilt_session):\n    print('began', flush=True)\n    tilt_session.run_until(lambda _: 0)"
    )
    command = [sys.executable, "-m", "pytest", "-s", "--tilt-session-mode=record"]
    with subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as process:
        assert any("began" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate()
    assert pytest.ExitCode.INTERRUPTED == process.returncode
    assert not (pytester.path / "tilt_sessions").exists()
    assert "unused ones not looked for (the run did not come to its end)" in told


def test_each_worker_of_xdist_records_its_own_tests(pytester, real):
    """One file for each test, and the closing summary of the whole run counts them all."""
    pytester.makepyfile(test_a="def test_one(tilt_session): pass\ndef test_two(tilt_session): pass", test_b=DONE)
    stale = pytester.mkdir("tilt_sessions") / "test_gone.tilt.yaml"
    stale.write_text("")
    result = pytester.runpytest_subprocess(
        "--tilt-session-mode=record", "--tilt-session-strict", "-p", "xdist", "-n", "2"
    )
    result.assert_outcomes(passed=3)
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(
        ["*3 made, 0 rewritten, 1 unused", "  unused *test_gone.tilt.yaml", "*--tilt-session-strict*"]
    )
    stale.unlink()
    assert ["test_a/test_one.tilt.yaml", "test_a/test_two.tilt.yaml", "test_b/test_it.tilt.yaml"] == kept(pytester)
    run(pytester, "replay", "--tilt-session-strict", passed=3)


def test_once_records_what_has_no_recording_yet(pytester, real):
    """The second run replays what the first one recorded, and records what is new."""
    pytester.makepyfile(test_mine=TEST)
    run(pytester, "once", passed=1)
    pytester.makepyfile(test_mine=TEST + "\ndef test_new(tilt_session): pass")
    result = run(pytester, "once", passed=2)
    result.stdout.fnmatch_lines(["*recordings: 1 played, 1 made, 0 rewritten, 0 unused"])


def test_record_rewrites_and_keeps_what_people_wrote(pytester, real):
    """Comments and titles stay; what has no place any more is told."""
    pytester.makepyfile(test_mine=DONE)
    run(pytester, "record", passed=1)
    file = pytester.path / KEPT
    text = file.read_text().replace("title: test_mine.py::test_it", "title: The migration breaks")
    file.write_text(f"# Kept for the release of May.\n{text}")
    result = run(pytester, "record", passed=1)
    result.stdout.fnmatch_lines(["*0 made, 1 rewritten, 0 unused", f"  rewritten  {KEPT}"])
    assert file.read_text().startswith("# Kept for the release of May.\n")
    assert "The migration breaks" == file_format.read_scenario(file).title


def test_what_is_no_recording_is_not_overwritten(pytester, real):
    """The test that passed is failed by that, and the file is as it was."""
    pytester.makepyfile(test_mine=TEST)
    file = pytester.path / KEPT
    file.parent.mkdir(parents=True)
    file.write_text("- nothing\n")
    result = run(pytester, "record", passed=1, errors=1)
    assert f"the test passed, and its recording {KEPT} was not written" in result.stdout.str()
    assert "- nothing\n" == file.read_text()


def test_without_a_recording_replay_fails_with_the_command_that_makes_one(pytester, real):
    """Typed as it stands, from where the run was started, it makes the recording."""
    code = "import pytest\n@pytest.mark.parametrize('x', ['ä b'])\ndef test_it(tilt_session, x): pass"
    pytester.makepyfile(test_mine=code)
    text = run(pytester, "replay", errors=1).stdout.str()
    assert "there is no recording of this test at tilt_sessions/test_mine/test_it-xe4-b-" in text
    assert "During handling" not in text
    command = next(line.strip() for line in text.splitlines() if "pytest --tilt-session-mode=record" in line)
    command = f"{sys.executable} -m {command}"
    ended = subprocess.run(command, cwd=pytester.path, shell=True, capture_output=True, text=True, check=False)
    assert 0 == ended.returncode, ended.stdout
    run(pytester, "replay", passed=1)


def test_live_keeps_nothing(pytester, real):
    """The same test runs on the real Tilt, and no file is made."""
    pytester.makepyfile(test_mine=TEST + "\n    assert tilt_session.live")
    run(pytester, "live", passed=1)
    assert [] == kept(pytester)


def test_kubeconfig_and_environment_are_those_of_the_real_tilt(pytester, real):
    """What a program under test finds by the fixtures is the Tilt that was named."""
    pytester.makepyfile(
        f"""
        from pytest_tiltsession import kubeconfig

        def test_it(tilt_session, tilt_kubeconfig, tilt_env, tilt_clock):
            assert kubeconfig.find(tilt_kubeconfig).server == {real.url!r}
            assert tilt_env["KUBECONFIG"] == str(tilt_kubeconfig)
            assert tilt_clock.now == tilt_session.clock.now
        """
    )
    run(pytester, "live", "--tilt-session-context=tilt-default", passed=1)


def test_without_a_tilt_a_test_fails_in_its_setup(pytester, nothing):
    """Soon, and with what was looked for; a context that is named nowhere is named in the message."""
    pytester.makepyfile("def test_it(tilt_session): pass\ndef test_two(tilt_session): pass")
    result = run(pytester, "live", "--tilt-session-context=tilt-7", errors=2)
    assert "no Tilt answers: for 0.05s this was looked for: the context 'tilt-7' in " in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_the_marker_beats_the_command_line_and_that_beats_the_ini(pytester, real):
    """Mode, context and recording are said nearest to the test, and the folder by option or ini."""
    pytester.makeini(
        "[pytest]\ntilt_session_mode = live\ntilt_session_recordings = kept/here\ntilt_session_context = no"
    )
    pytester.makepyfile(
        test_mine="""
        import pytest

        @pytest.mark.tilt_session(mode="fake")
        def test_fake(tilt_session):
            assert not tilt_session.live
            tilt_session.job("a")

        @pytest.mark.tilt_session(context="tilt-default", recording="shared")
        def test_shared(tilt_session):
            assert tilt_session.live
        """
    )
    result = run(pytester, "record", passed=2)
    result.stdout.fnmatch_lines(["*mode record, recordings in kept/here", "*1 made*", "1 test stayed on the fake*"])
    assert (pytester.path / "kept/here/test_mine/shared.tilt.yaml").exists()


def test_a_test_may_be_replayed_by_its_marker_alone(pytester, real):
    """Without any option the marker's mode counts; how time moves in a replay is the marker's to say as well."""
    marker = "import pytest\n@pytest.mark.tilt_session(mode='once', progress='auto')"
    pytester.makepyfile(test_mine=marker + TEST)
    result = pytester.runpytest()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*1 made, 0 rewritten, unused ones not looked for (the mode of the run is fake)"])
    real.stop()
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_scenario_of_its_own_keeps_a_test_on_the_fake(pytester, real):
    """The marker says what is played, and a marker beats the command line; the summary counts such tests."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.tilt_session(scenario="ci/never-ready")
        def test_it(tilt_session):
            assert tilt_session.run_until_done().status.error.startswith("Readiness timeout")
        """
    )
    run(pytester, "record", passed=1).stdout.fnmatch_lines(["1 test stayed on the fake, as the marker says"])
    assert [] == kept(pytester)


def test_a_bad_mode_is_a_usage_error_that_names_the_test(pytester):
    """Before the first test, with what would do."""
    bad = {
        "mode='rec'": "mode='rec': valid values are fake, replay, record, once, live",
        "scenario='ci/never-ready', mode='replay'": 'mode="replay" that a recording of the test is played; leave one',
        "scenario='ci/never-ready', mode='once'": 'mode="once" that a real Tilt is behind the session; leave one',
        "scenario='ci/never-ready', recording='x'": "scenario= and recording= both say what is played",
        "recording='../x'": "recording='../x': give a name, such as \"slow-start\"",
        "recording=7": "recording=7: give a name",
        "recordin='x'": "unknown argument 'recordin'; did you mean recording",
    }
    marked = [
        f"@pytest.mark.tilt_session({arguments})\ndef test_{number}(tilt_session): pass"
        for number, arguments in enumerate(bad)
    ]
    pytester.makepyfile("\n".join(["import pytest", *marked]))
    result = pytester.runpytest()
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    text = result.stdout.str() + result.stderr.str()
    for number, message in enumerate(bad.values()):
        assert f"::test_{number}: @pytest.mark.tilt_session: " in text
        assert message in text


@pytest.mark.parametrize("given", [["--tilt-session-mode=rec"], ["-o", "tilt_session_mode=rec"]])
def test_a_bad_mode_of_the_run_is_a_usage_error(pytester, given):
    """Command line and ini are checked alike."""
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_subprocess(*given)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert "fake, replay, record" in (result.stdout.str() + result.stderr.str()).replace("'", "")


def test_a_recording_begins_where_it_was_begun(pytester, tmp_path, monkeypatch):
    """A Tilt that had run for long is replayed from what was seen first, so that the session is there at once."""
    pytester.makepyfile(
        test_mine="""
        def test_it(tilt_session):
            assert "active" == tilt_session.session.status.targets[0].state.word
            assert tilt_session.clock.now >= tilt_session.session.status.start_time + 2_000_000
        """
    )
    with FakeTilt(scenario=SCRIPT, context="tilt-old", directory=tmp_path) as upstream:
        monkeypatch.setenv("TILT_CONFIG", str(upstream.kubeconfig))
        upstream.clock.advance("2s")
        run(pytester, "record", "--tilt-session-context=tilt-old", passed=1)
    run(pytester, "replay", passed=1)


def test_users_redact_before_anything_is_written(pytester, real):
    """Hooks of several files follow one another, each with the test at hand if it wants."""
    pytester.makeconftest("def pytest_tiltsession_redact(text): return text.replace('migrate', 'build')")
    pytester.makepyfile(
        **{
            "test_mine": DONE,
            "below/test_below": DONE,
            "below/conftest": """
            def pytest_tiltsession_redact(field, text, item):
                assert item.name == "test_it"
                return text.replace("exit status 1", "exit status 9") if field == "error" else None
            """,
        }
    )
    run(pytester, "record", passed=2)
    files = (KEPT, "tilt_sessions/below/test_below/test_it.tilt.yaml")
    found = [(pytester.path / file).read_text() for file in files]
    assert [True, True] == ["build:update" in text for text in found]
    assert [False, False] == ["migrate" in text for text in found]
    assert [False, True] == ["exit status 9" in text for text in found]


def test_a_secret_is_refused_after_the_users_redaction(pytester, real):
    """The test is failed, with the place and without the secret, and there is no file."""
    pytester.makeconftest(
        "def pytest_tiltsession_redact(field, text): return 'token=abcdef0123456789' if field == 'error' else text"
    )
    pytester.makepyfile(test_mine=TEST)
    result = run(pytester, "record", passed=1, errors=1)
    assert f"its recording {KEPT} was not written: the recording holds what looks like" in result.stdout.str()
    assert "abcdef0123456789" not in result.stdout.str()
    assert [] == kept(pytester)


def test_a_recording_that_cannot_be_written_is_refused_before_the_test(pytester, real):
    """Nobody runs a long test to learn that its folder is a file."""
    (pytester.path / "tilt_sessions").write_text("")
    pytester.makepyfile(test_mine=TEST)
    result = run(pytester, "record", errors=1)
    assert "tilt_sessions is no folder" in result.stdout.str()


def test_a_malformed_recording_fails_its_test_with_file_and_line(pytester):
    """As a scenario file does."""
    pytester.makepyfile(test_mine=TEST)
    file = pytester.path / KEPT
    file.parent.mkdir(parents=True)
    file.write_text("version: 1\nsetps: []\n")
    result = run(pytester, "replay", errors=1)
    text = result.stdout.str()
    assert f"{KEPT}:2" in text
    assert "the recording of this test is broken: " in text
    assert "pytest --tilt-session-mode=record test_mine.py::test_it" in text
    assert "pytest.mark" not in text


@pytest.mark.parametrize("mode", ["record", "once", "live"])
@pytest.mark.parametrize("said", ["faults=faults.Refuse()", "starts='later'"])
def test_what_only_a_fake_brings_about_is_refused_on_a_real_tilt(pytester, real, mode, said):
    """A test of faults does not pass where nothing goes wrong, and no recording is made of it."""
    pytester.makepyfile(
        test_mine=f"""
        import pytest
        from pytest_tiltsession import faults

        @pytest.mark.tilt_session({said})
        def test_it(tilt_session): pass
        """
    )
    result = run(pytester, mode, errors=1)
    result.stdout.fnmatch_lines([f"*tilt_session({said.partition('=')[0]}=…): in mode * a real Tilt is behind *"])
    assert [] == kept(pytester)


def test_a_claim_that_is_refused_ends_in_the_line_of_the_test(pytester, real):
    """And not where Python looks the claim up."""
    pytester.makepyfile(test_mine="def test_it(tilt_session):\n    tilt_session.expect_requests('get')\n")
    result = run(pytester, "live", "--tb=line", failed=1)
    result.stdout.fnmatch_lines(["*test_mine.py:2: *NotAFake: what clients ask a real Tilt is not seen*"])
