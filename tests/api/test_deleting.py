"""Deletes beyond the recorded stories."""

from typing import Any

PATH = "/apis/tilt.dev/v1alpha1/sessions"


def test_a_held_delete_is_accepted_where_dependents_are_to_go(api: Any) -> None:
    """orphanDependents=false asks to be told that something is left: 202 instead of 200."""
    api.create("a", finalizers=["a/b"])

    assert api.delete("a", "orphanDependents=false").status == 202
    assert api.delete("a").status == 200


def test_a_body_makes_the_query_of_no_account(api: Any) -> None:
    """Options come from one of the two."""
    api.create("a")

    assert api.delete("a", "propagationPolicy=Bogus", {"propagationPolicy": "Orphan"}).status == 200


def test_options_are_told_before_a_missing_object(api: Any) -> None:
    """A delete looks at what it is asked before it looks for the object."""
    assert api.delete("none", "dryRun=x").status == 422
    assert api.delete("none", "gracePeriodSeconds=x").status == 400
    assert api.delete("none").status == 404


def test_deletecollection_removes_silently_what_is_selected(api: Any) -> None:
    """Finalizers do not hold, watches see nothing, and the version stays (recorded with w5 and w6)."""
    api.create("a", labels={"g": "1"}, finalizers=["a/b"])
    api.create("b", labels={"g": "2"})
    watch = api.watch("labelSelector=g")
    watch.events()
    before = api.get().body["metadata"]["resourceVersion"]

    removed = api.delete("", "labelSelector=g%3D1")

    assert removed.names == ["a"]
    assert removed.body["metadata"]["resourceVersion"] == api.get().body["metadata"]["resourceVersion"] == before
    assert api.get("", "labelSelector=g").names == ["b"]
    assert watch.events() == []


def test_deletecollection_checks_its_list_before_its_options(api: Any) -> None:
    """Options of the list come first, then those of the delete."""
    assert api.delete("", "limit=x&dryRun=y").status == 400
    assert api.delete("", "sendInitialEvents=1&dryRun=y").body["details"]["kind"] == "ListOptions"
    assert api.delete("", "fieldSelector=spec.x%3D1&dryRun=y").status == 400
    assert api.delete("", "dryRun=y").body["details"]["kind"] == "DeleteOptions"


def test_a_deleted_session_can_be_shown_as_a_table(api: Any) -> None:
    """The answer to a delete is negotiated like any other."""
    api.create("a")

    shown = api.call("DELETE", f"{PATH}/a", accept="application/json;as=Table;v=v1;g=meta.k8s.io").body

    assert [row["cells"][0] for row in shown["rows"]] == ["a"]


def test_a_session_that_waits_for_its_finalizers_is_left_as_written(api: Any) -> None:
    """Tilt's controller looks at no Session with a deletionTimestamp: a status by hand stays, and ends nothing."""
    api.create("held", finalizers=["a.b/c"])
    api.delete("held")
    api.merge("held", {"status": {"done": True, "error": "by hand", "targets": None}}, subresource="/status")

    status = api.get("held").body["status"]
    assert (status["done"], status["error"], status["targets"], api.done) == (True, "by hand", None, [])
