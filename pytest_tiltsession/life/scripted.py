"""What a scenario lets happen to Tilt's process, planned on the clock when the scenario begins; knows no sockets."""

import functools
from collections.abc import Callable

from pytest_tiltsession.clock import simulated, wakeups
from pytest_tiltsession.life import plans, process
from pytest_tiltsession.scenario import process_lives, steps
from pytest_tiltsession.store import journal

Do = Callable[[steps.Happening], None]
NaturalCode = Callable[[], int]


class Script:
    """The happenings of a fake's scenarios that are planned, whichever process they concern."""

    def __init__(self, do: Do) -> None:
        self._do = do
        self._planned: list[tuple[wakeups.Wakeup, steps.Happening]] = []

    def begin(self, scenario: steps.Scenario | None, clock: simulated.SimulatedClock) -> None:
        """Plan what happens in a scenario that begins now; it is done under the lock, after an instant's steps."""
        if scenario is None:
            return
        base = clock.now
        for happening in scenario.process:
            wakeup = clock.call_at(
                base + happening.at,
                functools.partial(self._do, happening),
                rank=wakeups.PROCESS,
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

    def problems(self) -> list[str]:
        """Say what has not happened yet, as what must fail a test at its end."""
        if not (left := self.left):
            return []
        listed = ", ".join(map(process_lives.text, left[:5])) + (", …" if len(left) > 5 else "")
        return [
            f"{len(left)} things that the scenario tells of Tilt's process never happened ({listed}): "
            'advance the clock past them, or allow it with @pytest.mark.tilt_session(allow=("unplayed-steps",))'
        ]

    @property
    def starts(self) -> bool:
        """Whether Tilt is yet to be started again."""
        return any(isinstance(happening, steps.Restart) for happening in self.left)


def end(ends: process.Process, happening: steps.Exit | steps.Crash, natural: NaturalCode) -> None:
    """Let a process end as a scenario says, where it still runs; the caller holds the lock."""
    if ends.state != process.RUNS:
        return
    if isinstance(happening, steps.Crash):
        ends.end(journal.KILLED, process.KILLED, reset=happening.reset)
    else:
        ends.end(journal.EXITED, natural() if happening.code is None else happening.code)


def plan_of(restart: steps.Restart) -> plans.Start:
    """Give the plan of a restart in a scenario."""
    return plans.Start(
        new_port=restart.new_port,
        new_web_port=restart.new_web_port,
        new_token=restart.new_token,
        new_ca=restart.new_ca,
        keep_targets=restart.keep_targets,
        session=restart.session,
        scenario=restart.scenario,
    )
