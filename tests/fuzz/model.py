"""What a fake's Sessions ought to be: a small model, kept by hand beside it. Knows the rule of the verdict and no HTTP.

Of a Session it keeps what clients write, and what the controller makes of it: targets, done, error, and the deadline
at which it looks again.
"""

import copy
import dataclasses
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.engine import tilt
from pytest_tiltsession.models import encoding, session
from pytest_tiltsession.rules import exit_conditions

TILTFILE = session.TILTFILE_SESSION


@dataclasses.dataclass
class Kept:
    """One Session as it ought to be. ``version`` and ``uid`` are taken from the answers and then held against them."""

    spec: session.SessionSpec
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    annotations: dict[str, str] = dataclasses.field(default_factory=dict)
    finalizers: list[str] = dataclasses.field(default_factory=list)
    deleting: bool = False
    pid: int = 0
    start_time: int | None = None
    targets: tuple[session.Target, ...] | None = None
    done: bool = False
    error: str = ""
    deadline: int | None = None  # microseconds since the epoch
    version: int = 0
    uid: str = ""

    def copy(self) -> "Kept":
        """Give a copy that can be changed."""
        return copy.copy(self)

    def shown(self) -> dict[str, Any]:
        """Give what a client ought to see of it, without versions, uids, times and managed fields."""
        status = session.SessionStatus(self.pid, self.start_time, self.targets, self.done, self.error)
        return {
            "labels": self.labels,
            "annotations": self.annotations,
            "finalizers": self.finalizers,
            "deleting": self.deleting,
            "spec": encoding.to_wire(self.spec),
            "status": encoding.to_wire(status),
        }

    def take(self, item: dict[str, Any]) -> None:
        """Take over what a client may write of a Session in JSON, its status excepted."""
        meta, spec = item["metadata"], item["spec"]
        self.labels, self.annotations = meta.get("labels", {}), meta.get("annotations", {})
        self.finalizers = meta.get("finalizers", [])
        given = spec.get("ci")
        names = ("k8sGracePeriod", "timeout", "readinessTimeout")
        found = (
            (times.parse_duration(given[name]) if name in given else None for name in names)
            if given is not None
            else ()
        )
        ci = None if given is None else session.SessionCISpec(*found)
        self.spec = session.SessionSpec(spec["tiltfilePath"], spec["exitCondition"], ci)


def seen(item: dict[str, Any]) -> dict[str, Any]:
    """Give of a Session as it was read what :meth:`Kept.shown` says of one."""
    meta = item["metadata"]
    return {
        "labels": meta.get("labels", {}),
        "annotations": meta.get("annotations", {}),
        "finalizers": meta.get("finalizers", []),
        "deleting": "deletionTimestamp" in meta,
        "spec": item["spec"],
        "status": item["status"],
    }


class Model:
    """All Sessions as they ought to be, beside Tilt's own state; ``now`` is microseconds since the epoch."""

    def __init__(self, engine: tilt.Tilt, now: int, *, quiet: bool) -> None:
        self.engine = engine
        self.quiet = quiet  # a write that changes nothing is no event
        self.now = now
        self.kept: dict[str, Kept] = {}
        self.uids: set[str] = set()
        self.version = 0  # the highest that any answer has shown
        self.silenced: set[str] = set()  # what was removed without a word to any watch

    def judge(self, name: str, *, late: bool = False) -> None:
        """Settle a Session as the controller does. ``late`` is a deadline's look, which comes a moment after it."""
        kept, engine = self.kept[name], self.engine
        kept.deadline = None
        if kept.deleting:
            return  # the controller leaves alone what only waits for its finalizers
        now = (self.now + late) * times.MICROSECOND
        verdict = exit_conditions.judge(kept.spec, engine.targets or (), kept.start_time, now, engine.cluster_error)
        kept.targets, kept.done, kept.error = engine.targets, verdict.done, verdict.error
        if not verdict.done and verdict.recheck_at is not None:
            kept.deadline = max(-(-verdict.recheck_at // times.MICROSECOND), self.now + late)

    def pass_time(self, until: int) -> None:
        """Let the deadlines up to an instant come due, each at its own time."""
        while due := [(kept.deadline, name) for name, kept in self.kept.items() if kept.deadline is not None]:
            at, name = min(due)
            if at > until:
                break
            self.now = max(self.now, at)
            self.judge(name, late=True)
        self.now = until

    def settle(self) -> None:
        """Judge the ``Tiltfile`` Session, as Tilt does when something changes; the others wait until they are written."""
        if TILTFILE in self.kept:
            self.judge(TILTFILE)

    def reload(self) -> None:
        """Set ``Tiltfile`` back to what the Tiltfile says, or make it anew."""
        kept = self.kept.setdefault(TILTFILE, Kept(self.engine.spec))
        kept.spec, kept.labels = self.engine.spec, {}
        kept.annotations = {tilt.RESOURCE_ANNOTATION: session.TILTFILE_RESOURCE}
        if not kept.uid:
            kept.pid, kept.start_time = self.engine.pid, self.engine.start_time
        self.judge(TILTFILE)

    def write(self, name: str, after: Kept, version: int) -> None:
        """Store what a client wrote, or delete where the last finalizer has gone; then the controller settles it.

        ``version`` is what the answer shows. Where a write without effect is no event, nobody looks after one.
        """
        without_effect = after.version == version
        self.kept[name] = after
        if after.deleting and not after.finalizers:
            del self.kept[name]
        elif not (without_effect and self.quiet):
            self.judge(name)

    def delete(self, name: str) -> None:
        """Delete a Session, or mark it where finalizers hold it."""
        kept = self.kept[name]
        if kept.finalizers:
            kept.deleting, kept.deadline = True, None
        else:
            del self.kept[name]

    def check(self, items: list[dict[str, Any]]) -> None:
        """Hold everything that is stored against the model: contents, uids, and versions that only rise."""
        assert sorted(self.kept, key=str.encode) == [item["metadata"]["name"] for item in items]
        highest = self.version
        for item in items:
            kept, meta = self.kept[item["metadata"]["name"]], item["metadata"]
            wanted, found = kept.shown(), seen(item)
            assert wanted == found, {
                part: (wanted[part], found[part]) for part in wanted if wanted[part] != found[part]
            }
            if not kept.uid:
                assert meta["uid"] not in self.uids
                self.uids.add(meta["uid"])
                kept.uid = meta["uid"]
            assert kept.uid == meta["uid"]
            version = int(meta["resourceVersion"])
            assert version == kept.version or version > highest
            kept.version, self.version = version, max(self.version, version)
