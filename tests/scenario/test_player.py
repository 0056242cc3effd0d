"""Playing a scenario: its start, its instants, its natural times, and what is left of it."""

import uuid

from pytest_tiltsession.scenario import player, steps

LATE = """\
version: 1
targets:
  migrate:update:
  api:serve:
steps:
  - {at: 1s, set: {migrate:update: active}}
  - {at: 2s, set: {api:serve: {active: {ready: false}}}}
  - {at: 4s, set: {migrate:update: {terminated: {error: exit status 1}}}, note: the migration breaks}
"""


def words(fake):
    """Give each target's state word."""
    return {target.name: target.state.word for target in fake.session.status.targets}


def test_a_session_starts_loaded_with_its_targets_waiting(play):
    """Without steps of its own the start-up is one commit: the Tiltfile is loaded, each target waits for it."""
    fake = play(LATE)

    assert [(commit.type, commit.at, commit.cause) for commit in fake.commits] == [("ADDED", fake.at(0), "script")]
    assert words(fake) == {"api:serve": "waiting", "migrate:update": "waiting", "tiltfile:update": "terminated"}
    assert fake.state("migrate:update").waiting.wait_reason == "tiltfile-reload"
    assert fake.state("tiltfile:update").terminated.finish_time == fake.at(0)
    assert not fake.session.status.done


def test_each_instant_is_one_commit_stamped_with_its_time(play):
    """Steps play when the clock reaches them, each as one commit that carries its note."""
    fake = play(LATE)
    fake.clock.advance("10s")

    assert [commit.at - fake.at(0) for commit in fake.commits] == [0, 1_000_000, 2_000_000, 4_000_000]
    assert fake.commits[-1].note == "the migration breaks"
    assert (fake.session.status.done, fake.session.status.error) == (True, "exit status 1")
    assert fake.done == [("Tiltfile", "exit status 1")]


def test_steps_at_the_start_are_played_at_once_and_in_the_same_commit(play):
    """A target that is set at 0s never shows the waiting state of the implicit start-up."""
    fake = play("version: 1\ntargets: {a:update: }\nsteps: [{at: 0s, set: {a:update: active}, note: go}]")

    assert [commit.note for commit in fake.commits] == ["go"]
    assert fake.state("a:update").active.start_time == fake.at(0)
    assert fake.player.next_at is None


def test_a_scenario_can_tell_the_start_up_itself(play):
    """Where the first word about the Session is that it appears, nothing is there before, and no target."""
    fake = play(
        "version: 1\nsteps: [{at: 1s, session: present}, {at: 2s, set: {tiltfile:update: {waiting: initial-build}}}]"
    )
    assert fake.session is None
    fake.clock.advance("1s")
    assert fake.session.status.targets is None
    assert fake.session.metadata.creation_timestamp == fake.at(1) // 1_000_000
    fake.clock.advance("1s")
    assert words(fake) == {"tiltfile:update": "waiting"}


def test_a_session_vanishes_returns_and_is_recreated(play):
    """A Session that first vanishes was there before; each time it comes back it has another uid, and its targets."""
    fake = play(
        "version: 1\ntargets: {a:update: }\n"
        "steps: [{at: 1s, session: absent}, {at: 2s, session: present}, {at: 3s, session: recreated}]"
    )
    uid = fake.session.metadata.uid
    fake.clock.advance("5s")

    assert [commit.type for commit in fake.commits] == ["ADDED", "DELETED", "ADDED", "DELETED", "ADDED"]
    assert len({uid, *(value.metadata.uid for value in fake.versions)}) == 3
    assert words(fake) == {"a:update": "waiting", "tiltfile:update": "terminated"}


def test_targets_are_removed_and_come_back(play):
    """A removed target is gone from the Session until a later step sets it again."""
    fake = play(
        "version: 1\ntargets: {a:update: , b:serve: }\n"
        "steps: [{at: 1s, remove: [a:update]}, {at: 2s, set: {a:update: active}}]"
    )
    fake.clock.advance("1s")
    assert "a:update" not in words(fake)
    fake.clock.advance("1s")
    assert words(fake)["a:update"] == "active"


def test_steps_change_spec_metadata_and_the_cluster(play):
    """Spec, labels and annotations change as the Tiltfile says, and a cluster error ends a CI session."""
    fake = play(
        "version: 1\ntargets: {a:update: }\nsteps:\n"
        "- {at: 1s, spec: {ci: {timeout: 7s}}, labels: {team: web}, annotations: {why: test}}\n"
        "- {at: 2s, clusterError: true}\n"
    )
    fake.clock.advance("1s")
    assert fake.session.spec.ci.timeout == 7_000_000_000
    assert fake.session.spec.ci.readiness_timeout is None
    assert fake.session.spec.exit_condition == "ci"
    assert fake.session.metadata.labels == {"team": "web"}
    assert fake.session.metadata.annotations == {"tilt.dev/resource": "(Tiltfile)", "why": "test"}
    fake.clock.advance("1s")
    assert fake.session.status.error == "cluster connection failed"


def test_the_header_says_what_the_session_is(play):
    """Spec, pid, labels and annotations of the first Session come from the header, its start from the file."""
    fake = play(
        "version: 1\nstart: 2026-03-01T10:00:00.5Z\n"
        "session: {exitCondition: manual, tiltfilePath: /src/Tiltfile, ci: null, pid: 7, labels: {a: b}}\n"
    )
    assert (fake.session.spec.exit_condition, fake.session.spec.tiltfile_path) == ("manual", "/src/Tiltfile")
    assert fake.session.spec.ci is None
    assert (fake.session.status.pid, fake.session.metadata.labels) == (7, {"a": "b"})
    assert str(fake.clock) == "2026-03-01T10:00:00.500000Z"


def test_deadlines_fall_between_the_steps(play):
    """The readiness timeout is counted from the scripted start, and comes at its own instant."""
    fake = play(
        "version: 1\nsession: {ci: {readinessTimeout: 3s}}\ntargets: {a:serve: }\n"
        "steps: [{at: 1s, set: {a:serve: {active: {ready: false}}}}, {at: 9s, set: {a:serve: active}}]"
    )
    fake.clock.advance("10s")

    assert [(commit.at - fake.at(0), commit.cause) for commit in fake.commits] == [
        (0, "script"),
        (1_000_000, "script"),
        (4_000_000, "deadline"),
        (9_000_000, "script"),
    ]
    assert fake.commits[2].error == "Readiness timeout after 3s: target a:serve not ready"


def test_a_player_tells_what_is_played_and_what_is_left(play):
    """A script that was not played to its end says which steps are left and when the next one comes."""
    fake = play(LATE)
    assert (fake.player.next_at, len(fake.player.played), len(fake.player.remaining)) == (1_000_000, 0, 3)
    fake.clock.advance("2s")
    assert [step.at for step in fake.player.remaining] == [4_000_000]
    fake.clock.advance("2s")
    assert (fake.player.next_at, len(fake.player.remaining)) == (None, 0)


def test_the_clock_can_jump_over_many_steps(play):
    """One advance plays every step on the way, in order and each at its own instant."""
    scripted = "".join(f"- {{at: {index}ms, set: {{a:update: {{waiting: r{index}}}}}}}\n" for index in range(1, 301))
    fake = play("version: 1\ntargets: {a:update: }\nsteps:\n" + scripted)
    fake.clock.advance("1m")

    assert [commit.at - fake.at(0) for commit in fake.commits] == [index * 1000 for index in range(301)]
    assert fake.state("a:update").waiting.wait_reason == "r300"


def test_only_the_next_step_is_planned(play):
    """A long scenario does not fill the clock: one wake-up stands for all that is to come."""
    scripted = "".join(f"- {{at: {index}s, set: {{a:update: {{waiting: r{index}}}}}}}\n" for index in range(1, 50))
    fake = play("version: 1\nsession: {exitCondition: manual}\ntargets: {a:update: }\nsteps:\n" + scripted)

    assert fake.clock.next_due().what == "step at 1s"
    fake.clock.step()
    assert fake.clock.next_due().what == "step at 2s"
    fake.clock.next_due().cancel()
    assert fake.clock.next_due() is None


def test_beginning_twice_is_harmless(play):
    """A player that has begun does not begin again."""
    fake = play(LATE)
    fake.player.begin()
    fake.clock.advance("1s")
    assert len(fake.commits) == 2


def test_a_world_is_made_as_the_scenario_says():
    """The world starts at the scenario's start and is not verbatim until a verbatim player begins."""
    scenario = steps.Scenario("", steps.DEFAULT_SPEC, steps.DEFAULT_START, {}, ())
    world = player.world_for(scenario, seed=uuid.UUID(int=1))
    assert (world.clock.now, world.verbatim, len(world.journal)) == (steps.DEFAULT_START, False, 0)
