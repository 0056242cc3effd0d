"""One server from its start to its end, with a client in the same process: ``python -m benchmarks.lives WHOSE COUNT``.

It says the median time of a life in milliseconds.
"""

import asyncio
import functools
import socket
import ssl
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from benchmarks.peers import answer

LISTING = answer.PATH.rpartition("/")[0] + "?watch=true"


class Open(Protocol):
    """A connection of the client's."""

    def close(self) -> None:
        """Close it."""


Life = Callable[[], Awaitable[tuple[Open, ...]]]  # gives the connections, which are closed after it was measured


async def get(port: int, path: str, token: str, context: ssl.SSLContext | None = None, *, watch: bool = False) -> Open:
    """Connect, GET, and wait for the answer, or for the first event of a watch."""
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    received, mark = b"", b"}\n" if watch else b"}"
    client: Open
    if context is None:
        loop, plain = asyncio.get_running_loop(), socket.socket()
        plain.setblocking(False)
        await loop.sock_connect(plain, ("127.0.0.1", port))
        await loop.sock_sendall(plain, request)
        while mark not in received:
            received += await loop.sock_recv(plain, 65_536)
        client = plain
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(request)
        while mark not in received:
            received += await reader.read(65_536)
        client = writer
    assert received.startswith(b"HTTP/1.1 200"), received
    return client


def trusting(authority: str | None) -> ssl.SSLContext | None:
    """Make the client's context, before anything is measured."""
    return None if authority is None else ssl.create_default_context(cafile=authority)


def ours(*, tls: bool) -> Life:
    """Give a life of the fake, with an open watch."""
    from pytest_tiltsession import FakeTilt

    fake_tilt = functools.partial(FakeTilt, allow=("stalled-watches",), tls=tls)
    with fake_tilt() as first:
        context = trusting(str(first.ca) if tls else None)

    async def life() -> tuple[Open, ...]:
        with fake_tilt() as fake:
            port = int(fake.url.rpartition(":")[2])
            watch = await get(port, LISTING, fake.token, context, watch=True)
            return watch, await get(port, answer.PATH, fake.token, context)

    return life


def limit(*, tls: bool) -> Life:
    """Give a life of a server of fixed bytes, with an open watch, on a loop that is there already, as the fake's is."""
    from benchmarks.peers import limit as limits

    served, authority = answer.certified() if tls else (None, None)
    loop, context = limits.looping(), trusting(authority)

    async def life() -> tuple[Open, ...]:
        server = limits.Limit(loop, served)
        port = server.start()
        watch = await get(port, LISTING, answer.TOKEN, context, watch=True)
        done = watch, await get(port, answer.PATH, answer.TOKEN, context)
        server.stop()
        return done

    return life


def kmocks() -> Life:
    """Give a life of kmock's emulation, in the client's own loop, with no watch."""
    import kmock

    async def life() -> tuple[Open, ...]:
        async with kmock.KubernetesEmulator() as emulator, kmock.Server(emulator) as server:
            kind = kmock.resource("tilt.dev/v1alpha1/sessions")
            emulator.resources[kind] = {"namespaced": False, "kind": "Session"}
            emulator.objects[kind, None, "Tiltfile"] = dict(answer.SESSION)
            return (await get(int(server.port), answer.PATH, answer.TOKEN),)

    return life


WHOSE: dict[str, Callable[[], Life]] = {
    "ours": functools.partial(ours, tls=False),
    "ours-tls": functools.partial(ours, tls=True),
    "limit": functools.partial(limit, tls=False),
    "limit-tls": functools.partial(limit, tls=True),
    "kmock": kmocks,
}


async def median(life: Life, count: int) -> float:
    """Live so often, and give the median time in milliseconds."""
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        connections = await life()
        taken.append(time.perf_counter() - begun)
        for connection in connections:
            connection.close()
    return statistics.median(taken) * 1e3


if __name__ == "__main__":
    print(asyncio.run(median(WHOSE[sys.argv[1]](), int(sys.argv[2]))))
