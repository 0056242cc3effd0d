"""A world with a gate, at a known instant."""

import uuid

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import changes, drivers, gate, tilt, world
from pytest_tiltsession.models import session

START = 1_767_225_600_000_000


@pytest.fixture
def spec():
    """The spec of a CI session with Tilt's default limits."""
    return session.SessionSpec("/app/Tiltfile", "ci", session.SessionCISpec(None, 30 * times.MINUTE, 5 * times.MINUTE))


@pytest.fixture
def the_world(spec):
    """A world whose clock stands at its start."""
    clock = simulated.SimulatedClock(START)
    return world.World(clock, tilt.Tilt(spec, start_time=START, pid=4242, seed=uuid.UUID(int=1)))


@pytest.fixture
def done():
    """What the gate said was done."""
    return []


@pytest.fixture
def the_gate(the_world, done):
    """A gate with the Tiltfile loaded."""
    made = gate.Gate(the_world, on_done=lambda name, error: done.append((name, error)))
    loaded = session.Target(
        "tiltfile:update",
        "job",
        ("(Tiltfile)",),
        session.TargetState(terminated=session.TargetStateTerminated(START, START)),
    )
    made.submit(changes.TiltChange(session="present", targets=(loaded,)))
    return made


@pytest.fixture
def the_drivers(the_gate):
    """Drivers on that gate."""
    return drivers.Drivers(the_gate)


@pytest.fixture
def tiltfile(the_world):
    """A function that gives the Tiltfile session as it stands."""
    return lambda: the_world.objects.get("Tiltfile")


@pytest.fixture
def declare(the_drivers):
    """A function that declares a waiting target of a type."""

    def declare(name, type_):
        waiting = session.TargetState(waiting=session.TargetStateWaiting("tiltfile-reload"))
        return the_drivers.declare(name, type_, (name.partition(":")[0],), waiting)

    return declare
