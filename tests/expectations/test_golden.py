"""What a person reads: each golden file is a story, a claim that does not hold, and the text that comes of it.

``TILTSESSION_REWRITE_GOLDEN=1 pytest tests/expectations/test_golden.py`` writes the texts anew; read them before they
are kept.
"""

import os
import pathlib
from typing import Any

import pytest
import yaml

from pytest_tiltsession import errors
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.models import session as sessions

from . import stories

GOLDEN = pathlib.Path(__file__).parent / "golden"
REWRITE = os.environ.get("TILTSESSION_REWRITE_GOLDEN") == "1"


def told(story: dict[str, Any]) -> stories.Story:
    """Tell the story of a golden file."""
    spec = stories.MANUAL if story.get("session") == "manual" else stories.CI
    result = stories.Story(spec, present=story.get("present", True), style=lettering.Style(**story.get("style", {})))
    for step in story.get("steps", []):
        result.clock.advance_to(step["at"])
        take(result, step)
    for number in range(story.get("many", 0)):
        result.submit(targets=[result.target(f"svc-{number:04}:serve", "waiting", "waiting-for-dep")])
    if "until" in story:
        result.clock.advance_to(story["until"])
    return result


def take(story: stories.Story, step: dict[str, Any]) -> None:
    """Take one step: requests first, then what changes in Tilt."""
    for line, more in step.get("asked", {}).items():
        for _ in range(more.pop("times", 1)):
            story.asked(line, **more)
    changed = [
        story.target(name, *(part.strip() for part in described.partition(":")[::2]), grace=step.get("grace", ""))
        for name, described in step.get("set", {}).items()
    ]
    change = {"note": step.get("note", ""), "cause": step.get("cause", "script"), "session": step.get("session")}
    if "spec" in step:
        change["spec"] = sessions.SessionSpec("/app/Tiltfile", **step["spec"])
    story.submit(targets=changed, removed=step.get("remove", ()), **change)


def said(story: stories.Story, calls: list[dict[str, Any]]) -> str:
    """Make the claim of a golden file, call after call, and give the text of the error; or draw, without a claim."""
    if not calls:
        return story.expectations.render_timeline()
    found: Any = story.expectations
    try:
        for call in calls:
            ((name, given),) = call.items()
            found = getattr(found, name)(**given) if isinstance(given, dict) else getattr(found, name)(*given)
    except errors.TiltSessionError as refused:
        return f"{type(refused).__name__}: {refused}"
    raise AssertionError(f"{calls} holds, and should not")


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_failure_reads_as_it_was_reviewed(path: pathlib.Path) -> None:
    """The text of each story is, letter by letter, the one that was reviewed."""
    story = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = said(told(story), story.get("claim", [])) + "\n"
    expected = path.with_suffix(".txt")
    if REWRITE:
        expected.write_text(text, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == text


def test_no_golden_text_is_left_without_its_story() -> None:
    """Each text belongs to a story."""
    texts = {path.stem for path in GOLDEN.glob("*.txt")}
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == texts


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_drawings_keep_to_their_width(path: pathlib.Path) -> None:
    """No line of a timeline or of the requests is wider than asked, and none has a control character."""
    story = yaml.safe_load(path.read_text(encoding="utf-8"))
    result = told({**story, "style": {**story.get("style", {}), "colour": False}})
    for text in (result.expectations.render_timeline(), result.expectations.render_requests()):
        for line in text.splitlines():
            assert lettering.columns(line) <= result.expectations.style.width, line
            assert line.isprintable()
