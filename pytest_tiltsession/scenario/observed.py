"""The versions of a Session that a recording saw, in order, and when each came about; pure.

A watcher sees a version late, the poll beside it sometimes earlier, and both order it by resourceVersion. What a
version itself says, and what Tilt did not do before it, narrow the time down.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from pytest_tiltsession import times
from pytest_tiltsession.models import session
from pytest_tiltsession.rules import exit_conditions

# How late a version may have been seen: Tilt's batches of about a second and a slow watcher. What contradicts the
# observed time by more has another reason, and the observation counts.
_LATEST = 2_000_000
_SECOND = 1_000_000
_TIMED_OUT = ("Timeout after ", "Readiness timeout after ")


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One version of the Session, or with ``deleted`` its DELETED event.

    ``seen`` is when it was seen first, in microseconds from the session's start. Where that is an estimate,
    ``earliest`` is how early it may have been.
    """

    seen: int
    revision: int
    deleted: bool
    session: session.Session
    earliest: int | None = None

    @property
    def uid(self) -> str:
        """The uid of the object: another one is another object."""
        return self.session.metadata.uid


def earliest(observations: Iterable[Version]) -> list[Version]:
    """Give each version once, as it was seen first, in the order of resourceVersions."""
    found: dict[tuple[str, int, bool], Version] = {}
    for version in observations:
        key = (version.uid, version.revision, version.deleted)
        known = found.get(key)
        if known is None or version.seen < known.seen:
            found[key] = version
    return sorted(found.values(), key=lambda version: (version.revision, version.deleted))


def instants(versions: Sequence[Version], base: int) -> list[int]:
    """Give when each version came about, in microseconds from the session's start: each later than the one before.

    ``base`` is the session's start. No version came about after it was seen, nor after a later one was, and none
    before the start.
    """
    latest: list[int] = []
    for index in reversed(range(len(versions))):
        limit = _limit(versions, index, base)
        latest.append(min(limit, latest[-1] - 1) if latest else limit)
    result: list[int] = []
    for limit in reversed(latest):
        result.append(max(limit, result[-1] + 1 if result else 0))
    return result


def _limit(versions: Sequence[Version], index: int, base: int) -> int:
    """Give when a version came about at the latest."""
    version = versions[index]
    before = versions[index - 1] if index else None
    written = _written_by(version, before, base)
    shown = _latest_time(version.session, base)
    if version.earliest is None:
        seen, earliest_possible = version.seen, max(version.seen - _LATEST, shown)
    else:
        seen, earliest_possible = _estimate(version, before, base), max(version.earliest, shown)
        written = None if written is None else max(written - _SECOND + 1, earliest_possible)
    limits = (written, _undecided_until(version, before, base))
    return min([seen, *(limit for limit in limits if limit is not None and limit >= earliest_possible)])


def _estimate(version: Version, before: Version | None, base: int) -> int:
    """Give when a version came about whose sighting tells it to the second at best: it may say so itself."""
    shown = _latest_time(version.session, base)
    told = _timed_out_at(version, before, base)
    if not told and before is not None and shown > _latest_time(before.session, base):
        told = shown
    return told if told > (version.earliest or 0) - _SECOND and told else max(version.seen, shown)


def _written_by(version: Version, before: Version | None, base: int) -> int | None:
    """Give the end of the second that Tilt's own write of the object is stamped with, where it made this version."""
    stamp = _stamp(version)
    if version.deleted or stamp is None:
        return None
    if before is not None and not before.deleted and _written(version) == _written(before):
        return None  # the controller wrote it, which leaves no stamp
    return (stamp + 1) * _SECOND - 1 - base


def _written(version: Version) -> tuple[object, ...]:
    """Give what the controller never changes."""
    meta = version.session.metadata
    return meta.uid, meta.managed_fields, meta.labels, meta.annotations, version.session.spec


def _stamp(version: Version) -> int | None:
    """Give the second of the last write that the object's managed fields, or its creation, tell of."""
    meta = version.session.metadata
    written = [entry.time for entry in meta.managed_fields or () if entry.time is not None]
    return max(written, default=meta.creation_timestamp)


def _undecided_until(version: Version, before: Version | None, base: int) -> int | None:
    """Give the deadline of the version before, where this one shows that it had not passed."""
    timed_out = version.session.status.error.startswith(_TIMED_OUT)
    return None if timed_out else _deadline(before, base)


def _timed_out_at(version: Version, before: Version | None, base: int) -> int:
    """Give the deadline of the version before, where this one shows that it had passed; else the start."""
    timed_out = version.session.status.error.startswith(_TIMED_OUT)
    return (_deadline(before, base) or 0) if timed_out else 0


def _deadline(before: Version | None, base: int) -> int | None:
    if before is None or before.deleted:
        return None
    status = before.session.status
    if status.done:
        return None
    # Judged at the session's start, when no deadline has passed.
    verdict = exit_conditions.judge(
        before.session.spec, status.targets or (), status.start_time, base * times.MICROSECOND
    )
    return None if verdict.recheck_at is None else -(-verdict.recheck_at // times.MICROSECOND) - base


def _latest_time(value: session.Session, base: int) -> int:
    """Give the latest time that the object itself shows: it came about no earlier."""
    found = [0]
    for target in value.status.targets or ():
        active, terminated = target.state.active, target.state.terminated
        if active is not None:
            found += [instant - base for instant in (active.start_time, active.last_ready_time) if instant is not None]
        if terminated is not None:
            ends = (terminated.start_time, terminated.finish_time)
            found += [instant - base for instant in ends if instant is not None]
    return max(found)
