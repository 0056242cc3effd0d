"""A timeline written as text; how it reads is in the golden files."""

import dataclasses

import hypothesis
from hypothesis import strategies as st

from pytest_tiltsession.expectations import lettering, rendering, ruler, timeline
from pytest_tiltsession.models import session as sessions

from . import stories

SECOND = 1_000_000


@hypothesis.given(st.integers(-(10**9), 10**12), st.integers(0, 10**15), st.integers(22, 300))
def test_any_span_fits_its_ruler(begin, length, room):
    """From a microsecond to years: the end is in the last column, and the marks stand apart and within the room."""
    scale = ruler.fitting(begin, begin + length, room)
    assert 0 <= scale.column(begin)
    assert scale.column(begin + length) == scale.count - 1
    assert scale.count <= room
    marks = scale.marks(room)
    assert len(marks) <= room
    assert scale.per_step >= 10
    at = scale.begin
    while (column := scale.column(at)) < min(len(marks), scale.count):
        assert column == 0 or marks[column - 2 : column] == "  "
        at += scale.step


def test_marks_stand_above_their_instants():
    """A mark stands in the column of its time."""
    scale = ruler.fitting(0, 240 * SECOND, 80)
    assert scale.marks(80).index("2m") == scale.column(120 * SECOND)


WORDS = ["waiting", "active", "ready", "succeeded", "failed", "disabled", "inactive"]
STEPS = st.lists(
    st.tuples(st.integers(0, 10**8), st.text(min_size=1, max_size=50), st.sampled_from(WORDS)), max_size=30
)


@hypothesis.settings(deadline=None)
@hypothesis.given(STEPS, st.integers(64, 140), st.sampled_from(["utf-8", "ascii", "cp437"]), st.integers(1, 40))
def test_any_timeline_fits_and_can_be_written(steps, width, encoding, lanes):
    """Whatever happened, no line is too wide, and every line can be written in the encoding."""
    style = lettering.Style(width=width, encoding=encoding, lanes=lanes)
    rows = {}
    for at, name, word in sorted(steps):
        known = rows.setdefault(name, [])
        if known:
            known[-1] = dataclasses.replace(known[-1], end=at)
        known.append(timeline.Segment(at, None, stories.state(word), 0))
    shown = tuple(timeline.Row(name, "job", (name[:3],), tuple(segments)) for name, segments in rows.items())
    for line in rendering.draw(timeline.Timeline("Tiltfile", shown, (), 10**8 + 1), style):
        assert lettering.columns(line) <= width
        assert line.replace("\u200c", "").replace("\u200d", "").isprintable()
        line.encode(encoding)


def lanes(story: stories.Story, **style: int) -> list[str]:
    """Give the names of the lanes, in order."""
    drawn = rendering.draw(story.expectations.look().timeline, lettering.Style(**style))
    return [line.split()[0] for line in drawn if line.startswith("  ") and line.split()[0][0] not in "0…░▒▓█✓✗"]


def test_lanes_come_in_the_order_in_which_targets_got_going():
    """What started first stands first; what never did comes last."""
    story = stories.Story().at("0s", a__update="waiting", b__update="waiting", c__update="waiting")
    story.at("1s", c__update="active").at("2s", b__update="active")
    assert ["c", "b", "a"] == lanes(story)


def test_the_tiltfile_has_a_lane_only_when_there_is_something_to_tell():
    """The Tiltfile's own target is left out where it just succeeded, and shown where it did more."""
    assert ["a"] == lanes(stories.Story().at("0s", a__update="active"))
    told = (
        stories.Story().at("1s", tiltfile__update="active", a__update="active").at("2s", tiltfile__update="succeeded")
    )
    assert ["tiltfile:update", "a"] == lanes(told)
    assert ["tiltfile:update"] == lanes(stories.Story())


def test_a_resource_with_two_targets_has_lanes_by_target():
    """A lane is named by its resource only where that is clear."""
    story = stories.Story().at("0s", web__update="active", web__serve="active", job__update="active")
    assert ["job", "web:serve", "web:update"] == sorted(lanes(story))


def test_of_many_targets_those_that_failed_or_are_in_the_way_are_kept():
    """A failed target and one in the way stay when there are more targets than lanes."""
    story = stories.Story(stories.MANUAL)
    well = {f"ok{number:02}__update": "succeeded" for number in range(40)}
    story.at("1s", **well).at("2s", zz__update="failed", yy__serve="active").at("3s", xx__update="failed")
    story.at("4s", xx__update="succeeded")
    assert {"zz", "yy"} == set(lanes(story, lanes=2))
    assert {"zz", "yy", "xx"} == set(lanes(story, lanes=3))
    assert "  … and 40 more" in rendering.draw(story.expectations.look().timeline, lettering.Style(lanes=3))


def test_a_session_that_is_done_is_drawn_up_to_its_last_change():
    """An hour that a test lets pass after the end takes no space; while the session runs, it does."""
    story = stories.Story().at("1s", a__update="active").at("4s", a__update="succeeded")
    story.clock.advance_to("1h")
    drawn = story.expectations.render_timeline()
    assert "4s" in drawn
    assert "1h" not in drawn
    story = stories.Story(stories.MANUAL).at("1s", a__update="active")
    story.clock.advance_to("1h")
    assert "1h" in story.expectations.render_timeline()


def test_colours_change_no_column():
    """Without its colours, a drawing in colour is the plain one."""
    story = stories.Story().at("0s", a__update="waiting", api__serve="active").at("3s", a__update="active")
    seen = story.expectations.look().timeline
    coloured = "\n".join(rendering.draw(seen, lettering.Style(colour=True)))
    for look in rendering.LOOKS:
        coloured = coloured.replace(f"\x1b[{look.colour}m", "")
    assert "\n".join(rendering.draw(seen, lettering.Style())) == coloured.replace("\x1b[0m", "")


def test_every_look_differs_in_sign_and_in_letter():
    """No two states are drawn alike, in signs or in letters."""
    assert len(rendering.LOOKS) == len({look.glyph for look in rendering.LOOKS})
    assert len(rendering.LOOKS) == len({look.letter for look in rendering.LOOKS})
    assert all(lettering.columns(look.glyph + look.letter) == 2 for look in rendering.LOOKS)


def test_a_server_that_a_client_made_of_no_type_is_drawn_as_a_server():
    """A type that Tilt does not know is no job."""
    segment = timeline.Segment(0, None, stories.state("active"), 0)
    assert "active, not ready" == rendering.look_of(segment, "").meaning
    assert "job running" == rendering.look_of(segment, sessions.JOB).meaning


def test_notes_of_scripts_are_told_and_notes_of_drivers_are_not():
    """What a scenario notes is told; that a driver did what the lanes show, and that all began, is no news."""
    story = stories.Story().at("1s", "migrate runs", migrate__update="active")
    story.clock.advance_to("2s")
    story.submit(note="the migration breaks", cause="script", targets=[story.target("migrate:update", "failed")])
    drawn = story.expectations.render_timeline()
    assert "00:00:02.000000  the migration breaks" in drawn
    assert "migrate runs" not in drawn
    assert "appeared" not in drawn
