"""Compares the verdicts that a recording holds with those of our rules, as its judged replay showed them; pure.

Where they disagree, a Tilt decided otherwise than our rules do, or the file was changed by hand.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from pytest_tiltsession.engine import changes
from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import instants, steps
from pytest_tiltsession.store import journal

_MOST = 3
_OTHERS = (changes.DRIVER, changes.CLIENT)


@dataclasses.dataclass(frozen=True, slots=True)
class Disagreement:
    """A step whose recorded verdict is another than the judged one; only done and error count."""

    step: steps.Step
    recorded: steps.Recorded
    judged: steps.Recorded


@dataclasses.dataclass(frozen=True, slots=True)
class Agreement:
    """How many recorded verdicts were compared, and those that differ."""

    compared: int
    disagreements: tuple[Disagreement, ...]

    def lines(self) -> list[str]:
        """Say where they differ, with both verdicts; nothing where they agree."""
        found = [line for each in self.disagreements[:_MOST] for line in _lines(each)]
        more = len(self.disagreements) - _MOST
        return [*found, f"  and {more} more"] if more > 0 else found


def compare(
    scenario: steps.Scenario, commits: Sequence[journal.Committed], *, until: int, start: int | None = None
) -> Agreement:
    """Compare each recorded verdict of a replay that was judged, up to an offset in microseconds.

    ``start`` is the start of the session that replays it, where that is another than the recorded one's. What a driver
    or a client has changed no recording foretold: from there on nothing is compared.
    """
    start = scenario.start if start is None else start
    meddled = next((commit.at - start for commit in commits if commit.cause in _OTHERS), None)
    shown = _Shown(commits, start)
    compared, found = 0, []
    for step in _last_of_each_instant(scenario.steps):
        if step.recorded is None or step.at > until or (meddled is not None and step.at >= meddled):
            continue
        compared += 1
        judged = shown.at(step.at)
        if (step.recorded.done, step.recorded.error) != (judged.done, judged.error):
            found.append(Disagreement(step, step.recorded, judged))
    return Agreement(compared, tuple(found))


class _Shown:
    """What the Session showed at one instant after the other."""

    def __init__(self, commits: Iterable[journal.Committed], start: int) -> None:
        self._left = iter([commit for commit in commits if commit.name == session.TILTFILE_SESSION])
        self._next = next(self._left, None)
        self._start = start
        self._verdict = steps.Recorded()

    def at(self, offset: int) -> steps.Recorded:
        """Give the verdict when everything of an instant had happened; ask in the order of time."""
        while self._next is not None and self._next.at - self._start <= offset:
            gone = self._next.type == journal.DELETED
            self._verdict = steps.Recorded() if gone else steps.Recorded(self._next.done, self._next.error)
            self._next = next(self._left, None)
        return self._verdict


def _last_of_each_instant(all_steps: Sequence[steps.Step]) -> Iterator[steps.Step]:
    for index, step in enumerate(all_steps):
        if index + 1 == len(all_steps) or all_steps[index + 1].at != step.at:
            yield step


def _lines(each: Disagreement) -> list[str]:
    where = f" (line {each.step.line})" if each.step.line is not None else ""
    return [
        f"  at {instants.shown(each.step.at)}{where}",
        f"    recorded: {_verdict(each.recorded)}",
        f"    judged:   {_verdict(each.judged)}",
    ]


def _verdict(verdict: steps.Recorded) -> str:
    if verdict.error:
        return f"{'done, failed' if verdict.done else 'not done, but with an error'}: {verdict.error}"
    return "done, succeeded" if verdict.done else "not done"
