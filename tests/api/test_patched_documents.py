"""Patched documents are read into the same Sessions, and with the same objections, whether parts were kept or not."""

import dataclasses
import json

import pytest

from pytest_tiltsession.api import decoding, json_patches, lazy_json, merge_patches, patched_documents, stored_documents
from pytest_tiltsession.models import encoding, metadata, session

ENTRY = metadata.ManagedFieldsEntry("kit", "Update", "tilt.dev/v1alpha1", 5, "FieldsV1", {"f:spec": {}})
CURRENT = session.Session(
    metadata.ObjectMeta("pa", labels={"a": "<2>"}, managed_fields=(ENTRY,)),
    session.SessionSpec("/w/Tiltfile", "manual"),
    session.SessionStatus(7, 3_000_000, (session.Target("t", "job", ("r",), session.DISABLED),), error="\u2028"),
)
DOCUMENT = encoding.compact(encoding.session_to_wire(CURRENT))


def read(patch, strict=True):
    """Read the stored Session as patched, and as its text is read when patched; give what both give."""
    first, second = (
        patched_documents.session_of(merge_patches.apply(document, compact(patch)), strict=strict)
        for document in (stored_documents.of(CURRENT), lazy_json.Node(DOCUMENT))
    )
    assert first == second
    return first


def compact(patch):
    """Write a patch without white space."""
    return json.dumps(patch, separators=(",", ":"))


def whole(patch, strict=True):
    """Read a patched document as any body is read."""
    text = merge_patches.apply(lazy_json.Node(DOCUMENT), compact(patch)).text().encode()
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
    """Status, spec and every field of the metadata that is not named are the very objects that are stored."""
    patched = merge_patches.apply(stored_documents.of(CURRENT), '{"metadata":{"labels":{"b":"2"}}}')
    session_, _ = patched_documents.session_of(patched, strict=True)
    assert session_.metadata.labels == {"a": "<2>", "b": "2"}
    assert session_.spec is CURRENT.spec
    assert session_.status is CURRENT.status
    assert session_.metadata.managed_fields is CURRENT.metadata.managed_fields


def test_a_part_in_another_place_is_read_there():
    """What a JSON patch moves is no longer the field that it was."""
    operations = lazy_json.operations('[{"op":"move","from":"/metadata/name","path":"/metadata/uid"}]')
    session_, errors = patched_documents.session_of(
        json_patches.apply(stored_documents.of(CURRENT), operations), strict=True
    )
    assert ("", "pa", ()) == (session_.name, session_.metadata.uid, errors)
    operations = lazy_json.operations('[{"op":"move","from":"/spec","path":"/metadata/spec"}]')
    _, errors = patched_documents.session_of(json_patches.apply(stored_documents.of(CURRENT), operations), strict=True)
    assert ('unknown field "metadata.spec"',) == errors


def test_objections_to_a_part_name_its_place_in_the_document():
    """As they are worded for any body."""
    document = lazy_json.Node(DOCUMENT.replace('"status":', '"x":'))
    _, errors = patched_documents.session_of(merge_patches.apply(document, '{"status":{"new":1}}'), strict=True)
    assert ('unknown field "status.new"', 'unknown field "x"') == errors
    document = lazy_json.Node(DOCUMENT.replace('"pid":7', '"pid":6,"pid":7'))
    _, errors = patched_documents.session_of(merge_patches.apply(document, "{}"), strict=True)
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
