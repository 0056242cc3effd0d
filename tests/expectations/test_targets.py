"""Claims about one target. Their texts are golden files."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import states

from . import stories


@pytest.fixture
def story() -> stories.Story:
    """Give a session: migrate waits 1s, runs 3s, fails; api is ready at 2s, unready at 3s, ready again at 4s."""
    told = stories.Story()
    told.at("0s", migrate__update="waiting: unknown", api__serve="waiting: unknown")
    told.at("500ms", migrate__update="waiting: waiting-for-dep")
    told.at("1s", migrate__update="active", api__serve="active").at("2s", api__serve="ready")
    told.at("3s", api__serve="active").at("4s", api__serve="ready", migrate__update="failed: exit status 1")
    told.clock.advance_to("6s")
    return told


HOLD = [
    lambda target: target("migrate").was("waiting", "active", "terminated"),
    lambda target: target("migrate:update").was("waiting: waiting-for-dep", "failed: exit status 1"),
    lambda target: target("migrate").was("active").was("waiting"),
    lambda target: target("migrate").was("terminated", "failed"),
    lambda target: target("migrate").was(states.State("failed", match=r"status \d")),
    lambda target: target("migrate").was_only("waiting", "active", "failed"),
    lambda target: target("migrate").was_only("waiting: unknown", "waiting: waiting-for-dep", "active", "terminated"),
    lambda target: target("migrate").never_was("ready", "succeeded", "disabled", "failed: exit status 2"),
    lambda target: target("migrate").is_("failed").at("4s"),
    lambda target: target("migrate").was("active").lasted(at_least="3s", at_most="3s"),
    lambda target: target("migrate").was("active", "failed").within("4s"),
    lambda target: target("migrate").was("active", "failed").within("3s", since="active"),
    lambda target: target("api").was("active", "ready", "not ready", "ready"),
    lambda target: target("api").was("ready").within("2s").at("4s").at("2.1s", within="100ms"),
    lambda target: target("api").was("active", "ready").within("1s", since="active"),
    lambda target: target("api").is_("active").is_("ready").lasted(at_least="2s"),
]  # fmt: skip


@pytest.mark.parametrize("claim", HOLD)
def test_what_a_target_went_through_is_expected(story, claim):
    """Claims that are so hold, and can be put one after the other."""
    claim(story.expectations.expect_target)


FAIL = [
    (lambda target: target("migrate").was("active", "waiting"), "it was never waiting after it was active"),
    (lambda target: target("migrate").was(*["waiting"] * 3), "it was never waiting after it was waiting"),
    (lambda target: target("migrate").was("active", "active"), "it was never active after it was active"),
    (lambda target: target("migrate").was("failed: exit status 2"), "hint: it was failed: exit status 1 at 00:00:04"),
    (lambda target: target("migrate").was_only("waiting", "failed"), "nothing else, but it was active at 00:00:01"),
    (lambda target: target("migrate").was_only("active", "failed"), "but it was waiting: unknown at 00:00:00"),
    (lambda target: target("api").was_only("waiting", "active", "failed"), "got no further than ready at 00:00:04"),
    (lambda target: target("migrate").never_was("active"), "but it was active at 00:00:01.000000"),
    (lambda target: target("migrate").is_("active"), "but it is failed: exit status 1 since 00:00:04.000000"),
    (lambda target: target("migrate").was("failed").within("3s"), "but that took 4s, until 00:00:04.000000"),
    (
        lambda target: target("migrate").was("active", "failed").within("2s", since="active"),
        "to be failed within 2s from when it was active, but that took 3s",
    ),
    (lambda target: target("api").was("ready").at("3s"), "but it became so at 00:00:02.000000, 00:00:04.000000"),
    (lambda target: target("migrate").was("active").lasted(at_least="3.5s"), "for at least 3.5s, but it was so for 3s"),
    (lambda target: target("migrate").was("active").lasted(at_most="2s"), "for at most 2s, but it was so for 3s"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "text"), FAIL)
def test_what_a_target_did_not_go_through_is_told(story, claim, text):
    """A claim that is not so says what is, with the whole history of the target."""
    message = story.refusal(lambda: claim(story.expectations.expect_target))
    assert text in message
    assert "was\n    00:00:00.000000  waiting: unknown" in message


def test_a_server_that_was_ready_at_once_was_active_too():
    """One state may be two of those that were asked for, where the second is the closer word."""
    story = stories.Story().at("1s", api__serve="ready")
    target = story.expectations.expect_target("api")
    target.was("active", "ready").within("0s", since="active")
    target.was_only("ready")
    story.refusal(lambda: target.was("ready", "active"))


def test_a_time_without_a_state_is_refused(story):
    """within, at and lasted are about the state that was named before."""
    for claim in (lambda target: target.within("1s"), lambda target: target.at("1s"), lambda target: target.lasted()):
        with pytest.raises(errors.InvalidValue, match="is about a state: name it before"):
            claim(story.expectations.expect_target("api"))


@pytest.mark.parametrize("since", ["waiting", "ready"])
def test_since_names_one_of_the_states_before(story, since):
    """since= is one of the states that lead to the last one."""
    target = story.expectations.expect_target("api").was("active", "ready")
    with pytest.raises(errors.InvalidValue, match="is none of the states named before 'ready', which are 'active'"):
        target.within("1s", since=since)


def test_a_claim_without_a_state_is_refused(story):
    """was() with nothing claims nothing, and says so."""
    with pytest.raises(errors.InvalidValue, match=r'was\(\) needs a state, as in was\("active"\)'):
        story.expectations.expect_target("api").was()


def test_an_unknown_target_is_refused_where_it_is_named(story):
    """A name with a slip never passes silently; the near ones come first among many."""
    with pytest.raises(errors.UnknownTarget, match=r"did you mean 'migrate:update'\?"):
        story.expectations.expect_target("migrat")
    story.submit(targets=[story.target(f"svc-{number:03}:serve", "ready") for number in range(100)])
    with pytest.raises(errors.UnknownTarget) as caught:
        story.expectations.expect_target("svc-077:server")
    assert "did you mean 'svc-077:serve'? Declared are svc-077:serve, " in str(caught.value)
    assert "and 83 more" in str(caught.value)


def test_before_there_are_targets_that_is_said():
    """A session that has shown no target says so."""
    with pytest.raises(errors.UnknownTarget, match="has shown no target yet, at 00:00:00"):
        stories.Story(present=False).expectations.expect_target("a")


def test_a_resource_of_several_targets_is_not_one():
    """A resource stands for its only target; with two, the failure names both."""
    story = stories.Story().at("0s", web__update="active", web__serve="active")
    story.expectations.expect_target("web:serve").is_("active")
    with pytest.raises(
        errors.UnknownTarget, match="'web' is a resource of 2 targets: write 'web:serve' or 'web:update'"
    ):
        story.expectations.expect_target("web")


def test_a_target_of_a_deleted_session_is_nothing_now(story):
    """What a target was stays true when the session is deleted; what it is does not."""
    story.submit(session="absent")
    target = story.expectations.expect_target("api").was("ready")
    assert "gone with the session since 00:00:06.000000" in story.refusal(lambda: target.is_("ready"))


def test_a_removed_target_was_there(story):
    """A target that a reload removed keeps its history."""
    story.submit(removed=["api:serve"])
    story.expectations.expect_target("api").was("ready", "removed").is_("removed").at("6s")


def test_a_long_history_is_shortened():
    """Of many states the beginning and the end are told."""
    story = stories.Story(stories.MANUAL)
    for number in range(60):
        story.at(f"{number}s", api__serve="ready" if number % 2 else "active")
    text = story.refusal(lambda: story.expectations.expect_target("api").was("failed"))
    assert "    … 44 more …" in text
    assert "00:00:00.000000  not ready  1s" in text
    assert "00:00:59.000000  ready      0s so far" in text
