"""The limit: an asyncio protocol over TLS that answers fixed bytes, sends fixed events, and reads nothing."""

import asyncio
import json
import threading

from benchmarks.peers import answer, telling

BODY = json.dumps(answer.SESSION).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
LINE = json.dumps({"type": "MODIFIED", "object": answer.SESSION}).encode() + b"\n"
EVENT = b"%x\r\n%s\r\n" % (len(LINE), LINE)
OPENING = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


class Fixed(asyncio.Protocol):
    """Answers each piece of input with the same bytes."""

    watching: "list[asyncio.Transport]" = []  # noqa: RUF012  # one list for all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer; a request for a watch gets its opening and its first event."""
        if b"watch=" in data:
            self.transport.write(OPENING + EVENT)
            self.watching.append(self.transport)
        else:
            self.transport.write(ANSWER)


def main() -> None:
    """Serve in a thread."""
    context, authority = answer.certified()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> int:
        server = await loop.create_server(Fixed, "127.0.0.1", 0, ssl=context)
        return int(server.sockets[0].getsockname()[1])

    async def one() -> None:
        for transport in Fixed.watching:
            transport.write(EVENT)

    def drive(transitions: int) -> None:
        for _ in range(transitions):
            asyncio.run_coroutine_threadsafe(one(), loop).result()

    port = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    where = {"url": f"https://127.0.0.1:{port}", "ca": authority, "token": answer.TOKEN, "path": answer.PATH}
    telling.serve({**where, "watch": "/?watch=true"}, {"drive": drive})


if __name__ == "__main__":
    main()
