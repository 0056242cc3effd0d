"""A thread that keeps a watch open and takes every event, whatever happens to the watch; decides nothing."""

import threading

from pytest_tiltsession.live import client, connection, server_time, sightings

_AGAIN = 0.05  # seconds until the next attempt
_SOON = 0.01  # seconds until the next attempt to find a Tilt: one that only starts has everything still before it
_EVENTS = ("ADDED", "MODIFIED", "DELETED")


class Watcher(threading.Thread):
    """Watches until it is stopped. ``open_since`` is when the present watch was opened; None while there is none."""

    def __init__(self, connected: connection.Connection, seen: sightings.Sightings) -> None:
        super().__init__(name="tilt-session-watcher", daemon=True)
        self.open_since: int | None = None
        self._connected = connected
        self._seen = seen
        self._stopped = threading.Event()
        self._watch: client.Watch | None = None
        self._closed_at: int | None = None
        self._rest = _AGAIN
        self._told = False

    @property
    def closed_at(self) -> int | None:
        """When the last watch ended, in microseconds of the machine; None while one is open, and before the first."""
        return None if self.open_since is not None else self._closed_at

    def run(self) -> None:
        """Watch, again and again."""
        while not self._stopped.is_set() and not self._seen.ended:
            self._rest = _AGAIN if self._connected.answered else _SOON
            self._told = False
            found = self._connected.reach()
            try:
                if found is not None:
                    self._follow(found)
            except client.CutOff as problem:
                self._seen.strange(server_time.now(), f"an event that was cut off {problem}")
            except client.Unreachable:
                pass  # told as a gap, once there is a watch again
            except Exception as problem:
                if not self._stopped.is_set():
                    self._seen.strange(server_time.now(), f"a watch that broke: {type(problem).__name__}: {problem}")
            if self.open_since is not None:
                self._closed_at = server_time.now()
            self._watch = self.open_since = None
            self._seen.wake()
            if not self._told:  # one that told news is missed at once: the session moves
                self._stopped.wait(self._rest)

    def restart(self) -> None:
        """Break off the present watch and open another."""
        found = self._watch
        if found is not None:
            found.shut()

    def stop(self) -> None:
        """End for good."""
        self._stopped.set()
        self.restart()

    def _follow(self, found: client.Client) -> None:
        with found.watch() as watch:
            if watch.status != 200:
                self._rest = max(watch.rest, _AGAIN)
                if self._connected.answered:
                    self._seen.strange(watch.arrived, f"a watch that was refused with {watch.status}")
                return
            self._connected.heard(watch)
            if self._closed_at is not None and self._closed_at >= (self._seen.first_at or watch.arrived):
                self._seen.gaps.append((self._closed_at, watch.arrived))
            self._seen.forgive()
            self._watch, self.open_since = watch, watch.arrived
            self._seen.wake()
            if self._stopped.is_set():
                return
            for at, line in watch.lines():
                if not self._event(at, line):
                    return

    def _event(self, at: int, line: bytes) -> bool:
        """Take one event; False where this watch is of no more use."""
        event = client.parsed(line)
        document = None if event is None else event.get("object")
        type_ = "" if event is None else event.get("type")
        if type_ in _EVENTS and isinstance(document, dict):
            self._told = self._seen.take(at, sightings.WATCH, str(type_), document) or self._told
            return True
        if type_ != "BOOKMARK":
            self._seen.strange(at, f"a watch event that is none: {line[:120].decode(errors='replace')}")
        return type_ == "BOOKMARK"
