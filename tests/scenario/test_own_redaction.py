"""A user's own redaction, named on the command line."""

import sys

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.scenario import own_redaction


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of this test's own in the present folder."""
    name = f"redacting_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(
        "def redact(field, text):\n    return f'{field}:{text}'\n"
        "class Ours:\n    redact = staticmethod(redact)\n"
        "N = 3\n"
    )
    monkeypatch.chdir(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_a_function_of_the_present_folder(module):
    """By module and name, also within a class; the path is as it was afterwards."""
    before = list(sys.path)
    assert own_redaction.named(f"{module}:redact")("error", "x") == "error:x"
    assert own_redaction.named(f"{module}:Ours.redact")("error", "x") == "error:x"
    assert sys.path == before


@pytest.mark.parametrize("name", ["{}", "{}:", ":redact", "{}:none", "{}:N", "no_such_module_at_all:redact"])
def test_what_is_no_function_is_refused_with_what_would_be(name, module):
    """The name, what is wrong with it, and how one looks."""
    with pytest.raises(errors.InvalidValue, match=r"redaction '.*(module:function|has no function|cannot be imported)"):
        own_redaction.named(name.format(module))


def test_patterns_are_replaced_one_after_the_other():
    """With groups, in any text."""
    own = own_redaction.replacing([("acme-([0-9]+)", r"shop-\1"), ("shop-1", "one")])
    assert own("error", "acme-1 acme-2") == "one shop-2"
    for pair in (("(", "x"), ("a", r"\1")):
        with pytest.raises(errors.InvalidValue, match="replacing"):
            own_redaction.replacing([pair])


def test_several_are_one():
    """In their order; none is none."""
    assert own_redaction.chained([]) is None
    both = own_redaction.chained([own_redaction.replacing([("a", "b")]), own_redaction.replacing([("b", "c")])])
    assert both("error", "a") == "c"
