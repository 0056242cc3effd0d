"""What a test has planned for its Tilt with ``at=``: ends and starts that are still to come; knows no sockets, no test.

Such a plan is a claim about the program under test as a fault is: one that never came has proved nothing.
"""

import dataclasses
from collections.abc import Callable

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import simulated, wakeups
from pytest_tiltsession.expectations import lettering
from pytest_tiltsession.life import moments, process

ALLOWANCE = "unmet-plans"


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    called: str  # as it is called: ``exit()``
    written: times.Duration  # the ``at`` that was given
    ends: bool  # whether there is nothing to do for it once the process has ended
    wakeup: wakeups.Wakeup


class Announced:
    """The plans of one fake, in the order in which they were made."""

    def __init__(self) -> None:
        self._plans: list[_Plan] = []

    def plan(
        self,
        called: str,
        at: times.Duration,
        action: Callable[[], None],
        clock: simulated.SimulatedClock,
        *,
        ends: bool,
    ) -> None:
        """Let something happen at a time; ``ends`` says that it ends the process, so that it is moot once that ended.

        Raises InvalidValue for a time that is none, ClockError for one that has passed.
        """
        instant = moments.instant(called, at, clock.start)
        if instant < clock.now:
            raise errors.ClockError(f"{called}: at={at!r} has passed; the clock stands at {clock}")
        self._plans.append(_Plan(called, at, ends, clock.call_at(instant, action, what=called)))

    def forget(self) -> None:
        """Let none of them come, and miss none: the test has put its Tilt away, or another has its place."""
        for plan in self._plans:
            plan.wakeup.cancel()
        self._plans.clear()

    def problems(self, state: str, clock: simulated.SimulatedClock) -> list[str]:
        """Say which never came, as what must fail a test at its end; ``state`` is that of the process."""
        stands = lettering.duration(clock.elapsed)
        return [
            f"{plan.called.removesuffix(')')}at={_shown(plan.written)}) never came: it was due at "
            f"{lettering.duration(plan.wakeup.at - clock.start)}, and the clock stands at {stands}: "
            f'advance the clock to it, or allow it with @pytest.mark.tilt_session(allow=("{ALLOWANCE}",))'
            for plan in self._plans
            if plan.wakeup.callback is not None and not (plan.ends and state == process.ENDED)
        ]


def _shown(at: times.Duration) -> str:
    return f'"{at}"' if isinstance(at, str) else repr(at)
