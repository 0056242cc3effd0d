"""What a picture shows as a whole."""

import pytest

from pytest_tiltsession import fake_tilt
from pytest_tiltsession.pictures import heading, looks, scene

from . import staging


@pytest.mark.parametrize(
    ("name", "verdict", "reason", "code"),
    [
        ("ci/green", scene.SUCCEEDED, "", 0),
        ("ci/never-ready", scene.FAILED, "Readiness timeout after 3s: target web:serve not ready", 1),
        ("ci/not-started", scene.SUCCEEDED, "", 0),
        ("up/green", scene.RUNNING, "", None),
    ],
)
def test_the_verdict_is_on_top(name, verdict, reason, code):
    """How the session ended, why, and what Tilt exits with."""
    made = scene.read(staging.named(name).played().look())
    assert (verdict, reason, code) == (made.verdict, made.reason, made.exit_code)
    assert verdict in heading.summary(made)


def test_what_stands_in_the_way_is_named():
    """Group by group, with the reasons of those that wait; nothing is in the way of success."""
    made = scene.read(staging.named("ci/failing-job-among-many").played().look())
    assert "in the way: failed bad:update; waiting dep:update (unknown)" == heading.obstacles(made)
    assert not heading.obstacles(scene.read(staging.named("ci/green").played().look()))


def test_a_session_that_goes_on_says_why_it_will():
    """A CI session with the Tiltfile's target alone never ends."""
    with fake_tilt.FakeTilt() as fake:
        made = scene.read(fake.look())
    assert (scene.RUNNING, None) == (made.verdict, made.exit_code)
    assert "Tilt never calls a session of one target done" in made.reason


def test_a_session_that_is_gone_has_a_lane_with_gaps():
    """It was deleted and came back, and both are to be seen."""
    made = scene.read(staging.named("up/session-recreated").played().look())
    bars = made.session.bars
    assert len(bars) > 1
    assert {looks.SESSION} == {bar.look for bar in bars}


def test_a_tilt_that_crashed_ends_every_lane():
    """What it showed last lasts until then, the process has marks, and what comes after the restart is drawn."""
    with fake_tilt.FakeTilt() as fake:
        fake.server("api").start()
        fake.clock.advance("2s")
        fake.crash()
        made = scene.read(fake.look())
        ended = {lane.name: (lane.bars[-1].end, lane.standing) for lane in made.targets}
        assert (2_000_000, "gone with the session") == ended["api:serve"]
        assert [("process", 2_000_000)] == [(mark.sign, mark.at) for mark in made.session.marks]
        assert 2_000_000 == made.session.bars[-1].end
        fake.clock.advance("3s")
        fake.restart()
        marks = scene.read(fake.look()).session.marks
        assert ["process", "process"] == [mark.sign for mark in marks]


def test_the_facts_are_those_of_the_session():
    """Start, exit condition, limits and path, as the Session has them."""
    facts = dict(scene.read(staging.named("ci/never-ready").played().look()).facts)
    assert ("2026-01-01T00:00:00.000000Z", "ci", "3s") == (
        facts["started"], facts["exit condition"], facts["readiness timeout"],
    )  # fmt: skip


def test_a_fake_draws_itself():
    """The page and the image come from the same session, the same each time."""
    with fake_tilt.FakeTilt() as fake:
        fake.job("migrate").start()
        page, image = fake.render_html("of a test", failure="it broke"), fake.render_svg(width=640)
        assert (page, image) == (fake.render_html("of a test", failure="it broke"), fake.render_svg(width=640))
    assert "it broke" in page
    assert 'width="640"' in image
    assert "migrate:update" in page
    assert "migrate:update" in image
