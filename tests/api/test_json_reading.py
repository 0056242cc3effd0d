"""JSON is read as Go reads it, and what is no JSON is told in the words of two of Go's scanners."""

import math

import pytest

from pytest_tiltsession.api import json_reading, json_scanning
from pytest_tiltsession.models import parsed

GO, OLDER = json_scanning.Scanner, json_scanning.OlderScanner
CUT = "unexpected end of JSON input"


def refused(body, scanner=GO):
    """Give the words with which a text is refused."""
    with pytest.raises(json_reading.Unreadable) as caught:
        json_reading.read(body if isinstance(body, bytes) else body.encode(), scanner)
    return str(caught.value)


def test_values_are_read():
    """Objects keep the order of the text; white space is passed over."""
    value = json_reading.read(b' {"b": [1, -2, true, false, null, "x"],\r\n\t"a": {}} ')
    assert [("b", [1, -2, True, False, None, "x"]), ("a", {})] == list(value.items())


@pytest.mark.parametrize("text", ["1.0", "1e3", "-0.5E+10", "1e400", "-0.0"])
def test_numbers_keep_their_text(text):
    """A number that is not written as an integer carries how it is written."""
    number = json_reading.read(text.encode())
    assert (text, float(text)) == (number.text, number)


def test_very_long_integers_are_read():
    """Integers with thousands of digits, which Python alone refuses, are numbers with a text."""
    number = json_reading.read(b"1" * 5000)
    assert ("1" * 5000, math.inf) == (number.text, number)
    assert 12345678901234567890123 == json_reading.read(b"12345678901234567890123")


def test_doubled_keys_are_kept():
    """The last value counts; all pairs are there in their order."""
    value = json_reading.read(b'{"a": 1, "b": 2, "a": 3}')
    assert ({"a": 3, "b": 2}, [("a", 1), ("b", 2), ("a", 3)]) == (value, list(parsed.pairs_of(value)))


def test_what_is_no_letter_is_replaced():
    """Bytes that are no UTF-8 and lone surrogates become U+FFFD; pairs of surrogates are one letter."""
    assert "a\ufffd\ufffdb" == json_reading.read(b'"a\xc3\xffb"')
    assert ["\ufffdx", "\U0001f600", "\ufffd\U0001f600"] == json_reading.read(
        rb'["\ud800x", "\ud83d\ude00", "\ude00\ud83d\ude00"]'
    )
    assert {"\ufffd": "\ufffd"} == json_reading.read(rb'{"\udfff": "\ud800"}')


@pytest.mark.parametrize("scanner", [GO, OLDER])
def test_ten_thousand_levels_are_read(scanner):
    """Go's limit is reached, which lies far beyond Python's."""
    value = json_reading.read(b"[" * 10_000 + b"]" * 10_000, scanner)
    depth = 0
    while value:
        value, depth = value[0], depth + 1
    assert 9_999 == depth


def test_deep_texts_hold_all_values():
    """What is read at depth is read as elsewhere."""
    value = json_reading.read(
        b"[" * 3000 + rb'{"a": [true, false, null, 1, -1.5e0, "x\u00fc"], "a": {}, "b": []}' + b"]" * 3000
    )
    while isinstance(value, list):
        value = value[0]
    assert [("a", [True, False, None, 1, -1.5, "x\u00fc"]), ("a", {}), ("b", [])] == list(parsed.pairs_of(value))


def test_more_levels_are_refused():
    """Each scanner has its words for it."""
    body = '{"a":' * 10_001
    assert "exceeded max depth" == refused(body)
    assert "invalid character '{' exceeded max depth" == refused(body, OLDER)


@pytest.mark.parametrize("scanner", [GO, OLDER])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", CUT),
        (" ", CUT),
        ("{", CUT),
        ('{"a"', CUT),
        ('{"a":', CUT),
        ('{"a":1', CUT),
        ("[1,", CUT),
        ('"a', CUT),
        ("x", "invalid character 'x' looking for beginning of value"),
        ("\x1f", r"invalid character '\x1f' looking for beginning of value"),
        ("'a'", r"invalid character '\'' looking for beginning of value"),
        ("[,", "invalid character ',' looking for beginning of value"),
        ("[1,]", "invalid character ']' looking for beginning of value"),
        ("NaN", "invalid character 'N' looking for beginning of value"),
        ("+1", "invalid character '+' looking for beginning of value"),
        ("nul1", "invalid character '1' in literal null (expecting 'l')"),
        ("trie", "invalid character 'i' in literal true (expecting 'u')"),
        ("falsy", "invalid character 'y' in literal false (expecting 'e')"),
        ("{a", "invalid character 'a' looking for beginning of object key string"),
        ("{1", "invalid character '1' looking for beginning of object key string"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"a"1', "invalid character '1' after object key"),
        ('{"a":1]', "invalid character ']' after object key:value pair"),
        ("[1 2", "invalid character '2' after array element"),
        ("[1}", "invalid character '}' after array element"),
        ("[true, false, null x", "invalid character 'x' after array element"),
        ("1 2", "invalid character '2' after top-level value"),
        ("01", "invalid character '1' after top-level value"),
        ("{}{", "invalid character '{' after top-level value"),
        ('""x', "invalid character 'x' after top-level value"),
        ("-x", "invalid character 'x' in numeric literal"),
    ],
)
def test_both_scanners_word_most_things_alike(scanner, text, words):
    """What may not stand where it does is told with what was expected there."""
    assert words == refused(text, scanner)


@pytest.mark.parametrize(
    ("text", "words", "older"),
    [
        ("tru", CUT, "invalid character ' ' in literal true (expecting 'e')"),
        ("-", CUT, "invalid character ' ' in numeric literal"),
        ("1.", CUT, "invalid character ' ' after decimal point in numeric literal"),
        (
            "1.x",
            "invalid character 'x' in numeric literal",
            "invalid character 'x' after decimal point in numeric literal",
        ),
        ("1e", CUT, "invalid character ' ' in exponent of numeric literal"),
        ("[1e+]", "invalid character ']' in numeric literal", "invalid character ']' in exponent of numeric literal"),
        ('"\n"', r"invalid character '\n' in string", r"invalid character '\n' in string literal"),
        (r'"\x"', r"invalid escape sequence `\x` in string", "invalid character 'x' in string escape code"),
        (
            r'"\u12x4"',
            r"invalid escape sequence `\u12x4` in string",
            r"invalid character 'x' in \u hexadecimal character escape",
        ),
        (r'"\u00', CUT, r"invalid character ' ' in \u hexadecimal character escape"),
        ('"\\', CUT, "invalid character ' ' in string escape code"),
        ('"\\`"', 'invalid escape sequence "\\\\`" in string', "invalid character '`' in string escape code"),
    ],
)
def test_the_older_scanner_names_more_places(text, words, older):
    """Broken numbers, strings and literals are told differently by the two."""
    assert (words, older) == (refused(text, GO), refused(text, OLDER))


@pytest.mark.parametrize(
    ("text", "char", "older"),
    [("\u00fc", "\u00fc", "\u00c3"), (b"\xff", r"\xff", "\u00ff"), ("[\u4e16", "\u4e16", "\u00e4")],
)
def test_the_older_scanner_looks_at_single_bytes(text, char, older):
    """Letters outside of ASCII are shown by their first byte."""
    words = "invalid character '{}' looking for beginning of value"
    assert (words.format(char), words.format(older)) == (refused(text, GO), refused(text, OLDER))


def test_bytes_in_summaries_are_replaced_one_by_one():
    """Each byte that is no UTF-8 becomes one U+FFFD."""
    assert "a\ufffd\ufffd\u00fc" == json_reading.text_of(b"a\xe2\x82\xc3\xbc")
