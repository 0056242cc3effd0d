"""Paths and queries as Go reads them."""

import pytest

from pytest_tiltsession.api import queries


def test_values_keep_their_order_and_escapes_are_undone() -> None:
    """A repeated parameter has several values; plus is a space."""
    assert queries.parse("a=1&b=x%20y+z&a=2&c&=d&%65=5") == {
        "a": ("1", "2"),
        "b": ("x y z",),
        "c": ("",),
        "": ("d",),
        "e": ("5",),
    }


@pytest.mark.parametrize("query", ["a=%zz", "a;b=1", "%=1", "", "&&", "a=%e"])
def test_malformed_pairs_are_left_out(query: str) -> None:
    """A bad escape or a semicolon loses the pair, and nothing is refused."""
    assert queries.parse(query) == {}


def test_the_first_value_counts() -> None:
    """What is not given is empty."""
    values = queries.parse("a=1&a=2")

    assert (queries.first(values, "a"), queries.first(values, "b")) == ("1", "")


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("/a/b", "/a/b"),
        ("/a/b/", "/a/b/"),
        ("/a//b", "/a/b"),
        ("//a", "/a"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/..", "/"),
        ("/..", "/"),
        ("/", "/"),
        ("a", "/a"),
        ("", "/"),
        ("/a/b/.", "/a/b"),
    ],
)
def test_paths_are_cleaned(path: str, cleaned: str) -> None:
    """Empty segments and dots go; a slash at the end stays."""
    assert queries.cleaned(path) == cleaned


def test_bytes_that_are_no_utf8_survive_a_round_trip() -> None:
    """A path may hold any bytes; what is escaped again is what was sent."""
    path = queries.unescaped("/a%FFb%20c%C3%A9")

    assert path is not None
    assert queries.escaped(path) == "/a%FFb%20c%C3%A9"


def test_a_bad_escape_in_a_path_is_none() -> None:
    """Go refuses such a request line."""
    assert queries.unescaped("/a%zz") is None
