"""The journal read as a timeline."""

import dataclasses

from pytest_tiltsession.expectations import states, timeline
from pytest_tiltsession.models import session as sessions

from . import stories

SECOND = 1_000_000


def read(story: stories.Story, name: str = "Tiltfile") -> timeline.Timeline:
    """Read what a session went through."""
    return story.expectations.of(name).look().timeline


def spans(row: timeline.Row) -> list[tuple[float, float | None, str]]:
    """Give a row's segments in seconds and words."""
    return [
        (item.begin / SECOND, None if item.end is None else item.end / SECOND, states.describe(item.state, row.type))
        for item in row.segments
    ]


def events(value: timeline.Timeline) -> list[tuple[float, str, str]]:
    """Give a session's events in seconds and words."""
    return [(event.at / SECOND, event.word, event.text) for event in value.events]


def test_each_state_lasts_until_the_next():
    """A row holds each state of a target with its beginning and its end; the last one goes on."""
    story = stories.Story()
    story.at("0s", migrate__update="waiting: tiltfile-reload").at("1s", migrate__update="active")
    story.at("4s", migrate__update="failed: exit status 1")
    row = read(story).row("migrate:update")
    assert [
        (0, 1, "waiting: tiltfile-reload"),
        (1, 4, "active"),
        (4, None, "failed: exit status 1"),
    ] == spans(row)
    assert ("job", ("migrate",)) == (row.type, row.resources)


def test_another_wait_reason_is_another_state():
    """Waiting for one thing and then for another are two states."""
    story = stories.Story().at("0s", a__update="waiting: unknown").at("1s", a__update="waiting: waiting-for-dep")
    assert 2 == len(read(story).row("a:update").segments)


def test_a_restart_is_another_state_and_a_newer_ready_time_is_not():
    """A server that runs anew is in a new state; one that is merely seen ready again is not."""
    story = stories.Story().at("1s", api__serve="ready")
    again = dataclasses.replace(story.world.tilt.target("api:serve").state.active, last_ready_time=stories.START + 5)
    story.submit(targets=[sessions.Target("api:serve", "server", ("api",), sessions.TargetState(active=again))])
    assert 1 == len(read(story).row("api:serve").segments)
    restarted = dataclasses.replace(again, start_time=stories.START + 2 * SECOND)
    story.clock.advance_to("2s")
    story.submit(targets=[sessions.Target("api:serve", "server", ("api",), sessions.TargetState(active=restarted))])
    assert [(1, 2, "ready"), (2, None, "ready")] == spans(read(story).row("api:serve"))


def test_a_target_that_a_reload_removes_says_so():
    """A removed target keeps its row and ends as removed."""
    story = stories.Story().at("1s", old__serve="ready").at("2s")
    story.submit(removed=["old:serve"])
    assert [(1, 2, "ready"), (2, None, "removed")] == spans(read(story).row("old:serve"))


def test_nothing_is_shown_while_the_session_is_away():
    """States end when the session is deleted and begin anew when it is back; both are events."""
    story = stories.Story().at("1s", api__serve="active")
    story.clock.advance_to("2s")
    story.submit(session="absent")
    assert (1, 2, "not ready") == spans(read(story).row("api:serve"))[-1]
    story.clock.advance_to("3s")
    story.submit(session="present")
    assert [(1, 2, "not ready"), (3, None, "not ready")] == spans(read(story).row("api:serve"))
    assert [(0, "appeared", ""), (2, "vanished", ""), (3, "re-created", "")] == events(read(story))


def test_a_session_that_is_replaced_at_once_is_re_created():
    """Deleted and created at one instant is one event."""
    story = stories.Story().at("1s")
    story.submit(session="recreated")
    assert [(0, "appeared", ""), (1, "re-created", "")] == events(read(story))


def test_verdicts_notes_and_specs_are_events():
    """What becomes of the session itself is told: notes, its spec, done with its error, and done no longer."""
    story = stories.Story().at("1s", "breaks", a__update="failed: exit status 1").at("2s", a__update="active")
    story.submit(spec=stories.MANUAL)
    assert [
        (0, "appeared", ""),
        (1, "note", "breaks"),
        (1, "done", "exit status 1"),
        (2, "no longer done", ""),
        (2, "spec changed", "exitCondition ci → manual"),
    ] == events(read(story))


def test_a_status_that_the_controller_puts_right_was_never_so():
    """What a client writes into a status is not shown where the controller overrules it at the same instant."""
    story = stories.Story().at("1s", a__update="active")

    def by_hand(value):
        gone = dataclasses.replace(value.status, done=True, error="by hand", targets=None)
        return dataclasses.replace(value, status=gone)

    story.write(by_hand)
    assert not read(story).done
    assert [(0, "appeared", "")] == events(read(story))
    assert [(1, None, "active")] == spans(read(story).row("a:update"))


def test_what_a_client_wrote_and_the_controller_left_is_so():
    """A stale session that a client writes as it should be is shown as it then is."""
    story = stories.Story(stories.MANUAL).at("0s", a__update="waiting: unknown")
    story.write(lambda _: stories.other_session("other", "manual"), "other")
    story.at("1s", a__update="active").at("2s")
    assert [(0, None, "waiting: unknown")] == spans(read(story, "other").row("a:update"))
    now = story.world.tilt.targets
    story.write(
        lambda value: dataclasses.replace(value, status=dataclasses.replace(value.status, targets=now, done=True)),
        "other",
    )
    assert [(0, 2, "waiting: unknown"), (2, None, "active")] == spans(read(story, "other").row("a:update"))
    assert [(0, "appeared", "")] == events(read(story, "other"))


def test_times_count_from_the_start_time_of_the_session():
    """Offsets count from the status.startTime of the Session Tiltfile, also where it appears later."""
    story = stories.Story(present=False)
    story.clock.advance_to("5s")
    story.submit(session="present", targets=[story.target("tiltfile:update", "active")])
    assert [(5, None, "active")] == spans(read(story).row("tiltfile:update"))
    assert 5 * SECOND == read(story).now


def test_other_sessions_are_not_mixed_in():
    """A timeline is of one session."""
    story = stories.Story(stories.MANUAL)
    story.write(lambda _: stories.other_session("other"), "other")
    assert [(0, "appeared", "")] == events(read(story))
    story.at("1s", a__update="failed: no")
    assert [(0, "appeared", "")] == events(read(story, "other"))
