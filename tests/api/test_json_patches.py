"""JSON patches are applied as the API server's library applies them, which is laxer than the RFC."""

import json

import pytest

from pytest_tiltsession.api import json_patches, lazy_json

DOCUMENT = '{"b":{"y":[1,2,3],"x":"t"},"a":{"d":1,"c":null}}'


def operation(kind, path, value=..., **rest):
    """Make an operation; leaving the value out is not the same as null."""
    return {"op": kind, "path": path, **rest, **({} if value is ... else {"value": value})}


def applied(*operations, document=DOCUMENT):
    """Apply operations and give the outcome as text."""
    compact = json.dumps(operations, separators=(",", ":"), ensure_ascii=False)
    return json_patches.apply(lazy_json.Node(document), lazy_json.operations(compact)).text()


def refused(*operations, document=DOCUMENT):
    """Tell whether the operations cannot be applied."""
    try:
        applied(*operations, document=document)
    except json_patches.Inapplicable:
        return True
    return False


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (operation("add", "/e", 5), {"e": 5}),
        (operation("add", "/a", 5), {"a": 5}),
        (operation("add", "/e", None), {"e": None}),
        (operation("add", "/a/d", {"n": None}), {"a": {"c": None, "d": {"n": None}}}),
        (operation("add", "/b/y/-", 4), {"b": {"x": "t", "y": [1, 2, 3, 4]}}),
        (operation("add", "/b/y/0", 4), {"b": {"x": "t", "y": [4, 1, 2, 3]}}),
        (operation("add", "/b/y/3", 4), {"b": {"x": "t", "y": [1, 2, 3, 4]}}),
        (operation("add", "/b/y/-1", 4), {"b": {"x": "t", "y": [1, 2, 3, 4]}}),
        (operation("add", "/b/y/-4", 4), {"b": {"x": "t", "y": [4, 1, 2, 3]}}),
        (operation("remove", "/b/y/0"), {"b": {"x": "t", "y": [2, 3]}}),
        (operation("remove", "/b/y/-1"), {"b": {"x": "t", "y": [1, 2]}}),
        (operation("remove", "/b/x"), {"b": {"y": [1, 2, 3]}}),
        (operation("remove", "/a/c"), {"a": {"d": 1}}),
        (operation("replace", "/b/x", [1]), {"b": {"x": [1], "y": [1, 2, 3]}}),
        (operation("replace", "/b/y/1", "n"), {"b": {"x": "t", "y": [1, "n", 3]}}),
        (operation("replace", "/b/y/-1", "n"), {"b": {"x": "t", "y": [1, 2, "n"]}}),
        (operation("move", "/b/z", **{"from": "/b/x"}), {"b": {"y": [1, 2, 3], "z": "t"}}),
        (operation("move", "/b/y/2", **{"from": "/b/y/0"}), {"b": {"x": "t", "y": [2, 3, 1]}}),
        (operation("copy", "/e", **{"from": "/b/y"}), {"e": [1, 2, 3]}),
        (operation("copy", "/b/y/-", **{"from": "/b/y/0"}), {"b": {"x": "t", "y": [1, 2, 3, 1]}}),
        (operation("test", "/b/y", [1, 2, 3]), {}),
        (operation("test", "/a", {"c": None, "d": 1}), {}),
        (operation("test", "/a/c", None), {}),
        (operation("test", "/a/nope", None), {}),
        (operation("test", "/b/y/-1", 3), {}),
    ],
)
def test_operations_change_the_document(given, outcome):
    """All six of them, with indices from both ends."""
    assert json.loads(DOCUMENT) | outcome == json.loads(applied(given))


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (operation("replace", "/nope", 5), {"nope": 5}),
        (operation("add", "/e"), {"e": None}),
        (operation("replace", "/a"), {"a": None}),
        (operation("add", "e/f", 5), {"f": 5}),
        (operation("add", "/a~1b~0c~01", 5), {"a/b~c~1": 5}),
        (operation("add", "/", 5), {"": 5}),
        (operation("add", "/b/y/+1", 9), {"b": {"x": "t", "y": [1, 9, 2, 3]}}),
        (operation("add", "/b/y/01", 9), {"b": {"x": "t", "y": [1, 9, 2, 3]}}),
    ],
)
def test_the_library_is_lax(given, outcome):
    """A key to replace may be missing, a value too, a path need not begin with a slash, an index may have zeros."""
    assert json.loads(DOCUMENT) | outcome == json.loads(applied(given))


@pytest.mark.parametrize(
    "given",
    [
        operation("remove", "/nope"),
        operation("remove", "/b/y/3"),
        operation("remove", "/b/y/-4"),
        operation("remove", "/b/y/-"),
        operation("remove", "/b/y/x"),
        operation("replace", "/b/y/3", 1),
        operation("add", "/b/y/4", 1),
        operation("add", "/b/y/-5", 1),
        operation("add", "/nope/x", 1),
        operation("add", "/a/c/x", 1),
        operation("add", "/b/x/y", 1),
        operation("add", "x", 1),
        operation("move", "/e", **{"from": "/nope"}),
        operation("copy", "/nope/e", **{"from": "/b"}),
        operation("move", "/e"),
        operation("test", "/b/x", "other"),
        operation("test", "/nope", "x"),
        operation("test", "/nope/x", None),
        operation("test", "/b/x"),
        operation("test", "/a/d", 1.0),
        operation("test", "/b", {"x": "t"}),
        operation("test", "/b/y", [1, 2]),
        operation("test", "/a", {"d": 1}),
        operation("test", "", {}),
        operation("bogus", "/a", 1),
        operation(None, "/a", 1),
        operation("add", None, 1),
        operation("add", 5, 1),
        operation("add", ""),
        operation("replace", "", 5),
        {},
        None,
    ],
)
def test_what_cannot_be_carried_out_is_refused(given):
    """Missing places, failed tests, unknown operations and operations without a path."""
    assert refused(given)


def test_all_operations_or_none():
    """A later failure takes the earlier operations back, and they are carried out in their order."""
    assert refused(operation("add", "/e", 1), operation("test", "/e", 2))
    done = applied(operation("add", "/e", {}), operation("add", "/e/f", 1), operation("move", "/g", **{"from": "/e"}))
    assert {"f": 1} == json.loads(done)["g"]


def test_a_copy_is_no_alias():
    """What was copied does not change with its origin."""
    done = applied(operation("copy", "/e", **{"from": "/b"}), operation("add", "/b/x", "changed"))
    assert ("t", "changed") == (json.loads(done)["e"]["x"], json.loads(done)["b"]["x"])


def test_only_opened_objects_are_sorted():
    """A place to which no path leads keeps its text; so does a value until something in it is changed."""
    assert '{"a":{"d":1,"c":null},"b":{"y":[1,2,3],"x":"t"},"e":{"z":1,"y":2}}' == applied(
        operation("add", "/e", {"z": 1, "y": 2})
    )
    assert '{"a":{"d":1,"c":null},"b":{"x":"t","y":[1,2,3,4]}}' == applied(operation("add", "/b/y/-", 4))


def test_no_operations_sort_the_outermost_keys():
    """The document itself is opened whatever the patch says."""
    assert '{"a":{"d":1,"c":null},"b":{"y":[1,2,3],"x":"t"}}' == applied()


def test_what_was_opened_can_be_tested():
    """An object or array that an earlier operation changed is compared by what it holds by then."""
    changed = [operation("add", "/a/e", 2), operation("remove", "/b/y/0"), operation("add", "/b/z")]
    tests = [operation("test", "/a", {"e": 2, "d": 1, "c": None}), operation("test", "/b/y", [2, 3])]
    assert '{"a":{"c":null,"d":1,"e":2},"b":{"x":"t","y":[2,3],"z":null}}' == applied(*changed, *tests)
    for value in ([2], [2, 4], {"0": 2}, "x", None):
        assert refused(*changed, operation("test", "/b/y", value))
    for value in ([2], {"e": 2}, {"e": 2, "d": 1, "c": 3}, 5):
        assert refused(*changed, operation("test", "/a", value))


def test_the_whole_document_can_be_tested_and_replaced():
    """An empty path is the document; an array in its place is found out later."""
    whole = json.loads(DOCUMENT)
    assert '{"n":1}' == applied(operation("test", "", whole), operation("replace", "", {"n": 1}))
    assert "[1]" == applied(operation("replace", "", [1]))
