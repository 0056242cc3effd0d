"""What the declarations of models are used for beside reading and writing them."""

import dataclasses

import pytest

from pytest_tiltsession.models import encoding, metadata, wire
from pytest_tiltsession.models import session as sessions

META = metadata.ObjectMeta("x", uid="u", labels={"a": "1"}, managed_fields=(metadata.ManagedFieldsEntry("m"),))


def test_a_model_is_changed_as_dataclasses_change_one():
    """The attributes that are named, and no others; the model itself stays as it is."""
    before = dataclasses.replace(META)
    assert dataclasses.replace(META, uid="v", labels=None) == wire.replaced(META, uid="v", labels=None)
    assert before == META


def test_a_model_that_does_not_change_is_the_same_one():
    """So that whoever compares finds out at once."""
    assert wire.replaced(META, uid=META.uid, labels=META.labels) is META


def test_there_is_no_attribute_that_is_not_declared():
    """A misspelt one is not passed over."""
    with pytest.raises(AttributeError):
        wire.replaced(META, lables=None)


def test_a_part_of_a_model_is_written_as_in_the_whole():
    """Only what is named, and nothing of it that the whole leaves out."""
    whole = encoding.to_wire(META)
    assert {"uid": "u", "labels": {"a": "1"}} == encoding.to_wire_of(META, {"uid", "labels", "finalizers"})
    assert whole == encoding.to_wire_of(META, whole)


def test_the_fields_that_are_shown_are_those_of_the_whole():
    """Field by field, each with the text that it has there."""
    value = sessions.Session(META, sessions.SessionSpec("/w", "ci"), sessions.SessionStatus(1, 2, ()))
    shown = encoding.fields_shown(value)
    text = ",".join(f'"{item.name}":{encoding.field_text(item, found)}' for item, found in shown)
    assert encoding.compact(encoding.to_wire(value)) == f"{{{text}}}"
