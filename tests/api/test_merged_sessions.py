"""Merge patches laid over values lead where the same patches lead that are applied to texts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_tiltsession.api import (
    json_reading,
    lazy_json,
    merge_patches,
    merged_sessions,
    patched_documents,
    stored_documents,
)
from pytest_tiltsession.models import metadata, session

STORED = session.Session(
    metadata.ObjectMeta("pa", uid="u", labels={"a": "<2>"}, finalizers=("a/b",)),
    session.SessionSpec("/w/Tiltfile", "manual", session.SessionCISpec(timeout=5_000_000_000)),
    session.SessionStatus(7, 3_000_000, (session.Target("t", "job", ("r",), session.DISABLED),)),
)
NAMES = st.sampled_from(["a", "b", "labels", "metadata"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "<x>", "\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


def compact(value):
    """Write JSON without white space."""
    return json.dumps(value, separators=(",", ":"))


def by_text(patch):
    """Apply a patch to the text of the stored Session, and read what comes of it."""
    patched = merge_patches.apply(stored_documents.of(STORED), compact(patch))
    return patched_documents.session_of(patched, strict=True)


@given(st.dictionaries(NAMES, VALUES, max_size=3), st.dictionaries(NAMES, VALUES, max_size=3))
def test_values_merge_as_texts_do(document, patch):
    """Whatever is merged into whatever."""
    merged = merge_patches.apply(lazy_json.Node(compact(document)), compact(patch)).text()
    assert json.loads(merged) == merge_patches.merge_values(document, patch)


@pytest.mark.parametrize(
    "patch",
    [
        {},
        {"metadata": {}},
        {"metadata": {"labels": {"a": None, "b": "1"}, "annotations": {"x": None}}},
        {"metadata": {"finalizers": ["c/d", None], "uid": None}},
        {"metadata": {"managedFields": [{"manager": "m", "fieldsV1": {"f:a": None}}], "name": "other"}},
        {"metadata": None},
        {"spec": {"exitCondition": "ci", "ci": {"timeout": None}}, "status": None},
        {"spec": None, "status": {"targets": None, "done": True, "startTime": "2026-01-01T00:00:00.000000Z"}},
    ],
)
def test_a_session_is_that_of_its_patched_text(patch):
    """Fields that are merged, replaced and deleted, and those that keep what is stored."""
    assert (merged_sessions.merged(STORED, json.loads(compact(patch))), ()) == by_text(patch)


def test_what_is_not_named_is_what_is_stored():
    """Nothing of it is read."""
    found = merged_sessions.merged(STORED, {"metadata": {"labels": {"b": "2"}}})
    assert {"a": "<2>", "b": "2"} == found.metadata.labels
    assert found.spec is STORED.spec
    assert found.status is STORED.status
    assert found.metadata.finalizers is STORED.metadata.finalizers


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b'{"new":1}',
        b'{"metadata":{"new":1}}',
        b'{"metadata":5}',
        b'{"spec":{"exitCondition":5}}',
        b'{"apiVersion":"x/y"}',
        b'{"kind":"Session"}',
        b'{"metadata":{"labels":{"a":"1","a":"2"}}}',
        b'{"metadata":{"generation":1.0}}',
        b'{"metadata":{"managedFields":[{"fieldsV1":9223372036854775808}]}}',
    ],
)
def test_where_anything_is_to_be_said_there_is_no_session(body):
    """What refusals and warnings quote are texts."""
    assert merged_sessions.merged(STORED, json_reading.read(body)) is None
