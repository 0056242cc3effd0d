"""Which Tilt is being watched, from before it is there until it is gone; knows no Session."""

from pytest_tiltsession import errors, kubeconfig, locks
from pytest_tiltsession.live import client, finding, server_time

_SETTLED = 1_000_000  # microseconds after which a file that has not changed says what it said before
_LOOKS = 0.25  # seconds for which the context must be gone: Tilt does not write its file in one go


class Connection:
    """The one Tilt at its whereabouts. The first that answers is kept; its successor is another Tilt."""

    def __init__(self, where: finding.Whereabouts) -> None:
        self.where = where
        self.time = server_time.ServerTime()
        self._lock = locks.turn()
        self._client: client.Client | None = None
        self._answered = False
        self._bad_since: float | None = None
        self._patience = 0.0
        self._absent_since: float | None = None
        self._refused: str | None = None
        self._looked: tuple[tuple[int, int, int] | None, kubeconfig.Entry | None] = (None, None)

    @property
    def entry(self) -> kubeconfig.Entry | None:
        """The kubeconfig's entry of the Tilt that was found; None before."""
        found = self._client
        return None if found is None else found.entry

    @property
    def context(self) -> str | None:
        """The context of the Tilt that was found; None before."""
        found = self.entry
        return None if found is None else found.context

    @property
    def answered(self) -> bool:
        """Whether a Tilt has answered."""
        return self._answered

    @property
    def silent(self) -> bool:
        """Whether the last attempt to read from the Tilt failed."""
        return self._bad_since is not None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be written down: the bearer token."""
        found = self.entry
        return () if found is None or not found.token else (found.token,)

    def explain(self) -> str:
        """Say what is looked for, and what there is instead."""
        return self._refused or f"looked for {self.where.explain()}"

    def reach(self) -> client.Client | None:
        """Give a client of the Tilt, where its context is there."""
        with self._lock:
            if not self._answered:
                self._follow()
            return self._client

    def good(self, answer: client.Answer) -> None:
        """Learn that the Tilt has answered."""
        self._answered = True
        self._bad_since = self._absent_since = None
        if answer.date is not None:
            self.time.sample(answer.sent, answer.arrived, answer.date)

    def heard(self, watch: client.Watch) -> None:
        """Learn that the Tilt has opened a watch; whether it can be read is another matter."""
        self._answered = True
        if watch.date is not None:
            self.time.sample(watch.sent, watch.arrived, watch.date)

    def bad(self, problem: client.Unreachable) -> str:
        """Learn that it has not; give why it counts as gone, or nothing while there is hope.

        A Tilt whose entry has gone has ended, one whose entry has changed was followed by another; else it is a matter
        of patience, which goes by what the problem is.
        """
        if not self._answered or self._client is None:
            return ""
        entry = self.where.look()
        now = server_time.seconds()
        if self._bad_since is None or self._patience != problem.patience:
            self._bad_since, self._patience = now, problem.patience
        if entry is None:
            self._absent_since = now if self._absent_since is None else self._absent_since
            return "Tilt has ended" if now - self._absent_since >= _LOOKS else ""
        self._absent_since = None
        if entry != self._client.entry:
            return "Tilt has ended, and another one took its place"
        return "Tilt no longer answers" if now - self._bad_since >= self._patience else ""

    def forget(self) -> None:
        """Take the next Tilt that answers instead: of this one nothing was seen."""
        with self._lock:
            self._answered = False
            self._bad_since = self._absent_since = None
            self.time = server_time.ServerTime()
            self._drop()

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()

    def _look(self) -> kubeconfig.Entry | None:
        """Look into the file, unless it is the one that was looked into before; looks come in quick succession."""
        try:
            found = self.where.file.stat()
        except OSError:
            return None
        sign = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._looked[0] == sign:
            return self._looked[1]
        entry = self.where.look()
        # One that was just written may be written again within the same tick of the file system's clock.
        settled = abs(server_time.now() - found.st_mtime_ns // 1_000) > _SETTLED
        self._looked = (sign, entry) if settled else (None, None)
        return entry

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _follow(self) -> None:
        """Take what the file says now: what stood there before may have been left by a Tilt that was killed."""
        entry = self._look()
        if entry is not None and (self._client is None or self._client.entry != entry):
            self._drop()
            self._refused = None
            try:
                self._client = client.Client(entry)
            except errors.KubeconfigError as problem:
                self._refused = str(problem)  # Tilt may just be writing it
