"""Texts as a terminal shows them."""

import hypothesis
import pytest
from hypothesis import strategies as st

from pytest_tiltsession.expectations import lettering

WHOLE = lettering.Style()
ASCII = lettering.Style(encoding="ascii")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", 3), ("", 0), ("数据库", 6), ("zoe\u0308", 3), ("🚀", 2), ("a\u200db", 2), ("ﾃ", 1), ("░▒▓█✓✗·", 7)],
)
def test_columns_are_counted_as_terminals_do(text, expected):
    """Wide characters take two columns, combining ones none."""
    assert expected == lettering.columns(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc", r"a\tb\nc"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\u202eb", r"a\u202eb"),
        ("\u2028", r"\u2028"),
        ("\ud800", r"\ud800"),
        ("größer 数 🚀", "größer 数 🚀"),
        (r"C:\temp", r"C:\temp"),
        ("no\u00a0break", r"no\xa0break"),
    ],
)
def test_what_would_move_the_cursor_is_escaped(text, expected):
    """Control characters, direction marks and lone surrogates are shown as escapes, all else as it is."""
    assert expected == lettering.shown(text, WHOLE)


def test_what_the_encoding_lacks_is_escaped():
    """With ASCII, signs of reports become plain ones and other characters escapes; so they do for unknown encodings."""
    assert r"... -> gr\xf6\xdfer" == lettering.shown("… → größer", ASCII)
    assert r"... -> gr\xf6\xdfer" == lettering.shown("… → größer", lettering.Style(encoding="klingon"))


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abcdefghij", 10, "abcdefghij"),
        ("abcdefghij", 5, "ab…ij"),
        ("abcdefghij", 6, "abc…ij"),
        ("abcdefghij", 1, "…"),
        ("数据库迁移", 6, "数…移"),
        ("zoe\u0308zoe\u0308", 4, "zo…e\u0308"),
    ],
)
def test_a_long_text_loses_its_middle(text, width, expected):
    """The beginning and the end of a long text stay, and a combining character stays with its base."""
    assert expected == lettering.elided(text, width, WHOLE)


@hypothesis.given(st.text(), st.integers(1, 40), st.sampled_from(["utf-8", "ascii", "latin-1", "cp437"]))
def test_labels_fit_and_can_be_written(text, width, encoding):
    """Whatever a name holds, its label fits, is one line, and can be written in the encoding."""
    style = lettering.Style(encoding=encoding)
    label = lettering.label(text, width, style)
    assert lettering.columns(label) <= width
    assert len(label.splitlines()) <= 1
    label.encode(encoding)


@hypothesis.given(st.text(), st.integers(10, 60))
def test_wrapped_lines_fit_and_keep_the_words(text, width):
    """A wrapped text has no line that is too wide, and the words of one that fits are all there."""
    lines = lettering.wrapped(text, width, WHOLE)
    assert all(lettering.columns(line) <= width for line in lines)
    words = lettering.shown(text, WHOLE).split()
    if all(lettering.columns(word) <= width for word in words):
        assert words == " ".join(lines).split()


@pytest.mark.parametrize(
    ("micros", "expected"),
    [
        (0, "0s"), (1, "1µs"), (1_500, "1.5ms"), (2_500_000, "2.5s"), (60_000_000, "1m"), (90_000_000, "1m30s"),
        (3_600_000_000, "1h"), (5_400_000_000, "1h30m"), (3_601_000_000, "1h0m1s"), (600_000_000, "10m"),
    ],
)  # fmt: skip
def test_durations_are_written_as_people_do(micros, expected):
    """A duration is a Go duration without idle zeros."""
    assert expected == lettering.duration(micros)


def test_a_style_for_a_tiny_terminal_is_raised_to_what_can_be_read():
    """A report never fails for a narrow terminal or a limit of zero."""
    style = lettering.Style(width=3, lanes=0, requests=-1)
    assert (64, 1, 1) == (style.width, style.lanes, style.requests)
