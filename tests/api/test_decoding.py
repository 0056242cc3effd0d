"""Bodies of writes become Sessions, or refusals with the API server's words."""

import gzip
import json

import pytest

from pytest_tiltsession.api import decoding, refusals
from pytest_tiltsession.models import session

KIND = {"apiVersion": "tilt.dev/v1alpha1", "kind": "Session"}
GIVEN = {**KIND, "metadata": {"name": "s"}, "spec": {"tiltfilePath": "/w", "exitCondition": "manual"}}
UNRECOGNIZED = "the object provided is unrecognized (must be of type Session): "
UNREADABLE = "couldn't get version/kind; json parse error: "
CANNOT_BE_HANDLED = 'Session in version "v1alpha1" cannot be handled as a Session: '
SCHEME = '"github.com/tilt-dev/tilt-apiserver/pkg/server/apiserver/apiserver.go:30"'
TYPE_META = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
STRICTLY = f"{CANNOT_BE_HANDLED}strict decoding error: "


def bytes_of(body):
    """Give a body as bytes; what is neither bytes nor text is written as JSON."""
    return body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()


def decoded(body, media_type=decoding.JSON, validation=decoding.WARN):
    """Read a body."""
    return decoding.decode_session(bytes_of(body), media_type, validation)


def refused(body, *options_):
    """Give the words of a 400."""
    with pytest.raises(refusals.Refusal) as caught:
        decoded(body, *options_)
    status = caught.value.status
    assert (400, "BadRequest") == (status.code, status.reason)
    return status.message


def test_a_body_becomes_a_session():
    """The Session, and the body as it was parsed, come without warnings."""
    found = decoded(GIVEN)
    assert ("s", session.SessionSpec("/w", "manual")) == (found.session.name, found.session.spec)
    assert (GIVEN, ()) == (found.wire, found.warnings)


def test_kind_and_version_may_be_missing():
    """What a body does not say of them is what the path asks for."""
    for body in (
        {},
        {"kind": "Session"},
        {"apiVersion": "tilt.dev/v1alpha1"},
        {"apiVersion": "tilt.dev/"},
        {"apiVersion": "/"},
    ):
        assert "s" == decoded({**body, "metadata": {"name": "s"}}).session.name
    assert session.Session() == decoded("null").session


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"apiVersion": "tilt.dev/v1"}, 'no kind "Session" is registered for version "tilt.dev/v1"'),
        ({"apiVersion": "apps/v1"}, 'no kind "Session" is registered for version "apps/v1"'),
        ({"apiVersion": "v1"}, 'no kind "Session" is registered for version "v1"'),
        ({"kind": "Pod"}, 'no kind "Pod" is registered for version "tilt.dev/v1alpha1"'),
        ({"kind": "session"}, 'no kind "session" is registered for version "tilt.dev/v1alpha1"'),
        ({"kind": "Cmd"}, "converting (v1alpha1.Cmd) to (v1alpha1.Session): unknown conversion"),
        ({"kind": "SessionList"}, "converting (v1alpha1.SessionList) to (v1alpha1.Session): unknown conversion"),
        ({"kind": "DeleteOptions"}, "converting (v1.DeleteOptions) to (v1alpha1.Session): unknown conversion"),
        ({"apiVersion": "v1", "kind": "Status"}, "converting (v1.Status) to (v1alpha1.Session): unknown conversion"),
        ({"kind": "Status"}, "converting (v1.Status) to (v1alpha1.Session): unknown conversion"),
        ({"apiVersion": "a/v2", "kind": "Status"}, "converting (v1.Status) to (v1alpha1.Session): unknown conversion"),
    ],
)
def test_another_kind_or_version_is_refused(body, found):
    """The refusal tells what the body claims to be, and why that is no Session."""
    body = KIND | body
    version = body["apiVersion"].rpartition("/")[2]
    found += f" in scheme {SCHEME}" if "registered" in found else ""
    assert f'{body["kind"]} in version "{version}" cannot be handled as a Session: {found}' == refused(body)


def test_letters_that_cannot_be_printed_are_escaped_in_kinds_and_versions():
    """Go quotes both wherever it names them."""
    told = refused(KIND | {"kind": "Session", "apiVersion": "x\u2028"})
    assert told.startswith(r'Session in version "x\u2028" cannot be handled as a Session: no kind "Session" is ')
    assert rf'registered for version "x\u2028" in scheme {SCHEME}' in told


def test_a_missing_version_is_told_with_the_body():
    """A body that names only a foreign group has no version; the whole of it is quoted."""
    body = '{"apiVersion": "apps/", "kind": "Session"}'
    assert (
        f"Session in version \"\" cannot be handled as a Session: Object 'apiVersion' is missing in '{body}'"
        == refused(body)
    )


ZIPPED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "unexpected end of JSON input (<empty>)"),
        (b"{", "unexpected end of JSON input ({)"),
        (b"x" * 30, "invalid character 'x' looking for beginning of value (" + "78" * 30 + ")"),
        (b"x" * 31, "invalid character 'x' looking for beginning of value (" + "78" * 30 + " ...)"),
        (b"not json", "invalid character 'o' in literal null (expecting 'u') (6e6f74206a736f6e)"),
        (b'{"kind": "Session"}' + b" " * 20 + b"xyz", "invalid character 'x' after top-level value (%s ...)"),
        (ZIPPED, f"invalid character '\\x1f' looking for beginning of value ({ZIPPED.hex()})"),
        (b'{"' + b"\xc3\xbc" * 15, 'unexpected end of JSON input ({"' + "\u00fc" * 14 + " ...)"),
        (b"[1]", f"json: cannot unmarshal array into Go value of type {TYPE_META} (5b315d)"),
        (b'{"kind": 5}', 'json: cannot unmarshal number into Go struct field .kind of type string ({"kind": 5})'),
        (b'{"KIND": 5}', 'json: cannot unmarshal number into Go struct field .KIND of type string ({"KIND": 5})'),
        (
            b'{"apiVersion": {}, "kind": 5}',
            "json: cannot unmarshal object into Go struct field .apiVersion of type string"
            ' ({"apiVersion": {}, "kind": 5})',
        ),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "exceeded max depth (%s ...)"),
    ],
    ids=["empty", "cut", "short", "long", "text", "tail", "gzip", "umlauts", "array", "kind", "case", "api", "deep"],
)
def test_what_is_no_object_is_unrecognized(body, words):
    """The refusal shows how the body begins: an object as text, anything else in hexadecimal."""
    words = words.replace("%s", body[:30].decode("latin-1"))
    assert UNRECOGNIZED + UNREADABLE + words == refused(body)


def test_a_version_with_two_slashes_is_unrecognized():
    """Such a text is no version of any group."""
    words = """unexpected GroupVersion string: a/b/c ({"apiVersion": "a/b/c"})"""
    assert UNRECOGNIZED + words == refused({"apiVersion": "a/b/c"})


def test_a_value_of_a_wrong_type_is_refused():
    """The decoder's words stand behind what the body claims to be."""
    words = "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"
    assert CANNOT_BE_HANDLED + words == refused({**GIVEN, "metadata": {"name": 5}})


def test_unknown_fields_are_warned_of():
    """Under Warn each unknown or doubled field makes one warning, and the body is read without it."""
    body = '{"metadata": {"name": "a", "name": "s", "weird": 1}, "spec": {"TiltfilePath": "/w"}, "extra": {}}'
    found = decoded(body)
    assert "s" == found.session.name
    fields = [
        'duplicate field "metadata.name"',
        'unknown field "metadata.weird"',
        'unknown field "spec.TiltfilePath"',
        'unknown field "extra"',
    ]
    assert tuple(fields) == found.warnings
    assert STRICTLY + ", ".join(fields) == refused(body, decoding.JSON, decoding.STRICT)
    ignored = decoded(body, decoding.JSON, decoding.IGNORE)
    assert (found.session, ()) == (ignored.session, ignored.warnings)


def test_a_strict_refusal_names_the_kind_of_the_body():
    """Where the body names no kind, it is that of the path."""
    assert STRICTLY + 'unknown field "x"' == refused({"x": 1}, decoding.JSON, decoding.STRICT)


INTO_THE_PATH = "into Go struct field SessionSpec.spec.tiltfilePath of type string"
YAML_TEXT = """
apiVersion: tilt.dev/v1alpha1
kind: Session
metadata: {name: s}
spec:
  tiltfilePath: /w
  exitCondition: manual
  exitCondition: ci
  bogus: yes
"""


def test_a_yaml_body_becomes_a_session():
    """Doubled keys and unknown fields are warned of, each in the words of its reader."""
    found = decoded(YAML_TEXT, decoding.YAML)
    assert session.SessionSpec("/w", "ci") == found.session.spec
    assert ('line 8: key "exitCondition" already set in map', 'unknown field "spec.bogus"') == found.warnings
    assert () == decoded(YAML_TEXT, decoding.YAML, decoding.IGNORE).warnings


def test_doubled_keys_of_yaml_are_refused_strictly():
    """They come first and with their lines, as the YAML reader words them."""
    words = 'yaml: unmarshal errors:\n  line 8: key "exitCondition" already set in map, unknown field "spec.bogus"'
    assert STRICTLY + words == refused(YAML_TEXT, decoding.YAML, decoding.STRICT)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("a: [", UNRECOGNIZED + "yaml: line 1: did not find expected node content (613a205b)"),
        (
            "a:\n\tb: 1\n",
            UNRECOGNIZED + "yaml: line 2: found character that cannot start any token (613a0a09623a20310a)",
        ),
        ("spec: {tiltfilePath: 5}", f"{CANNOT_BE_HANDLED}json: cannot unmarshal number {INTO_THE_PATH}"),
        ("spec: {tiltfilePath: on}", f"{CANNOT_BE_HANDLED}json: cannot unmarshal bool {INTO_THE_PATH}"),
    ],
)
def test_yaml_that_does_not_fit_is_refused(body, words):
    """The reader's errors and wrong types are told as those of JSON are."""
    assert words == refused(body, decoding.YAML)


def test_an_empty_yaml_body_is_an_empty_session():
    """Nothing at all is null in YAML, and null is a Session without anything."""
    assert session.Session() == decoded("", decoding.YAML).session


NO_PREFIX = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", f"{UNRECOGNIZED}empty data (<empty>)"),
        (b"garbage", f"{UNRECOGNIZED}{NO_PREFIX} (67617262616765)"),
        (b"k8s\x00", f"{UNRECOGNIZED}empty body (6b387300)"),
        (
            b"k8s\x00\n\x00",
            CANNOT_BE_HANDLED + "object *v1alpha1.Session does not implement the protobuf marshalling interface and"
            " cannot be encoded to a protobuf message",
        ),
    ],
    ids=["empty", "garbage", "prefix", "message"],
)
def test_protobuf_is_always_refused(body, words):
    """A Session has no such form, whatever the bytes are."""
    assert words == refused(body, decoding.PROTOBUF)


def test_bytes_that_are_no_utf8_are_replaced():
    """Each becomes U+FFFD, in values and in keys."""
    found = decoded(b'{"metadata": {"name": "a\xff\xfe", "\xff": 1}}')
    assert ("a\ufffd\ufffd", ('unknown field "metadata.\ufffd"',)) == (found.session.name, found.warnings)
