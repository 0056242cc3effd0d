"""The states of a target, made in one line each; knows no resource."""

from pytest_tiltsession.models import session

UNKNOWN_WAIT = "unknown"


def waiting(reason: str | None) -> session.TargetState:
    """Give a waiting state; the reason is ``unknown`` where none is given."""
    return session.TargetState(waiting=session.TargetStateWaiting(reason or UNKNOWN_WAIT))


def active(start: int | None, *, ready: bool = False, last_ready: int | None = None) -> session.TargetState:
    """Give an active state; instants are microseconds."""
    return session.TargetState(active=session.TargetStateActive(start, ready, last_ready))


def terminated(
    start: int | None, finish: int | None = None, error: str = "", grace_status: str = ""
) -> session.TargetState:
    """Give a terminated state; instants are microseconds, an empty ``error`` is a good end."""
    return session.TargetState(terminated=session.TargetStateTerminated(start, finish, error, grace_status))
