"""Strategic merge patches merge as Kubernetes' types declare, and as their directives say."""

import copy

import pytest

from pytest_tiltsession.api import strategic_patches, strategic_types
from pytest_tiltsession.models import session

TYPE = strategic_types.Type("struct", session.Session)
OWNERS = [{"uid": "1", "name": "a", "kind": "K"}, {"uid": "2", "name": "b"}]


def merged(original, patch):
    """Merge a patch into an object."""
    return strategic_patches.merge(copy.deepcopy(original), copy.deepcopy(patch), TYPE)


def meta(original, patch):
    """Merge a patch of metadata, and give what comes of it."""
    return merged({"metadata": original}, {"metadata": patch})["metadata"]


def refused(original, patch):
    """Give the status and the words with which a patch of metadata is refused."""
    with pytest.raises(strategic_types.Unmergeable) as caught:
        meta(original, patch)
    return caught.value.code, str(caught.value)


def test_objects_merge_and_scalars_replace():
    """Null deletes; what is new is taken without its nulls."""
    original = {"spec": {"tiltfilePath": "/a", "exitCondition": "ci"}, "status": {"pid": 1}}
    patch = {"spec": {"tiltfilePath": "/b", "exitCondition": None, "ci": {"timeout": "1s", "readinessTimeout": None}}}
    expected = {"spec": {"tiltfilePath": "/b", "ci": {"timeout": "1s"}}, "status": {"pid": 1}}
    assert expected == merged(original, patch)
    assert {"labels": {"a": "1", "b": "2"}} == meta({"labels": {"a": "1"}}, {"labels": {"b": "2", "c": None}})


def test_targets_and_managed_fields_are_replaced_whole():
    """These lists have no merge key."""
    original = {"status": {"targets": [{"name": "a"}]}, "metadata": {"managedFields": [{"manager": "a"}]}}
    patch = {"status": {"targets": [{"name": "b"}]}, "metadata": {"managedFields": []}}
    assert patch == merged(original, patch)


def test_finalizers_merge_as_a_set():
    """New ones come first; a value that is there is not doubled."""
    assert ["c", "a", "b"] == meta({"finalizers": ["a", "b"]}, {"finalizers": ["c"]})["finalizers"]
    assert ["a", "b"] == meta({"finalizers": ["a", "b"]}, {"finalizers": ["a"]})["finalizers"]
    assert ["x"] == meta({}, {"finalizers": ["x"]})["finalizers"]
    assert {} == meta({"finalizers": ["a"]}, {"finalizers": None})


def test_owner_references_merge_by_uid():
    """An owner with a known uid is changed, another one put before the others."""
    patch = [{"uid": "3", "name": "c"}, {"uid": "2", "name": "B", "kind": "L"}]
    expected = [{"uid": "3", "name": "c"}, OWNERS[0], {"uid": "2", "name": "B", "kind": "L"}]
    assert expected == meta({"ownerReferences": OWNERS}, {"ownerReferences": patch})["ownerReferences"]
    changed = meta({"ownerReferences": OWNERS}, {"ownerReferences": [{"uid": "1", "kind": None}]})
    assert [{"uid": "1", "name": "a"}, OWNERS[1]] == changed["ownerReferences"]


def test_an_owner_without_uid_is_refused():
    """The list merges by it."""
    words = "map: map[name:x] does not contain declared merge key: uid"
    assert (500, words) == refused({"ownerReferences": OWNERS}, {"ownerReferences": [{"name": "x"}]})


def test_objects_can_be_replaced_and_deleted():
    """``$patch`` in an object takes the patch as it is, or leaves nothing; as new parts, directives are dropped."""
    assert {"z": "1"} == meta({"labels": {"a": "b"}}, {"labels": {"$patch": "replace", "z": "1"}})["labels"]
    assert {} == meta({"labels": {"a": "b"}}, {"labels": {"$patch": "delete"}})["labels"]
    assert {"name": "s"} == meta({"name": "s"}, {"labels": {"$patch": "replace", "z": "1"}})
    assert {} == merged({"spec": {}}, {"$patch": "delete"})


def test_unknown_directives_are_refused():
    """What the patch says instead is printed as Go prints it."""
    labels = {"labels": {"a": "b"}}
    assert (500, "unknown patch type: bogus in map: map[$patch:bogus]") == refused(
        labels, {"labels": {"$patch": "bogus"}}
    )
    assert (500, "unknown patch type: merge in map: map[$patch:merge]") == refused(
        labels, {"labels": {"$patch": "merge"}}
    )
    assert (500, "unknown patch type: %!s(int64=5) in map: map[$patch:5]") == refused(labels, {"labels": {"$patch": 5}})
    owners = {"ownerReferences": [{"uid": "1", "$patch": "bogus"}]}
    assert (500, "unknown patch type: bogus in map: map[$patch:bogus uid:1]") == refused(
        {"ownerReferences": OWNERS}, owners
    )
    owners = {"ownerReferences": [{"uid": "1", "$patch": "merge"}]}
    assert (500, "merging lists cannot yet be specified in the patch") == refused({"ownerReferences": OWNERS}, owners)


def test_single_owners_can_be_deleted_and_all_replaced():
    """``$patch`` in an item of a list is about that item, or about the list."""
    patch = [{"uid": "1", "$patch": "delete"}]
    assert [OWNERS[1]] == meta({"ownerReferences": OWNERS}, {"ownerReferences": patch})["ownerReferences"]
    patch = [{"$patch": "replace"}, {"uid": "9"}]
    assert [{"uid": "9"}] == meta({"ownerReferences": OWNERS}, {"ownerReferences": patch})["ownerReferences"]
    words = "map: map[$patch:delete] does not contain declared merge key: uid"
    assert (500, words) == refused({"ownerReferences": OWNERS}, {"ownerReferences": [{"$patch": "delete"}]})


def test_finalizers_can_be_taken_from_the_list():
    """``$deleteFromPrimitiveList`` names those that go; it does nothing where there is no list."""
    patch = {"$deleteFromPrimitiveList/finalizers": ["a", "c"]}
    assert {"finalizers": ["b"]} == meta({"finalizers": ["a", "b"]}, patch)
    assert {"name": "s"} == meta({"name": "s"}, patch)
    assert (400, "invalid patch format of primitive list") == refused({}, {"$deleteFromPrimitiveListX": []})


def test_keys_can_be_retained():
    """``$retainKeys`` clears all that it does not name, and must name all that is set."""
    original = {"labels": {"a": "1", "b": "2"}}
    assert {"a": "3"} == meta(original, {"labels": {"$retainKeys": ["a"], "a": "3"}})["labels"]
    assert {} == meta(original, {"labels": {"$retainKeys": []}})["labels"]
    for labels in ({"$retainKeys": ["a"], "b": "3"}, {"$retainKeys": "a"}):
        assert (400, "invalid patch format of retainKeys") == refused(original, {"labels": labels})


def test_lists_can_be_ordered():
    """``$setElementOrder`` brings a list into an order; what it does not name keeps its place among the rest."""
    assert ["c", "a", "b"] == meta({"finalizers": ["a", "b", "c"]}, {"$setElementOrder/finalizers": ["c", "a", "b"]})[
        "finalizers"
    ]
    patch = {"$setElementOrder/finalizers": ["d", "c", "b", "a"]}
    assert ["d", "c", "b", "a"] == meta({"finalizers": ["a", "b", "c", "d"]}, patch)["finalizers"]
    patch = {"$setElementOrder/finalizers": ["d", "a"], "finalizers": ["d"]}
    assert ["d", "a", "b"] == meta({"finalizers": ["a", "b"]}, patch)["finalizers"]
    order = {"$setElementOrder/ownerReferences": [{"uid": "2"}, {"uid": "1"}]}
    assert OWNERS[::-1] == meta({"ownerReferences": OWNERS}, order)["ownerReferences"]
    assert {} == meta({}, {"$setElementOrder/finalizers": ["a"]})
    order = {"$setElementOrder/ownerReferences": [{"uid": "9"}]}
    replaced = meta({"ownerReferences": OWNERS}, {**order, "ownerReferences": [{"$patch": "replace"}, {"uid": "9"}]})
    assert [{"uid": "9"}] == replaced["ownerReferences"]


def test_a_patch_must_follow_its_own_order():
    """Items in another order than the one that the patch asks for are refused, with both lists."""
    patch = {"$setElementOrder/finalizers": ["a", "b"], "finalizers": ["b", "a"]}
    words = "The order in patch list:\n[b a]\n doesn't match $setElementOrder list:\n[a b]\n"
    assert (500, words) == refused({"finalizers": ["a"]}, patch)
    assert (400, "invalid patch format of setElementOrder list") == refused({}, {"$setElementOrder": []})
    words = "expected a []interface {}, but received a string"
    assert (500, words) == refused({}, {"$setElementOrder/finalizers": "a"})


def test_values_of_another_type_replace():
    """A type that does not fit is put in, and found out when the outcome is read."""
    assert {"finalizers": "x", "labels": []} == meta(
        {"finalizers": ["a"], "labels": {"a": "b"}}, {"finalizers": "x", "labels": []}
    )


def test_mixed_lists_are_refused():
    """A list that merges holds values of one type, and no lists."""
    words = "list element types are not identical: [[a] [1]]"
    assert (500, words) == refused({"finalizers": ["a"]}, {"finalizers": [1]})
    assert (422, "lists of lists are not supported") == refused({"finalizers": [["a"]]}, {"finalizers": [["b"]]})


def test_empty_lists_and_unknown_lists():
    """Nothing merged into nothing is nothing; an order for two empty lists is refused."""
    assert {"finalizers": []} == meta({"finalizers": []}, {"finalizers": []})
    words = "no elements in any of the given slices"
    assert (500, words) == refused({"finalizers": []}, {"$setElementOrder/finalizers": ["a"]})
    words = "expected slice or array type, but got: struct"
    assert (500, words) == refused({"labels": []}, {"labels": []})
    words = "cannot merge lists without merge key for struct"
    assert (500, words) == refused({"managedFields": [{}]}, {"$deleteFromPrimitiveList/managedFields": [{}]})


def test_objects_within_what_is_no_struct_cannot_merge():
    """Labels hold texts, so nothing is declared below one."""
    patch = {"labels": {"a": {"c": "2"}}}
    words = "merging an object in json but data type is not struct, instead is: map"
    assert (500, words) == refused({"labels": {"a": {"b": "1"}}}, patch)


def test_new_lists_keep_their_order_and_lose_directives():
    """Where the object has no such list, the patch's items are taken without those that are directives."""
    items = [{"uid": "1"}, {"uid": "2", "$patch": "delete"}, {"uid": "3"}]
    patch = {"$setElementOrder/ownerReferences": [{"uid": "1"}, {"uid": "3"}], "ownerReferences": items}
    assert [{"uid": "1"}, {"uid": "3"}] == meta({}, patch)["ownerReferences"]
    nested = [{"uid": "1", "x": {"$patch": "replace"}, "y": [{"$patch": "delete"}]}]
    assert [{"uid": "1", "y": []}] == meta({}, {"ownerReferences": nested})["ownerReferences"]


def test_ordered_objects_need_their_key():
    """Each item of a list that is to be ordered by uid has one."""
    words = "map: map[name:x] does not contain declared merge key: uid"
    order = {"$setElementOrder/ownerReferences": [{"name": "x"}]}
    assert (500, words) == refused({"ownerReferences": OWNERS}, order)
    order = {"$setElementOrder/ownerReferences": ["x"], "ownerReferences": [{"uid": "1"}]}
    assert (500, "expected a map[string]interface {}, but received a string") == refused({}, order)
    order = {"$setElementOrder/ownerReferences": ["x"]}
    assert (500, "value for key 0 is not a map.") == refused({"ownerReferences": OWNERS}, order)


def test_doubled_finalizers_are_merged_once():
    """The last item takes the place of one that is doubled."""
    assert ["c", "a", "b"] == meta({"finalizers": ["a", "b", "a"]}, {"finalizers": ["c", "b"]})["finalizers"]


def test_unknown_objects_cannot_merge():
    """A field that no type declares has no struct to look into, if the object has it as an object."""
    with pytest.raises(strategic_types.Unmergeable) as caught:
        merged({"bogus": {"a": 1}}, {"bogus": {"b": 1}})
    assert (500, 'unable to find api field in struct Session for the json field "bogus"') == (
        caught.value.code,
        str(caught.value),
    )
    assert {"bogus": {"b": 1}} == merged({}, {"bogus": {"b": 1}})
