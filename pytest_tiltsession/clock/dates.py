"""Which class ``datetime.datetime`` is for a moment; freezers replace it, and some libraries keep what they find first.

The cryptography package asks for the class once for the process, and from then on takes no dates of another one.
"""

import contextlib
import datetime
import sys
from collections.abc import Iterator

from pytest_tiltsession import locks

_lock = locks.guard()


def classes() -> tuple[type[datetime.datetime], ...]:
    """Give the classes that ``datetime.datetime`` can be in this process, the machine's own first."""
    freezer = sys.modules.get("freezegun.api")
    if freezer is None:
        return (datetime.datetime,)
    return (freezer.real_datetime, freezer.FakeDatetime)


@contextlib.contextmanager
def of_class(kind: type[datetime.datetime]) -> Iterator[None]:
    """Let ``datetime.datetime`` be that class within the block, in all threads; keep it short."""
    names = vars(datetime)
    with _lock:
        before = names["datetime"]
        names["datetime"] = kind
        try:
            yield
        finally:
            names["datetime"] = before
