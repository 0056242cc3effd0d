"""What can be told apart: contrast by WCAG 2.2, and looks without colour."""

import itertools

import pytest

from pytest_tiltsession.pictures import looks, sheet


def luminance(colour):
    """Give the relative luminance of ``#rrggbb``, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Give the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


THEMES = [pytest.param(sheet.LIGHT, "light", id="light"), pytest.param(sheet.DARK, "dark", id="dark")]


@pytest.mark.parametrize(("theme", "name"), THEMES)
def test_texts_can_be_read(theme, name):
    """Each colour of text has 4.5 to 1 on the page and on the card, and the page on each colour of a badge."""
    for word in ("text", "quiet", "good", "bad", "open", "focus", "limit"):
        for ground in ("page", "card"):
            assert contrast(theme[word], theme[ground]) >= 4.5, (name, word, ground)


@pytest.mark.parametrize(("theme", "name"), THEMES)
def test_every_look_stands_out_from_the_page(theme, name):
    """The edge of each state has 4.5 to 1 on the page, though 3 to 1 would do for what is not text."""
    for look in looks.ALL:
        for ground in ("page", "ahead"):
            assert contrast(getattr(look, name).ink, theme[ground]) >= 4.5, (name, look.key)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_pattern_stands_out_from_its_ground(name):
    """Each pattern has 3 to 1 on the ground that it is drawn on."""
    for look in looks.ALL:
        if look.pattern:
            paint = getattr(look, name)
            assert contrast(paint.ink, paint.ground) >= 3, (name, look.key)


def test_looks_differ_without_their_colours():
    """Any two states differ in shape, in pattern or by 1.5 to 1 in luminance, so that a greyscale print can be read."""
    states = [look for look in looks.ALL if look not in (looks.SESSION, looks.WATCH)]
    for one, other in itertools.combinations(states, 2):
        if one.shape == looks.LINE == other.shape or one.shape == looks.END == other.shape:
            continue  # dashed or dotted, and discs with signs of their own
        same = (one.shape, one.pattern) == (other.shape, other.pattern)
        assert not same or contrast(one.light.ground, other.light.ground) >= 1.5, (one.key, other.key)
