"""A session that goes on although it had been done: the newcomer's first surprise is explained."""

import pytest

from . import stories


def test_targets_that_were_declared_too_late_are_named():
    """A session is done as soon as all its targets are: declare those that belong together first."""
    story = stories.Story().at("2s", migrate__update="succeeded").at("3s", api__serve="active")
    text = story.refusal(story.expectations.expect_succeeded)
    assert "expected the session to succeed, but it is no longer done at 00:00:03.000000" in text
    assert (
        "hint: it had succeeded at 00:00:02.000000, when all its targets were done, and api:serve was declared after "
        "that: declare the targets that belong together before the first of them finishes"
    ) in text


@pytest.mark.parametrize(
    ("ending", "was"), [("succeeded", "it had succeeded"), ("failed: exit status 1", "it had failed")]
)
def test_a_target_that_began_again_is_named(ending, was):
    """A restart takes a session up again that had been done."""
    story = stories.Story().at("1s", migrate__update="active").at("2s", migrate__update=ending)
    story.at("3s", migrate__update="active")
    text = story.refusal(lambda: story.expectations.expect_done_at("2s"))
    assert f"hint: {was} at 00:00:02.000000, and goes on since migrate:update began again" in text


def test_several_are_counted():
    """Of many targets a few are named."""
    story = stories.Story().at("2s", a__update="succeeded")
    story.at("3s", b__update="active", c__update="active", d__update="active", e__update="active")
    text = story.refusal(story.expectations.expect_succeeded)
    assert "b:update, c:update, d:update and 1 more were declared after that" in text


def test_a_session_that_was_never_done_is_still_running():
    """Nothing is said of what did not happen, nor of one that is done again."""
    story = stories.Story().at("1s", migrate__update="active")
    assert "it is still running at" in story.refusal(story.expectations.expect_succeeded)
    story.at("2s", migrate__update="succeeded").at("3s", migrate__update="active").at("4s", migrate__update="succeeded")
    assert "had succeeded" not in story.refusal(story.expectations.expect_failed)


@pytest.mark.parametrize("ending", ["succeeded", "failed: exit status 1"])
def test_a_session_that_is_done_again_says_that_it_had_succeeded_before(ending):
    """A client had seen that success; every claim about the end that fails names what came too late."""
    story = stories.Story().at("2s", migrate__update="succeeded")
    story.at("3s", api__update="active").at("4s", api__update=ending)
    hint = "hint: it had succeeded at 00:00:02.000000, when all its targets were done, and api:update was declared"
    assert hint in story.refusal(lambda: story.expectations.expect_failed("exit status 2"))
    assert hint in story.refusal(lambda: story.expectations.expect_done_at("2s"))
    if ending != "succeeded":
        assert hint in story.refusal(story.expectations.expect_succeeded)


def test_a_failure_that_comes_with_its_target_says_so_too():
    """Between the two ends there is no instant at which the session is not done."""
    story = stories.Story().at("2s", migrate__update="succeeded").at("3s", api__update="failed: exit status 1")
    assert "hint: it had succeeded at 00:00:02.000000" in story.refusal(story.expectations.expect_succeeded)
