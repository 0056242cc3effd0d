"""The machinery that waits: loops, threads and processes, whose own sense of time must not be frozen.

A frozen loop waits for ever, and one whose time jumps fires every timer at once. Knows no freezer: it is told which
functions are false and which are real.
"""

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Modules whose names begin so hold the machine's clocks by name, or call them through the ``time`` module.
PREFIXES = (
    "asyncio.", "trio.", "anyio.", "concurrent.futures.", "multiprocessing.", "threading", "queue", "subprocess",
    "socketserver", "_pytest.", "pytest_timeout", "xdist.", "execnet.",
)  # fmt: skip

# Those that call them through the ``time`` module.
_THROUGH_TIME = (
    "asyncio.base_events", "concurrent.futures._base", "multiprocessing.connection", "multiprocessing.managers",
    "multiprocessing.queues", "multiprocessing.synchronize",
)  # fmt: skip


def load() -> None:
    """Load the loops that are installed: one that is first loaded under a frozen clock takes that for the machine's."""
    for name in ("asyncio", "trio"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


@contextlib.contextmanager
def runs_on(
    fakes: Mapping[Callable[..., Any], Callable[..., Any]],
    reals: Mapping[str, Callable[..., Any]],
    still_frozen: Callable[[], bool],
) -> Iterator[None]:
    """Give the machinery the machine's clocks until the block ends.

    ``fakes`` maps false functions to real ones, ``reals`` names the real ones as the ``time`` module does.
    ``still_frozen`` tells whether the false ones are still in force at the end; if not, the real ones stay.
    """
    undo: list[tuple[Any, str, Any]] = []
    false = {id(fake): real for fake, real in fakes.items()}
    for name, module in list(sys.modules.items()):
        if module is None or not name.startswith(PREFIXES):
            continue
        held = vars(module)
        undo += [(module, attribute, value) for attribute, value in list(held.items()) if id(value) in false]
    for module, attribute, fake in undo:
        setattr(module, attribute, false[id(fake)])
    proxies = []
    proxy = _Time(reals)
    for name in _THROUGH_TIME:
        through = sys.modules.get(name)
        if through is not None and vars(through).get("time") is sys.modules["time"]:
            proxies.append(through)
            vars(through)["time"] = proxy
    try:
        yield
    finally:
        for through in proxies:
            vars(through)["time"] = sys.modules["time"]
        if still_frozen():
            for module, attribute, fake in reversed(undo):
                setattr(module, attribute, fake)


class _Time:
    """The ``time`` module with real clocks."""

    def __init__(self, reals: Mapping[str, Callable[..., Any]]) -> None:
        self.__dict__.update(reals)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.modules["time"], name)
