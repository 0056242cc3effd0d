"""The processes that a scenario tells of, one life after the other: what each plays, from when to when; pure.

Offsets count from the start of the first session. A scenario that a restart brings has a ``process`` of its own, and
faults, which count from that restart; one that is played once more has none: what happens to the process happens once.
"""

import dataclasses
import heapq
import itertools
from collections.abc import Iterator
from typing import Final, NamedTuple

from pytest_tiltsession.scenario import instants, steps

KILLED: Final = -9  # the exit code of a process that SIGKILL ended, as Python gives it


@dataclasses.dataclass(frozen=True, slots=True)
class Life:
    """One process: it begins at an offset, plays a scenario, and ends where something ends it."""

    begin: int
    scenario: steps.Scenario | None
    ended: int | None = None
    by: steps.Happening | None = None

    @property
    def end(self) -> int:
        """When it ends, or the offset of its last step where nothing ends it."""
        return self.ended if self.ended is not None else self.begin + (self.scenario.end if self.scenario else 0)


class Objection(NamedTuple):
    """What cannot be, and which happening asks for it."""

    happening: steps.Happening
    text: str


def of(scenario: steps.Scenario) -> list[Life]:
    """Give the lives of a scenario, the first one first; what meets no process that runs is left out."""
    return list(_Told(scenario).lives())


def end(scenario: steps.Scenario) -> int:
    """Give the offset of the last thing that a scenario tells, in the last of its lives."""
    return max(of(scenario)[-1].end, max((it.at for it in scenario.process), default=0))


def objections(scenario: steps.Scenario) -> Iterator[Objection]:
    """Give what stands against the ``process`` of a scenario."""
    for before, after in itertools.pairwise(scenario.process):
        if before.at == after.at:
            stands = f" (line {before.line})" if before.line is not None else ""
            yield Objection(
                after,
                f"two things happen to the process at {instants.shown(after.at)}: {word(before)}{stands} and "
                f"{word(after)}; give one of them a later at",
            )
    for happening in scenario.process:
        if happening.at <= 0:
            yield Objection(happening, f"{word(happening)}: Tilt starts at 0s, so write an at of more than that")
        elif not instants.representable(scenario.start + happening.at):
            yield Objection(happening, "its time lies beyond the year 9999, which no MicroTime can show")
        if isinstance(happening, steps.Restart):
            yield from _restart(happening)
    told = _Told(scenario)
    list(told.lives())
    yield from told.objections


def _restart(happening: steps.Restart) -> Iterator[Objection]:
    if not happening.session and happening.scenario is not None:
        yield Objection(
            happening,
            "restart: a scenario tells by itself when its Session is there; session: false goes with scenario: null",
        )


def word(happening: steps.Happening) -> str:
    """Give the word by which files tell of a happening."""
    return type(happening).__name__.lower()


def text(happening: steps.Happening) -> str:
    """Say what happens and when, for people: ``restart at 10s``."""
    return f"{word(happening)} at {instants.shown(happening.at)}"


class _Told:
    """Everything that happens to the processes of a scenario, in the order of time."""

    def __init__(self, scenario: steps.Scenario) -> None:
        self._scenario = scenario
        self.objections: list[Objection] = []
        self._order = itertools.count()
        self._due: list[tuple[int, int, steps.Happening]] = []
        self._plan(scenario, 0)

    def _plan(self, scenario: steps.Scenario, base: int) -> None:
        for happening in scenario.process:
            heapq.heappush(self._due, (base + happening.at, next(self._order), happening))

    def lives(self) -> Iterator[Life]:
        """Give one life after the other, and note what meets no process that runs."""
        life = Life(0, self._scenario)
        while self._due:
            at, _, happening = heapq.heappop(self._due)
            if at <= life.begin:
                continue
            if isinstance(happening, steps.Restart):
                yield life if life.ended is not None else dataclasses.replace(life, ended=at, by=happening)
                played = happening.scenario
                life = Life(at, life.scenario if isinstance(played, steps.Same) else played)
                if isinstance(played, steps.Scenario):
                    self._plan(played, at)
            elif life.ended is not None:
                assert life.by is not None
                line = f" (line {life.by.line})" if life.by.line is not None else ""
                how = "killed" if isinstance(life.by, steps.Crash) else "ended"
                self.objections.append(
                    Objection(
                        happening,
                        f"{word(happening)} at {instants.shown(at)}: Tilt does not run then, it was {how} at "
                        f"{instants.shown(life.ended)}{line}; let it restart in between, or leave this out",
                    )
                )
            else:
                life = dataclasses.replace(life, ended=at, by=happening)
        yield life
