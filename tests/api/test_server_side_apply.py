"""Server-side apply: merging, ownership, conflicts, and what is refused."""

import dataclasses
import json
import pathlib

import pytest

from pytest_tiltsession.api import managed_fields, refusals
from pytest_tiltsession.models import decoding, encoding
from pytest_tiltsession.models import session as session_models

STORIES = pathlib.Path(__file__).parent.parent / "recorded" / "stories" / "stories.jsonl"
KIND = {"apiVersion": "tilt.dev/v1alpha1", "kind": "Session"}
SPEC = {"tiltfilePath": "/w/Tiltfile", "exitCondition": "manual"}
BOTH = {"f:spec": {"f:exitCondition": {}, "f:tiltfilePath": {}}}
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def config(*, spec=None, status=None, **meta):
    """Give what an applier sets: only what is named here."""
    parts = {"spec": spec, "status": status}
    return {**KIND, "metadata": {"name": "ap", **meta}, **{name: part for name, part in parts.items() if part}}


def stored(*, spec=SPEC, status=None, manager="kit", **meta):
    """Give a Session as stored after its creation by an ordinary client."""
    wire = {"metadata": {"name": "ap", **meta}, "spec": spec, "status": status}
    given = decoding.decode(session_models.Session, wire).value
    recorded = managed_fields.record_update(None, given, manager=manager, now=100)
    return dataclasses.replace(recorded, metadata=dataclasses.replace(recorded.metadata, uid="uid-1"))


def applied(current, set_, *, manager="m1", force=False, now=200, **options):
    """Apply what is set, as JSON, and give the Session that comes of it."""
    body = set_ if isinstance(set_, bytes) else json.dumps(set_).encode()
    return managed_fields.apply(current, body, manager=manager, force=force, now=now, **options).session


def refused(current, set_, **options):
    """Apply, expect a refusal, and give its Status."""
    with pytest.raises(refusals.Refusal) as raised:
        applied(current, set_, **options)
    return raised.value.status


def updated(before, *, manager="kit", now=150, **changes):
    """Give a stored Session after an ordinary update of metadata attributes or of its spec."""
    parts = {"spec": changes.pop("spec")} if "spec" in changes else {}
    after = dataclasses.replace(before, metadata=dataclasses.replace(before.metadata, **changes), **parts)
    return managed_fields.record_update(before, after, manager=manager, now=now)


def entries(session):
    """Give managedFields as (manager, operation, time, fields), one per entry."""
    found = session.metadata.managed_fields or ()
    return [(entry.manager, entry.operation, entry.time, entry.fields_v1) for entry in found]


def owned(session, manager):
    """Give the fields that one manager applied."""
    return next((fields for name, kind, _, fields in entries(session) if (name, kind) == (manager, "Apply")), None)


def applying_stories():
    """Give the recorded stories that apply to the object itself, save the one that Tilt cannot do at all."""
    for line in STORIES.read_text().rstrip("\n").split("\n"):
        story = json.loads(line)
        if story["group"] == "patch-apply" and story["id"] != "apply-new" and "status" not in story["id"]:
            yield pytest.param(story["steps"], id=story["id"])


@pytest.mark.parametrize("steps", list(applying_stories()))
def test_applies_end_as_on_the_real_server(steps):
    """Each recorded apply gives the recorded labels, spec and managedFields, or the recorded refusal."""
    session = None
    for number, step in enumerate(step for step in steps if "request" in step):
        request, expect = step["request"], step["expect"]
        query = dict(part.split("=") for part in request.get("query", "").split("&") if part)
        if request["method"] == "POST":
            session = stored(**request["body"]["metadata"])
        elif "body" in request:
            session = updated(session, labels={**session.metadata.labels, **request["body"]["metadata"]["labels"]})
        elif request["method"] == "PATCH" and query.get("fieldManager"):
            options = {"manager": query["fieldManager"], "force": "force" in query, "now": 200 + number}
            wrong_version = expect["status"] == 409 and "the object has been modified" in expect["body"]["message"]
            if expect["status"] in (409, 500) and not wrong_version:
                status = encoding.to_wire(refused(session, request["body_text"].encode(), **options))
                assert {name: part for name, part in expect["body"].items() if name not in KIND} == status
                continue
            session = applied(session, request["body_text"].encode(), **options)
        if isinstance(expect.get("body"), dict) and expect["status"] == 200:
            found, wanted = encoding.session_to_wire(session), expect["body"]
            for each in (*found["metadata"]["managedFields"], *wanted["metadata"]["managedFields"]):
                del each["time"]
            assert json.dumps(wanted["metadata"]["managedFields"]) == json.dumps(found["metadata"]["managedFields"])
            assert wanted["metadata"].get("labels") == found["metadata"].get("labels")
            assert wanted["spec"] == found["spec"]


def test_an_applier_manages_what_it_mentions():
    """All that is set is managed, changed or not; name and kind are not."""
    session = applied(stored(), config(spec=SPEC, labels={"z": "1"}))
    assert ("m1", "Apply", 200, {"f:metadata": {"f:labels": {"f:z": {}}}} | BOTH) == entries(session)[0]
    assert {"z": "1"} == session.metadata.labels


def test_null_and_empty_values_are_managed_as_such():
    """An explicit null and an empty map are fields that their applier sets."""
    session = applied(stored(), config(spec={"ci": None}, labels={}))
    assert {"f:metadata": {"f:labels": {}}, "f:spec": {"f:ci": {}}} == owned(session, "m1")


def test_an_apply_of_the_same_values_shares_them():
    """Two managers that set the same value both manage it, without a conflict."""
    session = applied(stored(), config(spec=SPEC))
    assert ["m1", "kit"] == [name for name, *_ in entries(session)]
    assert BOTH == owned(session, "m1")


def test_an_apply_without_effect_keeps_its_time():
    """The same apply again changes nothing, times included; a first apply without effect gets none."""
    first = applied(stored(), config(labels={"z": "1"}), now=200)
    assert entries(first) == entries(applied(first, config(labels={"z": "1"}), now=300))
    assert ("m1", "Apply", None, BOTH) == entries(applied(stored(), config(spec=SPEC)))[0]


def test_one_conflict_is_told_in_one_line():
    """A single field of another updater is named with its manager and version."""
    status = refused(stored(), config(spec={"tiltfilePath": "/other"}))
    told = 'Apply failed with 1 conflict: conflict with "kit" using tilt.dev/v1alpha1: .spec.tiltfilePath'
    assert (409, "Conflict", told) == (status.code, status.reason, status.message)
    (cause,) = status.details.causes
    assert ("FieldManagerConflict", ".spec.tiltfilePath") == (cause.reason, cause.field_)
    assert 'conflict with "kit" using tilt.dev/v1alpha1' == cause.message


def test_several_conflicts_are_listed_below_their_managers():
    """Conflicts with several managers, and with items of sets and keyed lists, are listed manager by manager."""
    owner = {"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "b"}
    session = applied(stored(spec=SPEC | {"exitCondition": "ci"}), config(ownerReferences=[owner]), manager="m0")
    session = applied(session, config(status={"pid": 3}), manager="m2", subresource="status")
    wanted = config(spec=SPEC | {"tiltfilePath": "/x"}, status={"pid": 4}, ownerReferences=[owner | {"name": "x"}])
    status = refused(session, wanted)
    told = (
        'Apply failed with 4 conflicts: conflicts with "kit" using tilt.dev/v1alpha1:\n'
        "- .spec.exitCondition\n"
        "- .spec.tiltfilePath\n"
        'conflicts with "m0":\n'
        '- .metadata.ownerReferences[uid="b"]\n'
        'conflicts with "m2" with subresource "status":\n'
        "- .status.pid"
    )
    assert told == status.message
    assert 4 == len(status.details.causes)


def test_force_takes_fields_over():
    """A forced apply sets the value and takes the field from the others; shared fields stay shared."""
    session = applied(stored(), config(spec=SPEC | {"tiltfilePath": "/ap"}), force=True)
    assert "/ap" == session.spec.tiltfile_path
    assert [("m1", "Apply", 200, BOTH), ("kit", "Update", 100, {"f:spec": {"f:exitCondition": {}}})] == entries(session)


def test_a_field_that_is_no_longer_applied_is_removed():
    """What only this applier managed goes from the object when it is not set any more, with empty parents."""
    session = applied(stored(), config(labels={"a": "1", "b": "2"}, finalizers=["x/y"], spec={"ci": {"timeout": "1m"}}))
    session = applied(session, config(labels={"a": "1"}))
    assert ({"a": "1"}, None, None) == (session.metadata.labels, session.metadata.finalizers, session.spec.ci)
    session = applied(session, config())
    assert (None, "/w/Tiltfile") == (session.metadata.labels, session.spec.tiltfile_path)
    assert [("kit", "Update", 100, BOTH)] == entries(session)


def test_items_of_a_set_are_removed_one_by_one():
    """A finalizer that its applier gives up goes; those of others, and those still applied, stay."""
    session = applied(stored(finalizers=["k/k"]), config(finalizers=["x/y", "z/w"]))
    session = applied(session, config(finalizers=["z/w"]))
    assert ("k/k", "z/w") == session.metadata.finalizers


def test_a_session_loses_what_nobody_manages_any_more():
    """Where nobody else manages the spec an applier that leaves it out empties it."""
    session = applied(applied(None, config(spec=SPEC)), config(labels={"z": "1"}))
    assert session_models.SessionSpec() == session.spec


def test_a_field_that_another_manages_stays():
    """What another manager holds as well, or has in the same map, is only given up, not removed."""
    session = applied(stored(), config(labels={"a": "1", "b": "2"}))
    session = applied(session, config(labels={"b": "2"}), manager="m2")
    session = updated(session, labels={**session.metadata.labels, "c": "3"})
    session = applied(session, config())
    assert {"b": "2", "c": "3"} == session.metadata.labels
    assert ["m2", "kit"] == [name for name, *_ in entries(session)]


def test_an_update_takes_fields_from_an_applier_and_conflicts_with_its_next_apply():
    """After an ordinary client changed an applied field the applier must force or give in."""
    session = applied(stored(), config(labels={"z": "1"}))
    session = updated(session, labels={"z": "2"})
    assert owned(session, "m1") is None
    assert ".metadata.labels.z" == refused(session, config(labels={"z": "1"})).details.causes[0].field_


def test_targets_are_applied_as_a_whole():
    """Targets are atomic: an apply replaces all of them."""
    one, two = ({"name": name, "type": "job", "resources": [], "state": {}} for name in "ab")
    session = applied(stored(status={"targets": [one, two]}), config(status={"targets": [two]}), force=True)
    assert ["b"] == [target.name for target in session.status.targets]


@pytest.mark.parametrize(
    ("before", "set_", "merged"),
    [
        (["a", "b"], ["c"], ["a", "b", "c"]),
        (["a", "b", "c"], ["c", "d"], ["a", "b", "c", "d"]),
        (["a", "b", "c"], ["c", "a"], ["b", "c", "a"]),
        (["a", "b", "c", "d"], ["b", "x", "d", "a"], ["b", "c", "x", "d", "a"]),
        (["a", "a", "b"], ["a", "z"], ["a", "z", "b"]),
        (["a"], [], ["a"]),
        (["a"], None, ["a"]),
    ],
)
def test_sets_are_merged_in_the_order_of_the_applier(before, set_, merged):
    """Applied items keep their order among each other; the others stay where their neighbours were."""
    session = applied(stored(finalizers=before), config(finalizers=set_), force=True)
    assert merged == list(session.metadata.finalizers)


def test_owners_are_replaced_one_by_one():
    """References to owners are told apart by uid, and each is replaced as a whole."""
    old = {"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u1", "controller": True}
    session = stored(ownerReferences=[old])
    new = [{"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid} for name, uid in (("x", "u2"), ("y", "u1"))]
    session = applied(session, config(ownerReferences=new), force=True)
    assert {"u1": ("y", None), "u2": ("x", None)} == {
        owner.uid: (owner.name, owner.controller) for owner in session.metadata.owner_references
    }


def test_a_session_without_managers_is_first_given_one():
    """Fields that nobody manages count as set before-first-apply, and conflict."""
    session = dataclasses.replace(stored(), metadata=dataclasses.replace(stored().metadata, managed_fields=None))
    session = applied(session, config(labels={"z": "1"}))
    assert ("before-first-apply", "Update", 200, BOTH) in entries(session)
    told = refused(session, config(spec={"tiltfilePath": "/x"}), manager="m2").message
    assert 'conflict with "before-first-apply" using tilt.dev/v1alpha1: .spec.tiltfilePath' in told


def test_an_apply_can_make_a_session():
    """Where none is stored the Session holds what is applied, and its applier manages it."""
    session = applied(None, config(spec=SPEC))
    assert ("ap", "/w/Tiltfile") == (session.name, session.spec.tiltfile_path)
    assert [("m1", "Apply", 200, BOTH)] == entries(session)


def test_system_fields_of_the_body_come_through_for_the_caller():
    """Name, uid and resourceVersion of the body are in the result, to be compared with the stored ones."""
    session = applied(stored(), config(uid="other", resourceVersion="1"))
    assert ("other", "1") == (session.metadata.uid, session.metadata.resource_version)


def test_the_status_is_applied_through_its_subresource():
    """An apply to the status is an owner of its own, apart from the same manager's apply to the object."""
    session = applied(stored(), config(labels={"z": "1"}))
    session = applied(session, config(status={"pid": 9}), subresource="status", ignored=("spec", "metadata"))
    assert 9 == session.status.pid
    found = [(entry.manager, entry.subresource) for entry in session.metadata.managed_fields]
    assert [("m1", ""), ("m1", "status"), ("kit", "")] == found


def test_reset_fields_are_merged_but_managed_by_nobody():
    """Where the endpoint resets the status, applying it there neither conflicts nor is recorded."""
    session = applied(stored(status={"pid": 3}), config(labels={"z": "1"}, status={"pid": 4}), ignored=("status",))
    assert {"f:metadata": {"f:labels": {"f:z": {}}}} == owned(session, "m1")


def test_kubectl_may_take_over_what_it_applied_before():
    """A manager named kubectl needs no force for fields of its last-applied annotation, and renews the annotation."""
    before = config(spec=SPEC | {"tiltfilePath": "/old"}, annotations={})
    session = stored(
        spec=before["spec"], annotations={LAST_APPLIED: json.dumps(before)}, manager="kubectl-client-side-apply"
    )
    wanted = config(spec=SPEC | {"tiltfilePath": "/<new>"}, annotations={LAST_APPLIED: "dropped", "k": "v"})
    assert 409 == refused(session, wanted, manager="m1").code
    del wanted["metadata"]["annotations"][LAST_APPLIED]
    session = applied(session, wanted, manager="kubectl")
    kept = (
        '{"apiVersion":"tilt.dev/v1alpha1","kind":"Session","metadata":{"annotations":{"k":"v"},"name":"ap"},'
        '"spec":{"exitCondition":"manual","tiltfilePath":"/\\u003cnew\\u003e"}}\n'
    )
    assert {LAST_APPLIED: kept, "k": "v"} == session.metadata.annotations
    assert "/<new>" == session.spec.tiltfile_path


def test_kubectl_conflicts_where_the_object_has_moved_on():
    """Fields that differ from the annotation were set by someone else since, and still conflict."""
    annotation = json.dumps(config(spec=SPEC | {"tiltfilePath": "/applied"}))
    session = stored(spec=SPEC | {"tiltfilePath": "/since"}, annotations={LAST_APPLIED: annotation})
    status = refused(session, config(spec={"tiltfilePath": "/new", "exitCondition": "ci"}), manager="kubectl")
    assert [".spec.tiltfilePath"] == [cause.field_ for cause in status.details.causes]


@pytest.mark.parametrize("annotation", ["", "{", "[]", '{"apiVersion":"v1"}', json.dumps({**KIND, "spec": 5})])
def test_a_useless_annotation_changes_nothing(annotation):
    """Without a readable last-applied annotation kubectl conflicts like everyone."""
    session = stored(annotations={LAST_APPLIED: annotation})
    assert 409 == refused(session, config(spec={"tiltfilePath": "/new"}), manager="kubectl").code


def test_an_annotation_that_grew_too_large_is_dropped():
    """The annotation goes when all annotations would be over 256 KiB."""
    session = stored(annotations={LAST_APPLIED: json.dumps(config(spec=SPEC))})
    wanted = config(annotations={"k": "v" * 140_000})
    assert LAST_APPLIED not in applied(session, wanted, manager="kubectl").metadata.annotations


@pytest.mark.parametrize(
    ("body", "code", "reason", "message"),
    [
        (
            b"a: [",
            400,
            "BadRequest",
            "error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected node content",
        ),
        (
            b"[]",
            400,
            "BadRequest",
            "error decoding YAML: error unmarshaling JSON: while decoding JSON: "
            "json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        (b"", 400, "BadRequest", "invalid object type: /, Kind="),
        (b"kind: Session", 400, "BadRequest", "invalid object type: /, Kind=Session"),
        (b"{kind: Session, apiVersion: v1}", 400, "BadRequest", "invalid object type: /v1, Kind=Session"),
        (b"{kind: Session, apiVersion: a/b/c}", 400, "BadRequest", "invalid object type: /, Kind="),
        ({**KIND, "kind": "X"}, 400, "BadRequest", "invalid object type: tilt.dev/v1alpha1, Kind=X"),
        (config(managedFields=[]), 400, "BadRequest", "metadata.managedFields must be nil"),
        (config(managedFields=[{}]), 400, "BadRequest", "metadata.managedFields must be nil"),
    ],
)
def test_bodies_that_are_no_session_are_refused(body, code, reason, message):
    """Malformed YAML, another kind or version, and managedFields are refused with the server's words."""
    status = refused(stored(), body)
    assert (code, reason, message) == (status.code, status.reason, status.message)


SCALAR = "&value.valueUnstructured{Value:"


@pytest.mark.parametrize(
    ("set_", "problem"),
    [
        (config(spec={"bogus": 1}), ".spec.bogus: field not declared in schema"),
        (config() | {"a": 1, "b": 2}, ".a: field not declared in schema"),
        (config(spec={"tiltfilePath": 5}), f".spec.tiltfilePath: expected string, got {SCALAR}5}}"),
        (config(spec=["x"]), ".spec: expected map, got &{[x]}"),
        (config(status={"pid": "4"}), ".status.pid: expected numeric (int or float), got string"),
        (config(status={"done": 1}), ".status.done: expected boolean, got &{1}"),
        (config(status={"startTime": []}), ".status.startTime: expected any scalar, got &{[]}"),
        (config(spec=1 << 63), ".spec: expected map, got &{9.223372036854776e+18}"),
        (config(finalizers="x"), ".metadata.finalizers: expected list, got &{x}"),
        (config(finalizers=["a", "a"]), '.metadata.finalizers: duplicate entries for key [="a"]'),
        (
            config(finalizers=[None]),
            ".metadata.finalizers: element 0: associative list without keys has an element that's an explicit null",
        ),
        (
            config(finalizers=[{}]),
            ".metadata.finalizers: element 0: associative list without keys has an element that's a map type",
        ),
        (
            config(finalizers=[[]]),
            ".metadata.finalizers: element 0: not supported: associative list with lists as elements",
        ),
        (
            config(ownerReferences=[None]),
            ".metadata.ownerReferences: element 0: associative list with keys may not have a null element",
        ),
        (
            config(ownerReferences=["x"]),
            ".metadata.ownerReferences: element 0: associative list with keys may not have non-map elements",
        ),
        (
            config(status={"targets": [{"name": 5}]}),
            f".status.targets[0].name: expected string, got {SCALAR}5}}",
        ),
        (
            config(labels={"a": True, "b": [1, "x"], "c": {"d": None}}),
            "errors:\n"
            f"  .metadata.labels.a: expected string, got {SCALAR}true}}\n"
            f'  .metadata.labels.b: expected string, got {SCALAR}[]interface {{}}{{1, "x"}}}}\n'
            f"  .metadata.labels.c: expected string, got {SCALAR}"
            'map[string]interface {}{"d":interface {}(nil)}}',
        ),
    ],
)
def test_what_breaks_the_schema_is_refused_with_its_path(set_, problem):
    """Unknown fields and wrong types are a 500 without a reason that names object and field."""
    status = refused(stored(), set_)
    where = "failed to create typed patch object (/ap; tilt.dev/v1alpha1, Kind=Session): "
    assert (500, "", where + problem) == (status.code, status.reason, status.message)


@pytest.mark.parametrize(
    ("set_", "problem"),
    [
        (config(spec={"ci": {"timeout": "soon"}}), 'time: invalid duration "soon"'),
        (config(status={"pid": 4.5}), "cannot convert float64 to int64"),
        (config(status={"startTime": True}), "json: cannot unmarshal bool into Go value of type string"),
        (config(spec={"ci": {"readinessTimeout": "late", "timeout": "soon"}}), 'time: invalid duration "soon"'),
        (
            config(status={"startTime": "now"}),
            'parsing time "now" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "now" as "2006"',
        ),
    ],
)
def test_values_that_fit_the_schema_but_no_session_are_refused(set_, problem):
    """Durations, times and fractions are only found out after merging, in the order of the declared fields."""
    status = refused(stored(), set_)
    where = "failed to convert new object (/ap; tilt.dev/v1alpha1, Kind=Session) to proper version: "
    unable = "unable to convert unstructured object to tilt.dev/v1alpha1, Kind=Session: "
    assert (500, "", where + unable + problem) == (status.code, status.reason, status.message)


def test_numbers_are_integers_of_64_bits():
    """Whole floats are integers; what is too large wraps to the least one, as on the real server."""
    pids = [applied(stored(), config(status={"pid": pid})).status.pid for pid in (4.0, 2**63 - 1, 2**63, -(2**65))]
    assert [4, 2**63 - 1, -(2**63), -(2**63)] == pids


def test_keys_that_the_yaml_doubles_are_warned_about():
    """The last value counts; there is a warning by default, none for Ignore, and a refusal for Strict."""
    body = b"apiVersion: tilt.dev/v1alpha1\nkind: Session\nmetadata:\n  name: ap\n  labels:\n    z: '1'\n    z: '2'\n"
    options = {"manager": "m1", "force": False, "now": 200}
    warned = managed_fields.apply(stored(), body, **options)
    assert ({"z": "2"}, ('line 7: key "z" already set in map',)) == (warned.session.metadata.labels, warned.warnings)
    assert () == managed_fields.apply(stored(), body, **options, field_validation="Ignore").warnings
    told = "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  "
    status = refused(stored(), body, field_validation="Strict")
    assert (400, f'{told}line 7: key "z" already set in map') == (status.code, status.message)


@pytest.mark.parametrize(
    ("version", "operation", "message"),
    [
        ("tilt.dev/v1alpha1", "Bogus", "failed to decode managed fields: operation must be `Apply` or `Update`"),
        ("a/b/c", "Update", "unexpected GroupVersion string: a/b/c"),
    ],
)
def test_stored_managed_fields_that_cannot_be_read_stop_an_apply(version, operation, message):
    """Server-side apply needs readable managedFields, where an update would go on without."""
    broken = dataclasses.replace(stored().metadata.managed_fields[0], api_version=version, operation=operation)
    session = stored()
    session = dataclasses.replace(session, metadata=dataclasses.replace(session.metadata, managed_fields=(broken,)))
    status = refused(session, config(labels={"z": "1"}))
    assert (500, message) == (status.code, status.message)
