"""Watches as the server pulls them."""

import json
import threading
from typing import Any

PATH = "/apis/tilt.dev/v1alpha1/sessions"


def test_a_pull_gives_whole_events_up_to_its_limit(api: Any) -> None:
    """Each pull ends with an event once the limit is reached; together they are everything, in order."""
    for number in range(20):
        api.create(f"s{number:02d}")
    stream = api.watch().stream

    chunks = []
    while chunk := stream.pull(1500):
        chunks.append(chunk)

    assert len(chunks) > 5
    assert all(chunk.endswith(b"}\n") for chunk in chunks)
    names = [json.loads(line)["object"]["metadata"]["name"] for line in b"".join(chunks).splitlines()]
    assert names == ["Tiltfile", *(f"s{number:02d}" for number in range(20))]


def test_a_reader_who_stops_keeps_nobody_up_and_misses_nothing(api: Any) -> None:
    """A watch is a cursor: writers go on, and what was not read waits in the journal."""
    watch = api.watch("fieldSelector=metadata.name%3Da")
    api.create("a")
    for number in range(300):
        api.merge("a", {"metadata": {"labels": {"n": str(number)}}})

    labels = [event["object"]["metadata"].get("labels", {}).get("n") for event in watch.events()]

    assert labels == [None, None, *map(str, range(300))]


def test_subscribers_are_called_after_commits_until_the_watch_is_closed(api: Any) -> None:
    """The server learns that there may be something to pull."""
    watch = api.watch()
    called: list[int] = []
    watch.stream.subscribe(lambda: called.append(1))
    api.create("a")
    assert called == [1]
    watch.stream.close()
    api.create("b")
    assert called == [1]


def test_nothing_is_lost_or_doubled_between_the_snapshot_and_the_first_commit(api: Any) -> None:
    """Watches that begin while others write see each Session exactly once as ADDED."""
    watches: list[Any] = []
    writing = threading.Thread(target=lambda: [api.create(f"s{number}") for number in range(50)])
    writing.start()
    while writing.is_alive() and len(watches) < 50:
        watches.append(api.watch("fieldSelector=metadata.name!%3DTiltfile"))
    writing.join()

    for watch in watches:
        added = [name for type_, name in watch.told() if type_ == "ADDED"]
        assert sorted(added) == sorted(f"s{number}" for number in range(50))


def test_a_table_names_its_columns_once(api: Any) -> None:
    """Only the first event of a Table watch describes the columns."""
    watch = api.watch(accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    first = watch.events()
    api.create("a")
    later = watch.events()

    assert [bool(event["object"]["columnDefinitions"]) for event in first + later] == [True, False, False]
    assert [event["object"]["rows"][0]["cells"][0] for event in first + later] == ["Tiltfile", "a", "a"]


def test_a_bad_include_object_refuses_a_table_watch(api: Any) -> None:
    """Table options are checked before the stream begins."""
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"

    assert api.call("GET", PATH, "watch=1&includeObject=x", accept=table).status == 400
    whole = api.watch("includeObject=Object", accept=table).events()[0]["object"]["rows"][0]["object"]
    assert whole["kind"] == "Session"


def test_what_cannot_be_written_ends_the_stream(api: Any) -> None:
    """A list's form, or protobuf of whole Sessions, begins with 200 and ends at the first event."""
    for accept in (
        "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "application/vnd.kubernetes.protobuf;stream=watch",
    ):
        stream = api.watch(accept=accept).stream
        assert (stream.pull(), stream.ended) == (b"", True)
        waiting = api.watch("labelSelector=none", accept=accept).stream
        assert (waiting.pull(), waiting.ended) == (b"", False)


def test_metadata_can_be_watched_in_protobuf(api: Any) -> None:
    """Each event has its length in front."""
    accept = "application/vnd.kubernetes.protobuf;stream=watch;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    watch = api.watch(accept=accept)
    assert dict(watch.stream.headers)["Content-Type"] == "application/vnd.kubernetes.protobuf;stream=watch"

    raw = watch.stream.pull()

    assert int.from_bytes(raw[:4], "big") == len(raw) - 4
    assert raw[4:11] == b"\n\x05ADDED"
    assert b"k8s\x00" in raw


def test_a_negative_timeout_ends_before_the_first_event(api: Any) -> None:
    """timeoutSeconds=-1 gives headers and nothing else; 0 and nothing mean no end."""
    assert (api.watch("timeoutSeconds=-1").stream.pull(), api.watch("timeoutSeconds=-1").stream.timeout) == (b"", -1.0)
    assert api.watch("timeoutSeconds=0").stream.timeout is None
    assert api.watch("timeoutSeconds=3").stream.timeout == 3.0


def test_a_time_that_no_nanoseconds_hold_wraps_around(api: Any) -> None:
    """Go multiplies in 64 bits, so that 293 years end at once and 586 years soon."""
    assert api.request("GET", PATH, "watch=1&timeoutSeconds=3").timeout == 3
    assert api.request("GET", PATH, "watch=1&timeoutSeconds=0").timeout is None
    assert api.request("GET", PATH, "watch=1&timeoutSeconds=9223372037").timeout < 0
    assert 0 < api.request("GET", PATH, "watch=1&timeoutSeconds=18446744074").timeout < 1


def test_the_options_of_an_old_watch_path_are_those_of_a_list(api: Any) -> None:
    """Kubernetes checks them by the query alone, which may say watch beside the path."""
    watch = PATH.replace("/sessions", "/watch/sessions")

    assert api.call("GET", watch, "resourceVersionMatch=Exact&resourceVersion=1&timeoutSeconds=-1").status == 200
    told = api.call("GET", watch, "sendInitialEvents=true").message
    assert told.endswith("sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")
    told = api.call("GET", watch, "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan").message
    assert "is forbidden for watch unless the WatchList feature gate is enabled" in told


def test_a_bad_include_object_is_told_before_a_form_that_no_event_has(api: Any) -> None:
    """What the rows are to hold is read first, then the form of the stream is chosen."""
    table = "application/yaml;as=Table;v=v1;g=meta.k8s.io"

    assert api.call("GET", PATH, "watch=1&includeObject=x", accept=table).status == 400
    assert api.call("GET", PATH, "watch=1", accept=table).status == 406


def test_the_name_in_an_old_watch_path_is_a_selector(api: Any) -> None:
    """The deprecated path of one object watches that one; a selector for another contradicts it."""
    api.create("a")
    path = "/apis/tilt.dev/v1alpha1/watch/sessions/a"
    answer = api.request("GET", path)
    assert [json.loads(line)["object"]["metadata"]["name"] for line in answer.pull().splitlines()] == ["a"]
    assert api.call("GET", path, "fieldSelector=metadata.name%3Db").status == 400
    assert api.call("GET", path, "fieldSelector=metadata.name%3Da&timeoutSeconds=-1").status == 200
