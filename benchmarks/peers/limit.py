"""The limit: an asyncio protocol that answers fixed bytes, sends fixed events, and reads next to nothing."""

import asyncio
import contextlib
import json
import ssl
import threading

from benchmarks.peers import answer, telling

BODY = json.dumps(answer.SESSION).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
OPENING = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
MARK = '"MODIFIED"'


def event(kind: str) -> bytes:
    """Give an event as a chunk."""
    line = json.dumps({"type": kind, "object": answer.SESSION}).encode() + b"\n"
    return b"%x\r\n%s\r\n" % (len(line), line)


ADDED, MODIFIED = event("ADDED"), event("MODIFIED")


class Fixed(asyncio.Protocol):
    """Answers each piece of input with the same bytes; after a PATCH all who watch get the same event."""

    transport: asyncio.Transport

    def __init__(self, server: "Limit") -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.connected.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  as it is called
        """Forget the transport."""
        self._server.connected.discard(self.transport)
        self._server.watching.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        """Answer; a request for a watch gets its opening and its first event."""
        if b"watch=" in data:
            self.transport.write(OPENING + ADDED)
            self._server.watching.add(self.transport)
            return
        self.transport.write(ANSWER)
        if data.startswith(b"PATCH"):
            self._server.send()


class Limit:
    """One server on a loop that runs in another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None) -> None:
        self._loop, self._context = loop, context
        self.connected: set[asyncio.Transport] = set()
        self.watching: set[asyncio.Transport] = set()

    def send(self) -> None:
        """Send an event to all who watch."""
        for transport in self.watching:
            transport.write(MODIFIED)

    def start(self) -> int:
        """Listen; give the port."""
        listening = self._loop.create_server(lambda: Fixed(self), "127.0.0.1", 0, ssl=self._context)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        return int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Listen no more, and close what is connected."""
        done = threading.Event()

        def close() -> None:
            self._server.close()
            for transport in self.connected:
                transport.close()
            done.set()

        self._loop.call_soon_threadsafe(close)
        done.wait()

    def drive(self, transitions: int) -> None:
        """Send so many events to all who watch, each from this thread."""

        async def one() -> None:
            self.send()

        for _ in range(transitions):
            asyncio.run_coroutine_threadsafe(one(), self._loop).result()


def looping() -> asyncio.AbstractEventLoop:
    """Run a loop in a thread of its own, until the process ends."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def main() -> None:
    """Serve over TLS."""
    context, authority = answer.certified()
    limit = Limit(looping(), context)
    where = {"url": f"https://127.0.0.1:{limit.start()}", "ca": authority, "token": answer.TOKEN, "path": answer.PATH}
    telling.serve({**where, "watch": "/?watch=true", "mark": MARK}, {"drive": limit.drive})
    limit.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
