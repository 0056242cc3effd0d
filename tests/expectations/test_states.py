"""The words for states, and how tests describe a state."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import states
from pytest_tiltsession.models import session as sessions

from . import stories

TRUE_OF = {
    "waiting": ("waiting",),
    "active": ("active", "not ready"),
    "ready": ("active", "ready"),
    "succeeded": ("terminated", "succeeded"),
    "failed": ("terminated", "failed"),
    "disabled": ("disabled",),
    "inactive": ("inactive",),
}


@pytest.mark.parametrize(("word", "expected"), TRUE_OF.items())
def test_each_state_has_a_general_word_and_a_closer_one(word, expected):
    """A state is named by Tilt's word and, where there is one, by a closer word."""
    assert expected == states.words_of(stories.state(word))


def test_a_tolerated_error_is_retrying_and_an_exceeded_one_failed():
    """The grace status decides whether an error counts, as in the exit decision."""
    assert ("terminated", "retrying") == states.words_of(stories.state("failed", grace="Tolerated"))
    assert ("terminated", "failed") == states.words_of(stories.state("failed", grace="Exceeded"))


def test_a_target_that_is_not_there_is_removed():
    """A target that a reload took away has a word as well."""
    assert ("removed",) == states.words_of(None)
    assert states.State.parse("removed").holds_of(None)


@pytest.mark.parametrize(
    ("described", "word", "detail", "holds"),
    [
        ("waiting", "waiting", "unknown", True),
        ("waiting: unknown", "waiting", "unknown", True),
        ("waiting: waiting-for-dep", "waiting", "unknown", False),
        ("active", "ready", "", True),
        ("ready", "active", "", False),
        ("not ready", "active", "", True),
        ("not_ready", "active", "", True),
        ("terminated", "failed", "exit status 1", True),
        ("failed: exit status 1", "failed", "exit status 1", True),
        ("failed: exit", "failed", "exit status 1", False),
        ('failed: Command "a: b" failed: no', "failed", 'Command "a: b" failed: no', True),
        (states.State("failed", match=r"status \d"), "failed", "exit status 1", True),
        (states.State("failed", match="killed"), "failed", "exit status 1", False),
        ("succeeded", "failed", "", False),
    ],
)
def test_a_description_is_true_of_the_states_it_names(described, word, detail, holds):
    """A word is true of the states it names; a text after it is the exact wait reason or error."""
    assert holds is states.State.parse(described).holds_of(stories.state(word, detail))


@pytest.mark.parametrize(
    ("described", "hint"),
    [
        ("running", "did you mean 'active'?"),
        ("redy", "did you mean 'ready'?"),
        ("xyz", "The words are waiting, active, ready, not ready,"),
    ],
)
def test_a_word_that_is_none_is_refused_with_the_nearest(described, hint):
    """An unknown word is refused; the refusal says which was meant and lists all."""
    with pytest.raises(errors.InvalidValue) as caught:
        states.State.parse(described)
    assert hint in str(caught.value)
    assert f"{described!r} is no state of a target" in str(caught.value)


@pytest.mark.parametrize("described", [None, 3, ("failed", "x")])
def test_what_is_no_description_is_refused(described):
    """Only a text or a State describes a state."""
    with pytest.raises(errors.InvalidValue, match="describes no state"):
        states.State.parse(described)


def test_a_match_that_is_no_pattern_is_refused():
    """A bad pattern is refused when it is written, not when it is first searched for."""
    with pytest.raises(errors.InvalidValue, match="is not a pattern"):
        states.State("failed", match="(")


@pytest.mark.parametrize("word", TRUE_OF)
@pytest.mark.parametrize("type_", [sessions.JOB, sessions.SERVER])
def test_what_is_said_of_a_state_can_be_written_in_a_test(word, type_):
    """The words in a report describe the state when they are pasted into a test."""
    state = stories.state(word, "exit status 1" if word == "failed" else "")
    assert states.State.parse(states.describe(state, type_)).holds_of(state)
