"""All that a picture shows of one session at one moment, before it is drawn; pure.

Times are microseconds since the session's start.
"""

import dataclasses

from pytest_tiltsession import times
from pytest_tiltsession.engine import changes
from pytest_tiltsession.expectations import blockers, lettering, observed, rendering, standing, timeline
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.pictures import deadlines, lanes, looks, traffic, view, words
from pytest_tiltsession.rules import exit_conditions

MOST_LANES = 2_000

SUCCEEDED = "succeeded"
FAILED = "failed"
RUNNING = "still running"
MISSING = "not there"

_PROCESS = (timeline.EXITED, timeline.KILLED, timeline.STARTED)
_SIGNS = {timeline.RESPECIFIED: "spec", timeline.NOTE: "note"} | dict.fromkeys(_PROCESS, "process")


@dataclasses.dataclass(frozen=True, slots=True)
class Scene:
    """One session, ready to be drawn.

    ``verdict`` is one of the four words of this module and ``reason`` the session's error, or why it does not end;
    ``at`` is when the verdict was, ``exit_code`` what Tilt's process ends with (None: it goes on). ``title`` says what
    the picture is of, and ``failure`` what a test complained of.
    """

    title: str
    verdict: str
    reason: str
    at: int
    exit_code: int | None
    facts: tuple[tuple[str, str], ...]
    in_the_way: tuple[blockers.Blocker, ...]
    view: view.View
    session: lanes.Lane
    targets: tuple[lanes.Lane, ...]
    hidden: int
    clients: tuple[lanes.Lane, ...]
    timeout: deadlines.Deadline | None
    seen: observed.Observed
    failure: str = ""


def read(seen: observed.Observed, title: str = "", failure: str = "") -> Scene:
    """Read what was seen of a session. ``title`` without a value names the session."""
    value, origin = seen.timeline, seen.origin
    due = deadlines.Deadlines(value, seen.entries, origin)
    whole = due.of_session()
    span = _view(seen, due, whole)
    targets, hidden = lanes.of_targets(value, due, span, origin, MOST_LANES)
    made = traffic.of_clients(seen.requests, span, origin)
    if made:
        made.append(traffic.of_events(seen.entries, seen.requests, span, origin))
    verdict, reason = _verdict(seen)
    at = seen.now if seen.done is None else seen.done.at
    return Scene(
        title or f"session {seen.name}",
        verdict,
        reason,
        at,
        seen.exit_code,
        tuple(_facts(seen, whole)),
        () if verdict == SUCCEEDED else tuple(blockers.in_the_way(value)),
        span,
        _session(seen, verdict),
        tuple(targets),
        hidden,
        tuple(made),
        whole if whole is not None and _counts(seen, whole) and span.shows(whole.at) else None,
        seen,
        failure,
    )


def _verdict(seen: observed.Observed) -> tuple[str, str]:
    if seen.session is None:
        return MISSING, standing.in_words(seen)
    if not standing.is_done(seen):
        if seen.session.spec.exit_condition == exit_conditions.MANUAL and seen.timeline.ended is None:
            return RUNNING, ""  # that it goes on is what it is for
        return RUNNING, standing.hint(seen) or ""
    return (FAILED, standing.error(seen)) if standing.error(seen) else (SUCCEEDED, "")


def _counts(seen: observed.Observed, whole: deadlines.Deadline) -> bool:
    """Tell whether a deadline of the session was met or may still be."""
    return not seen.timeline.done or whole.at <= (0 if seen.done is None else seen.done.at)


def _view(seen: observed.Observed, due: deadlines.Deadlines, whole: deadlines.Deadline | None) -> view.View:
    value = seen.timeline
    begin = min([0, *(row.segments[0].begin for row in value.rows), *(event.at for event in value.events)])
    asked = [at - seen.origin for record in seen.requests for at in (record.at, record.ended) if at is not None]
    now = max([begin, value.changed if value.done or value.ended is not None else value.now, *asked])
    begin = min([begin, *asked])
    marks = [due.mark(row, row.last) for row in value.rows if row.last.end is None] if not value.done else []
    ahead = [mark.at for mark in marks if mark is not None]
    if whole is not None and not value.done:
        ahead.append(whole.at)
    return view.around(begin, now, ahead)


def _facts(seen: observed.Observed, whole: deadlines.Deadline | None) -> list[tuple[str, str]]:
    """Give what is worth knowing beside the verdict, each with its name."""
    found = [("started", times.format_micro_time(seen.origin)), ("seen at", lettering.clock(seen.now))]
    if seen.session is not None:
        spec = seen.session.spec
        limits = spec.ci or sessions.SessionCISpec()
        found.append(("exit condition", spec.exit_condition))
        if spec.exit_condition == exit_conditions.CI:
            named = {
                "timeout": limits.timeout,
                "readiness timeout": limits.readiness_timeout,
                "k8s grace period": limits.k8s_grace_period,
            }
            found += [(name, times.format_duration(value)) for name, value in named.items() if value]
        found.append(("Tiltfile", spec.tiltfile_path))
    if whole is not None and not seen.timeline.done:
        found.append(("timeout ends at", lettering.clock(whole.at)))
    found.append(("targets", str(len(seen.timeline.rows))))
    if seen.requests:
        found.append(("requests", str(len(seen.requests))))
    return found


def _session(seen: observed.Observed, verdict: str) -> lanes.Lane:
    """Give the lane of the session itself: where it exists, what happened to it, how it ended."""
    value, origin = seen.timeline, seen.origin
    bars: list[lanes.Bar] = []
    begin: int | None = None
    look, text = looks.SESSION, "the session goes on"
    for event in value.events:
        turn = _turn(event)
        if turn is None and event.word not in _PROCESS:
            continue
        if begin is not None:
            bars.append(_stretch(begin, event.at, look, text, seen))
        begin = None
        if turn is not None and event.word != timeline.VANISHED:
            (look, text), begin = turn, event.at
    if begin is not None:
        bars.append(_stretch(begin, None, look, text, seen))
    told = [event for event in rendering.news(value) if _turn(event) is None or event.cause == changes.CLIENT]
    marks = [
        lanes.Mark(
            event.at, _SIGNS.get(event.word, "note"), (rendering.sentence(event), *words.instant(event.at, origin))
        )
        for event in told[: lanes.MOST_MARKS]
    ]
    now = {SUCCEEDED: looks.SUCCEEDED, FAILED: looks.FAILED, RUNNING: looks.SESSION}.get(verdict)
    return lanes.Lane("session", "session", tuple(bars), tuple(marks), verdict, now)


def _turn(event: timeline.Event) -> tuple[looks.Look, str] | None:
    """Give how the session looks from an event on; None where that stays as it was."""
    match event.word:
        case timeline.DONE if event.text:
            return looks.FAILED, f"the session failed: {event.text}"
        case timeline.DONE:
            return looks.SUCCEEDED, "the session succeeded"
        case timeline.APPEARED | timeline.RECREATED | timeline.UNDONE | timeline.VANISHED:
            return looks.SESSION, rendering.sentence(event)
        case _:
            return None


def _stretch(begin: int, end: int | None, look: looks.Look, text: str, seen: observed.Observed) -> lanes.Bar:
    told = [*text.splitlines()[:6], *words.span(begin, end, seen.now, seen.origin)]
    return lanes.Bar(begin, end, look, tuple(told))
