"""Sets of field paths."""

from pytest_tiltsession.api import field_sets, fields_v1


def tree(**names):
    """Make a set of the fields of a FieldsV1 tree, given without the letters of its names."""
    return fields_v1.to_set({f"f:{name}": inner for name, inner in names.items()})


def test_the_difference_keeps_what_lies_below():
    """Taking a struct away leaves its fields in the set; taking it away with all in it does not."""
    fields = tree(spec={".": {}, "f:ci": {}})
    spec = field_sets.of([field_sets.fields("spec")])
    assert {"f:spec": {"f:ci": {}}} == fields_v1.from_set(fields.difference(spec))
    assert {} == fields_v1.from_set(fields.recursive_difference(spec))


def test_the_intersection_holds_only_what_both_hold():
    """A field is shared only as such, not because both sets hold something in it."""
    left, right = tree(a={"f:b": {}, "f:c": {}}, d={}), tree(a={"f:c": {}}, d={"f:e": {}})
    assert {"f:a": {"f:c": {}}} == fields_v1.from_set(left.intersection(right))


def test_a_set_has_just_its_paths():
    """A struct is not in a set that holds one of its fields, and the whole object never is."""
    fields = tree(spec={"f:ci": {}})
    assert fields.has(field_sets.fields("spec", "ci"))
    assert not fields.has(field_sets.fields("spec"))
    assert not fields.has(())
    assert not field_sets.of([()])


def test_paths_are_written_with_their_keys_and_values():
    """Refusals show keys and values of items in brackets, texts quoted."""
    fields = fields_v1.to_set({'k:{"b":1,"a":"x\\"y"}': {}, "i:3": {}, "v:true": {"f:z": {}}, 'v:["a",1.5]': {}})
    shown = [field_sets.text(path) for path in fields.paths()]
    assert ['[a="x\\"y",b=1]', '[=["a",1.5]]', "[3]", "[=true].z"] == shown


def test_values_of_all_types_have_an_order():
    """Numbers come before texts, booleans, lists, maps and null."""
    written = ["v:null", 'v:{"a":1}', "v:[1]", "v:true", "v:false", 'v:"b"', 'v:"a b"', 'v:"a"', "v:1.0", "v:0.5"]
    fields = fields_v1.to_set({name: {} for name in written})
    expected = ["v:0.5", "v:1", 'v:"a"', 'v:"a b"', 'v:"b"', "v:false", "v:true", "v:[1]", 'v:{"a":1}', "v:null"]
    assert expected == list(fields_v1.from_set(fields))
    assert ["null", "a=1"] == [field_sets.text((field_sets.value(value),))[2:-1] for value in (None, {"a": 1})]


def test_what_does_not_change_a_set_gives_the_very_same_one():
    """So that an entry of managedFields whose fields stay is not written anew."""
    fields = tree(a={".": {}, "f:b": {}}, c={})
    nothing = tree(a={"f:x": {}}, y={"f:z": {}})
    assert fields.difference(nothing) is fields
    assert fields.recursive_difference(nothing) is fields
    assert fields.union(tree(a={"f:b": {}}, c={})) is fields
    assert fields.union(field_sets.EMPTY) is fields
    assert field_sets.EMPTY.union(fields) is fields


def test_a_set_that_was_written_is_not_read_out_of_its_tree_again():
    """The tree knows it; a tree that came from elsewhere is read."""
    fields = tree(a={"f:b": {}})
    written = fields_v1.from_set(fields)
    assert fields_v1.to_set(written) is fields
    assert fields == fields_v1.to_set(dict(written))
