"""The ruler of a timeline: how much time a column takes, and where the marks stand; pure.

Times are microseconds since the session's start.
"""

import dataclasses
from collections.abc import Iterator

from pytest_tiltsession.expectations import lettering

_SECOND = 1_000_000
_LEAST_COLUMNS = 10  # between two marks
_MOST_COLUMNS = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Ruler:
    """A mark every ``step`` microseconds, ``per_step`` columns apart; ``count`` columns in all."""

    begin: int
    step: int
    per_step: int
    count: int

    def column(self, at: int) -> int:
        """Give the column in which an instant falls."""
        return (at - self.begin) * self.per_step // self.step

    def marks(self, room: int) -> str:
        """Write the times above their columns; one that would not end within ``room`` columns is left out."""
        line, at = "", self.begin
        while (column := self.column(at)) < self.count:
            label = _label(at)
            if column + len(label) <= room:
                line = line.ljust(column) + label
            at += self.step
        return line


def fitting(begin: int, end: int, room: int) -> Ruler:
    """Choose the finest ruler with space between its marks that shows begin to end within ``room`` columns."""
    for step in _steps():
        first = begin // step * step
        span = end - first
        per_step = _MOST_COLUMNS if span == 0 else min((room * step - 1) // span, _MOST_COLUMNS)
        longest = max(len(_label(first)), len(_label(end // step * step)), len(_label(first + step)))
        if per_step >= max(_LEAST_COLUMNS, longest + 2):
            return Ruler(first, step, per_step, span * per_step // step + 1)
    raise AssertionError("steps have no end")


def _steps() -> Iterator[int]:
    for power in range(6):
        yield from (digit * 10**power for digit in (1, 2, 5))
    for unit in (_SECOND, 60 * _SECOND):
        yield from (count * unit for count in (1, 2, 5, 10, 15, 30))
    yield from (count * 3600 * _SECOND for count in (1, 2, 3, 6, 12))
    days = 1
    while True:
        yield from (digit * days * 86_400 * _SECOND for digit in (1, 2, 5))
        days *= 10


def _label(at: int) -> str:
    return "-" + lettering.duration(-at) if at < 0 else lettering.duration(at)
