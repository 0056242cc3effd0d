"""Claims about what one target went through, as pure functions; the fluent face is ``targets``."""

from collections.abc import Sequence

from pytest_tiltsession.expectations import (
    differences,
    failures,
    lettering,
    names,
    observed,
    passages,
    standing,
    states,
    timeline,
)
from pytest_tiltsession.expectations.failures import Failure

Path = Sequence[states.State]
_MOST_LINES = 16


def went_through(name: str, path: Path) -> failures.Claim:
    """Claim that the target went through these states in this order; others may lie between."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        found = passages.earliest(row.segments, path)
        if len(found) == len(path):
            return None
        missing = path[len(found)]
        after = f" after it was {path[len(found) - 1].word}" if found else ""
        but = f"but up to {lettering.clock(seen.now)} it was never {missing}{after}"
        return _failure(row, seen, f"have been {_in_words(path)}, {but}", _near_miss(row, missing))

    return claim


def went_only_through(name: str, path: Path) -> failures.Claim:
    """Claim that the target went through these states and no other, from the first that it showed to the present."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        stray = passages.stray(row.segments, path)
        if stray is None:
            return None
        said = _said(row, stray)
        ended_early = stray is row.last and any(step.holds_of(stray.state) for step in path[:-1])
        but = f"it got no further than {said}" if ended_early else f"it was {said}"
        return _failure(row, seen, f"have been {_in_words(path)} and nothing else, but {but}")

    return claim


def was_never(name: str, unwanted: Path) -> failures.Claim:
    """Claim that the target was in none of these states so far."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        for item in row.segments:
            for state in unwanted:
                if state.holds_of(item.state):
                    return _failure(row, seen, f"never have been {state}, but it was {_said(row, item)}", final=True)
        return None

    return claim


def is_now(name: str, state: states.State) -> failures.Claim:
    """Claim that the target is in this state now."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        if row.last.end is None and state.holds_of(row.last.state):
            return None
        but = f"but it is {standing.state_now(row)}"
        near = _text_near_miss(state, row.last) if state.word in states.words_of(row.last.state) else None
        return _failure(row, seen, f"be {state} at {lettering.clock(seen.now)}, {but}", near)

    return claim


def began_within(name: str, path: Path, limit: int, since: int | None) -> failures.Claim:
    """Claim that the path's end began at most ``limit`` microseconds after step ``since``, or the session's start."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        if since is None:
            taken = [(item.begin, item) for item in passages.ends(row.segments, path)]
        else:
            taken = [(end.begin - begin.begin, end) for begin, end in passages.spans(row.segments, path, since)]
        if any(took <= limit for took, _ in taken):
            return None
        start = "the session's start" if since is None else f"when it was {path[since]}"
        wanted = f"be {path[-1]} within {lettering.duration(limit)} from {start}"
        if not taken:
            return _failure(row, seen, f"{wanted}, but up to {lettering.clock(seen.now)} it never was")
        took, end = min(taken, key=lambda pair: pair[0])
        but = f"that took {lettering.duration(took)}, until {lettering.clock(end.begin)}"
        return _failure(row, seen, f"{wanted}, but {but}", final=since is None)

    return claim


def began_at(name: str, path: Path, wanted: int, slack: int) -> failures.Claim:
    """Claim that the path's end began at a time since the session's start, give or take ``slack`` microseconds."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        begun = [item.begin for item in passages.ends(row.segments, path)]
        if any(abs(begin - wanted) <= slack for begin in begun):
            return None
        about = f" (give or take {lettering.duration(slack)})" if slack else ""
        times_ = lettering.listed([lettering.clock(begin) for begin in begun], 3)
        but = f"it became so at {times_}" if begun else f"up to {lettering.clock(seen.now)} it never was"
        sentence = f"become {path[-1]} at {lettering.clock(wanted)}{about}, but {but}"
        return _failure(row, seen, sentence, final=seen.now > wanted + slack)

    return claim


def lasted(name: str, path: Path, least: int, most: int | None) -> failures.Claim:
    """Claim how long, in microseconds, the path's end lasted; a state that goes on has lasted until now."""

    def claim(seen: observed.Observed) -> Failure | None:
        row = names.row(seen, name)
        lengths = [item.lasted(seen.now) for item in passages.ends(row.segments, path)]
        if any(least <= length and (most is None or length <= most) for length in lengths):
            return None
        limits = [f"at least {lettering.duration(least)}"] if least else []
        limits += [] if most is None else [f"at most {lettering.duration(most)}"]
        was = lettering.listed([lettering.duration(length) for length in lengths], 3)
        but = f"it was so for {was}" if lengths else f"up to {lettering.clock(seen.now)} it never was"
        return _failure(row, seen, f"be {path[-1]} for {' and '.join(limits) or 'any time'}, but {but}")

    return claim


def _failure(
    row: timeline.Row, seen: observed.Observed, sentence: str, hint: str | None = None, *, final: bool = False
) -> Failure:
    lines = [f"  {row.name} was", *_history(row, seen.now)]
    return Failure(f"expected {row.name} to {sentence}", tuple(lines), hint, show_blockers=False, final=final)


def _in_words(path: Path) -> str:
    return ", then ".join(map(str, path))


def _said(row: timeline.Row, item: timeline.Segment) -> str:
    return f"{states.describe(item.state, row.type)} at {lettering.clock(item.begin)}"


def _history(row: timeline.Row, now: int) -> list[str]:
    """Write what a target went through, a state a line; of a long history the beginning and the end."""
    said = [lettering.label(states.describe(item.state, row.type), 60, lettering.Style()) for item in row.segments]
    width = max(map(lettering.columns, said))
    lines = [
        f"    {lettering.clock(item.begin)}  {lettering.padded(word, width)}  {lettering.duration(item.lasted(now))}"
        f"{' so far' if item.end is None else ''}"
        for item, word in zip(row.segments, said, strict=True)
    ]
    if len(lines) > _MOST_LINES:
        more = f"    … {len(lines) - _MOST_LINES} more …"
        lines = [*lines[: _MOST_LINES // 4], more, *lines[-_MOST_LINES * 3 // 4 :]]
    return lines


def _near_miss(row: timeline.Row, missing: states.State) -> str | None:
    """Say what comes nearest to a state that was not found."""
    word = states.State(missing.word)
    alike = [item for item in row.segments if word.holds_of(item.state)]
    before = [item for item in alike if missing.holds_of(item.state)]
    if before:
        return f"it was {missing} before that, at {lettering.clock(before[-1].begin)}"
    if not alike:
        return None
    more = _text_near_miss(missing, alike[-1])
    return f"it was {_said(row, alike[-1])}" + (f"; {more}" if more else "")


def _text_near_miss(missing: states.State, item: timeline.Segment) -> str | None:
    """Say how near a wait reason or an error is to the one that was asked for."""
    found = states.detail_of(item.state)
    if missing.detail is not None:
        return differences.near_miss(missing.detail, found, f'State("{missing.word}", match={{}})')
    return None if missing.match is None else differences.pattern_near_miss(missing.match, found)
