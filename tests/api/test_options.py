"""Query parameters as Kubernetes converts them, and what is refused about them."""

from typing import Any

import pytest

from pytest_tiltsession import profiles
from pytest_tiltsession.api import options, queries, refusals
from pytest_tiltsession.models import options as delete_options


def refused(action: Any) -> Any:
    """Give the Status with which something is refused."""
    with pytest.raises(refusals.Refusal) as caught:
        action()
    return caught.value.status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("watch=1", True),
        ("watch=yes", True),
        ("watch=", True),
        ("watch=f", True),
        ("watch=0", False),
        ("watch=FALSE", False),
        ("watch=1&watch=0", True),
        ("", False),
    ],
)
def test_anything_but_0_and_false_is_true(query: str, found: bool) -> None:
    """A flag's first value counts."""
    assert options.for_list(queries.parse(query)).watch == found


def test_a_list_is_read_whole() -> None:
    """Every parameter of a list has its place."""
    query = "labelSelector=a&labelSelector=b&limit=%2B5&timeoutSeconds=-1&continue=c&resourceVersion=7"

    found = options.for_list(queries.parse(query))

    assert (found.limit, found.timeout, found.continue_, found.version) == (5, -1, "c", "7")
    assert found.labels.matches({"a": ""})


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=abc", 'strconv.ParseInt: parsing "abc": invalid syntax'),
        ("limit=", 'strconv.ParseInt: parsing "": invalid syntax'),
        ("limit=9223372036854775808", 'strconv.ParseInt: parsing "9223372036854775808": value out of range'),
        ("timeoutSeconds=x&limit=y", 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("limit=y&labelSelector=!!!", 'strconv.ParseInt: parsing "y": invalid syntax'),
        ("labelSelector=!!!&fieldSelector=x", "unable to parse requirement: found '!', expected: identifier"),
        ("fieldSelector=x", "invalid selector: 'x'; can't understand 'x'"),
    ],
)
def test_what_cannot_be_read_is_a_400_one_at_a_time(query: str, message: str) -> None:
    """Numbers come before selectors, labels before fields."""
    status = refused(lambda: options.for_list(queries.parse(query)))

    assert (status.code, status.reason, status.message) == (400, "BadRequest", message)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("resourceVersionMatch=Exact", ["resourceVersionMatch"]),
        ("resourceVersion=0&resourceVersionMatch=Exact", ["resourceVersionMatch"]),
        ("resourceVersion=1&resourceVersionMatch=Bogus", ["resourceVersionMatch"]),
        ("resourceVersion=1&resourceVersionMatch=Exact&continue=x", ["resourceVersionMatch"]),
        ("sendInitialEvents=true&resourceVersionMatch=x", ["resourceVersionMatch"] * 2 + ["sendInitialEvents"]),
        ("watch=1&resourceVersionMatch=NotOlderThan", ["resourceVersionMatch"]),
        ("watch=1&resourceVersionMatch=Exact", ["resourceVersionMatch"] * 2),
        ("watch=1&sendInitialEvents=1", ["resourceVersionMatch", "sendInitialEvents"]),
    ],
)
def test_what_may_not_stand_together_is_a_422(query: str, fields: list[str]) -> None:
    """Each problem is a cause."""
    status = refused(lambda: options.for_list(queries.parse(query)).checked())

    assert (status.code, status.details.kind, status.details.group) == (422, "ListOptions", "meta.k8s.io")
    assert [cause.field_ for cause in status.details.causes] == fields


def test_initial_events_are_allowed_where_the_profile_has_them() -> None:
    """The same options pass under the other profile."""
    values = queries.parse("watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan")

    assert options.for_list(values).checked(profiles.KUBERNETES).initial_events is True


@pytest.mark.parametrize(
    ("query", "patch", "message"),
    [
        ("force=true", "merge", "force: Forbidden: may not be specified for non-apply patch"),
        ("force=", "json", "force: Forbidden: may not be specified for non-apply patch"),
        ("", "apply", "fieldManager: Required value: is required for apply patch"),
        ("fieldValidation=x", "merge",
         'fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"'),
        ("dryRun=All&dryRun=x", "merge", 'dryRun: Unsupported value: ["All","x"]: supported values: "All"'),
        ("fieldManager=a%00b", "merge",
         'fieldManager: Invalid value: "a\\x00b": invalid character U+0000 (at position 1)'),
    ],
)  # fmt: skip
def test_options_of_a_write_are_checked(query: str, patch: str, message: str) -> None:
    """A write's options are refused before its body is looked at."""
    asked = options.for_write("PatchOptions", queries.parse(query))

    status = refused(lambda: asked.checked(patch))

    assert status.message == f'PatchOptions.meta.k8s.io "" is invalid: {message}'


def test_unknown_fields_are_warned_of_where_nothing_is_asked_for() -> None:
    """Nothing and an empty value both mean Warn."""
    for query in ("", "fieldValidation="):
        assert options.for_write("CreateOptions", queries.parse(query)).checked().field_validation == "Warn"


def test_a_delete_is_read_from_the_query() -> None:
    """The query says the same as a body could."""
    values = queries.parse("gracePeriodSeconds=0&orphanDependents=false&propagationPolicy=Orphan&dryRun=All")

    found = options.for_delete(values)

    assert found == delete_options.DeleteOptions(
        grace_period_seconds=0, dry_run=("All",), orphan_dependents=False, propagation_policy="Orphan"
    )
    assert refused(lambda: options.for_delete(queries.parse("gracePeriodSeconds=x"))).code == 400


def test_contradicting_options_of_a_delete_are_refused_together() -> None:
    """Both problems of one policy are causes."""
    asked = delete_options.DeleteOptions(orphan_dependents=True, propagation_policy="x", dry_run=("y",))

    status = refused(lambda: options.checked_delete(asked))

    assert [cause.field_ for cause in status.details.causes] == ["propagationPolicy", "propagationPolicy", "dryRun"]
