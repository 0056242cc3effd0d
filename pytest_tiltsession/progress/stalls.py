"""Watches that wait in vain: which are open, and when they are told that the clock stands; moves no clock."""

from collections.abc import Callable

from pytest_tiltsession.api import messages
from pytest_tiltsession.progress import telling


class Stalls:
    """The open watches of one fake.

    ``patience`` is after how many seconds of the machine's clock without a byte they are told (None: never), ``idle``
    says that a session that stands is at rest and wants no telling, ``explain`` who waits for what. ``on_stalled``
    learns what was told.
    """

    def __init__(
        self,
        patience: float | None,
        *,
        idle: Callable[[], bool],
        explain: Callable[[], str],
        on_stalled: Callable[[str], None],
    ) -> None:
        self.patience = patience
        self.idle = idle
        self._explain = explain
        self._on_stalled = on_stalled
        self._watches: set[telling.Tellable] = set()

    def follow(self, answer: messages.WatchStream) -> telling.Tellable:
        """Give a watch as one that can be told."""
        watch = telling.Tellable(answer, self._watches.discard)
        self._watches.add(watch)
        return watch

    def look(self, quiet: float, why: Callable[[], str]) -> float | None:
        """Tell them, where it is time: ``quiet`` is for how long no byte has moved, ``why`` says why the clock stands.

        Gives after how many seconds to look again; None: at the next occasion. On the server's thread.
        """
        if self.patience is None or not self._watches or self.idle():
            return None
        if quiet < self.patience:
            return self.patience - quiet
        text = self.told(why())
        for watch in tuple(self._watches):
            watch.tell(text)
        return None

    def told(self, why: str) -> str:
        """Give what somebody is told who waits in vain, with who waits for what, and let it be known."""
        text = f"the clock of this session stands: {why}\n{self._explain()}"
        self._on_stalled(text)
        return text
