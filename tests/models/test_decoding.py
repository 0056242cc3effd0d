"""Parsed JSON is read into models as Kubernetes reads it: what fits, what is refused, and what strict reading tells."""

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import decoding, encoding, metadata, options, parsed, session

NUMBER = parsed.WrittenNumber
TYPE_META = ("kind", "apiVersion")


def read(value, **options_):
    """Read a Session."""
    return decoding.decode(session.Session, value, inlined=TYPE_META, **options_)


def refused(value, cls=session.Session):
    """Give the words with which a value is refused."""
    with pytest.raises(decoding.Undecodable) as caught:
        decoding.decode(cls, value, inlined=TYPE_META)
    return str(caught.value).removeprefix("json: cannot unmarshal ")


def test_a_whole_session_is_read_and_written_alike(a_session):
    """All that a Session can hold comes back from its JSON."""
    wire = encoding.session_to_wire(a_session)
    found = read(wire)
    assert (a_session, ()) == (found.value, found.strict_errors)
    assert wire == encoding.session_to_wire(found.value)


@pytest.fixture
def a_session():
    """A Session with a value in each field."""
    start = times.parse_micro_time("2026-01-01T00:00:00.000001Z")
    end = times.parse_micro_time("2026-01-01T00:00:02.500000Z")
    waiting = session.TargetState(waiting=session.TargetStateWaiting("on-dependencies"))
    active = session.TargetState(active=session.TargetStateActive(start, True, end))
    ended = session.TargetState(terminated=session.TargetStateTerminated(start, end, "exit 1", "Tolerated"))
    targets = (
        session.Target("a:update", "job", ("a",), waiting),
        session.Target("b:serve", "server", ("b", "c"), active),
        session.Target("c:update", "job", (), ended),
    )
    owner = metadata.OwnerReference("v1", "Tiltfile", "t", "uid-9", controller=True, block_owner_deletion=False)
    managed = metadata.ManagedFieldsEntry(
        "kit", "Update", "tilt.dev/v1alpha1", start // 1_000_000, "FieldsV1", {"f:spec": {".": {}}}, "status"
    )
    meta = metadata.ObjectMeta(
        name="s", generate_name="s-", namespace="n", uid="uid-1", resource_version="7", generation=3,
        creation_timestamp=start // 1_000_000, deletion_timestamp=end // 1_000_000, deletion_grace_period_seconds=0,
        labels={"b": "1", "a": ""}, annotations={"k": "v"}, owner_references=(owner,), finalizers=("x/y",),
        managed_fields=(managed,),
    )  # fmt: skip
    spec = session.SessionSpec("/w/Tiltfile", "ci", session.SessionCISpec(k8s_grace_period=1, timeout=times.HOUR))
    return session.Session(meta, spec, session.SessionStatus(42, start, targets, True, "failed"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"spec": {"tiltfilePath": 5}}, "number into SessionSpec.spec.tiltfilePath of type string"),
        (
            {"spec": {"exitCondition": True}},
            "bool into SessionSpec.spec.exitCondition of type v1alpha1.ExitCondition",
        ),
        ({"spec": []}, "array into Session.spec of type v1alpha1.SessionSpec"),
        ({"spec": {"ci": "x"}}, "string into SessionSpec.spec.ci of type v1alpha1.SessionCISpec"),
        ({"status": {"pid": "42"}}, "string into SessionStatus.status.pid of type int64"),
        ({"status": {"done": 0}}, "number into SessionStatus.status.done of type bool"),
        ({"status": {"targets": {}}}, "object into SessionStatus.status.targets of type []v1alpha1.Target"),
        ({"status": {"targets": [1]}}, "number into SessionStatus.status.targets of type v1alpha1.Target"),
        (
            {"status": {"targets": [{"type": {}}]}},
            "object into Target.status.targets.type of type v1alpha1.TargetType",
        ),
        (
            {"status": {"targets": [{"resources": "x"}]}},
            "string into Target.status.targets.resources of type []string",
        ),
        (
            {"status": {"targets": [{"resources": ["x", 1]}]}},
            "number into Target.status.targets.resources of type string",
        ),
        (
            {"status": {"targets": [{"state": {"active": {"ready": "x"}}}]}},
            "string into TargetStateActive.status.targets.state.active.ready of type bool",
        ),
        ({"metadata": 1}, "number into Session.metadata of type v1.ObjectMeta"),
        ({"metadata": {"uid": 1}}, "number into ObjectMeta.metadata.uid of type types.UID"),
        ({"metadata": {"labels": []}}, "array into ObjectMeta.metadata.labels of type map[string]string"),
        ({"metadata": {"labels": {"a": 1}}}, "number into ObjectMeta.metadata.labels of type string"),
        (
            {"metadata": {"ownerReferences": [{"controller": "x"}]}},
            "string into OwnerReference.metadata.ownerReferences.controller of type bool",
        ),
        (
            {"metadata": {"managedFields": [{"operation": 1}]}},
            "number into ManagedFieldsEntry.metadata.managedFields.operation of type v1.ManagedFieldsOperationType",
        ),
    ],
)
def test_a_wrong_type_is_told_with_the_names_of_go(value, words):
    """The refusal names the struct, the way to the field, and the field's type."""
    assert words.replace(" into ", " into Go struct field ") == refused(value)


def test_a_wrong_type_of_the_whole_names_no_field():
    """What is no object at all is no value of the type."""
    assert "array into Go value of type v1alpha1.Session" == refused([])


@pytest.mark.parametrize(
    ("number", "words"),
    [(NUMBER("4.5"), "4.5"), (NUMBER("1.0"), "1.0"), (NUMBER("1e3"), "1e3"), (1 << 63, "9223372036854775808"),
     (-(1 << 63) - 1, "-9223372036854775809")],
)  # fmt: skip
def test_an_integer_must_be_written_as_one(number, words):
    """A number that is no int64 as it is written is refused with its text."""
    where = "into Go struct field SessionStatus.status.pid of type int64"
    assert f"number {words} {where}" == refused({"status": {"pid": number}})


@pytest.mark.parametrize("number", [-(1 << 63), 0, (1 << 63) - 1])
def test_all_of_int64_fits(number):
    """The smallest and the largest int64 are read."""
    assert number == read({"status": {"pid": number}}).value.status.pid


def test_the_first_wrong_type_is_told():
    """Reading goes on behind a wrong type, and the first one is told at the end."""
    value = {"spec": {"tiltfilePath": 5}, "status": {"pid": "x"}}
    assert "spec.tiltfilePath" in refused(value)
    assert "status.pid" in refused(dict(reversed(value.items())))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"spec": {"tiltfilePath": 5, "ci": {"timeout": "1d"}}}, 'time: unknown unit "d" in duration "1d"'),
        (
            {"metadata": {"name": 5, "creationTimestamp": "x"}},
            'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
        ),
        (
            {"status": {"pid": "x", "startTime": 7}},
            "number into Go struct field SessionStatus.status.startTime of type string",
        ),
    ],
)
def test_a_bad_time_ends_the_reading(value, words):
    """A time or duration that cannot be read is told before wrong types that came earlier."""
    assert words == refused(value)


def test_null_is_absence():
    """Null leaves each field of a Session at its default."""
    empty = dict.fromkeys(("tiltfilePath", "exitCondition", "ci"))
    times_ = dict.fromkeys(("pid", "startTime", "targets", "done", "error"))
    value = {"metadata": {"name": None, "labels": None, "creationTimestamp": None}, "spec": empty, "status": times_}
    assert session.Session() == read(value).value == read({"metadata": None}).value == read(None).value


def test_empty_lists_are_kept_apart_from_absent_ones():
    """``targets: []`` is a list without items, and a target's ``resources: null`` none at all."""
    assert () == read({"status": {"targets": []}}).value.status.targets
    assert None is read({"status": {"targets": None}}).value.status.targets
    target = read({"status": {"targets": [None, {"resources": [None, "x"]}]}}).value.status.targets
    assert (session.Target(), session.Target(resources=("", "x"))) == target


def test_labels_may_have_null_for_a_value():
    """A null in a map of texts is the empty text."""
    assert {"a": "", "b": "c"} == read({"metadata": {"labels": {"a": None, "b": "c"}}}).value.metadata.labels


def test_zero_times_are_none():
    """Go's zero time counts as none, in both forms of times."""
    meta, status = {"creationTimestamp": "0001-01-01T00:00:00Z"}, {"startTime": "0001-01-01T00:00:00.000000Z"}
    assert session.Session() == read({"metadata": meta, "status": status}).value


def test_names_are_compared_with_their_case():
    """A field in another case is an unknown one, and what it says is not read."""
    found = read({"spec": {"TiltfilePath": "/w", "exitcondition": "ci"}})
    assert session.Session() == found.value
    assert ('unknown field "spec.TiltfilePath"', 'unknown field "spec.exitcondition"') == found.strict_errors


def test_unknown_fields_are_told_in_the_order_of_the_text():
    """Strict reading tells each unknown field with its path, once, and does not look into what it holds."""
    targets = [{"zzz": 1}, {"state": {"active": {"x": {"y": 1}}}}]
    value = {"metadata": {"weird": 1}, "extra": {"in": 1}, "kind": "Session", "status": {"targets": targets}}
    expected = ["metadata.weird", "extra", "status.targets[0].zzz", "status.targets[1].state.active.x"]
    assert tuple(f'unknown field "{path}"' for path in expected) == read(value).strict_errors
    assert () == read(value, strict=False).strict_errors


def test_doubled_fields_are_told_and_read_twice():
    """A key that is named twice is read twice into the same place; strict reading tells it once."""
    spec = parsed.DoubledKeys([("tiltfilePath", "/a"), ("ci", {"timeout": "1s"}), ("tiltfilePath", "/b"),
                               ("ci", {"readinessTimeout": "2s"}), ("tiltfilePath", "/c")])  # fmt: skip
    found = read({"spec": spec})
    ci = session.SessionCISpec(timeout=times.SECOND, readiness_timeout=2 * times.SECOND)
    assert session.SessionSpec("/c", "", ci) == found.value.spec
    assert ('duplicate field "spec.tiltfilePath"', 'duplicate field "spec.ci"') == found.strict_errors


def test_doubled_labels_and_lists_are_merged_as_in_go():
    """Maps keep what came first; lists keep their items' fields where the second list names none."""
    labels = parsed.DoubledKeys([("labels", {"a": "1", "b": "2"}), ("labels", {"b": "3"})])
    targets = parsed.DoubledKeys([("targets", [{"name": "a"}, {"name": "b"}]), ("targets", [{"type": "job"}])])
    found = read({"metadata": labels, "status": targets})
    assert {"a": "1", "b": "3"} == found.value.metadata.labels
    assert (session.Target("a", "job"),) == found.value.status.targets
    pairs = parsed.DoubledKeys([("a", "1"), ("a", "2")])
    assert ('duplicate field "metadata.labels.a"',) == read({"metadata": {"labels": pairs}}).strict_errors


def test_at_most_a_hundred_strict_errors_are_told():
    """The list of strict errors ends after the hundredth."""
    found = read({f"x{index}": 1 for index in range(120)}).strict_errors
    assert (100, 'unknown field "x99"') == (len(found), found[-1])


def test_paths_are_quoted_as_go_quotes():
    """Quotes and control characters of a key are escaped, other letters are not."""
    assert ('unknown field "a\\"\\n\u00fc\\u200b"',) == read({'a"\n\u00fc\u200b': 1}).strict_errors


def test_optional_values_are_told_apart_from_zero():
    """A pointer in Go is None where nothing is said, and zero or false where that is said."""
    read_options = decoding.decode(options.DeleteOptions, {"gracePeriodSeconds": 0, "orphanDependents": None}).value
    assert options.DeleteOptions(grace_period_seconds=0) == read_options
    assert "number into Go struct field Preconditions.preconditions.uid of type types.UID" == refused(
        {"preconditions": {"uid": 1}}, options.DeleteOptions
    )


def test_a_list_is_read_as_one_value():
    """Items of a list have their index in the paths of strict errors; null is the empty list."""
    found = decoding.decode_list(session.Target, [{"name": "a", "x": 1}, None])
    assert ((session.Target("a"), session.Target()), ('unknown field "[0].x"',)) == (found.value, found.strict_errors)
    assert () == decoding.decode_list(session.Target, None).value
    with pytest.raises(decoding.Undecodable, match=r"object into Go value of type \[\]v1alpha1\.Target$"):
        decoding.decode_list(session.Target, {})
