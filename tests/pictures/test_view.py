"""The span that a picture shows."""

import pytest

from pytest_tiltsession.pictures import view

SECOND = 1_000_000
HOUR = 3600 * SECOND


def test_instants_lie_where_they_belong():
    """Places are per cent of the span, and what is beyond it is at its edge."""
    span = view.View(0, 10 * SECOND, 8 * SECOND)
    assert [0, 25, 100, 0] == [span.place(at) for at in (0, 2_500_000, 11 * SECOND, -1)]
    assert "33.3333%" == view.View(0, 3, 3).percent(1)


@pytest.mark.parametrize("length", [0, 1, 1_000, 59 * SECOND, 24 * HOUR, 400 * 24 * HOUR])
def test_every_span_has_some_marks_and_not_too_many(length):
    """From a session without duration to one of more than a year the axis is readable."""
    span = view.around(0, length, [])
    marks = span.marks()
    assert 2 <= len(marks) <= 14
    assert len({label for _, label in marks}) == len(marks)
    assert all(span.begin <= at <= span.end for at, _ in marks)


def test_a_span_that_begins_before_the_session_names_times_before_it():
    """A recording may begin before the session's start."""
    assert "-1s" in [label for _, label in view.around(-2 * SECOND, 3 * SECOND, []).marks()]


def test_a_deadline_that_is_near_belongs_to_the_picture():
    """The next one is shown where it leaves the past most of the space."""
    assert 300 * SECOND == view.around(0, 240 * SECOND, [1800 * SECOND, 300 * SECOND]).end
    assert 10 * SECOND == view.around(0, 10 * SECOND, [300 * SECOND]).end


def test_columns_are_numbered_from_the_first_to_the_last():
    """The end belongs to the last column."""
    span = view.View(0, 100, 100)
    assert [0, 0, 5, 9, 9] == [span.column(at, 10) for at in (0, 9, 50, 99, 100)]
