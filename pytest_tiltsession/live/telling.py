"""Says in words what a recording could not see, for the scenario's description, and what it can expect; pure."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

from pytest_tiltsession import times
from pytest_tiltsession.live import sightings
from pytest_tiltsession.rules import exit_conditions
from pytest_tiltsession.scenario import instants, recorder, steps

_MOST = 5

Offset = Callable[[int], int]


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """How a recording ended: the exit code of its command, where there was one; with ``own`` that was Tilt itself.

    ``gone``: the Tilt was no longer there when the recording ended.
    """

    exit_code: int | None = None
    own: bool = False
    gone: bool = False


def blind_spots(seen: sightings.Sightings, offset: Offset, end: End) -> str:
    """Give one line for each thing that was not seen; nothing where all was.

    ``offset`` turns an arrival into microseconds from the session's start.
    """
    lines = [*_beginning(seen), *_middle(seen, offset), *_end(seen, end)]
    return "\n".join(f"{recorder.NOT_SEEN}{line}" for line in lines)


def expectation(scenario: steps.Scenario, end: End) -> steps.Expectation | None:
    """Give what a recording expects of its replay: nothing of which it has not seen.

    A session of ``tilt ci`` that was not done when Tilt was gone may have been done after all, or been interrupted. Its
    exit code is kept as it is, and where it does not go with the outcome, the outcome is left out.
    """
    expected = scenario.expect
    if expected is None:
        return None
    if expected.outcome == "running":
        specs = [scenario.spec, *(step.spec for step in scenario.steps if step.spec is not None)]
        ci = specs[-1].exit_condition == exit_conditions.CI
        unseen = (end.own and end.exit_code is not None) or (end.gone and ci)
        return None if unseen else expected
    if not end.own or end.exit_code is None:
        return expected
    agrees = end.exit_code == int(expected.outcome == "failed")
    return dataclasses.replace(expected, outcome=expected.outcome if agrees else None, exit_code=end.exit_code)


def _beginning(seen: sightings.Sightings) -> Iterator[str]:
    first = seen.first
    # Tilt creates its Session without targets, and nothing comes before a first version.
    began = first is None or first.status.targets is None or first.metadata.resource_version == "1"
    opening = seen.recorder.opening
    if not began and opening is not None:
        yield f"what was before {instants.shown(opening)}, when the recording found the session"


def _middle(seen: sightings.Sightings, offset: Offset) -> Iterator[str]:
    for name, spans in (("had no watch", seen.gaps), ("had a watch that hung", seen.hangs)):
        if spans:
            yield f"what came and went between two polls while the recording {name}: {_spans(spans, offset)}"
    for start, stop, why in _dark(seen)[:_MOST]:
        span = f"{_shown(offset(start))} to {_shown(offset(stop))}"
        yield f"anything from {span}, when no watch told and polls failed ({why})"
    if seen.unwatched:
        yield f"{seen.unwatched} states in the watch; polls showed them, and others may have been missed"
    for at, text in seen.odd[:_MOST]:
        yield f"what stood behind {text} (at {_shown(offset(at))})"
    for name in sorted(seen.others)[:_MOST]:
        yield f"another Session, {name!r}, which a client created; it is not recorded"


def _dark(seen: sightings.Sightings) -> list[tuple[int, int, str]]:
    """Give when neither a watch nor polls saw anything."""
    blind: Sequence[tuple[int, int]] = (*seen.gaps, *seen.hangs)
    both = [(max(start, since), min(stop, until), why) for start, stop in blind for since, until, why in seen.outages]
    return sorted(span for span in both if span[0] < span[1])


def _end(seen: sightings.Sightings, end: End) -> Iterator[str]:
    latest = seen.latest
    if latest is None:
        return
    status, code = latest.status, end.exit_code
    if not status.done:
        if end.own and code is not None:
            yield f"the last state: Tilt exited with code {code}, and the session was not done when last seen"
        elif end.gone and latest.spec.exit_condition == exit_conditions.CI:
            why = seen.ended or "Tilt has ended"
            yield f"the last state: {why}, and the session was not done when last seen; what it exits with is not known"
    elif code is None and end.gone:
        yield "the exit code of Tilt, which only the program that starts it learns: tiltsession record -- tilt ci"
    elif code is not None and code != int(bool(status.error)) and not end.own:
        yield f"why the recorded command ended with code {code}"


def _spans(spans: Iterable[tuple[int, int]], offset: Offset) -> str:
    listed = [f"{_shown(offset(start))} to {_shown(offset(end))}" for start, end in spans]
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return ", ".join(listed[:_MOST]) + more


def _shown(at: int) -> str:
    return times.format_duration(round(at, -3) * times.MICROSECOND)
