"""What there is to see of a session, as JSON values: the clock, the verdict, the timeline, requests, commits.

``schemas`` describes each of them. Times are Go durations since the session's start, and MicroTimes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pytest_tiltsession import fake_tilt, times
from pytest_tiltsession.engine import resource_drivers
from pytest_tiltsession.expectations import observed, states, timeline
from pytest_tiltsession.models import encoding
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.progress import blocked
from pytest_tiltsession.store import journal, requests

Json = dict[str, Any]
_PLANNED = 5


def offset(micros: int) -> str:
    """Write microseconds since the session's start as a Go duration."""
    return times.format_duration(micros * times.MICROSECOND)


def tilt(fake: fake_tilt.FakeTilt) -> Json:
    """Say where the fake is and what it is."""
    settings = fake.settings
    return {
        **fake.describe(),
        "env": dict(fake.env),
        "profile": settings.profile,
        "progress": settings.progress,
        "scenario": "" if fake.scenario is None else fake.scenario.title,
        "serving": fake.serving,
    }


def clock(fake: fake_tilt.FakeTilt, *, moved: bool = False) -> Json:
    """Show the clock. ``moved`` says whether it was just moved."""
    now = fake.clock.now
    planned = [{"at": offset(item.at - fake.clock.start), "what": item.what or "a step"} for item in _due(fake)]
    return {
        "now": times.format_micro_time(now),
        "elapsed": offset(now - fake.clock.start),
        "micros": now - fake.clock.start,
        "progress": fake.settings.progress,
        "holds": list(fake.clock.holds),
        "planned": planned,
        "moved": moved,
    }


def _due(fake: fake_tilt.FakeTilt) -> Sequence[Any]:
    return fake.clock.planned(_PLANNED)


def verdict(fake: fake_tilt.FakeTilt) -> Json:
    """Show how the session stands."""
    seen = fake.look()
    status = None if seen.session is None else seen.session.status
    outcome = "absent" if status is None else "running"
    if status is not None and status.done:
        outcome = "failed" if status.error else "succeeded"
    return {
        "exists": status is not None,
        "done": status is not None and status.done,
        "error": "" if status is None else status.error,
        "outcome": outcome,
        "doneAt": None if seen.done is None else offset(seen.done.at),
        "exitCode": fake.exit_code,
        "exited": fake.exited,
        "now": offset(seen.now),
        "blocked": _blocked(fake.blocked()),
        "marks": [{"at": offset(it.at - seen.origin), "word": it.word, "text": it.text} for it in fake.marks],
        "problems": list(fake.problems()),
        "session": None if seen.session is None else encoding.session_to_wire(seen.session),
    }


def _blocked(value: blocked.Blocked) -> Json:
    return {
        "text": str(value),
        "targets": [
            {"word": item.word, "name": item.name, "detail": item.detail, "since": offset(item.since)}
            for item in value.targets
        ],
        "planned": [{"at": offset(item.at), "what": item.what} for item in value.planned],
        "holds": list(value.holds),
        "inWork": value.in_work,
        "watching": list(value.watching),
    }


def history(value: timeline.Timeline, text: str) -> Json:
    """Show a timeline; ``text`` is its drawing."""
    return {
        "name": value.name,
        "now": offset(value.now),
        "done": value.done,
        "text": text,
        "targets": [
            {
                "name": row.name,
                "type": row.type,
                "resources": list(row.resources),
                "states": [_spell(item, row.type) for item in row.segments],
            }
            for row in value.rows
        ],
        "events": [
            {"at": offset(event.at), "word": event.word, "text": event.text, "cause": event.cause}
            for event in value.events
        ],
    }


def _spell(item: timeline.Segment, type_: str) -> Json:
    return {
        "from": offset(item.begin),
        "to": None if item.end is None else offset(item.end),
        "state": states.describe(item.state, type_),
        "words": list(states.words_of(item.state)),
        "detail": states.detail_of(item.state),
    }


def request(record: requests.RequestRecord, origin: int) -> Json:
    """Show a request; ``origin`` is the session's start in microseconds since the epoch."""
    return {
        "number": record.number,
        "at": offset(record.at - origin),
        "time": times.format_micro_time(record.at),
        "method": record.method,
        "path": record.path,
        "query": record.query,
        "client": record.user_agent,
        "status": record.status,
        "operation": record.operation,
        "name": record.name,
        "authorized": record.authorized,
        "watch": record.watch,
        "events": record.events,
        "ended": None if record.ended is None else offset(record.ended - origin),
        "message": record.message,
        "version": record.version,
        "fault": record.fault,
    }


def commit(entry: journal.Committed, origin: int) -> Json:
    """Show a commit; ``origin`` as in :func:`request`."""
    return {
        "number": entry.seq,
        "at": offset(entry.at - origin),
        "time": times.format_micro_time(entry.at),
        "name": entry.name,
        "type": entry.type,
        "version": entry.version,
        "cause": entry.cause,
        "note": entry.note,
        "silent": entry.silent,
        "changed": [encoding.to_wire(item) for item in entry.changed],
        "removed": list(entry.removed),
        "done": entry.done,
        "error": entry.error,
    }


def target(value: sessions.Target) -> Json:
    """Show a target."""
    found = encoding.to_wire(value)
    return {**found, "resources": found["resources"] or [], "word": value.state.word}


def targets(seen: observed.Observed) -> list[Json]:
    """Show the targets of the session as it is; none where there is no session."""
    return [target(item) for item in (seen.session.status.targets if seen.session else None) or ()]


def resource(driver: resource_drivers.ResourceDriver) -> Json:
    """Show a resource."""
    return {"name": driver.name, "kind": kind_of(driver), "targets": [target(item) for item in driver.targets]}


def kind_of(driver: resource_drivers.ResourceDriver) -> str:
    """Name the kind of a resource: local, kubernetes or compose."""
    return type(driver).__name__.removesuffix("Driver").lower()


def resources(drivers: Iterable[resource_drivers.ResourceDriver]) -> list[Json]:
    """Show resources."""
    return [resource(item) for item in drivers]
