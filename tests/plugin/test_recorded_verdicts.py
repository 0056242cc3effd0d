"""A recording that is collected as a test is held to the verdicts that it recorded."""

import pathlib

RECORDED = pathlib.Path(__file__).parent.parent / "recorded" / "scenarios"


def test_a_recording_of_a_tilt_that_decides_otherwise_fails_with_both_verdicts(pytester):
    """That is how a new release of Tilt shows itself; the recordings that agree pass."""
    text = (RECORDED / "ci-cmd-only.tilt.yaml").read_text()
    pytester.path.joinpath("old.tilt.yaml").write_text(text)
    pytester.path.joinpath("new.tilt.yaml").write_text(text.replace("done: true}", "done: true, error: a new rule}"))
    found = pytester.runpytest("--tilt-session")
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(
        [
            "*the recording disagrees with the rules of this package:*",
            "*at 785.3ms (line *)*",
            "*recorded: done, failed: a new rule*",
            "*judged:   done, succeeded*",
            "*Replay it verbatim*",
        ]
    )


def test_a_test_that_replays_it_fails_at_its_end(pytester):
    """As far as it was played, unless it is allowed, replayed verbatim, or driven by the test itself."""
    pytester.path.joinpath("r.tilt.yaml").write_text(
        (RECORDED / "ci-cmd-only.tilt.yaml").read_text().replace("done: true}", "done: true, error: a new rule}")
    )
    pytester.makepyfile(
        """
        import pytest

        def mark(allow="unplayed-steps", **options):
            return pytest.mark.tilt_session(scenario="r.tilt.yaml", allow=allow, **options)

        @mark()
        def test_to_its_end(tilt_session):
            tilt_session.clock.advance("1h")

        @mark()
        def test_a_part_of_it(tilt_session):
            tilt_session.clock.advance("600ms")

        @mark(allow="recorded-verdicts")
        def test_allowed(tilt_session):
            tilt_session.clock.advance("1h")

        @mark(verbatim=True)
        def test_verbatim(tilt_session):
            tilt_session.clock.advance("1h")
            assert tilt_session.session.status.error == "a new rule"

        @mark()
        def test_driven(tilt_session):
            tilt_session.clock.advance("600ms")
            tilt_session.target("job:update").fail("boom")
            tilt_session.clock.advance("1h")
        """
    )
    found = pytester.runpytest()
    found.assert_outcomes(passed=5, errors=1)
    found.stdout.fnmatch_lines(["*ERROR at teardown of test_to_its_end*", "*recorded: done, failed: a new rule*"])
