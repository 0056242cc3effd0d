"""Claims that move the clock until they hold."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import failures

from . import stories


@pytest.fixture
def story() -> stories.Story:
    """Give a session whose job is planned to start at 1s and to end at 3s, and a server that is ready at 10s."""
    told = stories.Story().at("0s", a__update="waiting", api__serve="active")
    for at, name, word in ((1, "a:update", "active"), (3, "a:update", "succeeded"), (10, "api:serve", "ready")):

        def play(name=name, word=word):
            told.submit(targets=[told.target(name, word)])

        told.clock.call_at(stories.START + at * 1_000_000, play, what=f"{name} {word}")
    return told


def test_the_clock_stops_where_the_claim_holds(story):
    """The clock moves instant after instant and stands where the claim first holds."""
    eventually = story.expectations.eventually("1m")
    eventually.expect_target("a").was("active").at("1s")
    assert 1_000_000 == story.clock.elapsed
    eventually.expect_succeeded()
    assert 10_000_000 == story.clock.elapsed


def test_what_holds_already_moves_nothing(story):
    """A claim that holds at once leaves the clock where it is."""
    story.expectations.eventually().expect_running(waiting="a")
    assert 0 == story.clock.elapsed


def test_the_limit_is_kept(story):
    """An instant beyond the limit is not played, and the failure says what it would have been."""
    text = story.refusal(story.expectations.eventually("5s").expect_succeeded)
    assert 3_000_000 == story.clock.elapsed
    assert "the clock moved on by 3s and the next instant (api:serve ready, in 7s) is beyond the limit of 5s" in text


def test_a_deadline_is_an_instant_too(story):
    """A timeout that comes due on the way decides, and what is decided ends the wait."""
    story.submit(targets=[story.target("never:serve", "active")])
    text = story.refusal(story.expectations.eventually("1h").expect_succeeded)
    assert "but it failed at 00:05:00.000000: Readiness timeout after 5m0s: target never:serve not ready" in text


def test_what_is_decided_is_not_waited_for(story):
    """When no time can make a claim true, the clock stays where that was seen."""
    story.clock.call_at(stories.START + 2_000_000, lambda: story.submit(targets=[story.target("a:update", "failed")]))
    story.refusal(story.expectations.eventually("1h").expect_succeeded)
    assert 2_000_000 == story.clock.elapsed


def test_where_nothing_is_planned_the_wait_ends():
    """When nothing more can happen, the failure says so."""
    story = stories.Story(stories.MANUAL)
    text = story.refusal(story.expectations.eventually().expect_succeeded)
    assert "waited: the clock did not move and nothing more is planned" in text


def test_a_target_may_yet_come(story):
    """A target that is not declared yet is waited for; one that never comes is unknown."""
    story.clock.call_at(stories.START + 5, lambda: story.submit(targets=[story.target("new:update", "active")]))
    story.expectations.eventually().expect_target("new").is_("active")
    with pytest.raises(errors.UnknownTarget, match="has no target 'newer'; did you mean 'new:update'"):
        story.expectations.eventually("1s").expect_target("newer")


def test_what_another_thread_brings_while_one_looks_is_seen(story):
    """Where the last instant is played between a look and the next move, it is looked once more before giving up."""
    looked = []

    def last_instant_is_played(_seen):
        looked.append(None)
        if len(looked) > 1:
            return None
        while story.clock.step():
            pass
        return failures.Failure("not yet")

    pursuit = story.expectations.eventually("1m").pursue(last_instant_is_played)
    assert not pursuit.holds()
    pursuit.move()
    assert pursuit.holds()


def test_requests_are_waited_for_too(story):
    """A claim about requests is looked at again after each instant, in which a client may have asked."""
    story.clock.on_move(lambda _: story.asked("GET /version"))
    story.expectations.eventually("1m").expect_requests(at_least=2)
    assert 2 == len(story.requests)


def test_a_loop_of_ones_own_can_pursue_a_claim(story):
    """An asynchronous twin looks and moves in a loop of its own."""
    claims = []
    pursuit = story.expectations.eventually("1m").pursue(claims.append)
    assert pursuit.holds()
    assert 1 == len(claims)


def test_a_clock_that_moves_by_itself_is_not_moved(story):
    """Where the clock is not the test's, eventually() says so."""

    class Wall:
        now = start = stories.START

    class World:
        clock = Wall()
        journal, lock = story.world.journal, story.world.lock

    with pytest.raises(errors.ClockError, match="this session's clock moves by itself"):
        type(story.expectations)(World()).eventually("1s")
