"""What can go wrong on purpose, as frozen values: cut watches, refusals, delays, broken TLS, Tilt's own freeze.

Each can be given to ``tilt_session.faults.arm(…)``, to the marker (``faults=[…]``), to ``Scenario(…).fault(…)`` and,
by its name, to a scenario file. Knows no HTTP, no sockets and no clock.
"""

from pytest_tiltsession.faults.answers import Conflict, Delay, Refuse, RotatedToken, TruncateBody, WrongContentType
from pytest_tiltsession.faults.arming import Armed, Claim, Faults, checked
from pytest_tiltsession.faults.connections import ExpiredCertificate, FailHandshake, FullAcceptQueue
from pytest_tiltsession.faults.scope import Fault
from pytest_tiltsession.faults.watches import (
    BlankLine,
    CutWatch,
    DropEvent,
    DuplicateEvent,
    ErrorEvent,
    ReorderEvents,
    StallWatch,
    WatchFault,
    WatchFreeze,
)

__all__ = [
    "Armed",
    "BlankLine",
    "Claim",
    "Conflict",
    "CutWatch",
    "Delay",
    "DropEvent",
    "DuplicateEvent",
    "ErrorEvent",
    "ExpiredCertificate",
    "FailHandshake",
    "Fault",
    "Faults",
    "FullAcceptQueue",
    "Refuse",
    "ReorderEvents",
    "RotatedToken",
    "StallWatch",
    "TruncateBody",
    "WatchFault",
    "WatchFreeze",
    "WrongContentType",
    "checked",
]
