"""Single values are such as a client could read them from a real server."""

import hypothesis
import pytest

from pytest_tiltsession import InvalidValue, strategies
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import transitions

from .trying import SEARCH, few


@few(25)
@hypothesis.given(strategies.sessions())
def test_a_session_is_one_that_tilt_shows(value):
    """Its targets are in order and legal, and it was written by the server."""
    names = [target.name for target in value.status.targets or ()]

    assert sorted(names) == names
    assert [None] * len(names) == [transitions.objection(target) for target in value.status.targets or ()]
    assert value.metadata.name == "Tiltfile"
    assert value.metadata.resource_version


@pytest.mark.parametrize(
    ("outcome", "end"), [("failed", (True, True)), ("succeeded", (True, False)), ("running", (False, False))]
)
def test_a_session_with_an_outcome_has_come_to_it(outcome, end):
    """A failed one is done with an error, a successful one without, and one that runs is not done."""

    @few(8)
    @hypothesis.given(strategies.sessions(outcome=outcome, targets=2))
    def check(value):
        assert end == (value.status.done, bool(value.status.error))

    check()


@few(60)
@hypothesis.given(strategies.targets())
def test_a_target_is_one_that_tilt_shows(target):
    """Whatever its name, its state is legal for its type."""
    assert transitions.objection(target) is None


@few(20)
@hypothesis.given(strategies.targets("web:serve"))
def test_a_target_can_be_named(target):
    """The name says what it is."""
    assert (target.name, target.type, target.resources) == ("web:serve", session.SERVER, ("web",))


def test_states_are_of_every_kind():
    """All five words are drawn, and only those that a type may show."""
    seen = set()

    @few(60)
    @hypothesis.given(strategies.target_states("server"))
    def look(state):
        seen.add(state.word)
        assert transitions.objection(session.Target("a:runtime", session.SERVER, ("a",), state)) is None

    look()

    assert seen == {"waiting", "active", "terminated", "disabled", "inactive"}


def test_the_smallest_target_waits():
    """Without a condition a target is a:update, and waits."""
    found = hypothesis.find(strategies.targets(), lambda _: True, settings=SEARCH)
    assert (found.name, found.state.word) == ("a:update", "waiting")


def test_what_is_no_target_is_refused():
    """A name that does not tell its type, and a type that there is not, are told of at once."""
    with pytest.raises(InvalidValue, match="write web:update for a job"):
        strategies.targets("web")
    with pytest.raises(InvalidValue, match="write job or server"):
        strategies.target_states("cron")
