"""Which Tilt is being watched, from before it is there until it is gone; knows no Session."""

import threading

from pytest_tiltsession.live import client, finding, server_time

_LOOKS = 0.25  # seconds for which the context must be gone: Tilt does not write its file in one go
_PATIENCE = 5.0  # seconds for which a Tilt may not answer before it counts as gone


class Connection:
    """The one Tilt at its whereabouts. The first that answers is kept; its successor is another Tilt."""

    def __init__(self, where: finding.Whereabouts) -> None:
        self.where = where
        self.time = server_time.ServerTime()
        self._lock = threading.Lock()
        self._client: client.Client | None = None
        self._answered = False
        self._silent_since: float | None = None
        self._absent_since: float | None = None

    @property
    def context(self) -> str | None:
        """The context of the Tilt that was found; None before."""
        found = self._client
        return None if found is None else found.entry.context

    @property
    def answered(self) -> bool:
        """Whether a Tilt has answered."""
        return self._answered

    @property
    def silent(self) -> bool:
        """Whether the last attempt to reach the Tilt failed."""
        return self._silent_since is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be written down: the bearer token."""
        found = self._client
        return () if found is None or not found.entry.token else (found.entry.token,)

    def reach(self) -> client.Client | None:
        """Give a client of the Tilt, where its context is there."""
        with self._lock:
            if not self._answered:
                self._follow()
            return self._client

    def good(self, answer: client.Answer) -> None:
        """Learn that the Tilt has answered."""
        self._answered = True
        self._silent_since = self._absent_since = None
        if answer.date is not None:
            self.time.sample(answer.sent, answer.arrived, answer.date)

    def bad(self) -> str:
        """Learn that it has not; give why it counts as gone, or nothing while there is hope."""
        if not self._answered or self._client is None:
            return ""
        entry = self.where.look()
        now = server_time.seconds()
        self._silent_since = now if self._silent_since is None else self._silent_since
        if entry is None:
            self._absent_since = now if self._absent_since is None else self._absent_since
            return "Tilt has ended" if now - self._absent_since >= _LOOKS else ""
        self._absent_since = None
        if entry != self._client.entry:
            return "Tilt has ended, and another one took its place"
        return "Tilt no longer answers" if now - self._silent_since >= _PATIENCE else ""

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()

    def _follow(self) -> None:
        """Take what the file says now: what stood there before may have been left by a Tilt that was killed."""
        entry = self.where.look()
        if entry is not None and (self._client is None or self._client.entry != entry):
            if self._client is not None:
                self._client.close()
            self._client = client.Client(entry)
