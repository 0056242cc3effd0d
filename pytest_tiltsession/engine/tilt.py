"""Tilt's own state, from which the controller writes Sessions: targets, spec, pid; knows no HTTP and no files.

Targets live here and not in Session objects: a client that overwrites them in a Session changes nothing that Tilt
does (fidelity.md, The default session).
"""

import bisect
import dataclasses
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from pytest_tiltsession import times
from pytest_tiltsession.models import metadata, session, wire
from pytest_tiltsession.rules import exit_conditions

MANAGER = "tilt"
RESOURCE_ANNOTATION = "tilt.dev/resource"
_VERSION_AND_VARIANT = 0xF << 76 | 0b11 << 62
_VERSION_4 = 4 << 76 | 0b10 << 62  # with the variant of RFC 9562


def new_uid(seed: uuid.UUID, number: int) -> str:
    """Make one uid of a fake: a v4 UUID that follows from the fake's seed and a number."""
    digest = hashlib.sha1(seed.bytes + str(number).encode(), usedforsecurity=False).digest()
    # Written out, since an object of class UUID on the way takes longer than all the rest.
    bits = int.from_bytes(digest[:16]) & ~_VERSION_AND_VARIANT | _VERSION_4
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Tilt:
    """One Tilt's engine state. The caller holds the fake's lock."""

    def __init__(
        self,
        spec: session.SessionSpec,
        *,
        start_time: int,
        pid: int,
        seed: uuid.UUID,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.spec = spec
        self.start_time = start_time
        self.pid = pid
        self.labels = labels
        self.annotations = annotations
        self.cluster_error = False
        self.counts_generations = False
        self._seed = seed
        self._uids = 0
        self.owner_uid = self.next_uid()
        self._targets: dict[str, session.Target] = {}
        # Names and targets in one order; that of code points is that of their UTF-8 bytes.
        self._names: list[str] = []
        self._ordered: list[session.Target] = []
        self._shown: tuple[session.Target, ...] | None = None
        self._judged: tuple[tuple[object, ...], exit_conditions.Verdict] | None = None

    def next_uid(self) -> str:
        """Give a uid that no object of this Tilt had before."""
        self._uids += 1
        return new_uid(self._seed, self._uids)

    @property
    def targets(self) -> tuple[session.Target, ...] | None:
        """The targets sorted by name in byte order, or None before there are any."""
        if self._shown is None and self._ordered:
            self._shown = tuple(self._ordered)
        return self._shown

    def target(self, name: str) -> session.Target | None:
        """Give a target by name, or None."""
        return self._targets.get(name)

    def set_target(self, target: session.Target) -> None:
        """Add a target or replace the one of that name."""
        position = bisect.bisect_left(self._names, target.name)
        if target.name in self._targets:
            self._ordered[position] = target
        else:
            self._names.insert(position, target.name)
            self._ordered.insert(position, target)
        self._targets[target.name] = target
        self._shown = None

    def remove_target(self, name: str) -> None:
        """Remove a target, as a Tiltfile reload does; one that is not there is no error."""
        if self._targets.pop(name, None) is not None:
            position = bisect.bisect_left(self._names, name)
            del self._names[position], self._ordered[position]
            self._shown = None

    def judge(self, value: session.Session, now: int) -> exit_conditions.Verdict:
        """Judge a Session by its own spec and start time, and Tilt's targets. ``now`` is in nanoseconds."""
        targets = self.targets or ()
        asked = (value.spec, value.status.start_time, now, self.cluster_error)
        # A commit and the plan for the next look ask the same; with many targets the answer is worth keeping.
        if self._judged is not None and self._judged[0][0] is targets and self._judged[0][1:] == asked:
            return self._judged[1]
        verdict = exit_conditions.judge(value.spec, targets, value.status.start_time, now, self.cluster_error)
        self._judged = ((targets, *asked), verdict)
        return verdict

    def settled(self, value: session.Session, done: bool, error: str) -> session.Session:
        """Give the Session as the controller writes it: targets, done and error are Tilt's, pid and start time stay.

        One that only waits for its finalizers stays as it is: the controller does not look at it any more.
        """
        if value.metadata.deletion_timestamp is not None:
            return value
        status = value.status
        if (status.targets, status.done, status.error) == (self.targets, done, error):
            return value
        return wire.replaced(value, status=wire.replaced(status, targets=self.targets, done=done, error=error))

    def new_session(self, now: int) -> session.Session:
        """Make the ``Tiltfile`` Session as Tilt creates it. ``now`` is microseconds since the epoch."""
        object_meta = metadata.ObjectMeta(
            name=session.TILTFILE_SESSION, uid=self.next_uid(), creation_timestamp=now // 1_000_000
        )
        status = session.SessionStatus(pid=self.pid, start_time=self.start_time)
        return self.as_tiltfile_sets_it(session.Session(object_meta, self.spec, status), now)

    def as_tiltfile_sets_it(self, value: session.Session, now: int) -> session.Session:
        """Give the Session with spec, labels and annotations as the Tiltfile says, as at a reload.

        What clients wrote there is gone, and with it their managed fields (fidelity.md, The default session).
        """
        owner = metadata.OwnerReference(
            session.API_VERSION, "Tiltfile", session.TILTFILE_RESOURCE, self.owner_uid, True, True
        )
        annotations = {RESOURCE_ANNOTATION: session.TILTFILE_RESOURCE, **(self.annotations or {})}
        generation = value.metadata.generation
        if self.counts_generations and (value.spec != self.spec or not generation):
            generation += 1
        entry = metadata.ManagedFieldsEntry(
            manager=MANAGER,
            operation="Update",
            api_version=session.API_VERSION,
            time=now // 1_000_000,
            fields_type="FieldsV1",
            fields_v1=_owned_fields(self.labels, annotations, owner, self.spec, value.status),
        )
        object_meta = dataclasses.replace(
            value.metadata,
            labels=self.labels,
            annotations=annotations,
            owner_references=(owner,),
            generation=generation,
            managed_fields=(entry,),
        )
        return dataclasses.replace(value, metadata=object_meta, spec=self.spec)


def _owned_fields(
    labels: Mapping[str, str] | None,
    annotations: Mapping[str, str],
    owner: metadata.OwnerReference,
    spec: session.SessionSpec,
    status: session.SessionStatus,
) -> dict[str, Any]:
    """Give what Tilt's own write of spec and metadata owns, as the traces show it.

    Status fields count only as they stand at that write: ``f:targets`` appears when the spec changes once there are
    targets, ``done`` never does while it is false.
    """
    meta: dict[str, Any] = {"f:annotations": _map_fields(annotations)}
    if labels:
        meta["f:labels"] = _map_fields(labels)
    meta["f:ownerReferences"] = {".": {}, f'k:{{"uid":"{owner.uid}"}}': {}}
    fields: dict[str, Any] = {"f:exitCondition": {}, "f:tiltfilePath": {}}
    if spec.ci is not None:
        durations = {
            "f:k8sGracePeriod": spec.ci.k8s_grace_period,
            "f:readinessTimeout": spec.ci.readiness_timeout,
            "f:timeout": spec.ci.timeout,
        }
        given: dict[str, Any] = {name: {} for name, value in durations.items() if value is not None}
        fields = {"f:ci": {".": {}, **given} if given else {}, **fields}
    shown: dict[str, Any] = {}
    if status.done:
        shown["f:done"] = {}
    if status.error:
        shown["f:error"] = {}
    shown |= {"f:pid": {}, "f:startTime": {}}
    if status.targets is not None:
        shown["f:targets"] = {}
    return {"f:metadata": meta, "f:spec": fields, "f:status": shown}


def _map_fields(values: Mapping[str, str]) -> dict[str, Any]:
    return {".": {}, **{f"f:{key}": {} for key in sorted(values)}}


def deadline_nanos(at: int) -> int:
    """Give the ``now`` that a deadline's wake-up is judged with: a real clock is always a little late.

    Timeouts compare strictly, so that at the very instant nothing would happen (see the explanation of time).
    """
    return (at + 1) * times.MICROSECOND
