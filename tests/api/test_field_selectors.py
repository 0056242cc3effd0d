"""Field selectors: what they select, and how a wrong one is refused."""

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.api import field_selectors


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("metadata.name=w1", True),
        ("metadata.name==w1", True),
        ("metadata.name!=w1", False),
        ("metadata.name=w2", False),
        ("metadata.name=", False),
        ("metadata.namespace=", True),
        ("metadata.namespace=default", False),
        ("metadata.namespace!=x", True),
        ("metadata.name=w1,metadata.name=w1", True),
        ("metadata.name=w1,metadata.name=w2", False),
        (",metadata.name=w1,", True),
        ("=", True),
        ("!=,metadata.name==w1", True),
    ],
)
def test_a_selector_selects_by_name_and_namespace(text: str, selected: bool) -> None:
    """Sessions have a name and no namespace."""
    assert field_selectors.parse(text).selectable().matches("w1") == selected


@pytest.mark.parametrize(("value", "name"), [(r"l\,a", "l,a"), (r"l\=a", "l=a"), (r"l\\a", r"l\a"), ("日本", "日本")])
def test_values_are_unescaped(value: str, name: str) -> None:
    """Commas, equals signs and backslashes of a value stand behind a backslash."""
    selector = field_selectors.parse(f"metadata.name={value}")

    assert selector.matches(name)
    assert selector.exact_name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata.name", "invalid selector: 'metadata.name'; can't understand 'metadata.name'"),
        ("a=b,x", "invalid selector: 'a=b,x'; can't understand 'x'"),
        (r"metadata.name=a\b", r"invalid field selector: invalid escape sequence: \b"),
        ("metadata.name=a\\", "invalid field selector: invalid escape sequence: \\"),
        ("metadata.name=a=b", "invalid field selector: unescaped character in value: 61"),
    ],
)
def test_a_malformed_selector_is_refused_in_kubernetes_words(text: str, message: str) -> None:
    """The message is that of Kubernetes' parser, which names a letter by its number."""
    with pytest.raises(errors.InvalidValue) as refused:
        field_selectors.parse(text)

    assert str(refused.value) == message


def test_other_fields_cannot_be_selected_by() -> None:
    """The first unknown field, in the order of the terms' texts, is named with those that there are."""
    selector = field_selectors.parse("metadata.name=a,spec.x=1,metadata.uid=y")

    with pytest.raises(errors.InvalidValue) as refused:
        selector.selectable()

    assert str(refused.value) == (
        '"metadata.uid" is not a known field selector: only "metadata.name", "metadata.namespace"'
    )


def test_an_inequality_asks_for_no_exact_name() -> None:
    """Only an equality names one Session."""
    assert field_selectors.parse("metadata.name!=a").exact_name is None
