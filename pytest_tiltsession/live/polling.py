"""A thread that reads the Session again and again beside the watch, and finds out when the Tilt is gone."""

import threading

from pytest_tiltsession.live import client, connection, server_time, sightings, watching

URGENT = 0.01  # seconds between two polls while no watch is open, or the one that is may hang
EAGER = 0.02  # seconds between two polls while the session moves
CALM = 0.1  # seconds between two polls else
_MOVES = 1.0  # seconds after a change for which the session counts as moving
_DOUBTFUL = 100_000  # microseconds after which a watch that has not shown what a poll has seen is not relied upon
_OVERDUE = 1_000_000  # microseconds after which a watch must have shown what a poll has seen
_MOST_OVERDUE = 30_000_000


class Poller(threading.Thread):
    """Polls until it is stopped or the Tilt is gone."""

    def __init__(self, connected: connection.Connection, seen: sightings.Sightings, watcher: watching.Watcher) -> None:
        super().__init__(name="tilt-session-poller", daemon=True)
        self._connected = connected
        self._seen = seen
        self._watcher = watcher
        self._stopped = threading.Event()
        self._last = b""
        self._moved = server_time.seconds()
        self._events = 0
        self._listed = False
        self._overdue = _OVERDUE
        self._good_at: int | None = None
        self._outage: tuple[int, str] | None = None
        self._gone = False

    @property
    def gone(self) -> bool:
        """Whether the last poll met no Tilt, neither a busy nor a strange one."""
        return self._gone

    def run(self) -> None:
        """Poll, again and again."""
        while not self._stopped.is_set() and not self._seen.ended:
            rest = self.poll()
            self._mind_the_watch()
            if self._events != self._seen.events:
                self._events, self._moved = self._seen.events, server_time.seconds()
            self._stopped.wait(max(rest, self._pause()))

    def _pause(self) -> float:
        """Give for how long nothing needs to be read: the watch tells of everything, unless it cannot be relied on."""
        if self._watcher.open_since is None or self._seen.overdue(server_time.now() - _DOUBTFUL) is not None:
            return URGENT
        return EAGER if server_time.seconds() - self._moved < _MOVES else CALM

    def stop(self) -> None:
        """End after the poll that is under way."""
        self._stopped.set()

    def poll(self) -> float:
        """Read the Session once; give for how many seconds the Tilt asked not to be read again."""
        found = self._connected.reach()
        if found is None:
            return 0.0
        try:
            answer = found.get(self._seen.name)
            self._take(answer)
            self._list_once(found)
        except client.Unreachable as problem:
            return self._failed(problem)
        if self._outage is not None:
            since, why = self._outage
            self._seen.outages.append((since, answer.arrived, why))
            self._outage = None
        if self._good_at is None:
            self._seen.wake()
        self._good_at, self._gone = answer.arrived, False
        return 0.0

    def settle(self, now: int) -> None:
        """Tell what stayed unseen at the very end, in which a watch had closed and polls went on, or failed as well."""
        closed = self._watcher.closed_at
        if self._outage is not None and not self._gone:
            self._seen.outages.append((self._outage[0], now, self._outage[1]))
            until: int | None = now
        else:
            until = self._good_at
        if closed is not None and until is not None and closed < until:
            self._seen.gaps.append((closed, until))

    def _failed(self, problem: client.Unreachable) -> float:
        """Learn that a poll came to nothing."""
        if self._outage is None:
            self._outage = (self._good_at or server_time.now(), str(problem))
        self._gone = not isinstance(problem, client.Strange | client.Silent)
        why = self._connected.bad(problem)
        self._seen.wake()
        if why and self._seen.events:
            self._seen.end(why)
        elif why:
            # Nothing of it was seen, so that the next Tilt is as good.
            self._connected.forget()
            self._outage = self._good_at = None
        return problem.rest if isinstance(problem, client.Strange) else 0.0

    def _take(self, answer: client.Answer) -> None:
        """Take an answer; raises :class:`client.Strange` for one that is none of Tilt's API."""
        if answer.status == 404 and (client.parsed(answer.body) or {}).get("reason") == "NotFound":
            self._connected.good(answer)
            self._last = b""
            self._seen.absent(answer.sent, answer.arrived)
            return
        if answer.status != 200:  # a 404 too: of a server that only begins to serve
            raise client.Strange(f"an answer {answer.status}", answer.rest)
        if answer.body == self._last:
            self._connected.good(answer)
            return
        document = answer.document()
        self._connected.good(answer)
        self._last = answer.body
        self._seen.take(answer.arrived, sightings.POLL, "POLL", document)

    def _list_once(self, found: client.Client) -> None:
        """Look once at all Sessions: whatever else is there belongs to clients."""
        if self._listed:
            return
        answer = found.list()
        if answer.status != 200:
            raise client.Strange(f"an answer {answer.status} to a list", answer.rest)
        items = answer.document().get("items")
        self._listed = True
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                self._seen.take(answer.arrived, sightings.POLL, "POLL", item)

    def _mind_the_watch(self) -> None:
        """Open another watch where the present one hangs: polls show what it does not, for too long."""
        opened, now = self._watcher.open_since, server_time.now()
        if opened is None or now - opened < self._overdue:
            return
        since = self._seen.overdue(now - self._overdue)
        if since is None:
            self._overdue = _OVERDUE
            return
        self._seen.hangs.append((since, now))
        self._overdue = min(self._overdue * 2, _MOST_OVERDUE)
        self._watcher.restart()
