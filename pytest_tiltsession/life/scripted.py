"""What a scenario lets happen to Tilt's process, planned on the clock when the scenario begins; knows no sockets."""

from collections.abc import Callable

from pytest_tiltsession.clock import simulated
from pytest_tiltsession.life import plans
from pytest_tiltsession.scenario import process_lives, steps

Do = Callable[[steps.Happening], None]


class Script:
    """The happenings of a fake's scenarios that are planned, whichever process they concern."""

    def __init__(self) -> None:
        self._planned: list[tuple[simulated.Wakeup, steps.Happening]] = []

    def begin(self, scenario: steps.Scenario, clock: simulated.SimulatedClock, base: int, do: Do) -> None:
        """Plan what happens, at offsets from ``base``; ``do`` is called under the lock, after an instant's steps."""
        for happening in scenario.process:
            wakeup = clock.call_at(
                base + happening.at,
                lambda happening=happening: do(happening),
                rank=simulated.PROCESS,
                what=process_lives.text(happening),
            )
            self._planned.append((wakeup, happening))

    def forget(self) -> None:
        """Let nothing more of it happen. Harmless when repeated."""
        for wakeup, _ in self._planned:
            wakeup.cancel()
        self._planned.clear()

    @property
    def left(self) -> list[steps.Happening]:
        """What has not happened yet."""
        return [happening for wakeup, happening in self._planned if wakeup.callback is not None]

    @property
    def starts(self) -> bool:
        """Whether Tilt is yet to be started again."""
        return any(isinstance(happening, steps.Restart) for happening in self.left)


def plan_of(restart: steps.Restart) -> plans.Start:
    """Give the plan of a restart in a scenario."""
    return plans.Start(
        new_port=restart.new_port,
        new_web_port=restart.new_web_port,
        new_token=restart.new_token,
        new_ca=restart.new_ca,
        keep_targets=restart.keep_targets,
        session=restart.session,
        scenario=plans.KEPT if isinstance(restart.scenario, steps.Same) else restart.scenario,
    )
