"""Texts are written as Go's packages write them."""

import math

import pytest

from pytest_tiltsession.models import go_texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a", "a"), ('"\\', r"\"\\"), ("\n\r\t\a\b\f\v", r"\n\r\t\a\b\f\v"), ("\x00\x1f\x7f", r"\x00\x1f\x7f"),
     ("\u00fc\u4e16\U0001f600", "\u00fc\u4e16\U0001f600"), ("\x80\u200b\u2028\ufeff", r"\u0080\u200b\u2028\ufeff"),
     ("\U000e0001", r"\U000e0001"), ("'", "'"), ("\u00a0", r"\u00a0"), ("a\udcffb", r"a\xffb")],
)  # fmt: skip
def test_texts_are_quoted(text, shown):
    """What can be printed stays, all else is escaped."""
    assert f'"{shown}"' == go_texts.quoted(text)


@pytest.mark.parametrize(
    ("char", "shown"), [("x", "'x'"), ("'", r"'\''"), ('"', "'\"'"), ("\n", r"'\n'"), ("\x1f", r"'\x1f'")]
)
def test_characters_are_quoted(char, shown):
    """A character has single quotes, in which double ones need no escape."""
    assert shown == go_texts.quoted_char(char)


def test_values_are_printed_plainly():
    """Maps are printed with sorted keys, texts without quotes, null as ``<nil>``."""
    value = {"b": [1, True, None, "x y", []], "a": {"c": 1.5}}
    assert "map[a:map[c:1.5] b:[1 true <nil> x y []]]" == go_texts.plain(value)


def test_values_that_are_no_text_are_marked():
    """Where a text was meant, other values are printed with their types."""
    value = [5, True, 0.5, None, "x", {"k": 1}, [2]]
    shown = "[%!s(int64=5) %!s(bool=true) %!s(float64=0.5) %!s(<nil>) x map[k:%!s(int64=1)] [%!s(int64=2)]]"
    assert shown == go_texts.as_text(value)


def test_types_have_the_names_of_go():
    """A JSON value without a declared type is held in one of seven types."""
    values = [{}, [], "", 1, 1.5, True, None]
    names = ["map[string]interface {}", "[]interface {}", "string", "int64", "float64", "bool", "%!s(<nil>)"]
    assert names == [go_texts.type_name(value) for value in values]


def test_integers_beyond_64_bits_are_floats():
    """Go reads a number that no int64 can hold as a float64, and prints it so."""
    shown = ["9223372036854775807", "9.223372036854776e+18", "-9223372036854775808", "-9.223372036854776e+18"]
    values = [2**63 - 1, 2**63, -(2**63), -(2**63) - 1]
    assert shown == [go_texts.scalar(value) for value in values]
    assert ["int64", "float64"] == [go_texts.type_name(value) for value in values[:2]]


@pytest.mark.parametrize(
    ("value", "shortest", "json"),
    [
        (1.5, "1.5", "1.5"),
        (0.0, "0", "0"),
        (-0.25, "-0.25", "-0.25"),
        (123456.0, "123456", "123456"),
        (1e6, "1e+06", "1000000"),
        (1234567.0, "1.234567e+06", "1234567"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1e-05", "0.00001"),
        (1e-7, "1e-07", "1e-7"),
        (1e20, "1e+20", "100000000000000000000"),
        (1e21, "1e+21", "1e+21"),
        (5e-324, "5e-324", "5e-324"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308", "-1.7976931348623157e+308"),
    ],
)
def test_numbers_are_printed(value, shortest, json):
    """``%v`` and ``encoding/json`` begin to use exponents at different sizes."""
    assert (shortest, json) == (go_texts.shortest(value), go_texts.json_number(value))


def test_what_is_no_finite_number_has_a_name():
    """Infinities and NaN are printed with Go's names."""
    assert ["+Inf", "-Inf", "NaN"] == [go_texts.shortest(value) for value in (math.inf, -math.inf, math.nan)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1, "0.1"),
        (1 / 3, "0.33333334"),
        (16777217.0, "1.6777216e+07"),
        (0.0, "0"),
        (1e300, "+Inf"),
        (-1e300, "-Inf"),
        (math.nan, "NaN"),
        (2.5, "2.5"),
    ],
)
def test_numbers_of_single_precision_need_fewer_digits(value, shown):
    """The digits are those that tell a 32-bit number from its neighbours."""
    assert shown == go_texts.shortest_single(value)
