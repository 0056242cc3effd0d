"""Patches of a Session in the four kinds, right and wrong, as texts."""

from hypothesis import strategies as st

from . import texts

_POINTERS = (
    *("/metadata/labels/a", "/metadata/labels", "/metadata/name", "/metadata/annotations/tilt.dev~1resource", "/spec"),
    *("/metadata/finalizers/-", "/metadata/finalizers/0", "/metadata/finalizers/-1", "/metadata/finalizers/01"),
    *("/metadata/managedFields/0/fieldsV1/f:spec", "/metadata/resourceVersion", "/metadata/uid", "/kind", "/status"),
    *(
        "/spec/ci/timeout",
        "/spec/tiltfilePath",
        "/spec/bogus",
        "/status/targets/0/name",
        "/status/pid",
        "/status/targets",
    ),
    *(
        "",
        "/",
        "spec",
        "//",
        "/~",
        "/~2",
        "/~01",
        "/metadata/finalizers/99999999999999999999",
        "/\ud83d\ude00",
        "/a/b/c",
    ),
)
_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
pointers = st.sampled_from(_POINTERS).map(
    lambda text: texts.quoted(text.encode("utf-16", "surrogatepass").decode("utf-16"))
)


def _operation() -> texts.Texts:
    known = {
        "op": texts.rarely(st.sampled_from(["Add", ""]), st.sampled_from(_OPERATIONS), 20).map(texts.quoted),
        "path": pointers,
        "from": pointers,
    }
    value = texts.values() | texts.specs | texts.statuses | texts.string_maps()
    fields = st.tuples(
        *(texts.pairs(st.just(key), texts.mostly(inner)) for key, inner in known.items()),
        texts.pairs(st.just("value"), value),
    )
    left_out = texts.rarely(st.sets(st.integers(0, 3), max_size=2), st.just(set()), 8)
    return st.tuples(fields, left_out).map(
        lambda found: "{" + ",".join(text for at, text in enumerate(found[0]) if at not in found[1]) + "}"
    )


json_patches = texts.mostly(texts.arrays(_operation()))

_OBJECT_PARTS = st.one_of(
    texts.pairs(st.just("spec"), texts.mostly(texts.specs)),
    texts.pairs(st.just("metadata"), texts.mostly(texts.object_metas(st.sampled_from(["a", "b"]).map(texts.quoted)))),
    texts.pairs(st.just("metadata"), texts.objects(st.lists(texts.pairs(st.just("labels"), texts.string_maps())))),
    texts.pairs(
        st.just("metadata"), st.sampled_from(['{"labels":null}', '{"finalizers":null}', '{"resourceVersion":"abc"}'])
    ),
    texts.pairs(st.just("status"), texts.mostly(texts.statuses)),
    texts.pairs(st.sampled_from(["kind", "apiVersion", "bogus", "Spec"]), texts.values()),
)
merge_patches = texts.mostly(texts.objects(st.lists(_OBJECT_PARTS, max_size=3)))

_DIRECTIVES = st.sampled_from(
    [
        '"$patch":"replace"',
        '"$patch":"delete"',
        '"$patch":"merge"',
        '"$patch":"bogus"',
        '"$patch":1',
        '"$retainKeys":["tiltfilePath"]',
        '"$retainKeys":[1]',
        '"$retainKeys":"x"',
        '"$setElementOrder/finalizers":["a/b"]',
        '"$setElementOrder/finalizers":[{"a":1}]',
        '"$setElementOrder/ownerReferences":[{"uid":"u1"}]',
        '"$setElementOrder/ownerReferences":["u1"]',
        '"$setElementOrder/labels":[]',
        '"$deleteFromPrimitiveList/finalizers":["a/b"]',
        '"$deleteFromPrimitiveList/finalizers":"a/b"',
        '"$deleteFromPrimitiveList/bogus":[]',
        '"finalizers":["x/y"]',
        '"finalizers":[["x"]]',
        '"finalizers":[{"$patch":"replace"}]',
        '"ownerReferences":[{"uid":"u1","name":"n"}]',
        '"ownerReferences":[{"name":"n"}]',
        '"ownerReferences":[{"$patch":"replace"}]',
        '"ownerReferences":[{"$patch":"delete","uid":"u1"}]',
        '"ownerReferences":[{"$patch":"x","uid":"u1"}]',
        '"ownerReferences":[1]',
        '"managedFields":[{"$patch":"replace"}]',
        '"labels":{"$patch":"replace","a":"b"}',
        '"labels":{"$patch":"delete"}',
    ]
)
_DIRECTED = texts.objects(st.lists(_DIRECTIVES, max_size=3))
strategic_patches = st.one_of(
    merge_patches,
    texts.objects(st.lists(texts.pairs(st.sampled_from(["metadata", "spec", "status", "x"]), _DIRECTED), max_size=2)),
    _DIRECTED,
)


def applied(name: str) -> texts.Texts:
    """Configurations to apply to a Session."""
    other = st.sampled_from(['"kind":"Session"', '"apiVersion":"v1","kind":"x"', ""])
    head = texts.rarely(other, st.just('"apiVersion":"tilt.dev/v1alpha1","kind":"Session"'), 10)
    parts = st.lists(_OBJECT_PARTS, max_size=2)
    named = st.just(f'"metadata":{{"name":{texts.quoted(name)},"labels":{{"a":"b"}}}}')
    named = texts.rarely(st.sampled_from(['"metadata":{}', ""]), named, 12)
    whole = st.tuples(head, named, parts).map(
        lambda found: "{" + ",".join(text for text in (found[0], found[1], *found[2]) if text) + "}"
    )
    return whole | texts.sessions(st.just(texts.quoted(name)))
