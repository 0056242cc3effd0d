"""Sessions that differ, in the words of reports and of the API."""

import dataclasses

import pytest

from pytest_tiltsession.expectations import comparisons
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as sessions

from . import stories


@pytest.fixture
def story():
    """A session with a job that runs and a server that waits."""
    told = stories.Story()
    return told.at("0s", migrate__update="active", api__serve="waiting: waiting-for-dep")


def session_of(story):
    """Give the session as it is."""
    return story.expectations.look().session


def test_a_target_that_differs_is_named_with_both_states(story):
    """Targets come first and by name; what differs in any two versions comes last."""
    before = session_of(story)
    story.at("4s", migrate__update="failed: exit status 1", worker__update="waiting: waiting-for-dep")
    heading, blank, *lines = comparisons.explained(before, session_of(story))
    assert ("<Session Tiltfile, resourceVersion 2> == <Session Tiltfile, resourceVersion 3>", "") == (heading, blank)
    assert [
        "target migrate:update     active != failed: exit status 1",
        "target worker:update      only on the right: waiting: waiting-for-dep",
        "status.done               False != True",
        "status.error              only on the right: 'exit status 1'",
        "metadata.resourceVersion  '2' != '3'",
    ] == lines


def test_a_state_of_the_same_word_differs_in_its_times(story):
    """Where the words are the same, the fields of the API say more."""
    before = session_of(story).status
    story.at("2s", migrate__update="active")
    lines = comparisons.explained(before, session_of(story).status)
    assert ["<SessionStatus running, 3 targets> == <SessionStatus running, 3 targets>", ""] == lines[:2]
    assert [
        "migrate:update.state.active.startTime  '2026-01-01T00:00:00.000000Z' != '2026-01-01T00:00:02.000000Z'"
    ] == lines[2:]


def test_what_a_client_read_is_held_against_a_session_as_json(story):
    """A dict never equals a Session, and what differs in it is said all the same."""
    read = encoding.session_to_wire(session_of(story))
    assert [
        "<dict of kind, apiVersion, metadata, spec, …> == <Session Tiltfile, resourceVersion 2>",
        "",
        "a dict never equals a Session; as JSON they say the same: compare the fields that matter, or dict with dict",
    ] == comparisons.explained(read, session_of(story))
    read["status"]["targets"][0]["state"] = {"active": {"ready": True}}
    read["status"].pop("done")
    lines = comparisons.explained(read, session_of(story))
    assert "a dict never equals a Session; as JSON they differ as follows:" == lines[2]
    assert [
        "target api:serve  ready != waiting: waiting-for-dep",
        "status.done       only on the right: False",
    ] == lines[3:]


def test_targets_and_states_are_compared_by_themselves(story):
    """Of two targets, of lists of them and of states, the difference is named too."""
    api, migrate, tiltfile = session_of(story).status.targets
    renamed = dataclasses.replace(migrate, name="other")
    assert ["name  'migrate:update' != 'other'"] == comparisons.explained(migrate, renamed)[2:]
    assert [
        "<3 Targets> == <2 Targets>",
        "",
        "target api:serve  only on the left: waiting: waiting-for-dep",
    ] == comparisons.explained((api, migrate, tiltfile), [migrate, tiltfile])
    lines = comparisons.explained(api.state, migrate.state)
    assert "<TargetState waiting: waiting-for-dep> == <TargetState not ready>" == lines[0]
    assert "waiting  only on the left: {'waitReason': 'waiting-for-dep'}" == lines[2]
    same = comparisons.explained((migrate,), [migrate])
    assert ["<1 Target> == <1 Target>", "", "they say the same as JSON, and differ in type"] == same


@pytest.mark.parametrize("swapped", [False, True])
def test_a_text_in_place_of_a_state_is_told_what_to_compare(story, swapped):
    """A newcomer's ``target.state == "active"`` never holds."""
    state = session_of(story).status.targets[1].state
    pair = ("active", state) if swapped else (state, "active")
    assert "a TargetState never equals a text: compare its word, which is 'active'" == comparisons.explained(*pair)[2]


def test_what_is_not_among_targets_is_explained(story):
    """By the target of that name, by the names that there are, or by what to ask."""
    targets = session_of(story).status.targets
    running = dataclasses.replace(targets[0], state=stories.state("ready"))
    assert "target api:serve  ready != waiting: waiting-for-dep" in comparisons.not_among(running, targets)
    other = dataclasses.replace(targets[0], name="web:serve")
    assert comparisons.not_among(other, targets)[2].startswith("there is no target web:serve, but api:serve, migrate")
    assert "these are Targets, not names" in comparisons.not_among("api:serve", targets)[2]
    assert comparisons.not_among(5, targets) is None
    assert comparisons.not_among("a", ["a"]) is None


def test_what_is_none_of_tilts_is_left_alone():
    """Other values are for others to compare."""
    for left, right in ((1, 2), ([], []), ({}, {}), ("a", "b"), (sessions.Session(), 5)):
        assert comparisons.explained(left, right) is None


def test_long_values_lose_their_middle_unless_all_is_asked_for(story):
    """A traceback of a thousand characters does not hide the rest."""
    before = session_of(story)
    story.at("1s", migrate__update="failed: " + "x" * 1_000)
    assert max(map(len, comparisons.explained(before, session_of(story)))) < 300
    assert max(map(len, comparisons.explained(before, session_of(story), whole=True))) > 1_000
