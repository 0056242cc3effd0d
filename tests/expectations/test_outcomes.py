"""Claims about the session: succeeded, failed, running, done at a time, exit code. Their texts are golden files."""

import dataclasses

import pytest

from pytest_tiltsession import errors

from . import stories


@pytest.fixture
def succeeded() -> stories.Story:
    """Give a session that succeeded at 3s."""
    return stories.Story().at("1s", a__update="active", api__serve="ready").at("3s", a__update="succeeded")


@pytest.fixture
def failed() -> stories.Story:
    """Give a session that failed at 3s."""
    return stories.Story().at("1s", a__update="active").at("3s", a__update="failed: exit status 1")


@pytest.fixture
def running() -> stories.Story:
    """Give a session in which one target waits, one is not ready, one job runs and one error is tolerated."""
    story = stories.Story().at("1s", a__update="waiting: waiting-for-dep", api__serve="active", b__update="active")
    story.submit(targets=[story.target("k8s:runtime", "failed", "CrashLoopBackOff", grace="Tolerated")])
    return story


def test_a_success_is_expected(succeeded, failed, running):
    """expect_succeeded holds of a session that is done without an error, and of no other."""
    succeeded.expectations.expect_succeeded()
    assert "it failed at 00:00:03.000000: exit status 1" in failed.refusal(failed.expectations.expect_succeeded)
    assert "it is still running at 00:00:01.000000" in running.refusal(running.expectations.expect_succeeded)


def test_a_failure_is_expected_with_any_error_with_one_or_with_a_part(failed):
    """expect_failed takes nothing, the exact error, or a pattern that is searched for."""
    failed.expectations.expect_failed()
    failed.expectations.expect_failed("exit status 1")
    failed.expectations.expect_failed(match=r"status \d$")


def test_an_exact_error_is_exact(failed):
    """A part of the error is not the error, and the failure says how to ask for a part."""
    text = failed.refusal(lambda: failed.expectations.expect_failed("exit status"))
    assert "hint: the text is a part of the error; to look for a part, write match='exit status'" in text


def test_no_failure_where_there_is_none(succeeded, running):
    """expect_failed does not hold of a session that succeeded, or that is not done."""
    assert "but it succeeded at 00:00:03.000000" in succeeded.refusal(succeeded.expectations.expect_failed)
    assert "but it is still running" in running.refusal(running.expectations.expect_failed)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"error": "x", "match": "y"}, "not both"),
        ({"error": ""}, "an error is never empty"),
        ({"match": "("}, r"write match=r'\('"),
    ],
)
def test_a_claim_that_makes_no_sense_is_refused(failed, arguments, why):
    """Two errors at once, an empty one and a bad pattern are refused, with what to write instead."""
    with pytest.raises(errors.InvalidValue) as caught:
        failed.expectations.expect_failed(**arguments)
    assert why in str(caught.value)


def test_a_grace_period_is_explained():
    """An error that outlasted its grace period has a prefix, and the failure says where that comes from."""
    story = stories.Story()
    story.submit(targets=[story.target("k8s:runtime", "failed", "CrashLoopBackOff", grace="Exceeded")])
    story.expectations.expect_failed("exceeded grace period: CrashLoopBackOff")
    text = story.refusal(lambda: story.expectations.expect_failed("CrashLoopBackOff"))
    assert 'Tilt writes "exceeded grace period: " before an error that outlasted the grace period' in text


def test_a_tolerated_error_is_explained(running):
    """The failure says that a target has the expected error, where the grace period tolerates it."""
    running.submit(targets=[running.target("a:update", "failed", "out of memory")])
    text = running.refusal(lambda: running.expectations.expect_failed("CrashLoopBackOff"))
    assert "k8s:runtime has that error, but the grace period tolerates it" in text


@pytest.mark.parametrize(
    "groups",
    [
        {},
        {"waiting": "a"},
        {"waiting": "a:update"},
        {"waiting": {"a": "waiting-for-dep"}},
        {"not_ready": ["api", "b"]},
        {"retrying": ("k8s",)},
        {"waiting": iter(["a"]), "not_ready": {"b:update", "api:serve"}, "retrying": "k8s:runtime"},
    ],
)
def test_a_running_session_is_expected_with_what_is_in_its_way(running, groups):
    """Each group that is given names just the targets that are so; a resource may stand for its only target."""
    running.expectations.expect_running(**groups)


@pytest.mark.parametrize(
    ("groups", "line"),
    [
        ({"waiting": ()}, "expected no target to be waiting, but a:update is"),
        ({"not_ready": "api"}, "expected no target but api:serve to be not ready, but b:update is"),
        ({"waiting": ["a", "b"]}, "expected b:update to be waiting, but it is active since 00:00:01.000000"),
        (
            {"waiting": {"a": "unknown"}},
            "expected a:update to be waiting: unknown, but it is waiting: waiting-for-dep since 00:00:01.000000",
        ),
        ({"retrying": "a"}, "expected no target but a:update to be retrying, but k8s:runtime is"),
    ],
)
def test_other_targets_in_the_way_are_named(running, groups, line):
    """What is missing from a group, and what is in it besides, is said."""
    assert line in running.refusal(lambda: running.expectations.expect_running(**groups))


def test_a_session_that_is_done_or_not_there_is_not_running(failed):
    """expect_running needs a session that goes on."""
    assert "to be running, but it failed at" in failed.refusal(failed.expectations.expect_running)
    failed.submit(session="absent")
    assert "there is no session Tiltfile any more" in failed.refusal(failed.expectations.expect_running)


def test_unknown_names_are_refused(running):
    """A target that was never declared is an error of its own, with the declared ones."""
    with pytest.raises(errors.UnknownTarget) as caught:
        running.expectations.expect_running(waiting="A")
    assert "has no target 'A'; did you mean 'a:update'? Declared are a:update, api:serve, b:update" in str(caught.value)


def test_the_time_of_the_end_is_expected(succeeded, running):
    """expect_done_at holds at the time, and within what is given around it."""
    succeeded.expectations.expect_done_at("3s")
    succeeded.expectations.expect_done_at(3)
    succeeded.expectations.expect_done_at("2.9s", within="100ms")
    text = succeeded.refusal(lambda: succeeded.expectations.expect_done_at("2.9s"))
    assert "but it succeeded at 00:00:03.000000, 100ms later" in text
    assert "still running" in running.refusal(lambda: running.expectations.expect_done_at("3s"))


def test_the_exit_code_of_tilt_is_expected(succeeded, failed, running):
    """Tilt exits with 0 or 1 when a session is done, and goes on before."""
    succeeded.expectations.expect_exit_code(0)
    failed.expectations.expect_exit_code(1)
    running.expectations.expect_exit_code(None)
    with pytest.raises(errors.InvalidValue, match="2 is no exit code of tilt ci"):
        running.expectations.expect_exit_code(2)


def test_any_session_that_is_done_ends_tilt(running):
    """The first session that is done decides the exit code, whichever it is (exits-by-write, w-0231)."""
    running.write(lambda _: stories.other_session("other", "bogus"), "other")
    running.expectations.expect_exit_code(1)
    text = running.refusal(lambda: running.expectations.expect_exit_code(None))
    assert "since the session other failed: unsupported exit condition: bogus" in text


def test_the_first_session_that_is_done_counts(succeeded):
    """A session that ends later does not change the exit code."""
    succeeded.clock.advance("1s")
    succeeded.write(lambda _: stories.other_session("other", "bogus"), "other")
    succeeded.expectations.expect_exit_code(0)


def test_a_status_by_hand_does_not_end_tilt(running):
    """What a client writes into a status is put right at once and ends nothing (exits-by-write, s-0013)."""
    running.write(
        lambda value: dataclasses.replace(value, status=dataclasses.replace(value.status, done=True, error="by hand"))
    )
    running.expectations.expect_exit_code(None)
    running.expectations.expect_running()


def test_a_known_exit_code_counts_for_more_than_the_journal(succeeded):
    """Where the owner of the process knows how it exited, that is what is judged."""
    known = type(succeeded.expectations)(succeeded.world, exit_code=lambda: 1)
    known.expect_exit_code(1)
    gone_on = type(succeeded.expectations)(succeeded.world, exit_code=lambda: None)
    gone_on.expect_exit_code(None)


def test_another_session_is_judged_by_its_name(running):
    """``of`` gives the expectations of another Session; the failure names it."""
    running.write(lambda _: stories.other_session("other", "bogus"), "other")
    other = running.expectations.of("other")
    other.expect_failed("unsupported exit condition: bogus")
    text = running.refusal(other.expect_succeeded)
    assert text.startswith("tilt session other: expected the session to succeed, but it failed at")
    assert "but there is no session third yet" in running.refusal(running.expectations.of("third").expect_failed)


def test_anything_else_can_fail_in_the_same_way(running):
    """``fail`` gives the whole picture for what has no expectation of its own."""
    text = running.refusal(lambda: running.expectations.fail("the session to get there, but nothing is planned"))
    assert text.startswith("tilt session: expected the session to get there, but nothing is planned\n")
    assert "waiting    a:update" in text
    assert "░ waiting" in text


@pytest.mark.parametrize("name", ["expect_succeeded", "expect_failed"])
def test_a_failure_is_an_assertion_error(running, name):
    """pytest shows a failed expectation as it shows a failed assertion."""
    with pytest.raises(AssertionError):
        getattr(running.expectations, name)()
