"""Names that a test gives: of targets, or of the resources that they belong to."""

import dataclasses

import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.rules import target_names


@dataclasses.dataclass(frozen=True)
class Named:
    """A target, as far as its name goes."""

    name: str
    resources: tuple[str, ...] | None


TARGETS = (
    Named("web:update", ("web",)),
    Named("web:serve", ("web",)),
    Named("migrate:update", ("migrate",)),
    Named("lost", None),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [("web:serve", "web:serve"), ("migrate", "migrate:update"), ("lost", "lost"), ("Migrate", None), ("", None)],
)
def test_a_name_is_that_of_a_target_or_of_the_only_one_of_a_resource(name, found):
    """Exactly as it is written."""
    assert found == getattr(target_names.find(TARGETS, name), "name", None)


def test_a_resource_of_several_targets_names_none():
    """The error says what to write instead."""
    with pytest.raises(
        errors.UnknownTarget, match="'web' is a resource of 2 targets: write 'web:update' or 'web:serve'"
    ):
        target_names.find(TARGETS, "web")


@pytest.mark.parametrize(
    ("name", "near"), [("Migrate", "migrate"), ("WEB:SERVE", "web:serve"), ("migrte", "migrate"), ("zzz", None)]
)
def test_the_nearest_name_differs_in_case_or_in_little(name, near):
    """Resources are among the names."""
    assert near == target_names.nearest(TARGETS, name)


def test_an_unknown_name_is_answered_with_the_nearest_or_all():
    """And with how a target is declared; without any there is none to list."""
    with pytest.raises(
        errors.UnknownTarget, match=r"did you mean 'migrate:update'\? Declare it first with job\(\"name\"\)"
    ):
        target_names.get(TARGETS, "migrte")
    with pytest.raises(errors.UnknownTarget, match="declared: web:update, web:serve, migrate:update, lost"):
        target_names.get(TARGETS, "zzz")
    with pytest.raises(errors.UnknownTarget, match="declared: none"):
        target_names.get((), "zzz")
    with pytest.raises(errors.UnknownTarget, match=r"did you mean 'web:update' or 'web:serve'\? Declare"):
        target_names.get(TARGETS, "wbe")
    assert ["migrate:update", "web:update"] == target_names.by_likeness(TARGETS, "migrate")[:2]
