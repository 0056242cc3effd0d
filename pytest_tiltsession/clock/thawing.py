"""Giving a process its time back, whatever happens; knows freezegun's insides and no clock.

freezegun looks at every module that is loaded, when it begins and when it ends. Where one of them raises at that, it
stops half-way, and the time stays frozen for all that comes after.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def frozen(freeze: Any) -> Iterator[Any]:
    """Freeze for a block, by what ``freeze_time`` gives, and let time run afterwards, half-way or not."""
    api: Any = sys.modules["freezegun.api"]
    depth = len(api.freeze_factories)
    try:
        yield freeze.start()
        freeze.stop()
    except BaseException:
        with contextlib.suppress(Exception):
            if len(api.freeze_factories) > depth:
                freeze.stop()
        if not api.freeze_factories:  # else another freezer, of the test's own, goes on
            _thaw(freeze, api)
        raise


def _thaw(freeze: Any, api: Any) -> None:
    """Undo what a freezer that came to no end has left."""
    for owner, name, value in freeze.undo_changes:
        setattr(owner, name, value)
    for module, names in (("datetime", ("date", "datetime")), ("time", tuple(vars(sys.modules["time"])))):
        for name in names:
            real = getattr(api, f"real_{name}", None)
            if real is not None:
                setattr(sys.modules[module], name, real)
