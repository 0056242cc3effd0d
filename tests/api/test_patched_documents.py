"""Patched documents are read into the same Sessions, and with the same objections, whether parts were kept or not."""

import dataclasses
import json

import pytest

from pytest_tiltsession.api import decoding, merge_patches, patched_documents
from pytest_tiltsession.models import encoding, metadata, session

ENTRY = metadata.ManagedFieldsEntry("kit", "Update", "tilt.dev/v1alpha1", 5, "FieldsV1", {"f:spec": {}})
CURRENT = session.Session(
    metadata.ObjectMeta("pa", labels={"a": "<2>"}, managed_fields=(ENTRY,)),
    session.SessionSpec("/w/Tiltfile", "manual"),
    session.SessionStatus(7, 3_000_000, (session.Target("t", "job", ("r",), session.DISABLED),), error="\u2028"),
)
DOCUMENT = encoding.compact(encoding.session_to_wire(CURRENT))


def read(patch, document=DOCUMENT, strict=True):
    """Read a patched document twice, the second time from what was kept, and give what both give."""
    text = patch if isinstance(patch, str) else json.dumps(patch, separators=(",", ":"))
    first, second = (patched_documents.session_of(merge_patches.apply(document, text), strict=strict) for _ in range(2))
    assert first == second
    return second


def whole(patch, document=DOCUMENT, strict=True):
    """Read a patched document as any body is read."""
    text = merge_patches.apply(document, json.dumps(patch, separators=(",", ":"))).text().encode()
    return decoding.session_of(json.loads(text), text, strict=strict)


@pytest.mark.parametrize(
    "patch",
    [
        {},
        {"metadata": {"annotations": {"n": "1"}}},
        {"metadata": {"managedFields": None}},
        {"metadata": {"managedFields": []}},
        {"metadata": None},
        {"metadata": None, "spec": None, "status": None},
        {"spec": {"exitCondition": "ci"}},
        {"status": {"targets": [], "pid": 1}},
        {"Status": {}, "spec": {"new": 1}, "metadata": {"x": 1}},
    ],
)
def test_a_document_is_read_as_any_body_is(patch):
    """The Session and the strict errors are those of reading the whole text."""
    assert whole(patch) == read(patch)
    assert whole(patch, strict=False) == read(patch, strict=False)


def test_what_a_patch_leaves_alone_is_not_read_again():
    """Status, spec and managedFields of one document after another are the very same objects."""
    one, other = (read({"metadata": {"annotations": {"n": text}}})[0] for text in "12")
    assert ("1", "2") == (one.metadata.annotations["n"], other.metadata.annotations["n"])
    assert (one.spec, one.status) == (CURRENT.spec, CURRENT.status)
    assert one.spec is other.spec
    assert one.status is other.status
    assert one.metadata.managed_fields is other.metadata.managed_fields


def test_objections_to_a_part_name_its_place_in_the_document():
    """A part that a patch replaces is kept only where there is nothing to be said about it."""
    _, errors = read({"status": {"new": 1}}, DOCUMENT.replace('"status":', '"x":'))
    assert ('unknown field "status.new"', 'unknown field "x"') == errors
    _, errors = read({}, DOCUMENT.replace('"pid":7', '"pid":6,"pid":7'))
    assert ('duplicate field "status.pid"',) == errors
    with pytest.raises(decoding.Unsuitable, match=r"Go struct field Session\.spec of type v1alpha1\.SessionSpec$"):
        read({"spec": 5})
    with pytest.raises(decoding.Unsuitable, match=r"field ManagedFieldsEntry\.metadata\.managedFields\.manager of"):
        read({"metadata": {"managedFields": [{"manager": 1}]}})


def test_a_refusal_quotes_the_whole_document():
    """Parts that were kept are quoted as well."""
    with pytest.raises(decoding.Unsuitable) as caught:
        read({"apiVersion": "x/", "metadata": {"annotations": {}}})
    assert r"/w/Tiltfile" in str(caught.value)
    assert '"manager":"kit"' in str(caught.value)


def test_differing_fields_are_given_as_json():
    """Only fields that differ are there, empty ones left out as in the whole JSON."""
    one = dataclasses.replace(CURRENT.metadata, labels={"b": "1", "a": "2"}, uid="u", finalizers=())
    found = encoding.differing(CURRENT.metadata, one, leaving_out="uid")
    assert ({"labels": {"a": "<2>"}}, {"labels": {"a": "2", "b": "1"}}) == found
