"""The table of the points in which the profiles differ."""

import dataclasses
import pathlib
import re

import pytest

from pytest_tiltsession import errors, profiles


def test_each_point_of_a_profile_is_one_row_of_the_table() -> None:
    """The table names every point that the code asks a profile about, and no other."""
    asked = [field.name for field in dataclasses.fields(profiles.Profile) if field.name not in ("name", "history")]

    assert sorted(row.key for row in profiles.DIFFERENCES) == sorted(asked)


def test_the_profiles_differ_in_every_row() -> None:
    """Tilt does at no point what Kubernetes promises there."""
    for row in profiles.DIFFERENCES:
        assert (getattr(profiles.TILT, row.key), getattr(profiles.KUBERNETES, row.key)) == (False, True)


def test_every_row_says_what_each_profile_does_and_where_it_was_seen() -> None:
    """A row is complete, so that the documentation can be made of it."""
    for row in profiles.DIFFERENCES:
        assert all(dataclasses.astuple(row)), row.key
        assert row.tilt != row.kubernetes


def test_every_row_is_tested_in_both_profiles() -> None:
    """Each key has a test of its name that calls an API of either profile."""
    folder = pathlib.Path(__file__).parent / "api"
    sources = [(folder / name).read_text() for name in ("test_profile_reads.py", "test_profile_writes.py")]
    tested = set(re.findall(r"^def test_(\w+)\(api: Any, strict: Any\)", "\n".join(sources), re.MULTILINE))

    assert {row.key for row in profiles.DIFFERENCES} <= tested


def test_a_profile_is_found_by_its_name() -> None:
    """The names are those that the settings take."""
    assert profiles.named("tilt") is profiles.TILT
    assert profiles.named("kubernetes") is profiles.KUBERNETES


def test_another_name_is_refused_with_the_names_that_there_are() -> None:
    """The error says what to write instead."""
    with pytest.raises(errors.InvalidValue, match=r"no profile 'k8s': choose 'tilt' or 'kubernetes'"):
        profiles.named("k8s")
