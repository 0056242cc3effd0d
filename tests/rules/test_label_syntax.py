"""What labels may be called, and which values they may have."""

import pytest

from pytest_tiltsession.rules import label_syntax


@pytest.mark.parametrize("key", ["a", "A-b_c.d", "example.com/x", "a.b-c/x", "1", "x" * 63, "a" * 253 + "/x"])
def test_good_keys(key: str) -> None:
    """A name of at most 63 bytes, with a DNS name before a slash."""
    assert label_syntax.key_problems(key) == []


@pytest.mark.parametrize(
    ("key", "problems"),
    [
        ("", ["name part must be non-empty", "name part must consist of"]),
        ("/x", ["prefix part must be non-empty"]),
        ("x/", ["name part must be non-empty", "name part must consist of"]),
        ("a/b/c", ["a valid label key must consist of"]),
        ("-a", ["name part must consist of"]),
        ("a\n", ["name part must consist of"]),
        ("x" * 64, ["name part must be no more than 63 bytes"]),
        ("é" * 32, ["name part must be no more than 63 bytes", "name part must consist of"]),
        ("A.com/x", ["prefix part a lowercase RFC 1123 subdomain must consist of"]),
        ("a" * 254 + "/x", ["prefix part must be no more than 253 bytes"]),
    ],
)
def test_bad_keys(key: str, problems: list[str]) -> None:
    """Each part is told for itself."""
    found = label_syntax.key_problems(key)

    assert len(found) == len(problems)
    assert all(text.startswith(beginning) for text, beginning in zip(found, problems, strict=True))


@pytest.mark.parametrize("value", ["", "a", "A_1.b-c", "x" * 63])
def test_good_values(value: str) -> None:
    """A value may be empty."""
    assert label_syntax.value_problems(value) == []


@pytest.mark.parametrize(("value", "count"), [("b c", 1), ("-a", 1), ("x" * 64, 1), ("é" * 64, 2)])
def test_bad_values(value: str, count: int) -> None:
    """Length and letters are told apart."""
    assert len(label_syntax.value_problems(value)) == count
