"""A merge patch that is laid over values ends as one that is applied to texts: same Session, warnings and refusals."""

import dataclasses
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_tiltsession.api import merged_sessions, patching, refusals
from pytest_tiltsession.models import metadata, session

from . import patches

FUZZ = settings.get_profile("fuzz")
BARE = session.Session(metadata.ObjectMeta("a"), session.SessionSpec("/w/Tiltfile", "manual"))
FULL = session.Session(
    metadata.ObjectMeta(
        "a",
        uid="u",
        resource_version="7",
        generation=1,
        creation_timestamp=1_767_225_600,
        labels={"b": "<2>", "a": "1"},
        annotations={"tilt.dev/resource": "\u2028"},
        owner_references=(metadata.OwnerReference("v1", "K", "n", "u1", True),),
        finalizers=("a/b",),
        managed_fields=(
            metadata.ManagedFieldsEntry(
                "m", "Update", session.API_VERSION, 1_767_225_600, "FieldsV1", {"f:spec": {"f:ci": {}}}
            ),
        ),
    ),
    session.SessionSpec("/w/Tiltfile", "ci", session.SessionCISpec(timeout=1_500_000_000)),
    session.SessionStatus(
        7, 1_767_225_600_123_456, (session.Target("t", "job", ("r",), session.DISABLED),), error="\U0001f600"
    ),
)


def outcome(body: bytes, stored: session.Session, validation: str) -> Any:
    """Give what comes of a merge patch."""
    try:
        return patching.apply(patching.MERGE, body, stored, name="a", field_validation=validation)
    except refusals.Refusal as refused:
        return dataclasses.astuple(refused.status), refused.warnings


@FUZZ
@given(patches.merge_patches, st.sampled_from([BARE, FULL]), st.sampled_from(["Ignore", "Warn", "Strict"]))
@example('{"kind":null,"metadata":{"labels":null,"finalizers":[null]},"status":{"targets":[null]}}', FULL, "Strict")
@example('{"metadata":{"annotations":{"a":{"b":null}}},"spec":{"ci":{}}}', BARE, "Warn")
@example('{"status":{"startTime":"2026-01-01T00:00:00.1234567Z","pid":-0},"metadata":{"name":null}}', FULL, "Ignore")
def test_a_merge_patch_ends_alike_by_values_and_by_texts(patch: str, stored: session.Session, validation: str) -> None:
    """Whatever is in the patch, and however strictly it is read."""
    body = patch.encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as without:
        without.setattr(merged_sessions, "merged", lambda *_: None)
        by_texts = outcome(body, stored, validation)
    assert outcome(body, stored, validation) == by_texts
