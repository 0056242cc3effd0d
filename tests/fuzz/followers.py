"""Watches as clients live by them: what was told first, then one event after the other, make a picture of the whole."""

import dataclasses
import json
from collections.abc import Collection
from typing import Any

from pytest_tiltsession import profiles
from pytest_tiltsession.api import watching

BOOKMARK, ERROR = "BOOKMARK", "ERROR"
HISTORY = profiles.KUBERNETES.history


@dataclasses.dataclass
class Follower:
    """A client behind an open watch. ``picture`` is what it takes for the present Sessions, by name.

    ``query`` and ``labels`` tell what it watches, ``since`` the version that it started from. ``lenient`` are names of
    which it may hear nothing, or twice, and with labels Tilt's watches tell nothing of what leaves or enters them.
    """

    query: str
    labels: dict[str, str]
    kubernetes: bool
    lenient: Collection[str]
    stream: watching.Watch
    since: int
    looked_at: int
    heard_at: int = 0  # not later than the last change that it heard of; what was there before is none
    version: int = 0
    picture: dict[str, Any] = dataclasses.field(default_factory=dict)
    gone: bool = False

    def read(self, now: int) -> None:
        """Take all events that there are, and look that they follow one another."""
        while data := self.stream.pull(2048):
            for line in data.splitlines():
                self._take(json.loads(line), now)
        assert self.stream.ended is self.gone
        self.looked_at = now

    def _take(self, event: dict[str, Any], now: int) -> None:
        assert not self.gone, f"an event after the end: {event}"
        told, item = event["type"], event["object"]
        if told == ERROR:
            assert (410, True) == (item["code"], self.kubernetes), item
            assert now - self.heard_at > HISTORY, item
            self.gone = True
            return
        version = int(item["metadata"]["resourceVersion"])
        if self.kubernetes and version <= self.since:
            assert told in ("ADDED", BOOKMARK), event
        elif self.kubernetes:
            assert version >= self.version, f"from {self.version} back to {event}"
        self.version = max(self.version, version)
        self.heard_at = self.looked_at if version > self.since else self.heard_at
        if told != BOOKMARK:
            self._change(told, item)

    def _change(self, told: str, item: dict[str, Any]) -> None:
        name = item["metadata"]["name"]
        known = self.picture.get(name)
        assert told in ("ADDED", "MODIFIED", "DELETED")
        if self.kubernetes or not (self.labels or name in self.lenient):
            assert (known is None) is (told == "ADDED"), f"{told} {name} when there is {sorted(self.picture)}"
            before = int(known["metadata"]["resourceVersion"]) if known else 0
            assert before <= int(item["metadata"]["resourceVersion"])
        if told == "DELETED":
            self.picture.pop(name, None)
        else:
            self.picture[name] = item

    def check(self, items: list[dict[str, Any]]) -> None:
        """Hold the picture against the list of what there is, both of what this watch is about."""
        listed = {item["metadata"]["name"]: _content(item) for item in items if self.selects(item)}
        pictured = {name: _content(item) for name, item in self.picture.items()}
        if not self.kubernetes:
            for name in [name for name in pictured if name not in listed and (self.labels or name in self.lenient)]:
                del pictured[name]
        assert listed == pictured

    def selects(self, item: dict[str, Any]) -> bool:
        """Tell whether a Session is one that this watch is about."""
        wanted = self.query.partition("metadata.name%3D")[2]
        found = item["metadata"].get("labels", {})
        return (not wanted or item["metadata"]["name"] == wanted) and self.labels.items() <= found.items()


def _content(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item[key] for key in ("metadata", "spec", "status")}
