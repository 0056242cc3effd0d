"""What has happened to each target for the first time, and who waits for that; knows no resource.

Targets are told of by name and by what they show; instants are microseconds from the session's start.
"""

from collections.abc import Callable, Iterable

from pytest_tiltsession.scenario.relative import script

Waiter = Callable[[int], None]


class Waiting:
    """Somebody who waits; ``cancel`` gives it up."""

    __slots__ = ("awaited", "waiter")

    def __init__(self, awaited: script.After, waiter: Waiter) -> None:
        self.awaited = awaited
        self.waiter: Waiter | None = waiter

    def cancel(self) -> None:
        """Wait no more."""
        self.waiter = None


class Milestones:
    """First instants by target and kind, and those who wait for them."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, script.What], int] = {}
        self._waiters: dict[tuple[str, script.What], list[Waiting]] = {}

    def shown(self, name: str, found: Iterable[script.What], now: int) -> None:
        """Take note of what a target shows now, and tell those who waited for it."""
        for what in found:
            key = (name, what)
            if key in self._first:
                continue
            self._first[key] = now
            for waiting in self._waiters.pop(key, ()):
                if waiting.waiter is not None:
                    waiting.waiter(now)

    def first(self, name: str, what: script.What) -> int | None:
        """Give when something happened first, or None."""
        return self._first.get((name, what))

    def wait(self, name: str, what: script.What, awaited: script.After, waiter: Waiter) -> Waiting:
        """Call ``waiter`` with the instant when something happens that has not happened yet."""
        waiting = Waiting(awaited, waiter)
        self._waiters.setdefault((name, what), []).append(waiting)
        return waiting

    @property
    def unmet(self) -> list[tuple[str, script.What, script.After]]:
        """Give what is still waited for: target, kind, and who asked."""
        return [
            (*key, waiting.awaited)
            for key, everyone in self._waiters.items()
            for waiting in everyone
            if waiting.waiter is not None
        ]


def of_word(word: str, *, ready: bool, error: bool) -> tuple[script.What, ...]:
    """Give what a state amounts to. What has ended has started, be it that Tilt's batching never showed it run."""
    if word == "active":
        return ("started", "ready") if ready else ("started",)
    if word == "terminated":
        return ("started", "done", "failed" if error else "succeeded")
    return ()
