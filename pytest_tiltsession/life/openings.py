"""What a process of Tilt starts with: its engine's state, and the Tiltfile that is loaded; knows no HTTP."""

import uuid

from pytest_tiltsession import settings as settings_module
from pytest_tiltsession.engine import tilt
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.scenario import steps

PID = 4242
_PIDS_APART = 100  # processes that Tilt itself starts have the numbers between
# Tilt has written so many objects of other kinds before its Session: the empty list shows that (startup-sequence).
WRITTEN_BEFORE = 3


def tilt_of(
    settings: settings_module.Settings,
    scenario: steps.Scenario | None,
    *,
    start: int,
    number: int = 0,
    spec: sessions.SessionSpec | None = None,
) -> tilt.Tilt:
    """Make the state of a process that starts at an instant, as no other was: uids and pid are its own.

    ``number`` is how many processes there were before; ``spec`` is what the Tiltfile says where no scenario tells it.
    """
    if scenario is None:
        return tilt.Tilt(spec or settings.spec, start_time=start, pid=PID + number * _PIDS_APART, seed=uuid.uuid4())
    return tilt.Tilt(
        scenario.spec,
        start_time=start,
        pid=scenario.pid + number * _PIDS_APART,
        seed=uuid.uuid4(),
        labels=scenario.labels,
        annotations=scenario.annotations,
    )


def loaded(now: int) -> sessions.Target:
    """Give the Tiltfile's own target, loaded at this instant in no time."""
    state = sessions.TargetState(terminated=sessions.TargetStateTerminated(now, now))
    return sessions.Target(sessions.TILTFILE_TARGET, sessions.JOB, (sessions.TILTFILE_RESOURCE,), state)
