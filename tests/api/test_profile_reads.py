"""Each point in which the two profiles read and watch differently, in both of them."""

import base64
import json
from typing import Any


def _version(seen: Any) -> int:
    return int(seen.body["metadata"]["resourceVersion"])


def test_status_tables(api: Any, strict: Any) -> None:
    """A status has no Table on Tilt; on Kubernetes its row shows the Session."""
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    assert api.get("Tiltfile/status", accept=table).status == 406
    seen = strict.get("Tiltfile/status", accept=table)
    assert (seen.status, [row["cells"][0] for row in seen.body["rows"]]) == (200, ["Tiltfile"])
    assert strict.merge("Tiltfile", {}, subresource="/status").status == 200


def test_unauthorized(api: Any, strict: Any) -> None:
    """Without a token everything is forbidden on Tilt, and unauthorized on Kubernetes."""
    for server, status, reason in ((api, 403, "Forbidden"), (strict, 401, "Unauthorized")):
        for token in ("", "Bearer wrong"):
            refused = server.get("Tiltfile", authorization=token)
            assert (refused.status, refused.body["reason"]) == (status, reason)
        assert server.call("GET", "/healthz", authorization="").status == status
        assert server.call("GET", "/nosuch", authorization="").status == 404


def test_core_group(api: Any, strict: Any) -> None:
    """Tilt does not know ``/api`` and says so to anybody; on Kubernetes it tells that nothing is there."""
    aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
    for path in ("/api", "/api/"):
        for token in ({}, {"authorization": ""}):
            unknown = api.call("GET", path, **token)
            assert (unknown.status, unknown.raw) == (404, b"404 page not found\n")
        found = strict.call("GET", path)
        assert (found.status, found.body["kind"], found.body["versions"]) == (200, "APIVersions", [])
        assert found.body["serverAddressByClientCIDRs"][0]["clientCIDR"] == "0.0.0.0/0"
        whole = strict.call("GET", path, accept=aggregated)
        assert (whole.body["kind"], whole.body["items"]) == ("APIGroupDiscoveryList", [])
        assert strict.call("GET", path, accept=aggregated, if_none_match=whole.headers["etag"]).status == 304
        for media_type in ("application/yaml", "application/vnd.kubernetes.protobuf"):
            assert b"APIVersions" in strict.call("GET", path, accept=media_type).raw
        assert strict.call("POST", path).status == 405
        assert strict.call("GET", path, authorization="").status == 401
    for server in (api, strict):
        assert server.call("GET", "/api/v1").status == 404


def test_read_versions(api: Any, strict: Any) -> None:
    """A get ignores resourceVersion on Tilt; on Kubernetes it must be a number that the server has reached."""
    for query in ("resourceVersion=abc", "resourceVersion=999999"):
        assert api.get("Tiltfile", query).status == 200
    unread = strict.get("Tiltfile", "resourceVersion=abc")
    assert (unread.status, unread.body.get("reason")) == (500, None)
    ahead = strict.get("Tiltfile", "resourceVersion=999999")
    assert (ahead.status, ahead.body["reason"], ahead.headers["retry-after"]) == (504, "Timeout", "1")
    assert ahead.message.startswith("Timeout: Too large resource version: 999999, current: ")
    assert strict.get("Tiltfile", "resourceVersion=1").status == 200


def test_list_versions(api: Any, strict: Any) -> None:
    """A list shows what is stored now on Tilt; on Kubernetes Exact shows it as it was, until that is forgotten."""
    for server in (api, strict):
        server.create("a")
        before = _version(server.get())
        server.create("b")
        server.delete("a")
        query = f"resourceVersion={before}&resourceVersionMatch="
        assert server.get("", query + "NotOlderThan").names == ["Tiltfile", "b"]
        exact = server.get("", query + "Exact")
        if server is api:
            assert exact.names == ["Tiltfile", "b"]
            continue
        assert (exact.names, _version(exact)) == (["Tiltfile", "a"], before)
        assert server.get("", "resourceVersion=999999").status == 504
        unread = server.get("", "resourceVersion=abc")
        assert (unread.status, unread.message[:43]) == (400, "invalid resource version: resourceVersion: ")
        server.world.clock.advance("5m1s")
        gone = server.get("", query + "Exact")
        assert (gone.status, gone.body["reason"]) == (410, "Expired")
        assert server.get("", f"resourceVersion={_version(server.get())}&resourceVersionMatch=Exact").status == 200


def test_pages(api: Any, strict: Any) -> None:
    """limit and continue are ignored by Tilt; Kubernetes pages through the list as it was when it began."""
    for server in (api, strict):
        for name in ("a", "b", "c", "d"):
            server.create(name)
    assert api.get("", "limit=2").names == ["Tiltfile", "a", "b", "c", "d"]

    first = strict.get("", "limit=2")
    meta = first.body["metadata"]
    assert (first.names, meta["remainingItemCount"]) == (["Tiltfile", "a"], 3)
    strict.create("aa")
    strict.delete("c")
    second = strict.get("", f"limit=2&continue={meta['continue']}")
    assert (second.names, second.body["metadata"]["remainingItemCount"]) == (["b", "c"], 1)
    assert second.body["metadata"]["resourceVersion"] == meta["resourceVersion"]
    last = strict.get("", f"limit=2&continue={second.body['metadata']['continue']}")
    assert (last.names, "continue" in last.body["metadata"]) == (["d"], False)

    assert "remainingItemCount" not in strict.get("", "limit=1&labelSelector=!x").body["metadata"]
    assert len(strict.get("", "limit=1&resourceVersion=0").names) == 5  # answered from memory, whole
    for token, why in (("ab=", "byte 2"), ("bogus", "byte 4"), ("YWJj", "given")):
        refused = strict.get("", f"continue={token}")
        assert (refused.status, refused.message.endswith(why)) == (400, True)
    assert strict.get("", f"continue={meta['continue']}&resourceVersion=3").status == 400


def test_a_continue_that_is_too_old_is_gone(strict: Any) -> None:
    """A continue token expires with its version: 410, with a token that goes on from what is there now."""
    for name in ("a", "b"):
        strict.create(name)
    token = strict.get("", "limit=1").body["metadata"]["continue"]
    strict.create("aa")
    strict.world.clock.advance("5m1s")

    gone = strict.get("", f"limit=1&continue={token}")

    assert (gone.status, gone.body["reason"]) == (410, "Expired")
    again = gone.body["metadata"]["continue"]
    assert strict.get("", f"continue={again}").names == ["a", "aa", "b"]
    assert json.loads(base64.urlsafe_b64decode(again + "=="))["rv"] == -1


def test_watch_versions(api: Any, strict: Any) -> None:
    """A watch begins with all that there is on Tilt; on Kubernetes it resumes after the version that it names."""
    for server, told in ((api, [("ADDED", "Tiltfile"), ("ADDED", "b")]), (strict, None)):
        server.create("a")
        before = _version(server.get())
        server.create("b")
        server.delete("a")
        watch = server.watch(f"resourceVersion={before}")
        assert watch.told() == (told or [("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "a")])
        assert server.watch("resourceVersion=0").told() == [("ADDED", "Tiltfile"), ("ADDED", "b")]
    assert strict.watch("resourceVersion=999999").events() == []
    assert strict.call("GET", query="watch=1&resourceVersion=abc").status == 500


def test_a_watch_from_a_forgotten_version_is_told_so(strict: Any) -> None:
    """Resuming from a version that is forgotten gives one ERROR event with 410, and the end of the stream."""
    strict.create("a")
    strict.create("b")
    strict.world.clock.advance("5m1s")

    watch = strict.watch("resourceVersion=1")

    (event,) = watch.events()
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watch.stream.ended


def test_history_is_forgotten_after_five_minutes_of_the_sessions_clock(strict: Any) -> None:
    """What happened long ago by the session's clock cannot be resumed from; a quiet server forgets nothing."""
    quiet = _version(strict.get())
    strict.world.clock.advance("10m")
    assert strict.watch(f"resourceVersion={quiet}").events() == []
    strict.create("a")
    strict.world.clock.advance("4m59s")
    assert [event["type"] for event in strict.watch(f"resourceVersion={quiet}").events()] == ["ADDED", "MODIFIED"]
    strict.world.clock.advance("2s")
    assert [event["type"] for event in strict.watch(f"resourceVersion={quiet}").events()] == ["ERROR"]


def test_a_slow_reader_whose_events_are_forgotten_gets_410(strict: Any) -> None:
    """An open watch that was not read until its events were forgotten ends with an ERROR event."""
    watch = strict.watch()
    watch.events()
    strict.create("a")
    strict.world.clock.advance("5m1s")

    assert [event["type"] for event in watch.events()] == ["ERROR"]


def test_bookmarks(api: Any, strict: Any) -> None:
    """allowWatchBookmarks gives bookmarks on Kubernetes: when others move the version on, and each minute."""
    watches = [server.watch("allowWatchBookmarks=true&fieldSelector=metadata.name%3Da") for server in (api, strict)]
    (closing,) = watches[1].events()
    assert closing["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    for server in (api, strict):
        server.create("b")
    assert watches[0].events() == []
    (event,) = watches[1].events()
    expected = {"resourceVersion": str(_version(strict.get()))}
    assert (event["type"], event["object"]["kind"], event["object"]["metadata"]) == ("BOOKMARK", "Session", expected)
    assert watches[1].events() == []

    called: list[int] = []
    watches[1].stream.subscribe(lambda: called.append(1))
    strict.world.clock.advance("59s")
    assert watches[1].events() == []
    strict.world.clock.advance("1s")
    assert called
    assert [event["type"] for event in watches[1].events()] == ["BOOKMARK"]
    assert strict.watch("fieldSelector=metadata.name%3Da").events() == []


def test_initial_events(api: Any, strict: Any) -> None:
    """sendInitialEvents is refused by Tilt; Kubernetes closes the initial events with an annotated bookmark."""
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
    assert api.call("GET", query=query).status == 422
    watch = strict.watch(query)
    added, closing = watch.events()
    assert (added["type"], added["object"]["metadata"]["name"]) == ("ADDED", "Tiltfile")
    assert closing["type"] == "BOOKMARK"
    assert closing["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert closing["object"]["metadata"]["resourceVersion"] == str(_version(strict.get()))
    strict.create("a")
    assert watch.told() == [("ADDED", "a"), ("MODIFIED", "a")]
    assert strict.watch("sendInitialEvents=false&resourceVersionMatch=NotOlderThan").events() == []
    assert strict.call("GET", query="watch=1&sendInitialEvents=true").status == 422


def test_selector_events(api: Any, strict: Any) -> None:
    """Leaving and entering a selector is DELETED and ADDED on Kubernetes; Tilt looks only at what is now."""
    for server, told in (
        (api, [("MODIFIED", "a")]),
        (strict, [("DELETED", "a"), ("ADDED", "a")]),
    ):
        server.create("a", labels={"k": "v"})
        watch = server.watch("labelSelector=k%3Dv")
        watch.events()
        left = server.merge("a", {"metadata": {"labels": {"k": "other"}}}).body["metadata"]
        server.merge("a", {"metadata": {"labels": {"k": "v"}}})
        events = watch.events()
        assert [(event["type"], event["object"]["metadata"]["name"]) for event in events] == told
        if server is strict:
            shown = events[0]["object"]["metadata"]
            assert (shown["labels"], shown["resourceVersion"]) == ({"k": "v"}, left["resourceVersion"])
        server.delete("a")
        assert watch.told() == [("DELETED", "a")]
