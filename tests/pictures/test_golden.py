"""What a person sees: pictures that were looked at and are kept, without the style sheet and the script.

``TILTSESSION_REWRITE_GOLDEN=1 pytest tests/pictures/test_golden.py`` writes them anew; look at them in a browser before
they are kept.
"""

import os
import pathlib
import re

import pytest

from pytest_tiltsession.pictures import page, scene, svg

from . import staging

GOLDEN = pathlib.Path(__file__).parent / "golden"
REWRITE = os.environ.get("TILTSESSION_REWRITE_GOLDEN") == "1"
SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
NAMED = ("ci/failing-job-among-many", "ci/grace-tolerated-then-exceeded", "up/reload-renames")


def of(name: str) -> scene.Scene:
    """Give the scene of a golden file."""
    if name in NAMED:
        stage = staging.named(name).played()
        return scene.read(stage.look(), stage.scenario.title)
    stage = staging.named("ci/flapping-readiness").played()
    stage.asked(f"GET {SESSIONS}?watch=true", at=0.1, ended=2.5, events=5)
    stage.asked(f"GET {SESSIONS}?watch=true&resourceVersion=1", 410, at=2.6, message="too old resource version")
    stage.asked(f"GET {SESSIONS}?watch=true", at=3, events=3)
    for number in range(30):
        stage.asked(f"GET {SESSIONS}/Tiltfile", at=number / 10, client="poller/1.0")
    stage.asked(f"PUT {SESSIONS}/Tiltfile", 409, at=4, client="dashboard/2.1", message="the object has been modified")
    stage.asked(f"GET {SESSIONS}", 503, at=5, client="dashboard/2.1", fault="answers 503")
    return scene.read(stage.look(), "tests/test_dashboard.py::test_shows[a]", "AssertionError: assert 1 == 2")


@pytest.mark.parametrize("name", [*NAMED, "requests"])
@pytest.mark.parametrize(("ending", "write"), [("html", page.write), ("svg", svg.draw)], ids=["html", "svg"])
def test_a_picture_is_as_it_was_looked_at(name, ending, write):
    """The markup of each picture is, letter by letter, the one that was reviewed."""
    text = re.sub(r"(<(?:style|script)>).*?(</)", r"\1…\2", write(of(name)), flags=re.DOTALL)
    text = re.sub(r"sha256-[^&]*", "sha256-…", text)
    expected = GOLDEN / f"{name.replace('/', '-')}.{ending}"
    if REWRITE:
        expected.write_text(text, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == text
