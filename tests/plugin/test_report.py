"""What a failed test shows: once, ending in the test, as wide and as coloured as the terminal."""

import re
import xml.etree.ElementTree as ET

import pytest

FAILING = """
def check(session):
    session.expect_succeeded()

def test_it(tilt_session):
    tilt_session.job("migrate").start()
    tilt_session.clock.advance("90s")
    check(tilt_session)
"""
SCENARIO = """
version: 1
title: breaks late
session: {exitCondition: ci, tiltfilePath: /app/Tiltfile, ci: {timeout: 30m0s, readinessTimeout: 5m0s}}
start: 2026-01-01T00:00:00.000000Z
targets:
  migrate:update: {type: job, resources: [migrate]}
steps:
  - {at: 1s, set: {migrate:update: active}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}, note: the migration breaks}
expect: {outcome: failed, error: exit status 2, at: 4s}
"""


@pytest.fixture
def report(pytester):
    """Run a test file that fails and give what the terminal shows."""

    def shown(*arguments, code=FAILING):
        pytester.makepyfile(code)
        return pytester.runpytest(*arguments).stdout.str()

    return shown


def test_timeline_and_requests_are_shown_once(report):
    """The message says what was asked and what is in the way; the sections show the rest."""
    text = report()
    assert 1 == text.count("▓ job running")
    assert 1 == text.count("no request was made")
    assert text.index("not ready  migrate:update") < text.index("- tilt session timeline -")


def test_a_session_that_no_section_shows_keeps_its_timeline_in_the_message(report):
    """A fake that a test made by itself, and another Session than Tilt's own, explain themselves where they fail."""
    text = report(
        code="""
        import pytest_tiltsession

        def test_it():
            fake = pytest_tiltsession.FakeTilt()
            fake.job("migrate").start()
            fake.expect_succeeded()
        """
    )
    assert "tilt session timeline" not in text
    assert "E         ▓ job running" in text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tilt_session.expect_succeeded()", "expected the session to succeed"),
        ("tilt_session.job('a').ready()", "a job is never ready"),
        ("tilt_session.expect_target('api')", "has no target 'api'"),
        ("tilt_session.clock.advance('-1s')", "the clock never goes back"),
        ("tilt_session.run_until_done(limit='1s')", "beyond the limit of 1s"),
        ("tilt_session.eventually('1s').expect_failed()", "beyond the limit of 1s"),
    ],
)
def test_the_tests_own_line_is_the_last_one_shown(report, line, said):
    """No frame of the package comes between what the test wrote and what is wrong with it."""
    text = report(code=f"def test_it(tilt_session):\n    {line}\n")
    assert f">       {line}" in text
    assert said in text
    assert "/pytest_tiltsession/" not in text.partition("short test summary")[0]


def test_a_claim_in_a_helper_shows_the_way_to_it(report):
    """Frames of the test's own code stay, the package's go, also where a question of the test's own is asked."""
    text = report()
    assert ">       check(tilt_session)" in text
    assert ">       session.expect_succeeded()" in text
    assert "def _claim(" not in text


def test_full_trace_hides_nothing(report):
    """Whoever asks for all frames gets them."""
    assert "    def _claim(" in report("--full-trace")


def test_an_error_inside_the_package_keeps_its_frames(report):
    """What was not raised on purpose is a bug, and its traceback is needed."""
    text = report(code="def test_it(tilt_session):\n    tilt_session.run_until(lambda session: 1 / 0)\n")
    assert "ZeroDivisionError" in text
    assert "in run_until" in text


def test_a_fixture_that_cannot_be_made_says_why_and_no_more(report):
    """There is no line of a test to show, so the message stands alone."""
    text = report(
        code="""
        import socket, pytest

        holder = socket.create_server(("127.0.0.1", 0))

        @pytest.mark.tilt_session(port=holder.getsockname()[1])
        def test_it(tilt_session): pass

        def test_after(): holder.close()
        """
    )
    assert "ERROR at setup of test_it" in text
    assert "/pytest_tiltsession/" not in text.partition("short test summary")[0]
    assert re.search(r"^\S.*port.*\d+", text[text.index("ERROR at setup") :], re.MULTILINE)


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_terminal_and_files_get_what_is_theirs(pytester, monkeypatch, workers):
    """The terminal its width and colours, JUnit's file plain sections and each property once, pytest-html a picture.

    Under xdist as well, where the one who draws has no terminal.
    """
    monkeypatch.setenv("COLUMNS", "140")
    pytester.makepyfile(FAILING)
    (pytester.path / "breaks.tilt.yaml").write_text(SCENARIO)
    run = pytester.runpytest_subprocess if workers else pytester.runpytest
    files = ("--junitxml=out.xml", "--html=out.html", "--self-contained-html")
    text = run("--color=yes", "--tilt-session", *files, *workers).stdout.str()

    lanes = [line for line in text.splitlines() if line.startswith("  migrate  ")]
    assert ["\x1b[36m▓" in line for line in lanes] == [True, True]
    assert all(100 < len(re.sub("\x1b[^m]*m", "", line)) <= 140 for line in lanes)

    cases = {case.get("name"): case for case in ET.parse(pytester.path / "out.xml").iter("testcase")}
    assert {"test_it", "breaks late"} == set(cases)
    for case in cases.values():
        found = case.find("failure").text
        assert 1 == found.count("tilt session timeline")
        assert "x1b" not in found.lower()
    told = [("profile", "tilt"), ("outcome", "running"), ("simulated_duration", "1m30s")]
    assert told == properties(cases["test_it"])
    told = [("profile", "tilt"), ("outcome", "failed"), ("exit_code", "1"), ("simulated_duration", "4s")]
    assert [("scenario", "breaks.tilt.yaml"), *told] == properties(cases["breaks late"])

    page = (pytester.path / "out.html").read_text()
    assert 2 == page.count("data:image/svg+xml;base64,")
    assert "tilt session timeline" in page
    assert "\\u001b" not in page


def test_without_colours_none_are_written(report):
    """The same signs, plain, as a CI server shows them."""
    text = report("--color=no")
    assert "▓" in text
    assert "\x1b" not in text


def properties(case):
    """Give the properties of a test case in a JUnit file."""
    return [(item.get("name").removeprefix("tilt_session_"), item.get("value")) for item in case.iter("property")]


def test_a_scenario_file_that_fails_is_headed_by_its_path_and_title(pytester, report):
    """It explains itself with the same sections, and one-line reports name the line of what it expects."""
    (pytester.path / "breaks.tilt.yaml").write_text(SCENARIO)
    text = pytester.runpytest("breaks.tilt.yaml").stdout.str()
    assert "_ breaks.tilt.yaml: breaks late _" in text
    assert "expected  exit status 2\n  found     exit status 1" in text
    assert "the migration breaks" in text[text.index("- tilt session timeline -") :]
    assert 1 == text.count("✗ failed")
    line = pytester.runpytest("breaks.tilt.yaml", "--tb=line").stdout.str()
    assert re.search(r"breaks\.tilt\.yaml:11: .*expected the session to fail with another error", line)


def test_verbosity_says_how_much_is_shown(pytester):
    """Twenty requests without, a hundred and each step with ``-v``, all with ``-vv``."""
    pytester.makepyfile(
        """
        import pathlib
        from pytest_tiltsession.store import requests

        def test_it(tilt_session):
            for number in range(130):
                tilt_session.requests.add(lambda it, n=number: requests.RequestRecord(
                    it, tilt_session.clock.now, "GET", f"/path/{n}", "", "client", 200))
            tilt_session.expect_succeeded()
        """
    )
    lines = {option: pytester.runpytest(option).stdout.str() for option in ("-q", "--tb=long", "-v", "-vv")}
    shown = {option: len(re.findall(r"/path/\d", text)) for option, text in lines.items()}
    assert {"-q": 20, "--tb=long": 20, "-v": 100, "-vv": 130} == shown
    assert [False, False, True, True] == ["tilt session steps" in text for text in lines.values()]


def test_the_header_and_the_summary_follow_the_verbosity(pytester):
    """Nothing under ``-q``; under ``-v`` where a value comes from, and how each scenario ended."""
    (pytester.path / "breaks.tilt.yaml").write_text(SCENARIO.replace("status 2", "status 1"))
    pytester.makeini("[pytest]\ntilt_session = true\ntilt_session_progress = reads")
    quiet = pytester.runpytest("-q").stdout.str()
    assert "tilt session" not in quiet
    plain = pytester.runpytest("--tilt-session-profile=kubernetes").stdout.str()
    assert "tilt session: collecting *.tilt.yaml (profile kubernetes, progress reads)" in plain
    assert "1 fake session served, 1 scenario file played, 4s of simulated time" in plain
    loud = pytester.runpytest("-v", "--tilt-session-profile=kubernetes").stdout.str()
    assert "(profile kubernetes (--tilt-session-profile), progress reads (ini file))" in loud
    assert "  breaks.tilt.yaml::breaks late: failed after 4s" in loud


def test_compared_sessions_name_the_target_and_the_state_that_differ(report):
    """``assert session == other`` says it in the words of reports, the test's line before it."""
    text = report(
        code="""
        def test_it(tilt_session):
            api = tilt_session.server("api")
            before = tilt_session.session
            api.ready()
            assert before == tilt_session.session
        """
    )
    assert "assert <Session Tiltfile, resourceVersion 2> == <Session Tiltfile, resourceVersion 3>" in text
    assert re.search(r"target api:serve +waiting: tiltfile-reload != ready", text)


def test_comparisons_without_a_session_are_left_to_pytest(report):
    """Nothing of the package's own is said where no Session is compared."""
    text = report(
        code="""
        def test_it():
            assert [1] == [2]
        """
    )
    assert "At index 0 diff: 1 != 2" in text


def test_a_run_within_the_process_takes_no_timeline_from_what_follows(pytester):
    """pytester takes out of the process what an inner run has loaded, and a fake of the outer one is shown as ever."""
    pytester.makeconftest("pytest_plugins = ['pytester']")
    pytester.makepyfile(
        """
        def test_inner(pytester):
            pytester.makepyfile("def test_it(tilt_session): pass")
            pytester.runpytest_inprocess().assert_outcomes(passed=1)

        def test_outer(tilt_session):
            tilt_session.job("migrate").start()
            assert False
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*tilt session timeline*", "*migrate*"])
