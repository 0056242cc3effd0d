"""Patches of a Session: what comes of them, and the refusals that the API server gives."""

import json

import pytest

from pytest_tiltsession.api import decoding, json_patches, patching, refusals
from pytest_tiltsession.models import metadata, session

MERGE, JSON, STRATEGIC = patching.MERGE, patching.JSON, patching.STRATEGIC
CURRENT = session.Session(
    metadata.ObjectMeta("pa", uid="u", resource_version="7", labels={"b": "1", "a": "2"}, finalizers=("x/y",)),
    session.SessionSpec("/w/Tiltfile", "manual"),
    session.SessionStatus(0, None, (session.Target("t", "job", ("r",)),)),
)
META = r"\"metadata\":{\"name\":\"pa\",\"uid\":\"u\",\"resourceVersion\":\"7\","
META += r"\"labels\":{\"a\":\"2\",\"b\":\"1\"},\"finalizers\":[\"x/y\"]}"
STATUS = r"\"status\":{\"pid\":0,\"startTime\":null,\"targets\":[{\"name\":\"t\",\"type\":\"job\","
STATUS += r"\"resources\":[\"r\"],\"state\":{}}],\"done\":false}"
DECODING = "error decoding patch: "
CUT = "unexpected end of JSON input"
UNFIT = "json: cannot unmarshal"
LARGE = "1" * 400
UNTYPED = "map[string]interface {}"


def patched(kind, body, validation=decoding.WARN, name="pa"):
    """Apply a patch; what is neither bytes nor text is written as JSON."""
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return patching.apply(kind, raw, CURRENT, name=name, field_validation=validation)


def refusal(kind, body, *options):
    """Give a refusal."""
    with pytest.raises(refusals.Refusal) as caught:
        patched(kind, body, *options)
    return caught.value


def refused(kind, body, *options):
    """Give the status and the words of a refusal."""
    status = refusal(kind, body, *options).status
    return status.code, status.message


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (MERGE, {"spec": {"tiltfilePath": "/n"}}),
        (JSON, [{"op": "replace", "path": "/spec/tiltfilePath", "value": "/n"}]),
        (STRATEGIC, {"spec": {"tiltfilePath": "/n"}}),
    ],
)
def test_a_patch_changes_what_it_names(kind, body):
    """Every kind of patch can change one field and leaves the others; the current object stays as it is."""
    found = patched(kind, body)
    assert (session.SessionSpec("/n", "manual"), ()) == (found.session.spec, found.warnings)
    assert (CURRENT.metadata, CURRENT.status) == (found.session.metadata, found.session.status)
    assert "/w/Tiltfile" == CURRENT.spec.tiltfile_path


@pytest.mark.parametrize(
    ("kind", "body"), [(MERGE, {}), (JSON, []), (JSON, "null"), (STRATEGIC, {}), (STRATEGIC, "null")]
)
def test_an_empty_patch_changes_nothing(kind, body):
    """Nor does null, where a patch may be null."""
    assert CURRENT == patched(kind, body).session


def test_a_merge_patch_deletes_with_null():
    """Labels go one by one or all at once."""
    assert {"b": "1"} == patched(MERGE, {"metadata": {"labels": {"a": None}}}).session.metadata.labels
    assert None is patched(MERGE, {"metadata": {"labels": None}}).session.metadata.labels


def test_finalizers_merge_in_a_strategic_patch_only():
    """A merge patch replaces the list."""
    body = {"metadata": {"finalizers": ["c/d"]}}
    assert ("c/d", "x/y") == patched(STRATEGIC, body).session.metadata.finalizers
    assert ("c/d",) == patched(MERGE, body).session.metadata.finalizers


def test_a_wrong_type_is_told_with_the_whole_outcome():
    """The outcome is quoted with the keys of what was touched in the order of the alphabet."""
    spec = r"\"spec\":{\"exitCondition\":\"manual\",\"tiltfilePath\":5}"
    text = r'"{\"apiVersion\":\"tilt.dev/v1alpha1\",\"kind\":\"Session\",' + f'{META},{spec},{STATUS}}}"'
    why = "json: cannot unmarshal number into Go struct field SessionSpec.spec.tiltfilePath of type string"
    message = f' "" is invalid: patch: Invalid value: {text}: {why}'
    assert (422, message) == refused(MERGE, {"spec": {"tiltfilePath": 5}})
    assert (422, message) == refused(JSON, [{"op": "replace", "path": "/spec/tiltfilePath", "value": 5}])
    status = refusal(MERGE, {"spec": {"tiltfilePath": 5}}).status
    assert [("FieldValueInvalid", "patch")] == [(cause.reason, cause.field_) for cause in status.details.causes]
    assert ("", "", "", "Invalid") == (status.details.name, status.details.group, status.details.kind, status.reason)


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        (MERGE, {"kind": "Cmd"}, "converting (v1alpha1.Cmd) to (v1alpha1.Session): unknown conversion"),
        (
            MERGE,
            {"apiVersion": "tilt.dev/v2"},
            'no kind "Session" is registered for version "tilt.dev/v2" in scheme'
            ' "github.com/tilt-dev/tilt-apiserver/pkg/server/apiserver/apiserver.go:30"',
        ),
        (
            MERGE,
            {"status": {"startTime": "yesterday"}},
            'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
        ),
        (
            JSON,
            [{"op": "replace", "path": "", "value": [1]}],
            "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct {"
            r' APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }',
        ),
        (STRATEGIC, {"spec": {"tiltfilePath": True}}, "unrecognized type: string"),
    ],
    ids=["kind", "version", "time", "array", "strategic"],
)
def test_an_outcome_that_is_no_session_is_refused(kind, body, why):
    """Why it is none stands behind the outcome."""
    code, message = refused(kind, body)
    assert (422, True) == (code, message.startswith(' "" is invalid: patch: Invalid value: "'))
    assert message.endswith(f'": {why}')


def test_a_strategic_patch_is_quoted_instead_of_its_outcome():
    """It is shown as Go prints it."""
    words = ' "" is invalid: patch: Invalid value: "map[spec:map[tiltfilePath:5]]": cannot convert int64 to string'
    assert (422, words) == refused(STRATEGIC, {"spec": {"tiltfilePath": 5}})


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        (MERGE, '{"spec": {"bogus": 1, "ci": {}, "ci": {}}}', ['duplicate "spec.ci"', 'unknown "spec.bogus"']),
        (
            JSON,
            '[{"op": "add", "path": "/spec/bogus", "value": 1, "x": 1, "op": "add"}]',
            ['json patch unknown "[0].x"', 'json patch duplicate "[0].op"', 'unknown "spec.bogus"'],
        ),
        (
            JSON,
            '[{"op": "add", "path": "/metadata/labels", "value": {"a": "1", "a": "1"}}]',
            ['json patch duplicate "[0].value.a"', 'duplicate "metadata.labels.a"'],
        ),
        (STRATEGIC, '{"spec": {"bogus": 1, "ci": {}, "ci": {}}}', ['duplicate "spec.ci"', 'unknown "spec.bogus"']),
    ],
    ids=["merge", "json", "value", "strategic"],
)
def test_unknown_and_doubled_fields_of_a_patch(kind, body, fields):
    """They are warned of, refused with the outcome, or passed over; those of the patch come first."""
    fields = [field.replace(' "', ' field "') for field in fields]
    assert tuple(fields) == patched(kind, body).warnings
    code, message = refused(kind, body, decoding.STRICT)
    assert 422 == code
    assert message.endswith(f'": strict decoding error: {", ".join(fields)}')
    assert () == patched(kind, body, decoding.IGNORE).warnings


@pytest.mark.parametrize(
    ("kind", "body", "strictly", "laxly"),
    [
        (MERGE, "", f"{DECODING}{CUT}", "Invalid JSON Patch"),
        (MERGE, "x", f"{DECODING}invalid character 'x' looking for beginning of value", "Invalid JSON Patch"),
        (MERGE, "5", f"{DECODING}{UNFIT} number into Go value of type {UNTYPED}", "Invalid JSON Patch"),
        (MERGE, "[]", f"{DECODING}{UNFIT} array into Go value of type {UNTYPED}", None),
        (MERGE, "null", "Invalid JSON Patch", "Invalid JSON Patch"),
        (MERGE, '{"a": 1e400}', f"{DECODING}{UNFIT} number 1e400 into Go value of type float64", None),
        (MERGE, LARGE, f"{DECODING}{UNFIT} number into Go value of type {UNTYPED}", "Invalid JSON Patch"),
        (STRATEGIC, f"[{LARGE}]", *[f"{UNFIT} array into Go value of type {UNTYPED}"] * 2),
        (STRATEGIC, f'{{"a": [{LARGE}]}}', *[f"{UNFIT} number {LARGE} into Go value of type float64"] * 2),
        (JSON, "", f"{DECODING}{CUT}", CUT),
        (JSON, "[{", f"{DECODING}{CUT}", CUT),
        (
            JSON,
            '{"op":"add"}',
            f"{DECODING}{UNFIT} object into Go value of type []handlers.jsonPatchOp",
            f"{UNFIT} object into Go value of type jsonpatch.Patch",
        ),
        (
            JSON,
            "[{},5]",
            f"{DECODING}{UNFIT} number into Go value of type handlers.jsonPatchOp",
            f"{UNFIT} number into Patch.1 of type jsonpatch.Operation",
        ),
        (JSON, '[{"op": 5}]', f"{DECODING}{UNFIT} number into Go struct field jsonPatchOp.op of type string", None),
        (STRATEGIC, "{", CUT, CUT),
        (STRATEGIC, "", CUT, CUT),
        (STRATEGIC, "[]", *[f"{UNFIT} array into Go value of type {UNTYPED}"] * 2),
    ],
)
def test_what_is_no_patch_is_refused(kind, body, strictly, laxly):
    """With Ignore the server reads merge and JSON patches with other code, whose words are others."""
    assert (400, strictly) == refused(kind, body) == refused(kind, body, decoding.STRICT)
    if laxly is not None:
        assert (400, laxly) == refused(kind, body, decoding.IGNORE)


@pytest.mark.parametrize(
    "given",
    [
        {"op": "test", "path": "/spec/tiltfilePath", "value": "zzz"},
        {"op": "remove", "path": "/spec/nope"},
        {"op": "add", "path": "/metadata/annotations/x", "value": "y"},
        {"op": "remove", "path": "/metadata/finalizers/7"},
        {"op": "bogus", "path": "/spec"},
    ],
)
def test_an_operation_that_fails_rejects_the_patch(given):
    """The refusal has details, which are empty."""
    status = refusal(JSON, [{"op": "replace", "path": "/spec/tiltfilePath", "value": "/n"}, given]).status
    assert (422, "the server rejected our request due to an error in our request") == (status.code, status.message)
    assert (metadata.StatusDetails(), "Invalid") == (status.details, status.reason)


def test_a_json_patch_has_at_most_ten_thousand_operations():
    """One more is too many, whatever they do."""
    one = {"op": "test", "path": "/spec/exitCondition", "value": "manual"}
    assert CURRENT == patched(JSON, [one] * json_patches.MOST_OPERATIONS).session
    words = "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"
    assert (413, words) == refused(JSON, [one] * (json_patches.MOST_OPERATIONS + 1))


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"metadata": {"labels": {"$patch": "bogus"}}}, 500, "unknown patch type: bogus in map: map[$patch:bogus]"),
        ({"spec": {"$retainKeys": 5}}, 400, "invalid patch format of retainKeys"),
        ({"metadata": {"finalizers": [["a"]]}}, 500, "list element types are not identical: [[x/y] [[a]]]"),
    ],
)
def test_bad_directives_are_refused(body, code, words):
    """Most of them with a 500, as the server does."""
    assert (code, words) == refused(STRATEGIC, body)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (MERGE, {"metadata": {"name": "x"}, "bogus": 1}),
        (
            JSON,
            [{"op": "replace", "path": "/metadata/name", "value": "x"}, {"op": "add", "path": "/bogus", "value": 1}],
        ),
        (STRATEGIC, {"metadata": {"name": "x"}, "bogus": 1}),
    ],
)
def test_a_patch_may_not_rename(kind, body):
    """The refusal carries the warnings of the patch."""
    found = refusal(kind, body)
    assert (400, "the name of the object (x) does not match the name on the URL (pa)") == (
        found.status.code,
        found.status.message,
    )
    assert ('unknown field "bogus"',) == found.warnings


def test_a_patch_may_not_take_the_name_away():
    """A Session without a name belongs to no path."""
    words = "the name of the object (pa based on URL) was undeterminable: name must be provided"
    assert (400, words) == refused(MERGE, {"metadata": {"name": None}})


def test_numbers_of_a_strategic_patch_are_those_of_go():
    """A whole number with a fraction is an int64 in the end; one beyond int64 goes by way of a float."""
    assert 5 == patched(STRATEGIC, '{"status": {"pid": 5.0}}').session.status.pid
    large = [(1 << 63) - 1, 1 << 63]
    pids = [patched(STRATEGIC, {"status": {"pid": number}}).session.status.pid for number in large]
    assert [(1 << 63) - 1, -(1 << 63)] == pids
    code, message = refused(STRATEGIC, '{"status": {"pid": 5.5}}')
    assert (422, True) == (code, message.endswith(": cannot convert float64 to int64"))
    code, message = refused(MERGE, '{"status": {"pid": 5.0}}')
    words = f"{UNFIT} number 5.0 into Go struct field SessionStatus.status.pid of type int64"
    assert (422, True) == (code, message.endswith(f": {words}"))


NESTED = '{"a":' * 9000 + "1" + "}" * 9000


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (MERGE, f'{{"spec":{{"q":{NESTED}}}}}'),
        (STRATEGIC, f'{{"spec":{{"q":{NESTED}}}}}'),
        (JSON, f'[{{"op":"add","path":"/spec/q","value":{NESTED}}}]'),
    ],
)
def test_a_patch_may_nest_deeply(kind, body):
    """Nearly ten thousand levels of what is no field are a warning as one level is."""
    assert patched(kind, body).warnings == ('unknown field "spec.q"',)


def test_a_patch_that_nests_without_end_is_refused():
    """The reader stops at ten thousand levels."""
    body = '{"a":' * 10_001 + "1" + "}" * 10_001
    assert (400, "error decoding patch: invalid character '{' exceeded max depth") == refused(MERGE, body)


def test_a_number_of_a_patch_may_have_many_digits():
    """A merge passes over it, however long it is."""
    assert patched(MERGE, f'{{"spec":{{"q":{"1" * 5000}}}}}', decoding.IGNORE).warnings == ()
