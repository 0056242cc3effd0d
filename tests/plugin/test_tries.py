"""A test that is run again, as pytest-rerunfailures does it: each try has a fake, a verdict and a report of its own."""

import pytest

AGAIN = """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    for _ in range(2):
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if all(report.passed for report in reports):
            break
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    return True
"""


@pytest.fixture
def tries(pytester):
    """Run a test up to two times, and give what the terminal shows of it."""
    pytester.makeconftest(AGAIN)

    def shown(code):
        pytester.makepyfile(f"tries = []\n{code}")
        return pytester.runpytest()

    return shown


def test_the_report_shows_the_last_try(tries):
    """The timeline is that of the fake that the last try had."""
    result = tries("""
def test_it(tilt_session):
    tries.append(None)
    tilt_session.job(f"try-{len(tries)}").start()
    tilt_session.clock.advance(f"{len(tries)}m")
    assert False
""")
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert 1 == text.count("- tilt session timeline -")
    assert "try-2  " in text
    assert "try-1  " not in text


def test_a_failed_try_excuses_nothing_in_the_next(tries):
    """A try whose own assertions hold fails for steps that were never played, though the one before failed already."""
    result = tries("""
import pytest

@pytest.mark.tilt_session(scenario="ci/never-ready")
def test_it(tilt_session):
    tries.append(None)
    assert len(tries) == 2
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*never played*"])


def test_a_try_that_holds_passes(tries):
    """What went wrong in the first try is not told of the second."""
    result = tries("""
import pytest

@pytest.mark.tilt_session(scenario="ci/never-ready")
def test_it(tilt_session):
    tries.append(None)
    if len(tries) == 2:
        tilt_session.run_until_done()
""")
    result.assert_outcomes(passed=1)
