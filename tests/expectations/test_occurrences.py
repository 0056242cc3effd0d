"""What happened, line by line."""

import dataclasses

from pytest_tiltsession.expectations import lettering, occurrences

from . import stories


def lines_of(story, **style):
    """Give the lines of what happened so far."""
    return occurrences.draw(story.expectations.look().timeline, dataclasses.replace(lettering.Style(), **style))


def test_each_change_is_a_line_and_each_instant_is_named_once():
    """Targets come before the session's verdict, in the order of the journal."""
    story = stories.Story().at("1s", migrate__update="active", api__serve="waiting: waiting-for-dep")
    story.at("4s", migrate__update="failed: exit status 1")
    assert [
        "  00:00:01.000000  api:serve       waiting: waiting-for-dep",
        "                   migrate:update  active",
        "  00:00:04.000000  migrate:update  failed: exit status 1",
        "                   session         the session failed: exit status 1",
    ] == lines_of(story)


def test_long_lines_and_long_stories_are_shortened():
    """The last events are kept, since that is where a test failed."""
    story = stories.Story()
    for second in range(1, 8):
        story.at(f"{second}s", migrate__update=f"failed: {second}{'x' * 200}")
    lines = lines_of(story, steps=3, width=64)
    assert 4 == len(lines)
    assert lines[0].startswith("  … ")
    assert "00:00:07" in lines[-2]
    assert all(lettering.columns(line) <= 64 for line in lines)


def test_nothing_that_happened_is_said():
    """A session that is only there has no story."""
    assert ["  nothing has happened yet"] == lines_of(stories.Story())
