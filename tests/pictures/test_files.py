"""The two kinds of files: self-contained, well-formed, bounded, whatever a session holds."""

import base64
import hashlib
import html.parser
import re
import xml.etree.ElementTree as ET

import pytest

from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.pictures import page, scene, svg

from . import staging, stories

SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"


class Elements(html.parser.HTMLParser):
    """Reads a page as a browser does, and keeps names, attributes and balance of its elements."""

    VOID = frozenset({"meta", "input", "br"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.wrong = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def hostile():
    """Give a session in which every text is hostile."""
    stage = staging.named("ci/failing-job")
    for number, text in enumerate(stories.HOSTILE):
        states = (
            sessions.TargetState(waiting=sessions.TargetStateWaiting(text)),
            sessions.TargetState(terminated=sessions.TargetStateTerminated(None, None, text)),
        )
        target = sessions.Target(f"{number} {text}", sessions.JOB, (text,), states[number % 2])
        stage.gate.submit(staging.changes.TiltChange(targets=(target,), note=text))
        stage.asked(f"GET /{text}", 404, client=text, message=text, fault=text if number % 3 else "")
    return scene.read(stage.look(), stories.HOSTILE[0], "\n".join(stories.HOSTILE))


def test_a_page_holds_no_element_that_was_not_meant():
    """With hostile names, errors, clients and messages there is one script and one style sheet, and all is closed."""
    text = page.write(hostile())
    text.encode()
    read = Elements(text)
    assert ([], []) == (read.wrong, read.open)
    names = [name for name, _ in read.found]
    assert (1, 1, 0, 0) == tuple(names.count(name) for name in ("script", "style", "img", "iframe"))
    assert not [key for _, attributes in read.found for key in attributes if key.startswith("on")]


def test_an_image_is_well_formed_whatever_it_shows():
    """An XML parser reads it, and it has no scripts."""
    found = ET.fromstring(svg.draw(hostile()).encode())
    names = {element.tag.rpartition("}")[2] for element in found.iter()}
    assert names <= {
        "svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "g", "circle", "line", "use", "text",
    }  # fmt: skip


@pytest.mark.parametrize("write", [page.write, svg.draw], ids=["html", "svg"])
def test_nothing_is_loaded_from_anywhere(write):
    """There is no address but that of the SVG namespace, and references stay within the file."""
    text = write(scene.read(staging.named("ci/never-ready").played().look()))
    assert {"http://www.w3.org/2000/svg"} >= set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert all(name.startswith("#") for name in re.findall(r"(?:href=\"|url\(|src=\")([^\")]*)", text))


def test_the_policy_of_a_page_allows_what_it_holds_and_no_more():
    """The digests are those of its own script and style sheet."""
    text = page.write(hostile())
    (policy,) = [attributes["content"] for name, attributes in Elements(text).found if "http-equiv" in attributes]
    for name in ("script", "style"):
        inner = re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_files_are_bounded(tmp_path):
    """A target that flaps for ever and thousands of requests are files that are opened with ease."""
    stage = staging.told(tmp_path, stories.many(3, flaps=700)).to(14)
    for number in range(20_000):
        stage.asked(f"GET {SESSIONS}/Tiltfile", at=number / 2_000, client=f"client-{number % 9}")
    made = scene.read(stage.look())
    assert len(page.write(made)) < 3_000_000
    assert len(svg.draw(made)) < 2_500_000


def test_a_thousand_targets_have_a_lane_each(tmp_path):
    """Each can be found by its name."""
    text = page.write(scene.read(staging.told(tmp_path, stories.many(1_000)).to(1).look()))
    lanes = [attributes for name, attributes in Elements(text).found if "target" in attributes.get("class", "").split()]
    assert 1_001 == len(lanes)
    assert len(text) < 4_000_000


@pytest.mark.parametrize("seconds", [0, 0.001, 86_400])
def test_sessions_of_any_length_are_drawn(seconds, tmp_path):
    """From one that has only begun to a day."""
    made = scene.read(staging.told(tmp_path, stories.ONE).to(seconds).look())
    for text in (page.write(made), svg.draw(made)):
        assert "api:serve" in text
        assert "nan" not in text.lower().replace("nanoseconds", "")
    places = re.findall(r'(?:x|x1|x2)="([-\d.]+)%"', svg.draw(made))
    assert all(0 <= float(place) <= 100 for place in places)


@pytest.mark.parametrize("width", [480, 800, 2_000])
def test_images_keep_to_their_width(width):
    """The size is what was asked."""
    found = ET.fromstring(svg.draw(scene.read(staging.named("ci/green").played().look()), width).encode())
    assert str(width) == found.get("width")
    assert f"0 0 {width} {found.get('height')}" == found.get("viewBox")


def test_the_tables_of_a_page_hold_all_that_is_drawn():
    """Targets with every state, what happened to the session, deadlines and requests, for who cannot see a drawing."""
    stage = staging.named("ci/never-ready").played()
    stage.asked(f"GET {SESSIONS}?watch=true", at=1, ended=2, events=3)
    text = page.write(scene.read(stage.look()))
    tables = text[text.index('<details id="tables">') :]
    for wanted in (
        "active, not ready", "Readiness timeout after 3s", "readiness timeout of web:serve (3s)",
        f"GET {SESSIONS}?watch=true", "3 events, until 00:00:02.000000",
    ):  # fmt: skip
        assert wanted in tables
