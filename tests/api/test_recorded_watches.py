"""The recorded watch streams of a real Tilt: the same operations give the same events, in type, version and labels."""

import json
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

RECORDED = pathlib.Path(__file__).parents[1] / "recorded/watch-streams.jsonl"
STREAMS = {stream["id"]: stream for stream in map(json.loads, RECORDED.read_bytes().splitlines())}


def lifecycle(api: Any) -> None:
    """What was done to w1 while watches 1 to 12 were open."""
    api.create("w1", labels={"k": "v"})
    value = api.get("w1").body
    value["spec"]["tiltfilePath"] = "/2"
    value = api.put(value).body
    api.put(value)
    api.merge("w1", {"status": {"pid": 5}}, subresource="/status")
    api.merge("w1", {"status": {"done": True}}, subresource="/status")
    api.merge("w1", {"metadata": {"labels": {"k": "other"}}})
    api.merge("w1", {"metadata": {"labels": {"k": "v"}}})
    api.delete("w1")


def resumed(api: Any) -> None:
    """Nothing happens while the watch is open."""


def one_more(api: Any) -> None:
    """A Session is created."""
    api.create("w3")


def two_phases(api: Any) -> None:
    """A Session with a finalizer is deleted twice, then let go."""
    api.create("w4", finalizers=["a.b/c"])
    api.delete("w4")
    api.delete("w4")
    api.merge("w4", {"metadata": {"finalizers": None}})


def collection(api: Any) -> None:
    """Two Sessions go by deletecollection, and one is created again."""
    api.create("w5", labels={"g": "1"})
    api.create("w6", labels={"g": "1"})
    api.delete("", "labelSelector=g%3D1")
    api.create("w5", labels={"g": "1"})


def dry(api: Any) -> None:
    """A create and a delete that say dryRun."""
    api.create("w7", "dryRun=All")
    api.delete("w7", "dryRun=All")


OPERATIONS: dict[str, Callable[[Any], None]] = {
    **{f"watch-{number:03d}": lifecycle for number in range(1, 13)},
    "watch-013": resumed,
    "watch-014": one_more,
    "watch-015": resumed,
    "watch-016": resumed,
    "watch-017": two_phases,
    "watch-018": collection,
    "watch-019": dry,
}


def told(events: list[Any]) -> list[tuple[str, str, int, Any]]:
    """Give type, name, version from the first Session's own on, and labels; those of Tilt's own Session apart."""
    found = []
    first: int | None = None
    for event in events:
        shown = event["object"]
        meta = shown["rows"][0]["object"]["metadata"] if shown["kind"] == "Table" else shown["metadata"]
        if meta["name"] == "Tiltfile":
            found.append((event["type"], "Tiltfile", 0, None))
            continue
        version = int(meta["resourceVersion"])
        first = version if first is None else first
        found.append((event["type"], meta["name"], version - first, meta.get("labels")))
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_events_are_those_that_were_recorded(api: Any, name: str) -> None:
    """Each operation reaches the watch as it did on the real server."""
    recorded = STREAMS[name]
    request = recorded["request"]
    headers = {key.lower(): value for key, value in request["headers"].items() if key != "Authorization"}
    answer = api.request("GET", request["path"], request.get("query") or "", **headers)
    assert (answer.status, dict(answer.headers)["Content-Type"]) == (
        200,
        recorded["response"]["headers"]["Content-Type"],
    )
    OPERATIONS[name](api)

    events = [json.loads(line) for line in answer.pull(1 << 30).splitlines()]

    assert told(events) == told([event["line"] for event in recorded["events"] if event.get("line")])


def test_a_watch_that_is_refused_answers_as_recorded(api: Any) -> None:
    """A bad field selector is a 400 before the watch begins."""
    recorded = STREAMS["watch-026"]

    refused = api.call("GET", recorded["request"]["path"], recorded["request"]["query"])

    assert refused.status == recorded["response"]["status"]
    assert len(refused.raw) == int(recorded["response"]["headers"]["Content-Length"])
