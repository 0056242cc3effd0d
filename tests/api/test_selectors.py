"""Label selectors: what they select, and how a wrong one is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_tiltsession import errors
from pytest_tiltsession.api import selectors

PROD = {"env": "prod", "tier": "be", "size": "12"}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("env", True),
        ("!env", False),
        ("!none", True),
        ("env=prod", True),
        ("env==prod", True),
        ("env = prod", True),
        ("env!=prod", False),
        ("none!=prod", True),
        ("env in (dev, prod)", True),
        ("env in (dev)", False),
        ("env notin (dev)", True),
        ("none notin (dev)", True),
        ("none in ()", False),
        ("env notin (prod)", False),
        ("size>11", True),
        ("size>12", False),
        ("size<13", True),
        ("env>1", False),
        ("none<5", False),
        ("env=prod,tier=be", True),
        ("env=prod,tier!=be", False),
        ("env=prod,!tier", False),
        ("in in (in)", False),
        ("notin", False),
        (" env , tier ", True),
        ("env=", False),
        ("none=", False),
        ("env in (,prod)", True),
        ("example.com/x=y", False),
    ],
)
def test_a_selector_selects(text: str, selected: bool) -> None:
    """Each form of requirement is read and matched as Kubernetes does."""
    assert selectors.parse(text).matches(PROD) == selected


def test_no_labels_are_like_an_empty_map() -> None:
    """An object without labels matches what demands none."""
    assert selectors.parse("!env").matches(None)
    assert not selectors.parse("env").matches(None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!!!", "unable to parse requirement: found '!', expected: identifier"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("env in prod", "unable to parse requirement: found 'prod' expected: '('"),
        ("env in", "unable to parse requirement: found '' expected: '('"),
        ("=prod", "found '=', expected: !, identifier, or 'end of string'"),
        ("env=prod=x", "found '=', expected: ',' or 'end of string'"),
        ("env,,tier", "found ',', expected: identifier after ','"),
        ("env,", "found '', expected: identifier after ','"),
        ("env tier", "unable to parse requirement: found 'tier', expected: in, notin, =, ==, !=, gt, lt"),
        ("env in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"),
        ("env in (a,", "unable to parse requirement: found '', expected: ',', or identifier"),
        ("env in (a,,)", "unable to parse requirement: found ')', expected: ',', or identifier"),
        ("env in (,,)", "unable to parse requirement: found ')', expected: ',', or identifier"),
        ("env in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("env=)", "unable to parse requirement: found ')', expected: identifier"),
        ("!env=prod", "found '=', expected: ',' or 'end of string'"),
        ("env===prod", "unable to parse requirement: found '=', expected: identifier"),
    ],
)
def test_a_wrong_selector_is_refused_in_kubernetes_words(text: str, message: str) -> None:
    """The message is that of Kubernetes' parser."""
    with pytest.raises(errors.InvalidValue) as refused:
        selectors.parse(text)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("-a", 'unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of'),
        ("a/b/c", 'unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key must consist of'),
        ("a=b$", 'unable to parse requirement: values[0][a]: Invalid value: "b$": a valid label must be'),
        ("a in (x,$,%)", 'unable to parse requirement: [values[0][a]: Invalid value: "$": a valid label'),
        ("a>b", "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value"),
        ("a>9223372036854775808", 'unable to parse requirement: values[0]: Invalid value: "9223372036854775808": for'),
    ],
)
def test_keys_and_values_that_no_label_can_have_are_refused(text: str, beginning: str) -> None:
    """Keys and values are held to the syntax of labels; several wrong values are told at once."""
    with pytest.raises(errors.InvalidValue) as refused:
        selectors.parse(text)

    assert str(refused.value).startswith(beginning)


@given(st.text("ab=!<>(), in\tnot$-", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parser fail otherwise than by its refusal."""
    with contextlib.suppress(errors.InvalidValue):
        selectors.parse(text).matches(PROD)
