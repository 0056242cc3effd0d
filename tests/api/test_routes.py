"""What paths mean, and what requests are about."""

from typing import Any

import pytest

from pytest_tiltsession.api import queries, routes, shown

ROOT = "/apis/tilt.dev/v1alpha1"


@pytest.mark.parametrize(
    ("path", "form", "name"),
    [
        ("/sessions", routes.COLLECTION, ""),
        ("/sessions/", routes.COLLECTION, ""),
        ("/sessions/a", routes.OBJECT, "a"),
        ("/sessions/a b/", routes.OBJECT, "a b"),
        ("/sessions/a/status", routes.OBJECT_STATUS, "a"),
        ("/watch/sessions", routes.WATCH_COLLECTION, ""),
        ("/watch/sessions/a", routes.WATCH_OBJECT, "a"),
    ],
)
def test_a_path_has_a_route(path: str, form: str, name: str) -> None:
    """Paths below the group's version are resolved segment by segment."""
    assert routes.resolve(ROOT + path) == routes.Route(shown.SESSIONS, form, name)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/Sessions", "/session", "/sessions/a/scale", "/sessions/a/status/x", "/watch",
     "/watch/sessions/a/status", "/namespaces/x/sessions"],
)  # fmt: skip
def test_other_paths_have_none(path: str) -> None:
    """Unknown resources and subresources, and namespaces, are not found."""
    assert routes.resolve(ROOT + path) is None


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        ("GET", "/sessions", "", ("list", "sessions", "", "")),
        ("GET", "/sessions", "watch=1", ("watch", "sessions", "", "")),
        ("GET", "/sessions", "watch=1&limit=x", ("watch", "sessions", "", "")),
        ("GET", "/sessions", "limit=x", ("list", "sessions", "", "")),
        ("GET", "/sessions", "fieldSelector=metadata.name%3Da", ("list", "sessions", "a", "")),
        ("GET", "/sessions", "fieldSelector=metadata.name%3Da%2Fb", ("list", "sessions", "", "")),
        ("HEAD", "/sessions/a", "", ("get", "sessions", "a", "")),
        ("GET", "/sessions/a", "watch=1", ("get", "sessions", "a", "")),
        ("PUT", "/sessions/a/status", "", ("update", "sessions", "a", "status")),
        ("DELETE", "/sessions", "", ("deletecollection", "sessions", "", "")),
        ("DELETE", "/sessions/a", "", ("delete", "sessions", "a", "")),
        ("OPTIONS", "/sessions", "", ("", "sessions", "", "")),
        ("GET", "/watch/sessions/a", "", ("watch", "sessions", "a", "")),
        ("GET", "/namespaces/x/sessions/y", "", ("get", "sessions", "y", "")),
        ("GET", "/namespaces/x/status", "", ("get", "namespaces", "x", "status")),
    ],
)
def test_a_request_is_about_something(method: str, path: str, query: str, expected: Any) -> None:
    """Verb, resource, name and subresource are those that authorization sees."""
    found = routes.about(method, ROOT + path, queries.parse(query))

    assert (found.verb, found.resource, found.name, found.subresource) == expected


def test_other_paths_are_about_themselves() -> None:
    """Discovery and health are no resources; their verb is the method."""
    for path in ("/version", "/apis", ROOT, "/healthz/ping/x/y"):
        found = routes.about("OPTIONS", path, {})
        assert (found.verb, found.path, found.resource) == ("options", path, "")


def test_a_watch_of_nothing_cannot_be_told() -> None:
    """Kubernetes finds no resource behind the bare prefix."""
    with pytest.raises(routes.Unparsable, match=r"^unable to determine kind and namespace from url$"):
        routes.about("GET", f"{ROOT}/watch", {})


def test_operations_are_named_for_sessions_only() -> None:
    """The journal of requests names what concerns Sessions."""
    assert routes.about("PATCH", f"{ROOT}/sessions/a/status", {}).operation == "patch status"
    assert routes.about("GET", f"{ROOT}/uiresources", {}).operation == ""
    assert routes.about("GET", "/apis", {}).operation == ""
    assert routes.about("OPTIONS", f"{ROOT}/sessions", {}).operation == ""
