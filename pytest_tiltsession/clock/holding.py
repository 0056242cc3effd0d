"""A named hold on a clock, for ``with`` and ``async with`` blocks; knows no clock beyond the two that it calls."""

import sys
import threading
from collections.abc import Callable

from pytest_tiltsession import errors


class Hold:
    """One hold: in force between the beginning and the end of its block, and good for one block at a time.

    ``thread`` is the identifier of the thread that took it, ``task`` the task of asyncio or trio, where there is one:
    who takes a hold must not wait for the clock to move.
    """

    def __init__(self, name: str, begin: "Callable[[Hold], None]", end: "Callable[[Hold], None]") -> None:
        if not isinstance(name, str) or not name:
            raise errors.InvalidValue(f'hold({name!r}): give what time waits for, such as hold("the browser starts")')
        self.name = name
        self.thread: int | None = None
        self.task: object = None
        self._begin = begin
        self._end = end

    def __repr__(self) -> str:
        return f"<Hold {self.name!r}>"

    def __enter__(self) -> "Hold":
        self.thread, self.task = threading.get_ident(), current_task()
        self._begin(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self._end(self)

    async def __aenter__(self) -> "Hold":
        return self.__enter__()

    async def __aexit__(self, *exc: object) -> None:
        self._end(self)


def current_task() -> object:
    """Give the task of asyncio or trio that runs in this thread, or None."""
    if (asyncio := sys.modules.get("asyncio")) is not None:
        try:
            if (task := asyncio.current_task()) is not None:
                return task
        except RuntimeError:  # no loop runs
            pass
    if (trio := sys.modules.get("trio")) is not None:
        try:
            return trio.lowlevel.current_task()
        except RuntimeError:
            pass
    return None
