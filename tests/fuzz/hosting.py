"""A fake that must be sound: at rest once its clients have gone, without errors inside, and gone without a trace."""

import contextlib
import gc
import os
import threading
from collections.abc import Iterator
from typing import Any

from pytest_tiltsession import FakeTilt
from pytest_tiltsession.server import service

PATIENCE = 20.0  # seconds of the machine's clock after which waiting is called a hang


@contextlib.contextmanager
def sound(*, counted: bool = True, **options: Any) -> Iterator[FakeTilt]:
    """Serve a fake. When the block ends it must come to rest; stopped, it must have left nothing behind."""
    before = census()
    with FakeTilt(**options) as fake:
        yield fake
        wait_until_at_rest(fake)
        assert [] == fake.problems()
    if counted and left_over(before):
        gc.collect()  # a client of this test may be part of a cycle that the collector has yet to see
        assert not left_over(before)


def census() -> tuple[set[str], int]:
    """Give the names of the threads that run, and how many files and sockets are open."""
    return {thread.name for thread in threading.enumerate()}, len(os.listdir("/dev/fd"))


def left_over(before: tuple[set[str], int]) -> str:
    """Say which threads there are more than before, and how many files; nothing where there are none."""
    threads, files = census()
    more = threads - before[0], files - before[1]
    return f"threads {more[0] or 'none'}, open files {more[1]}" if more[0] or more[1] > 0 else ""


def unrest(fake: FakeTilt) -> dict[str, object]:
    """Give what of a fake still works although its clients have gone: nothing, sooner or later."""
    busy = fake.activity
    found = {
        "connections": busy.connections,
        "in work": busy.in_work,
        "watches": busy.watches,
        "watches in the journal of requests": [record.line for record in fake.requests.open_watches()],
        "readers of the journal": len(fake._world.journal._listeners),
        "followers of the clock": len(fake.clock._listeners),
    }
    return {what: count for what, count in found.items() if count}


def wait_until_at_rest(fake: FakeTilt) -> None:
    """Let the server take turns until nothing of what clients wanted is left."""
    until = service.machine_seconds() + PATIENCE
    while found := unrest(fake):
        assert service.machine_seconds() < until, f"left behind by clients that have gone: {found}"
        take_turn(fake)


def take_turn(fake: FakeTilt) -> None:
    """Wait for one turn of the server's loop."""
    turned = threading.Event()
    fake._serving.listener._loop.call_soon_threadsafe(turned.set)
    assert turned.wait(PATIENCE), "the server's thread hangs"
