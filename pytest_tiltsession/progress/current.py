"""Whatever moves a clock at the moment: another process of a fake has another drive, and waits go on over that."""

from collections.abc import Callable

from pytest_tiltsession.clock import wakeups
from pytest_tiltsession.progress import waiting


class Current:
    """A drive that is looked up whenever it is asked; ``find`` gives None where nothing moves the clock by itself.

    While a process ``starts``, its drive is yet to come, and nobody moves the clock in its place.
    """

    def __init__(self, find: Callable[[], waiting.Drive | None], starts: waiting.Starts) -> None:
        self._find = find
        self._starts = starts

    @property
    def runs(self) -> bool:
        """Whether it moves the clock, or would as soon as it may."""
        return self._starts() or self._drive.runs

    def nudge(self) -> None:
        """Look at once whether to move."""
        self._drive.nudge()

    def refusal(self, due: wakeups.Wakeup) -> str | None:
        """Say why the clock will not come to what is due next; None where it will."""
        return self._drive.refusal(due)

    @property
    def _drive(self) -> waiting.Drive:
        return self._find() or waiting.NO_DRIVE
