"""Sessions to be drawn: scenarios that were played without a server, and requests that clients made meanwhile."""

import itertools
import uuid

from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import changes as changes
from pytest_tiltsession.engine import gate, tilt, world
from pytest_tiltsession.expectations import checks
from pytest_tiltsession.scenario import files, naming, player, steps
from pytest_tiltsession.store import requests

SECOND = 1_000_000


class Stage:
    """A scenario on its way, with a log of requests."""

    def __init__(self, scenario: steps.Scenario) -> None:
        self.scenario = scenario
        self.clock = simulated.SimulatedClock(scenario.start)
        self.world = world.World(
            self.clock, tilt.Tilt(scenario.spec, start_time=scenario.start, pid=1, seed=uuid.UUID(int=1))
        )
        self.gate = gate.Gate(self.world)
        self.requests: list[requests.RequestRecord] = []
        self._numbers = itertools.count(1)
        self.expectations = checks.Expectations(self.world, self.requests)
        player.Player(scenario, self.gate, mode="judged").begin()
        self.clock.run_due()

    def played(self) -> "Stage":
        """Play what is left, as ``tiltsession show`` does."""
        expected = self.scenario.expect
        until = max(self.scenario.end, expected.at or 0 if expected is not None else 0)
        self.to(until / SECOND)
        if expected is not None and expected.at is None and expected.outcome in ("succeeded", "failed"):
            while self.expectations.look().done is None and self.clock.step():
                pass
        return self

    def to(self, seconds: float) -> "Stage":
        """Move the clock to a time since the start, where that lies ahead."""
        if self.clock.start + round(seconds * SECOND) > self.clock.now:
            self.clock.advance_to(seconds)
        return self

    def asked(self, line: str, status: int = 200, client: str = "kubectl/v1.33.1 (linux)", **more) -> None:
        """Write down a request, now or ``at`` seconds; a watch ends ``ended`` seconds after the start."""
        method, _, where = line.partition(" ")
        path, _, query = where.partition("?")
        at = self.clock.start + round(more.pop("at") * SECOND) if "at" in more else self.clock.now
        if "ended" in more:
            more["ended"] = self.clock.start + round(more["ended"] * SECOND)
        more = {"watch": "watch=" in query, **more}
        self.requests.append(
            requests.RequestRecord(next(self._numbers), at, method, path, query, client, status, **more)
        )

    def look(self):
        """Give what is to be seen now."""
        return self.expectations.look()


def named(name: str) -> Stage:
    """Stage a scenario of the library."""
    return Stage(files.read(naming.find(name)))


def told(folder, text: str) -> Stage:
    """Stage a scenario that is written out."""
    path = folder / "told.tilt.yaml"
    path.write_text(text, encoding="utf-8")
    return Stage(files.read(path))
