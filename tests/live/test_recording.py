"""A fake that is recorded over real HTTPS while it runs gives a scenario that replays as it did."""

import dataclasses

import pytest

from pytest_tiltsession import errors, fake_tilt
from pytest_tiltsession.engine import changes
from pytest_tiltsession.live import finding, recording
from pytest_tiltsession.scenario import comparing, file_format, files, instants

PLAYED = [
    "ci-cmd-and-serve",
    "ci-cmd-only",
    "ci-empty-tiltfile",
    "ci-exit-mid-disable",
    "ci-flapping-ready",
    "ci-global-timeout-slow-cmd",
    "ci-many-resources",
    "ci-never-ready-readiness-timeout",
    "ci-serve-exits-1",
    "ci-settings-k8s-grace",
    "ci-unicode-names",
    "up-disable-enable",
    "up-failing-and-crashing",
    "up-tiltfile-reload",
    "ci-fails-late",
    "never-ready",
    "steady",
]


@pytest.mark.parametrize("name", PLAYED)
def test_a_recorded_fake_replays_as_it_was(name, upstream, recorded, replayed):
    """Judged and verbatim, the recording has the same statuses in the same order, and the same outcome."""
    played = upstream(recorded(name))
    scenario = played.record().scenario(name, exit_code=played.fake.exit_code)

    assert file_format.parse_scenario(file_format.write_scenario(scenario)) == scenario
    assert replayed(scenario) == played.statuses
    assert replayed(scenario, "verbatim") == played.statuses
    expected = played.fake.scenario.expect
    assert (scenario.expect.outcome, scenario.expect.error) == (expected.outcome, expected.error)
    assert scenario.expect.exit_code == played.fake.exit_code
    assert scenario.description == ""


@pytest.mark.parametrize("name", ["ci-cmd-and-serve", "up-disable-enable"])
def test_a_recording_tells_the_same_as_its_original(name, upstream, recorded):
    """In words there is no difference, times aside."""
    played = upstream(recorded(name))
    scenario = played.record().scenario(name, exit_code=played.fake.exit_code)
    assert comparing.differences(files.read(recorded(name)), scenario) == []


def test_offsets_are_sane_where_the_fake_lives_in_another_year(upstream, recorded):
    """Steps come at the second at which the fake's own clock stood, however fast the test moved it."""
    played = upstream(recorded("never-ready"))
    scenario = played.record().scenario("x")
    assert [step.at for step in scenario.steps] == [0, 2_000_000, 302_000_000]


@pytest.mark.parametrize("late", ["2.7s", "7s"])
def test_what_was_before_a_recording_ends_where_its_steps_begin(late, upstream, recorded):
    """The file says since when it tells, as its first step does, and in a line that people can read."""
    played = upstream(recorded("never-ready"))
    played.fake.clock.advance(late)
    with played.recording:
        played.watched()
        played.caught_up()
    scenario = played.recording.scenario("late")
    begins = instants.shown(scenario.steps[0].at)
    line = f"Not seen: what was before {begins}, when the recording found the session"
    assert line == scenario.description
    assert f'description: "{line}"\n' in (text := file_format.write_scenario(scenario))
    assert f"  - at: {begins}\n" in text


def test_several_things_that_were_not_seen_stand_in_a_block(upstream, recorded):
    """Each on a line of its own."""
    played = upstream(recorded("never-ready"))
    played.fake.clock.advance("3s")
    made = played.record()
    made.seen.odd.append((made.seen.first_at, "a comment"))
    text = file_format.write_scenario(made.scenario("late"))
    assert "description: |-\n  Not seen: what was before " in text
    assert "\n  Not seen: what stood behind a comment (at " in text


def test_a_tilt_that_starts_later_is_waited_for(tmp_path, recorded, replayed):
    """Neither file nor context is there when the recording begins, and nothing is missed."""
    config = tmp_path / "config"
    waiting = recording.Recording(finding.Whereabouts("tilt-later", config))
    fake = fake_tilt.FakeTilt(scenario=recorded("ci-fails-late"), context="tilt-later", exit_when_done=True)
    fake._config = config
    with waiting:
        assert not waiting.found
        with fake:
            assert waiting.seen.wait_for(lambda seen: waiting.watching and seen.events, 20)
            while not fake.exited:
                fake.clock.step()
            assert waiting.seen.wait_for(lambda seen: seen.ended, 20)
    assert waiting.seen.ended == "Tilt has ended"
    assert replayed(waiting.scenario("later"))[-1].error == "exit status 1"


def test_an_entry_that_a_killed_tilt_left_is_passed_over(tmp_path, recorded):
    """What stands in the file does not answer; when a Tilt writes its own there, that is recorded."""
    config = tmp_path / "config"
    gone = fake_tilt.FakeTilt(context="tilt-7", exit_when_done=True)
    gone._config = config
    with gone:
        left = config.read_text()
    config.write_text(left)
    waiting = recording.Recording(finding.Whereabouts("tilt-7", config))
    alive = fake_tilt.FakeTilt(context="tilt-7")
    alive._config = config
    with waiting, alive:
        assert waiting.seen.wait_for(lambda seen: seen.events, 20)


def test_the_last_state_is_kept_where_tilt_ends_at_once(upstream, recorded):
    """The whole session plays in one move and the server is gone: what the watch had been sent is recorded."""
    played = upstream(recorded("ci-cmd-only"))
    with played.recording:
        played.watched()
        played.fake.clock.advance("1h")
    scenario = played.recording.scenario("x", exit_code=0, own=True)
    assert scenario.expect.outcome == "succeeded"
    assert len(scenario.steps) == len(played.fake.commits)


def test_a_session_that_is_deleted_and_made_anew(upstream, recorded, replayed):
    """The recording holds the absence and the return, under one Tilt."""
    played = upstream(recorded("steady"))
    with played.recording:
        played.watched()
        played.play()
        for word in ("absent", "present"):
            played.fake.clock.advance("1s")
            played.fake._gate.submit(changes.TiltChange(session=word))
            played.caught_up()
    scenario = played.recording.scenario("x")
    assert [step.session for step in scenario.steps if step.session] == ["present", "absent", "present"]


def test_another_tilt_under_the_same_name_is_not_mixed_in(upstream, recorded):
    """When the context comes to stand for another Tilt, the recording is over."""
    played = upstream(recorded("steady"), context="tilt-same")
    with played.recording:
        played.watched()
        played.play()
        played.fake.stop()
        other = fake_tilt.FakeTilt(context="tilt-same", start="2026-02-02T00:00:00Z")
        other._config = played.fake.kubeconfig
        with other:
            played.until(lambda seen: seen.ended)
    assert "another" in played.recording.seen.ended
    assert played.recording.scenario("x").start == played.fake.scenario.start


def test_other_sessions_are_told_and_not_recorded(upstream, recorded, faulty):
    """A Session that a client created is named in the description."""

    def with_another(request, answer):
        if request.path.endswith("/sessions") and answer.status == 200:
            body = answer.body.replace(b'"items":[', b'"items":[{"metadata":{"name":"mine","resourceVersion":"9"}},')
            return dataclasses.replace(answer, body=body)
        return answer

    played = upstream(recorded("steady"), lambda fake: faulty.Faulty(fake, answers=with_another))
    with played.recording:
        played.until(lambda seen: seen.others)
    assert "another Session, 'mine'" in played.recording.scenario("x").description


def test_an_exit_code_that_the_last_state_does_not_explain_is_told(upstream, recorded):
    """Tilt's own exit code without the state behind it is no expectation, and the file says so."""
    played = upstream(recorded("ci-cmd-only"))
    with played.recording:
        played.watched()
        played.fake.clock.advance("600ms")
        played.caught_up()
    scenario = played.recording.scenario("x", exit_code=1, own=True)
    assert scenario.expect is None
    assert "the last state: Tilt exited with code 1, and the session was not done" in scenario.description


def test_a_new_tilt_that_exits_otherwise_is_kept_as_it_is(upstream, recorded):
    """The exit code of tilt ci itself is expected, whatever our rules make of its session."""
    played = upstream(recorded("ci-cmd-only"))
    assert played.record().scenario("x", exit_code=3, own=True).expect.exit_code == 3
    other = played.recording.scenario("x", exit_code=3)
    assert other.expect.exit_code is None
    assert "why the recorded command ended with code 3" in other.description


def test_what_looks_like_a_secret_is_not_written(upstream, recorded):
    """An error that shows a token makes the recording be refused, with the place and without the token."""
    played = upstream(recorded("steady"))
    with played.recording:
        played.watched()
        played.fake.target("job:update").start()
        played.fake.target("job:update").fail("login failed: token=abcdef0123456789")
        played.caught_up()
    with pytest.raises(
        errors.TiltSessionError, match=r"looks like a password, in .*job:update; it is not written"
    ) as told:
        played.recording.scenario("x")
    assert "abcdef" not in str(told.value)


def test_nothing_seen_is_said(tmp_path):
    """Without a Tilt there is no scenario, and the message names what was looked for."""
    waiting = recording.Recording(finding.Whereabouts("tilt-none", tmp_path / "config"))
    with waiting:
        pass
    with pytest.raises(errors.TiltSessionError, match=r"nothing to record.*'tilt-none' in .*config"):
        waiting.scenario("x")
