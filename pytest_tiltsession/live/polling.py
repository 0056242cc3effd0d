"""A thread that reads the Session again and again beside the watch, and finds out when the Tilt is gone."""

import threading

from pytest_tiltsession.live import client, connection, server_time, sightings, watching

EAGER = 0.02  # seconds between two polls while the session moves, or no watch is open
CALM = 0.1  # seconds between two polls else
_MOVES = 1.0  # seconds after a change for which the session counts as moving
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

    def run(self) -> None:
        """Poll, again and again."""
        while not self._stopped.is_set() and not self._seen.ended:
            answered = self.poll()
            self._mind_the_watch()
            if self._events != self._seen.events:
                self._events, self._moved = self._seen.events, server_time.seconds()
            moving = server_time.seconds() - self._moved < _MOVES
            self._stopped.wait(EAGER if moving or not answered or self._watcher.open_since is None else CALM)

    def stop(self) -> None:
        """End after the poll that is under way."""
        self._stopped.set()

    def poll(self) -> bool:
        """Read the Session once; tell whether the Tilt has answered."""
        found = self._connected.reach()
        if found is None:
            return False
        try:
            answer = found.get(self._seen.name)
            if not self._take(answer):
                raise client.Unreachable(f"an answer {answer.status}")
            self._list_once(found)
        except client.Unreachable:
            why = self._connected.bad()
            if why:
                self._seen.end(why)
            return False
        return True

    def _take(self, answer: client.Answer) -> bool:
        """Take an answer; tell whether it is one of Tilt's API."""
        if answer.status == 404:
            refusal = client.parsed(answer.body)
            if refusal is None or refusal.get("reason") != "NotFound":
                return False  # a server that only begins to serve
            self._connected.good(answer)
            self._last = b""
            self._seen.absent(answer.sent, answer.arrived)
            return True
        if answer.status != 200:
            return False
        if answer.body == self._last:
            self._connected.good(answer)
            return True
        document = answer.document()
        self._connected.good(answer)
        self._last = answer.body
        self._seen.take(answer.arrived, sightings.POLL, "POLL", document)
        return True

    def _list_once(self, found: client.Client) -> None:
        """Look once at all Sessions: whatever else is there belongs to clients."""
        if self._listed:
            return
        self._listed = True
        answer = found.list()
        items = answer.document().get("items") if answer.status == 200 else None
        for item in items or ():
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
