"""Playing scenarios without a server."""

import uuid

import pytest

from pytest_tiltsession.engine import gate
from pytest_tiltsession.scenario import file_format, player


class Fake:
    """A world that plays one scenario, with what was seen of it."""

    def __init__(self, scenario, mode="judged"):
        self.done = []
        self.world = player.world_for(scenario, seed=uuid.UUID(int=7))
        self.gate = gate.Gate(self.world, on_done=lambda name, error: self.done.append((name, error)))
        self.player = player.Player(scenario, self.gate, mode)
        self.player.begin()

    @property
    def clock(self):
        """The clock that the test moves."""
        return self.world.clock

    @property
    def session(self):
        """The Session as it stands, or None."""
        return self.world.objects.get("Tiltfile")

    @property
    def commits(self):
        """Every commit so far."""
        return self.world.journal.read(0)

    @property
    def versions(self):
        """The Session as each commit left it."""
        return [self.world.journal.session_at(commit.seq) for commit in self.commits]

    def state(self, name):
        """Give a target's state as the Session shows it."""
        return next(target.state for target in self.session.status.targets if target.name == name)

    def at(self, seconds):
        """Give an offset from the start as an instant."""
        return self.world.tilt.start_time + round(seconds * 1_000_000)


@pytest.fixture
def play():
    """Begin playing a scenario, or the text of a scenario file."""

    def begin(scenario, mode="judged"):
        if isinstance(scenario, str):
            scenario = file_format.parse_scenario(scenario)
        return Fake(scenario, mode)

    return begin
