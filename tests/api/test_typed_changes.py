"""Comparing Sessions as JSON."""

import pytest

from pytest_tiltsession.api import fields_v1, typed_changes

A, B = 'v:"a"', 'v:"b"'


def changes(old, new):
    """Compare two finalizer lists and give what was removed, modified and added among them."""
    found = typed_changes.compare({"metadata": {"finalizers": old}}, {"metadata": {"finalizers": new}})
    parts = (found.removed, found.modified, found.added)
    return [list(fields_v1.from_set(part).get("f:metadata", {}).get("f:finalizers", {})) for part in parts]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a"], ["a", "b"], [[], [], [B]]),
        (["a", "b"], ["b"], [[A], [], []]),
        (["a"], ["a", "a"], [[A], [], [A]]),
        (["a", "a"], ["a"], [[A], [], [A]]),
        (["a", "a"], ["b"], [[A], [], [B]]),
        (["b"], ["b", "a", "a"], [[], [], [A]]),
        (["a", "a"], ["a", "a"], [[], [], []]),
        (["a", "a"], ["a", "a", "a"], [[], [A], []]),
        (["a", "b"], ["b", "a"], [[], [], []]),
    ],
)
def test_items_of_sets_are_compared_by_value(old, new, expected):
    """Order does not matter; an item that is there twice is another field than one that is there once."""
    assert expected == changes(old, new)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [({}, {"ci": {}}, "added"), ({"ci": {}}, {}, "removed"), ({"ci": {}}, {"ci": None}, "modified")],
)
def test_an_empty_map_differs_from_none_and_from_null(old, new, part):
    """Empty, null and absent are three values of a struct without content."""
    found = typed_changes.compare({"spec": {"tiltfilePath": "", **old}}, {"spec": {"tiltfilePath": "", **new}})
    assert {"f:spec": {"f:ci": {}}} == fields_v1.from_set(getattr(found, part))


def test_a_new_struct_is_added_with_its_fields():
    """A struct that comes or goes does so together with what is in it."""
    found = typed_changes.compare(
        {"spec": {"exitCondition": "ci"}}, {"spec": {"exitCondition": "ci", "ci": {"timeout": "1m"}}}
    )
    assert {"f:spec": {"f:ci": {".": {}, "f:timeout": {}}}} == fields_v1.from_set(found.added)
    assert not found.removed
    assert not found.modified
