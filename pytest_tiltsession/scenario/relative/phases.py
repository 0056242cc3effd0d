"""Plays phases one after the other, each for its time or until what it waits for; knows no target, no resource."""

from collections.abc import Callable

from pytest_tiltsession.scenario.relative import milestones, script, timeline

Resolve = Callable[[script.After], tuple[str, script.What]]


def runs(phases: script.Phases) -> tuple[script.Phases, ...]:
    """Split phases behind each that lasts for good: what follows belongs to the next build."""
    result: list[list[script.Phase | script.After]] = [[]]
    for index, phase in enumerate(phases):
        result[-1].append(phase)
        following = phases[index + 1] if index + 1 < len(phases) else None
        for_good = isinstance(phase, script.Phase) and phase.lasts is None
        if for_good and following is not None and not isinstance(following, script.After):
            result.append([])
    return tuple(tuple(run) for run in result)


class Stage:
    """What phase players share: the order of time, what was reached, and which target a name means."""

    def __init__(self, time: timeline.Timeline, reached: milestones.Milestones, resolve: Resolve) -> None:
        self.time = time
        self.reached = reached
        self.resolve = resolve


class PhasePlayer:
    """Plays phases: ``show`` is called with each, ``wait`` with each wait that is not over, ``over`` at the end."""

    def __init__(
        self,
        stage: Stage,
        show: Callable[[script.Phase], None],
        wait: Callable[[script.After], None] | None = None,
        over: Callable[[], None] | None = None,
    ) -> None:
        self._stage = stage
        self._show = show
        self._wait = wait
        self._over = over
        self._phases: script.Phases = ()
        self._next = 0
        self._planned: timeline.Planned | milestones.Waiting | None = None
        self._generation = 0

    def begin(self, phases: script.Phases, at: int) -> None:
        """Play phases from an instant on, in place of those before."""
        self.cancel()
        self._phases, self._next = phases, 0
        self._planned = self._stage.time.call_at(at, self._play)

    def cancel(self) -> None:
        """Play no more."""
        self._generation += 1
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None

    def _play(self) -> None:
        while self._next < len(self._phases):
            phase = self._phases[self._next]
            self._next += 1
            if isinstance(phase, script.After):
                if not self._is_over(phase):
                    return
                continue
            # Planned first: what is shown may end this player.
            generation = self._generation
            self._planned = self._plan(phase)
            self._show(phase)
            if phase.lasts is not None or generation != self._generation:
                return
        if self._over is not None:
            self._over()

    def _plan(self, phase: script.Phase) -> timeline.Planned | None:
        if phase.lasts is None:
            return None
        return self._stage.time.call_at(self._stage.time.now + phase.lasts, self._play)

    def _is_over(self, awaited: script.After) -> bool:
        """Tell whether a wait is over already; where it is not, go on when it is."""
        name, what = self._stage.resolve(awaited)
        now = self._stage.time.now
        at = self._stage.reached.first(name, what)
        if at is not None and at + awaited.delay <= now:
            return True
        if self._wait is not None:
            self._wait(awaited)

        def go_on(at: int) -> None:
            self._planned = self._stage.time.call_at(at + awaited.delay, self._play)

        if at is not None:
            go_on(at)
        else:
            self._planned = self._stage.reached.wait(name, what, awaited, go_on)
        return False
