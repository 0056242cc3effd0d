"""What watching costs: many watchers of many transitions, in CPU for each event and in memory."""

import selectors
import threading
from collections.abc import Iterator

from benchmarks import figures, peer

WATCHERS, TRANSITIONS = 100, 1_000
LAST_EVENT = b'"type":"MODIFIED"'


class Readers(threading.Thread):
    """Reads all watches, counting events, until each has had so many."""

    def __init__(self, connections: list[peer.Connection], mark: bytes, wanted: int) -> None:
        super().__init__()
        self._connections, self._mark, self._wanted = connections, mark, wanted
        self.opened = threading.Event()

    def run(self) -> None:
        """Read; what may hold half a mark is kept for the next piece."""
        selector = selectors.DefaultSelector()
        counts = dict.fromkeys(self._connections, 0)
        rests = dict.fromkeys(self._connections, b"")
        for connection in self._connections:
            connection.socket.setblocking(False)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while any(count < self._wanted for count in counts.values()):
            for key, _ in selector.select(60):
                connection = key.data
                try:
                    while piece := connection.socket.recv(262_144):
                        text = rests[connection] + piece
                        counts[connection] += text.count(self._mark)
                        rests[connection] = text[-len(self._mark) + 1 :]
                except (BlockingIOError, peer.ssl.SSLWantReadError):
                    continue
            if all(counts.values()):
                self.opened.set()
        selector.close()


def measure(one: peer.Peer, watchers: int = WATCHERS, transitions: int = TRANSITIONS) -> tuple[float, float]:
    """Give the server's CPU for each event in microseconds, and by how many MiB its memory grew."""
    connections = [one.connect() for _ in range(watchers)]
    for connection in connections:
        connection.socket.sendall(connection.bytes_of("GET", one.where["watch"]))
    # Each event names its Session once in its metadata; the first one is that which a watch begins with.
    readers = Readers(connections, b'"resourceVersion":', transitions + 1)
    readers.start()
    readers.opened.wait(60)
    before, resident = one.cpu(), one.resident()
    one.ask("drive", transitions)
    readers.join()
    used, grown = one.cpu() - before, one.resident() - resident
    for connection in connections:
        connection.close()
    return used / (watchers * transitions) * 1e6, grown / 2**20


def of_watches() -> Iterator[figures.Figure]:
    """100 watchers of 1,000 transitions over TLS, each transition an event of its own for each watcher."""
    with peer.running("tiltsession") as ours:
        cpu, grown = measure(ours)
    with peer.running("limit") as limit:
        least, _ = measure(limit)
    yield figures.Figure(f"{WATCHERS} watchers × {TRANSITIONS:,} transitions: CPU per event", "µs", cpu, at_most=10)
    yield figures.Figure("the same beside a server of fixed bytes", "µs", cpu, "the limit", least)
    yield figures.Figure("the same: growth of memory", "MiB", grown, at_most=64)
