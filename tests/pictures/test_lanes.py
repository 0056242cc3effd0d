"""The lanes of targets."""

from pytest_tiltsession.pictures import deadlines, lanes, looks, scene

from . import staging, stories


def test_there_is_a_lane_for_each_target_and_a_bar_for_each_state():
    """Of a scenario with several targets every one is there, with all that it went through."""
    stage = staging.named("ci/failing-job-among-many").played()
    made = scene.read(stage.look())
    rows = {row.name: len(row.segments) for row in stage.look().timeline.rows}
    assert rows == {lane.name: len(lane.bars) for lane in made.targets}


def test_a_lane_says_how_its_target_stands():
    """In words, and whether it stands in the way."""
    made = scene.read(staging.named("ci/failing-job-among-many").played().look())
    found = {lane.name: (lane.standing, lane.in_the_way) for lane in made.targets}
    assert ("succeeded", False) == found["slow:update"]
    assert ('failed: Command "sleep 0.5; exit 7" failed: exit status 7', True) == found["bad:update"]
    assert ("waiting: unknown", True) == found["dep:update"]


def test_states_that_are_too_short_to_be_told_apart_are_one_bar(tmp_path):
    """A target that flaps again and again has a bounded number of bars, which say what they stand for."""
    stage = staging.told(tmp_path, stories.many(1, flaps=700)).to(14)
    (lane,) = [lane for lane in scene.read(stage.look()).targets if lane.name == "svc-0000:serve"]
    assert len(lane.bars) <= 1_000
    mixed = next(bar for bar in lane.bars if bar.look is looks.MIXED)
    assert " states" in mixed.told[0]
    assert any("× active, not ready" in line for line in mixed.told)


def test_states_without_duration_are_drawn(tmp_path):
    """A state that was over at the instant it began has a bar of its own."""
    steps = [
        f"{{at: {at}, set: {{a:update: {state}}}}}"
        for at, state in (
            ("0s", "active"),
            ("1s", "{terminated: {}}"),
            ("1000001us", "active"),
            ("5s", "{terminated: {error: x}}"),
        )
    ]
    stage = staging.told(tmp_path, stories.told(steps, {"a:update": "job"})).to(5)
    (lane,) = [lane for lane in scene.read(stage.look()).targets if lane.name == "a:update"]
    assert ["running", "succeeded", "running", "failed"] == [bar.look.key for bar in lane.bars]


def test_of_too_many_targets_those_in_the_way_are_kept(tmp_path):
    """How many are left out is told."""
    stage = staging.told(tmp_path, stories.many(30).split("  - {at: 10ms")[0]).to(1)
    value = stage.look()
    made = scene.read(value)
    assert (31, 0) == (len(made.targets), made.hidden)
    due = deadlines.Deadlines(value.timeline, value.entries, value.origin)
    found, hidden = lanes.of_targets(value.timeline, due, made.view, value.origin, 10)
    assert (10, 21) == (len(found), hidden)
    assert {"active, not ready"} == {lane.standing for lane in found}


def test_exact_times_are_told():
    """Each bar names its span since the start and as MicroTimes."""
    made = scene.read(staging.named("ci/never-ready").played().look())
    told = made.targets[-1].bars[-1].told
    assert "web:serve: active, not ready" == told[0]
    assert "since 2026-01-01T00:00:00.025000Z" in told
    assert any(line.startswith("startTime 2026-01-01T00:00:00.") for line in told)
