"""What watching costs: many watchers of many transitions, in CPU for each event and in memory."""

import selectors
import ssl
import threading
from collections.abc import Callable, Iterator

from benchmarks import figures, peer

WATCHERS, TRANSITIONS = 100, 1_000
PATIENCE = 60  # seconds between two events


class Readers(threading.Thread):
    """Reads all watches, counting events, until each has had so many."""

    def __init__(self, connections: list[peer.Connection], mark: bytes, wanted: int) -> None:
        super().__init__()
        self._connections, self._mark, self._wanted = connections, mark, wanted
        self._counts = dict.fromkeys(connections, 0)
        self._rests = dict.fromkeys(connections, b"")
        self.opened = threading.Event()
        self.problem = ""

    def run(self) -> None:
        """Read; where a watch ends, or no event comes any more, ``problem`` says so."""
        with selectors.DefaultSelector() as selector:
            for connection in self._connections:
                connection.socket.setblocking(False)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            while not self.problem and any(count < self._wanted for count in self._counts.values()):
                ready = selector.select(PATIENCE)
                if not ready:
                    waiting = [count for count in self._counts.values() if count < self._wanted]
                    self.problem = f"{len(waiting)} watchers wait for events that do not come, after {min(waiting)}"
                for key, _ in ready:
                    self._take(key.data)
                if self.problem or all(self._counts.values()):
                    self.opened.set()

    def _take(self, connection: peer.Connection) -> None:
        """Read what has come of one; what may hold half a mark is kept for the next piece."""
        why = "ended"
        try:
            while piece := connection.socket.recv(262_144):
                text = self._rests[connection] + piece
                self._counts[connection] += text.count(self._mark)
                self._rests[connection] = text[-len(self._mark) + 1 :]
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as problem:
            why = f"broke ({problem})"
        self.problem = f"a watch {why} after {self._counts[connection]} of {self._wanted} events"


def measure(
    one: peer.Peer, watchers: int = WATCHERS, transitions: int = TRANSITIONS, drive: Callable[[], object] | None = None
) -> tuple[float, float]:
    """Give the server's CPU for each event in microseconds, and by how many MiB its memory grew.

    ``drive`` makes the transitions; without it the server makes them by itself.
    """
    connections = [one.connect() for _ in range(watchers)]
    for connection in connections:
        connection.socket.sendall(connection.bytes_of("GET", one.where["watch"]))
    # Each event names its Session once in its metadata; the first one is that which a watch begins with.
    readers = Readers(connections, b'"resourceVersion":', transitions + 1)
    readers.start()
    readers.opened.wait(PATIENCE)
    before, resident = one.cpu(), one.resident()
    if drive is None:
        one.ask("drive", transitions)
    else:
        drive()
    readers.join()
    used, grown = one.cpu() - before, one.resident() - resident
    for connection in connections:
        connection.close()
    if readers.problem:
        raise RuntimeError(f"{one.name}: {readers.problem}")
    return used / (watchers * transitions) * 1e6, grown / 2**20


def of_watches() -> Iterator[figures.Figure]:
    """100 watchers of 1,000 transitions over TLS, each transition an event of its own for each watcher."""
    with peer.running("tiltsession") as ours:
        cpu, grown = measure(ours)
    with peer.running("limit") as limit:
        least, _ = measure(limit)
    what = f"{WATCHERS} watchers × {TRANSITIONS:,} transitions: CPU per event"
    yield figures.Figure(what, "µs", cpu, at_most=10)
    yield figures.Figure(what, "µs", cpu, figures.LIMIT, least)
    yield figures.Figure("the same: growth of memory", "MiB", grown, at_most=64)
