"""A named hold on a clock, for ``with`` and ``async with`` blocks; knows no clock beyond the two that it calls."""

import threading
from collections.abc import Callable

from pytest_tiltsession import errors


class Hold:
    """One hold: in force between the beginning and the end of its block, and good for one block at a time.

    ``thread`` is the identifier of the thread that entered a ``with`` block; an ``async with`` block has none,
    since another task of the same thread may end it.
    """

    def __init__(self, name: str, begin: "Callable[[Hold], None]", end: "Callable[[Hold], None]") -> None:
        if not isinstance(name, str) or not name:
            raise errors.InvalidValue(f'hold({name!r}): give what time waits for, such as hold("the browser starts")')
        self.name = name
        self.thread: int | None = None
        self._begin = begin
        self._end = end

    def __repr__(self) -> str:
        return f"<Hold {self.name!r}>"

    def __enter__(self) -> "Hold":
        self.thread = threading.get_ident()
        self._begin(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self._end(self)

    async def __aenter__(self) -> "Hold":
        self.thread = None
        self._begin(self)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._end(self)
