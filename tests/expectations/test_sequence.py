"""Claims about the order of what happened. Their texts are golden files."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import entries, states

from . import stories


@pytest.fixture
def story() -> stories.Story:
    """Give a session in which two jobs start at 1s and end at 2s and 4s, one with an error."""
    told = stories.Story()
    told.at("0s", a__update="waiting", b__update="waiting", api__serve="waiting")
    told.at("1s", a__update="active", b__update="active", api__serve="ready")
    told.at("2s", a__update="succeeded").at("4s", b__update="failed: exit status 1")
    return told


HOLD = [
    [("a", "active")],
    [("a", "active"), ("b", "active"), ("a", "succeeded")],
    [("b", "active"), ("a", "active")],  # at one instant there is no order
    [("1s", "a", "active"), (2, "a:update", "succeeded"), ("session", "done")],
    [(("500ms", "1.5s"), "a", "active"), (None, "b", "failed"), (..., "session", "failed")],
    [{("a", "succeeded"), ("b", "failed")}, ("session", "failed: exit status 1")],
    [{("b", "failed"), ("a", "succeeded")}],
    [{"name": "b", "state": "failed: exit status 1", "at": "4s"}],
    [entries.Entry("b", states.State("failed", match="status"), "4s")],
    [("session", states.State("failed", match="status"))],
    [("session", "appeared"), ("api", "active"), ("api", "ready"), ("session", "done"), ("session", "failed")],
    [{("api", "ready"), ("api", "active")}],
    [{("a", "active"), ("1s", "b", "active")}],
]


@pytest.mark.parametrize("expected", HOLD)
def test_what_happened_in_order_is_expected(story, expected):
    """Entries hold in their order, with or without times; sets and single instants have none."""
    story.expectations.expect_timeline(expected)


FAIL = [
    ([("a", "succeeded"), ("a", "active")], "hint: it happened at 00:00:01.000000, before the entry above it"),
    ([("3s", "a", "active")], "hint: it happened at 00:00:01.000000"),
    ([("a", "active"), ("a", "active")], "'a:update active' after 'a:update active' in the timeline"),
    ([("b", "failed: no")], "hint: there is 'b:update failed: exit status 1' at 00:00:04.000000"),
    ([{("b", "failed"), ("a", "succeeded")}, ("a", "active")], "before the entry above it"),
    ([("session", "succeeded")], "expected 'session succeeded' in the timeline, but it is not there"),
    ([(("5s", "6s"), "session", "done")], "missing  00:00:05.000000 to 00:00:06.000000  session  done"),
    ([("a", "active"), ("a", "disabled"), ("b", "failed")], "           at any time      b:update  failed"),
]


@pytest.mark.parametrize(("expected", "text"), FAIL)
def test_what_did_not_happen_in_order_is_told(story, expected, text):
    """The entry that is missing is named, with those that were found, those after it, and what comes nearest."""
    assert text in story.refusal(lambda: story.expectations.expect_timeline(expected))


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ([], "needs entries"),
        (["a active"], "is no entry of a timeline"),
        ([("a", "active", "1s", "x")], "is no entry of a timeline"),
        ([{"target": "a", "state": "active"}], "is no entry of a timeline"),
        ([("session", "exploded")], "'exploded' never happens to a session; what happens is appeared, "),
        ([("a", "running")], "did you mean 'active'"),
        ([(("1s", "2s", "3s"), "a", "active")], "is no span of time"),
        ([("soon", "a", "active")], "'soon' is not a duration"),
    ],
)
def test_what_is_no_entry_is_refused(story, expected, why):
    """An entry that cannot be read is refused, with how to write one."""
    with pytest.raises(errors.InvalidValue) as caught:
        story.expectations.expect_timeline(expected)
    assert why in str(caught.value)


def test_entries_of_one_target_in_a_set_find_each_their_own():
    """Where the order is free, the narrower times are found first."""
    story = stories.Story(stories.MANUAL)
    story.at("1s", a__update="active").at("2s", a__update="waiting").at("3s", a__update="active")
    story.expectations.expect_timeline([{("a", "active"), (("0s", "2s"), "a", "active")}])
    story.expectations.expect_timeline([{(("0s", "5s"), "a", "active"), ("1s", "a", "active")}])
    story.at("4s", a__update="waiting")
    story.expectations.expect_timeline([{("a", "waiting: unknown"), (("0s", "3s"), "a", "waiting")}])


def test_a_state_never_was():
    """expect_never holds of a state that no target was in, and tells which were."""
    story = stories.Story().at("1s", a__update="active", api__serve="active").at("2s", a__update="succeeded")
    story.expectations.expect_never("failed")
    story.expectations.expect_never(states.State("waiting", detail="unknown"))
    text = story.refusal(lambda: story.expectations.expect_never("active"))
    assert "expected no target ever to be active, but 2 targets were\n" in text
    assert "  00:00:01.000000  a:update   active\n  00:00:01.000000  api:serve  not ready\n" in text


def test_a_question_was_never_answered_with_yes():
    """expect_never takes a question too, asked of every version; the failure tells which version answered yes."""
    story = stories.Story().at("1s", a__update="active").at("2s", "it breaks", a__update="failed: no")

    def is_done(session):
        return session.status.done

    story.expectations.expect_never(lambda session: session.spec.exit_condition == "manual")
    text = story.refusal(lambda: story.expectations.expect_never(is_done))
    assert "expected is_done() never to be true, but it was at 00:00:02.000000: resourceVersion 3" in text
    assert "written by the driver (it breaks)" in text
    text = story.refusal(lambda: story.expectations.expect_never(lambda session: session.status.error))
    assert "expected the lambda of test_sequence.py:" in text
