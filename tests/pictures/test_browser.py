"""The pictures in a real browser: seen, pointed at, walked through by keys, in the dark, on paper, narrow and wide."""

import pytest

from pytest_tiltsession.pictures import page, scene, svg

from . import staging, stories, test_files, test_golden

THINGS = "#board .ts-bar, #board .ts-mark"
FOCUSED = "document.activeElement.getAttribute('aria-label')"
# Each visible text with less than 4.5 to 1 to what is behind it.
TOO_FAINT = """
(() => {
  const parts = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const level = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor, found = parts(colour);
      if (found.length === 3 || found[3] === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const node = text.parentElement, style = getComputedStyle(node);
    if (!text.data.trim() || !node.getClientRects().length || node.closest("script,style,title")) continue;
    const own = level(node instanceof SVGElement ? style.fill : style.color), other = level(behind(node));
    const ratio = (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05);
    if (ratio < 4.5) faint.push([text.data.trim().slice(0, 40), ratio]);
  }
  return faint;
})()
"""


@pytest.fixture
def pictures(tmp_path):
    """Write the picture of a scene to a file and give its path."""

    def write(made, ending="html"):
        path = tmp_path / f"picture.{ending}"
        path.write_text(page.write(made) if ending == "html" else svg.draw(made), encoding="utf-8")
        return path

    return write


@pytest.fixture
def story(pictures):
    """The page of a session with targets and clients."""
    return pictures(test_golden.of("requests"))


@pytest.mark.parametrize("ending", ["html", "svg"])
@pytest.mark.parametrize("made", [test_files.hostile, lambda: test_golden.of("requests")], ids=["hostile", "requests"])
def test_a_picture_opens_without_a_trouble(chromium, pictures, made, ending):
    """Nothing is complained of, nothing but the file itself is loaded, and no text has become a script."""
    path = pictures(made(), ending)
    with chromium.opened(path) as shown:
        shown.run("1")
        assert ([], [path.as_uri()]) == (shown.troubles, shown.asked)
        assert shown.run("document.querySelectorAll('.ts-bar').length") > 5


@pytest.mark.parametrize("made", [test_files.hostile, lambda: test_golden.of("requests")], ids=["hostile", "requests"])
@pytest.mark.parametrize("width", [400, 760, 1_600])
def test_nothing_overflows(chromium, pictures, made, width):
    """On a telephone and on a wide screen the page is as wide as the window, with its tables open too."""
    with chromium.opened(pictures(made()), width=width) as shown:
        shown.run("document.getElementById('tables').open = true")
        assert width == shown.run("document.documentElement.scrollWidth")
        tracks = shown.run("[...document.querySelectorAll('.track')].map(track => track.getBoundingClientRect().width)")
        assert min(tracks) > width * 0.4


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_can_be_read(chromium, story, dark):
    """The computed colours of all text have the contrast that WCAG asks for, in light and in dark."""
    with chromium.opened(story, dark=dark) as shown:
        shown.run("document.getElementById('tables').open = true")
        assert [] == shown.run(TOO_FAINT)
        ground = shown.run("getComputedStyle(document.body).backgroundColor")
        assert ("rgb(20, 24, 31)" if dark else "rgb(255, 255, 255)") == ground


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_states_have_other_colours_in_the_dark(chromium, pictures, ending):
    """The drawing follows the scheme as well, in both kinds of files."""
    path = pictures(test_golden.of("requests"), ending)
    fills = []
    for dark in (False, True):
        with chromium.opened(path, dark=dark) as shown:
            fills.append(shown.run("getComputedStyle(document.querySelector('.ts-ready .fill')).fill"))
    assert 2 == len(set(fills))


def test_paper_is_light(chromium, story):
    """In print the scheme is light whatever the screen's is, and the tables are open."""
    with chromium.opened(story, dark=True, media="print") as shown:
        assert "rgb(255, 255, 255)" == shown.run("getComputedStyle(document.body).backgroundColor")
        shown.run("dispatchEvent(new Event('beforeprint'))")
        assert shown.run("document.getElementById('tables').open")


def test_pointing_at_a_state_tells_its_exact_times(chromium, story):
    """What is told appears beside it, within the window, and goes when the pointer leaves."""
    with chromium.opened(story, width=400) as shown:
        assert shown.run("document.getElementById('tip').hidden")
        shown.point("#board .ts-bar.ts-not-ready")
        told = shown.run("document.getElementById('tip').textContent")
        assert told.startswith("web:serve: active, not ready\n")
        assert "2026-01-01T00:00:02.0" in told
        left, right = shown.run(
            "(box => [box.left, box.right])(document.getElementById('tip').getBoundingClientRect())"
        )
        assert 0 <= left < right <= 400
        shown.point("h1")
        assert shown.run("document.getElementById('tip').hidden")


def test_the_pointer_can_go_to_what_is_told(chromium, story):
    """It stays while the pointer is on it, so that it can be read and copied, and Escape takes it away."""
    with chromium.opened(story) as shown:
        shown.point("#board .ts-bar.ts-not-ready")
        shown.point("#tip")
        assert not shown.run("document.getElementById('tip').hidden")
        shown.press("Escape")
        assert shown.run("document.getElementById('tip').hidden")


def test_tab_goes_through_everything_in_the_order_of_the_page(chromium, story):
    """Each state and request is reached once, its exact times are told, and the tables come after."""
    with chromium.opened(story) as shown:
        expected = shown.run(
            f"[...document.querySelectorAll('{THINGS}')].map(thing => thing.getAttribute('aria-label'))"
        )
        shown.press("Tab")
        assert "skip" == shown.run("document.activeElement.className")
        found = []
        for _ in expected:
            shown.press("Tab")
            found.append(shown.run(FOCUSED))
            assert found[-1] == shown.run("document.getElementById('tip').textContent")
        assert expected == found
        shown.press("Tab")
        assert "SUMMARY" == shown.run("document.activeElement.tagName")


def test_what_has_the_focus_is_seen(chromium, story):
    """It has an outline of its own, and is not under the axis that stays on top."""
    with chromium.opened(story, height=400) as shown:
        for _ in range(2):
            shown.press("Tab")
        outline = (
            "(style => [style.outlineStyle, parseFloat(style.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        style, width = shown.run(outline)
        assert ("solid", True) == (style, width >= 2)


def test_arrow_keys_go_along_a_lane_and_from_lane_to_lane(chromium, story):
    """Left and right in time, up and down to what is nearest in the next lane, Home and End to the ends."""
    with chromium.opened(story) as shown:
        lane = "document.activeElement.closest('.lane').dataset.name"
        shown.run("document.querySelector('#board .ts-bar.ts-not-ready').focus()")
        assert "web:serve" == shown.run(lane)
        shown.press("ArrowRight")
        assert shown.run(FOCUSED).startswith("web:serve: ready")
        shown.press("ArrowLeft")
        assert shown.run(FOCUSED).startswith("web:serve: active, not ready")
        shown.press("ArrowUp")
        assert "slow:update" == shown.run(lane)
        shown.press("ArrowDown")
        assert "web:serve" == shown.run(lane)
        shown.press("Home")
        first = shown.run(FOCUSED)
        shown.press("ArrowLeft")
        assert first == shown.run(FOCUSED)
        shown.press("End")
        assert shown.run(FOCUSED).startswith("web:serve: ready\nsince")


def test_a_reader_of_the_screen_hears_lanes_and_states(chromium, story):
    """The browser's own tree of accessible things has the lanes as lists, and each state by what is told of it."""
    with chromium.opened(story) as shown:
        nodes = shown.call("Accessibility.getFullAXTree")["nodes"]
        named = [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
        ]
        assert {("list", "Targets"), ("list", "Clients"), ("list", "Legend")} <= set(named)
        assert any(role in ("img", "image") and name.startswith("web:serve: active, not ready") for role, name in named)
        assert any(name == "web:serve" and role in ("group", "graphics-object") for role, name in named)
        assert not [name for role, name in named if role in ("img", "image") and not name]


def test_many_targets_can_be_filtered(chromium, pictures, tmp_path):
    """By a part of their names, and by whether they stand in the way."""
    made = scene.read(staging.told(tmp_path, stories.many(40)).to(1).look())
    seen = "[...document.querySelectorAll('.target')].filter(lane => lane.offsetHeight).length"
    said = "document.querySelector('#filter output').textContent"
    with chromium.opened(pictures(made)) as shown:
        assert (41, "41 of 41 targets") == (shown.run(seen), shown.run(said))
        shown.run(
            "(field => { field.value = 'SVC-003'; field.dispatchEvent(new Event('input', {bubbles: true})); })"
            "(document.querySelector('#filter [type=search]'))"
        )
        assert (10, "10 of 41 targets") == (shown.run(seen), shown.run(said))
        shown.run("document.querySelector('#filter [type=checkbox]').click()")
        assert (0, "0 of 41 targets") == (shown.run(seen), shown.run(said))


def test_a_picture_has_what_it_shows_before_any_script(chromium, story):
    """With scripts switched off every state has its title, can be reached, and the filter is not there."""
    with chromium.opened(story) as shown:
        shown.call("Emulation.setScriptExecutionDisabled", value=True)
        shown.open(story.as_uri())
        shown.call("Emulation.setScriptExecutionDisabled", value=False)
        things = shown.run(
            f"[...document.querySelectorAll('{THINGS}')].map(thing => thing.querySelector('title') !== null)"
        )
        assert all(things)
        assert things
