"""JSON merge patches are applied as the API server's library applies them."""

import pytest

from pytest_tiltsession.api import json_slices, lazy_json, merge_patches


def apply(document, patch):
    """Give the outcome of a merge as text."""
    return merge_patches.apply(lazy_json.Node(document), patch).text()


@pytest.mark.parametrize(
    ("document", "patch", "outcome"),
    [
        ('{"a":1}', '{"a":2}', '{"a":2}'),
        ('{"a":1}', '{"b":2}', '{"a":1,"b":2}'),
        ('{"a":1,"b":2}', '{"a":null}', '{"b":2}'),
        ('{"a":1}', '{"b":null}', '{"a":1}'),
        ('{"a":[1,2]}', '{"a":[3]}', '{"a":[3]}'),
        ('{"a":{"b":1}}', '{"a":5}', '{"a":5}'),
        ('{"a":{"b":1}}', '{"a":[5]}', '{"a":[5]}'),
        ('{"a":5}', '{"a":{"b":1}}', '{"a":{"b":1}}'),
        ('{"a":null}', '{"a":{"b":1}}', '{"a":{"b":1}}'),
        ('{"a":{"b":1,"c":2}}', '{"a":{"b":null,"d":{}}}', '{"a":{"c":2,"d":{}}}'),
        ('{"a":1}', "{}", '{"a":1}'),
    ],
)
def test_objects_merge_and_all_else_is_replaced(document, patch, outcome):
    """As RFC 7386 has it; null deletes."""
    assert outcome == apply(document, patch)


@pytest.mark.parametrize(
    ("document", "patch", "outcome"),
    [
        ("{}", '{"a":{"b":null,"c":{"d":null}}}', '{"a":{"c":{}}}'),
        ('{"a":1}', '{"a":{"b":null}}', '{"a":{}}'),
        ("{}", '{"a":[1,null,{"b":null},[null]]}', '{"a":[1,null,{},[null]]}'),
        ('{"a":[1]}', '{"a":[null,{"b":null}]}', '{"a":[null,{}]}'),
        ('{"a":{"x":1}}', '{"a":[null,1]}', '{"a":[null,1]}'),
    ],
)
def test_nulls_of_the_patch_go_from_objects(document, patch, outcome):
    """What a patch adds has no null members; a null that is an item of an array stays."""
    assert outcome == apply(document, patch)


def test_only_touched_objects_are_sorted():
    """Keys of what a patch passes through are sorted; other parts keep their text to the letter."""
    document = '{"z":{"y":1,"x":1.50},"b":{"d":1,"c":{"f":1,"e":1}},"a":[{"k":1,"j":2}]}'
    expected = '{"a":[{"k":1,"j":2}],"b":{"c":{"f":1,"e":1},"d":2},"z":{"y":1,"x":1.50}}'
    assert expected == apply(document, '{"b":{"d":2}}')
    assert '{"b":{"a":2,"c":{"d":1}}}' == apply("{}", '{"b":{"c":{"d":1},"a":2}}')


def test_letters_of_html_are_escaped():
    """As Go does wherever it writes JSON."""
    assert r'{"a":"\u003cb\u003e\u0026","c":"\u003c"}' == apply('{"a":"<b>&"}', '{"c":"<"}')


def test_an_array_takes_the_place_of_the_object():
    """The library takes it for a document; the caller finds that it is no Session."""
    assert '[null,1,{"a":1}]' == apply('{"a":1}', '[null,1,{"a":1,"b":null}]')


@pytest.mark.parametrize("patch", ["5", '"x"', "true", "null"])
def test_any_other_patch_is_none(patch):
    """The library says no more than that."""
    with pytest.raises(merge_patches.NoPatch, match=r"^Invalid JSON Patch$"):
        apply("{}", patch)


def test_white_space_is_taken_out_of_texts():
    """Outside of strings only."""
    assert '{"a b":[1," \\" "],"c":{}}' == json_slices.compact('{ "a b" :\n[ 1,\t" \\" "] ,\r\n"c": { } }')


def test_parts_that_nest_too_deeply_for_python_keep_their_text():
    """As deep as the server reads, and with integers of any length."""
    deep, long = "[" * 5000 + "]" * 5000, f"[{'1' * 5000}]"
    assert f'{{"a":{deep},"b":{long},"c":2}}' == apply(f'{{"b":{long},"c":1,"a":{deep}}}', '{"c":2}')
