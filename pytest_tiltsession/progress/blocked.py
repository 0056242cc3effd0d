"""Who waits for what: the targets in the way, what is due next, who holds the clock, what clients are doing."""

import dataclasses

from pytest_tiltsession.clock import simulated
from pytest_tiltsession.expectations import blockers, lettering, observed, states
from pytest_tiltsession.server import service
from pytest_tiltsession.store import requests

_SHOWN = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Planned:
    """Something that is due: when, in microseconds since the session's start, and what it is."""

    at: int
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class Blocked:
    """Who waits for what, at one moment; written out as text by ``str``.

    ``at`` is that moment in microseconds since the session's start; ``targets`` are those in the way of success;
    ``planned`` is what is due next, ``holds`` are the names of those that stop time. ``in_work`` requests are being
    received or answered, and ``watching`` are the watches that are open, as ``client path``. ``process`` says how
    Tilt's process ended, where it does not run.
    """

    at: int
    targets: tuple[blockers.Blocker, ...]
    planned: tuple[Planned, ...]
    holds: tuple[str, ...]
    in_work: int
    watching: tuple[str, ...]
    style: lettering.Style = dataclasses.field(default_factory=lettering.Style, repr=False, compare=False)
    process: str = ""

    @property
    def waiting(self) -> dict[str, str]:
        """The targets that wait, by name, with their reasons."""
        return {item.name: item.detail for item in self.targets if item.word == states.WAITING}

    @property
    def not_ready(self) -> tuple[str, ...]:
        """The names of the targets that are active and not ready; a job that runs is never ready."""
        return tuple(item.name for item in self.targets if item.word == states.NOT_READY)

    def __str__(self) -> str:
        lines = blockers.table(list(self.targets), self.style) or ["  no target is in the way"]
        return "\n".join([*lines, self.around()])

    def around(self) -> str:
        """Write what is beside the targets: what is due, the holds, the clients."""
        lines = [
            f"  due next   {lettering.shown(item.what, self.style)} at {lettering.clock(item.at)}, "
            f"in {lettering.duration(max(0, item.at - self.at))}"
            for item in self.planned
        ] or ["  due next   nothing is planned"]
        if self.process:
            lines.append(f"  process    {self.process}; restart() starts it again")
        lines += [f"  held by    {name!r}" for name in self.holds]
        if self.in_work:
            lines.append(f"  in work    {lettering.counted(self.in_work, 'request')}")
        lines += [f"  watching   {lettering.shown(name, self.style)}" for name in self.watching[:_SHOWN]]
        if len(self.watching) > _SHOWN:
            lines.append(f"             and {len(self.watching) - _SHOWN} more")
        return "\n".join(lines)


def look(
    seen: observed.Observed,
    clock: simulated.SimulatedClock,
    log: requests.RequestLog,
    activity: service.Activity | None,
    style: lettering.Style,
) -> Blocked:
    """Look who waits for what now. ``activity`` is the server's, None where nothing is served."""
    return Blocked(
        seen.now,
        tuple(blockers.in_the_way(seen.timeline)),
        tuple(Planned(item.at - seen.origin, item.what or "a step") for item in clock.planned(_SHOWN)),
        clock.holds,
        0 if activity is None else activity.in_work,
        tuple(f"{record.user_agent or 'a client'} {record.path}" for record in log.open_watches()),
        style,
        "" if seen.ended is None else f"{seen.ended.text} at {lettering.clock(seen.ended.at - seen.origin)}",
    )
