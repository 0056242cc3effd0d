"""kmock's emulation of Kubernetes: one stored object, plain HTTP since it has no TLS."""

import asyncio
import threading

import kmock

from benchmarks.peers import answer, telling


async def serve(listening: "threading.Event", found: list[str], stop: asyncio.Event) -> None:
    """Serve the Session until told to stop."""
    async with kmock.KubernetesEmulator() as emulator, kmock.Server(emulator) as server:
        kind = kmock.resource("tilt.dev/v1alpha1/sessions")
        emulator.resources[kind] = {"namespaced": False, "kind": "Session"}
        emulator.objects[kind, None, "Tiltfile"] = dict(answer.SESSION)
        found.append(str(server.url).rstrip("/"))
        listening.set()
        await stop.wait()


def main() -> None:
    """Serve in a thread, as a synchronous test would have to."""
    loop, stop, listening, found = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), list[str]()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(listening, found, stop),))
    thread.start()
    listening.wait()
    telling.serve({"url": found[0], "ca": None, "token": answer.TOKEN, "path": answer.PATH})
    loop.call_soon_threadsafe(stop.set)
    thread.join()


if __name__ == "__main__":
    main()
