"""Bodies of deletes become options, or refusals with the API server's words."""

import json

import pytest

from pytest_tiltsession.api import decoding, refusals
from pytest_tiltsession.models import options

NO_PREFIX = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"


def delete_options(body, media_type=decoding.JSON):
    """Read the body of a delete."""
    raw = (body if isinstance(body, str) else json.dumps(body)).encode()
    return decoding.decode_delete_options(raw, media_type)


def test_delete_options_are_read():
    """In any version, from JSON and YAML; unknown fields and an empty body are passed over."""
    wanted = options.DeleteOptions(0, options.Preconditions("u", "7"), propagation_policy="Orphan", dry_run=("All",))
    body = {
        "gracePeriodSeconds": 0,
        "preconditions": {"uid": "u", "resourceVersion": "7"},
        "propagationPolicy": "Orphan",
        "dryRun": ["All"],
    }
    assert (
        wanted == delete_options(body) == delete_options({**body, "kind": "DeleteOptions", "apiVersion": "v1", "x": 1})
    )
    assert wanted == delete_options({**body, "kind": "DeleteOptions", "apiVersion": "tilt.dev/v1alpha1"})
    assert options.DeleteOptions(grace_period_seconds=5) == delete_options("gracePeriodSeconds: 5", decoding.YAML)
    assert options.DeleteOptions() == delete_options("") == delete_options("{}") == delete_options("null")


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        ("{", decoding.JSON, "couldn't get version/kind; json parse error: unexpected end of JSON input"),
        ("a: [", decoding.YAML, "yaml: line 1: did not find expected node content"),
        (
            '{"gracePeriodSeconds": "x"}',
            decoding.JSON,
            "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64",
        ),
        (
            '{"kind": "Session", "apiVersion": "tilt.dev/v1alpha1"}',
            decoding.JSON,
            'no kind "Session" is registered for version "tilt.dev/v1alpha1" in scheme'
            ' "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
        ),
        (
            '{"kind": "CreateOptions"}',
            decoding.JSON,
            "converting (v1.CreateOptions) to (v1.DeleteOptions): unknown conversion",
        ),
        ("x", decoding.PROTOBUF, NO_PREFIX),
    ],
    ids=["cut", "yaml", "type", "kind", "options", "protobuf"],
)
def test_bad_delete_options_are_refused(body, media_type, words):
    """The words stand alone; what the body begins with is not told."""
    with pytest.raises(refusals.Refusal) as caught:
        delete_options(body, media_type)
    assert (400, words) == (caught.value.status.code, caught.value.status.message)
