"""Plans with ``at=`` through pytest: the teardown misses those that never came."""


def test_the_teardown_misses_a_plan_that_never_came(pytester):
    """It fails the test that passed so far, unless that is allowed, or the test stopped its Tilt."""
    pytester.makepyfile(
        """
import pytest

def test_missed(tilt_session):
    tilt_session.exit(at="5s")
    tilt_session.clock.advance("4s")

@pytest.mark.tilt_session(allow="unmet-plans")
def test_allowed(tilt_session):
    tilt_session.crash(at="5s")

def test_stopped(tilt_session):
    tilt_session.restart(at="5s")
    tilt_session.stop()

def test_met(tilt_session):
    tilt_session.exit(at="5s")
    tilt_session.clock.advance("5s")
"""
    )
    result = pytester.runpytest()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(['exit(at="5s") never came: it was due at 5s, and the clock stands at 4s: advance *'])
