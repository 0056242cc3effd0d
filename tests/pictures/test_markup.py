"""Elements as text."""

import xml.etree.ElementTree as ET

import pytest

from pytest_tiltsession.pictures import markup

from . import stories


@pytest.mark.parametrize("text", stories.HOSTILE)
def test_no_text_becomes_markup(text):
    """Whatever a child or an attribute holds, the element stays one element, and it can be written as UTF-8."""
    made = markup.element("b", text, title=text)
    found = ET.fromstring(made.encode())
    assert not list(found)
    assert markup.plain(text) == found.text == found.get("title")


@pytest.mark.parametrize("text", stories.HOSTILE)
def test_lines_and_blocks_keep_their_lines_and_nothing_else(text):
    """What a text shows on several lines has no other control character than the line's end."""
    for made in (markup.lines([text, "second"]), markup.block(text)):
        whole = "".join(ET.fromstring(f"<p>{made}</p>".encode()).itertext())
        assert all(line.isprintable() or "\u200d" in line for line in whole.split("\n"))


def test_attributes_that_are_nothing_are_left_out():
    """None and False are no attribute, True is one by its own name, and names lose what Python minds."""
    made = markup.element("input", type="search", hidden=True, checked=False, class_=None, aria_label="a", x=1.50001)
    assert '<input type="search" hidden="hidden" aria-label="a" x="1.5"/>' == made


def test_long_texts_lose_their_middle():
    """The beginning and the end stay, and how long it was is told."""
    made = markup.plain("a" * 100 + "b" * 100, 20)
    assert f"{'a' * 10} … (200 characters in all) … {'b' * 10}" == made
