"""What makes no sense as a claim is refused in a sentence, when it is written."""

import itertools
import pickle
import re

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import lettering, states

from . import stories

CLAIMS = {
    "failed": lambda of, value: of.expect_failed(match=value),
    "waiting": lambda of, value: of.expect_running(waiting=value),
    "not_ready": lambda of, value: of.expect_running(not_ready=value),
    "retrying": lambda of, value: of.expect_running(retrying=value),
    "exit_code": lambda of, value: of.expect_exit_code(value),
    "done_at": lambda of, value: of.expect_done_at(value),
    "target": lambda of, value: of.expect_target(value),
    "was": lambda of, value: of.expect_target("api").was(value),
    "since": lambda of, value: of.expect_target("api").was("waiting", "active").within("1s", since=value),
    "lasted": lambda of, value: of.expect_target("api").was("waiting").lasted(at_least=value),
    "timeline": lambda of, value: of.expect_timeline(value),
    "entry": lambda of, value: of.expect_timeline([("api", value)]),
    "operation": lambda of, value: of.expect_requests(value, at_least=0),
    "count": lambda of, value: of.expect_requests(count=value),
    "client": lambda of, value: of.expect_requests(client=value, at_least=0),
    "status": lambda of, value: of.expect_requests(status=value, at_least=0),
    "method": lambda of, value: of.expect_requests(method=value, at_least=0),
    "where": lambda of, value: of.expect_requests(where=value, at_least=0),
    "in order": lambda of, value: of.expect_requests(at_least=0).came_in_order(value),
    "never": lambda of, value: of.expect_never(value),
    "of": lambda of, value: of.of(value),
    "state": lambda _, value: states.State(value),
    "pattern": lambda _, value: states.State("failed", match=value),
}
NONSENSE = {"object": object(), "bytes": b"x", "list": [{}], "float": 1.5}


# A number of seconds is a duration.
SENSIBLE = {("done_at", "float"), ("lasted", "float")}


@pytest.mark.parametrize(
    ("claim", "value"),
    [pair for pair in itertools.product(CLAIMS, NONSENSE) if pair not in SENSIBLE],
    ids=lambda value: value.replace(" ", "-"),
)
def test_what_makes_no_sense_is_refused_in_a_sentence(claim, value):
    """Never by an error of Python's own from within: the message shows what was given."""
    story = stories.Story().at("0s", api__serve="waiting").at("1s", api__serve="active")
    with pytest.raises(errors.InvalidValue, match=re.escape(repr(NONSENSE[value]).strip("[]"))):
        CLAIMS[claim](story.expectations, NONSENSE[value])


def test_a_compiled_pattern_is_a_pattern():
    """Who has one already may give it."""
    story = stories.Story().at("1s", migrate__update="failed: exit status 1")
    story.expectations.expect_failed(match=re.compile(r"status \d"))
    story.expectations.expect_target("migrate").was(states.State("failed", match=re.compile(r"status \d")))


def test_a_failure_goes_from_one_process_to_another_with_its_text():
    """What it is about stays behind."""
    story = stories.Story().at("1s", migrate__update="active")
    with pytest.raises(errors.ExpectationFailed) as caught:
        story.expectations.expect_succeeded()
    assert story.expectations.is_about(caught.value)
    assert not story.expectations.of("Tiltfile").is_about(caught.value)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert str(caught.value) == str(copied)
    assert copied.appendix == caught.value.appendix != ""
    assert not story.expectations.is_about(copied)


def test_requests_that_were_refused_are_coloured_where_the_terminal_has_colours():
    """4xx in yellow, 5xx in red, the rest as it is; the columns stay where they were."""
    story = stories.Story()
    for status in (200, 404, 503):
        story.asked("GET /version", status)
    plain = story.expectations.render_requests().splitlines()
    coloured = story.expectations.render_requests(lettering.Style(colour=True)).splitlines()
    assert plain == [re.sub("\x1b[^m]*m", "", line) for line in coloured]
    assert [False, False, True, True] == ["\x1b" in line for line in coloured]
    assert "\x1b[33m404\x1b[0m" in coloured[2]
    assert "\x1b[31m503\x1b[0m" in coloured[3]
