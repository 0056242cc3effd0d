"""Faults in reports: the timeline, the requests, what is said of those that were never met."""

import pytest

from pytest_tiltsession import Scenario, active, errors, fake_tilt, faults, settings, succeeded

from .meeting import SESSION, SESSIONS


def test_the_timeline_has_a_line_for_each_request_that_was_hit(meet):
    """At the instant of the fault, beside what happened to the session."""
    meeting = meet(faults.Refuse(503, after="2s", times=1), faults.CutWatch(1, by="end", client="kubectl"))
    job = meeting.fake.job("migrate")
    meeting.fake.clock.advance("2s")
    job.start()
    meeting.get(SESSION)
    meeting.fake.clock.advance("1s")
    with meeting.watch(agent="kubectl/v1.36 (linux)") as lines:
        assert len(list(lines)) == 1
    meeting.fake.clock.advance("1s")
    job.succeed()
    lines = [" ".join(line.split()) for line in meeting.fake.render_timeline().splitlines()]
    assert lines[-3:] == [
        "00:00:02.000000 the fault refuse hit GET …/sessions/Tiltfile of tests/1.0",
        "00:00:03.000000 the fault cut-watch hit GET …/sessions?watch=1 of kubectl/v1.36",
        "00:00:04.000000 the session succeeded",
    ]


def test_the_table_of_requests_names_the_fault(meet):
    """And says what an ERROR event said."""
    meeting = meet(faults.Refuse(429, operation="list"), faults.ErrorEvent(410, events=0))
    meeting.get()
    meeting.get()
    with meeting.watch() as lines:
        assert len(list(lines)) == 1
    table = meeting.fake.render_requests()
    assert "2 times, until 0s, fault refuse" in table
    assert "1 event, until 0s, fault error-event" in table
    assert "410 Expired: too old resource version" in table


def test_a_fault_that_was_never_met_is_a_problem(meet):
    """It says what it was limited to, and what came; it can be allowed."""
    meeting = meet(faults.CutWatch(2, client="kr8s"), faults.Refuse(503, operation="list", times=2))
    for _ in range(3):
        with meeting.watch("watch=1&timeoutSeconds=-1", agent="kubectl/v1.36 (linux)") as lines:
            assert list(lines) == []
    meeting.get()
    assert meeting.fake.problems() == [
        "the fault cut-watch(events=2, client=kr8s) was never met: 3 watches came, all from kubectl/v1.36; "
        'allow it with @pytest.mark.tilt_session(allow=("unmet-faults",))'
    ]
    with fake_tilt.FakeTilt(faults=faults.Refuse(), allow="unmet-faults") as fake:
        assert fake.problems() == []


def test_only_what_came_after_arming_counts(meet):
    """Requests from before are no near misses."""
    meeting = meet()
    meeting.get()
    meeting.fake.faults.arm(faults.Refuse())
    assert "there was no request at all" in meeting.fake.problems()[0]
    meeting.fake.faults.disarm()
    assert meeting.fake.problems() == []


def test_a_fake_that_never_served_has_no_unmet_faults():
    """There was nobody to meet them."""
    assert fake_tilt.FakeTilt(faults=faults.Refuse()).problems() == []


def test_a_builder_s_faults_come_after_the_setting_s(meet):
    """Both are armed from the start, in that order."""
    told = Scenario("x").job("a", active(for_="1s"), succeeded()).fault(faults.Refuse(503), faults.Conflict(times=1))
    meeting = meet(faults.Refuse(429, times=1), scenario=told, allow=("unmet-faults", "unplayed-steps"))
    assert [str(item.fault) for item in meeting.fake.faults] == [
        "refuse(code=429, times=1)", "refuse()", "conflict(times=1)",
    ]  # fmt: skip
    assert [meeting.get().status_code, meeting.get(SESSIONS).status_code] == [429, 503]


def test_the_settings_take_faults_and_nothing_else():
    """One or several."""
    assert settings.Settings(faults=faults.Refuse()).faults == (faults.Refuse(),)
    for wrong in ("refuse", [faults.Refuse], 3, None):
        with pytest.raises(errors.InvalidValue, match="is no fault"):
            settings.Settings(faults=wrong)
