"""Which span of simulated time a picture shows, and where an instant lies in it; pure.

Times are microseconds since the session's start, places per cent of the drawing's width.
"""

import dataclasses

from pytest_tiltsession.expectations import lettering, ruler
from pytest_tiltsession.pictures import markup

_SHORTEST = 1_000  # a session without any duration is shown in one millisecond
_COLUMNS = 100


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """The span from ``begin`` to ``end``; ``now`` is up to when anything is known."""

    begin: int
    end: int
    now: int

    def place(self, at: int) -> float:
        """Give where an instant lies, 0 to 100."""
        return 100 * (min(max(at, self.begin), self.end) - self.begin) / (self.end - self.begin)

    def percent(self, at: int) -> str:
        """Write where an instant lies, as a length of SVG."""
        return f"{markup.number(self.place(at))}%"

    def shows(self, at: int) -> bool:
        """Tell whether an instant is within the span."""
        return self.begin <= at <= self.end

    def column(self, at: int, count: int) -> int:
        """Give in which of ``count`` equal columns an instant falls."""
        return min((min(max(at, self.begin), self.end) - self.begin) * count // (self.end - self.begin), count - 1)

    def marks(self) -> list[tuple[int, str]]:
        """Give the instants that the axis names, about ten, with their names."""
        scale = ruler.fitting(self.begin, self.end, _COLUMNS)
        first = -(-self.begin // scale.step) * scale.step
        found = range(first, self.end + 1, scale.step)
        return [(at, "-" + lettering.duration(-at) if at < 0 else lettering.duration(at)) for at in found]


def around(begin: int, now: int, ahead: list[int]) -> View:
    """Choose the span for what happened from ``begin`` to ``now``.

    The next instant of ``ahead`` that is not much farther off than the present belongs to it.
    """
    span = max(now - begin, _SHORTEST)
    near = [at for at in ahead if now < at <= begin + span * 8 // 5]
    return View(begin, max([begin + span, *sorted(near)[:1]]), now)
