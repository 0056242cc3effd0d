"""What time it was for a server when something arrived here; knows the machine's clock and no Session.

A real Tilt shares the machine's clock, and then an arrival counts to the microsecond. A Tilt on another machine lives
in a time that is off by as much throughout. A fake's time stands, runs or jumps as its test pleases, so that only the
Date headers of its answers tell of it, in whole seconds.
"""

import dataclasses
import time

_SECOND = 1_000_000
_NEAR = 60 * _SECOND  # what the clocks of two machines may differ by; a fake's is far off
_TICKS = 2  # so often a far clock must have been seen to tick along with ours before it is taken to go on like that
_SLACK = 100_000  # microseconds by which a clock may be set, or drift, while it is watched

# Bound once: freezegun and time-machine leave this clock alone.
_clock_gettime_ns = time.clock_gettime_ns
_REALTIME = time.CLOCK_REALTIME
_MONOTONIC = time.CLOCK_MONOTONIC


def now() -> int:
    """Give the machine's time in microseconds since the epoch, whatever a test has frozen."""
    return _clock_gettime_ns(_REALTIME) // 1_000


def seconds() -> float:
    """Give monotonic seconds of the machine."""
    return _clock_gettime_ns(_MONOTONIC) / 1e9


@dataclasses.dataclass(slots=True)
class _Run:
    """Answers one after the other with one Date: when the first arrived, when the last was asked for."""

    date: int
    arrived: int
    sent: int


class ServerTime:
    """The time of one server, as its Date headers tell it."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._least, self._most = -(1 << 62), 1 << 62  # what the server's clock is ahead by, as all answers allow it

    def sample(self, sent: int, arrived: int, date: int) -> None:
        """Learn that an answer with a Date, in seconds since the epoch, was asked for and arrived then."""
        self._least = max(self._least, date * _SECOND - arrived)
        self._most = min(self._most, (date + 1) * _SECOND - sent)
        if self._runs and self._runs[-1].date == date:
            self._runs[-1].sent = sent
        else:
            self._runs.append(_Run(date, arrived, sent))

    @property
    def shared(self) -> bool:
        """Whether the server's clock is this machine's; also where no answer says otherwise."""
        return self._least <= _SLACK and self._most >= -_SLACK and self._steady

    @property
    def _steady(self) -> bool:
        return self._least <= self._most + _SLACK

    def at(self, arrived: int) -> tuple[int, int | None]:
        """Give the server's time at an arrival, and how early it may have been; None where the time is exact."""
        if self.shared:
            return arrived, None
        if self._steady and (len(self._runs) > _TICKS or abs(self._least) < _NEAR):
            return arrived + (self._least + self._most) // 2, arrived + min(self._least, self._most)
        before = next((run.date for run in reversed(self._runs) if run.arrived <= arrived), self._runs[0].date)
        after = next((run.date for run in self._runs if run.sent >= arrived), self._runs[-1].date)
        return max(before, after) * _SECOND, before * _SECOND
