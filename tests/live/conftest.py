"""Fakes as upstreams, and recordings of them over real HTTPS."""

import contextlib
import importlib.util
import os
import pathlib
import sys
import uuid

import pytest

from pytest_tiltsession import fake_tilt
from pytest_tiltsession.engine import gate
from pytest_tiltsession.live import finding, recording
from pytest_tiltsession.scenario import player

TILTSESSION = [sys.executable, "-m", "pytest_tiltsession"]
PATIENCE = 20  # seconds of the machine's clock, never reached when all is well


class Upstream:
    """A fake that is played while it is recorded."""

    def __init__(self, fake):
        self.fake = fake
        self.recording = recording.Recording(finding.Whereabouts(fake.context, fake.kubeconfig))

    def until(self, predicate):
        """Wait for what the recording is to see."""
        assert self.recording.seen.wait_for(predicate, PATIENCE), "the recording did not see it"

    def watched(self):
        """Wait until a watch is open."""
        self.until(lambda _: self.recording.watching)

    def caught_up(self):
        """Wait until the recording has seen the present version, or that there is none."""
        commit = self.fake.commits[-1]
        if commit.type == "DELETED":
            self.until(lambda seen: not seen.present)
        else:
            version = commit.version
            self.until(
                lambda seen: seen.present and seen.latest and int(seen.latest.metadata.resource_version) >= version
            )

    def play(self):
        """Play the scenario to its end, each instant when the one before has been seen."""
        if self.fake.commits:
            self.caught_up()
        while not self.fake.exited and self.left() and self.fake.clock.step():
            if not self.fake.exited:
                self.caught_up()

    def left(self):
        """Tell whether there is anything to come: steps, or the verdict of a CI session."""
        expected = self.fake.scenario.expect
        return self.fake.clock.elapsed < self.fake.scenario.end or expected.outcome in ("succeeded", "failed")

    def record(self):
        """Record the whole scenario; gives the recording."""
        with self.recording:
            self.watched()
            self.play()
        return self.recording

    @property
    def statuses(self):
        """The distinct statuses that the fake itself showed."""
        journal = self.fake._world.journal
        return distinct([journal.session_at(commit.seq).status for commit in self.fake.commits])


def distinct(values):
    """Drop what repeats its predecessor."""
    return [value for index, value in enumerate(values) if index == 0 or value != values[index - 1]]


@pytest.fixture
def upstream():
    """A function that starts a fake with a scenario, which ends as a Tilt does; gives it as an upstream."""
    with contextlib.ExitStack() as stack:

        def start(scenario, faults=None, **options):
            fake = fake_tilt.FakeTilt(
                **{
                    "scenario": scenario,
                    "exit_when_done": True,
                    "allow": ("unplayed-steps", "server-errors"),
                    **options,
                }
            )
            if faults is not None:
                faults(fake)
            return Upstream(stack.enter_context(fake))

        yield start


@pytest.fixture
def replayed():
    """A function that replays a scenario and gives the distinct statuses that it shows."""

    def replay(scenario, mode="judged"):
        world = player.world_for(scenario, seed=uuid.UUID(int=7))
        player.Player(scenario, gate.Gate(world), mode).begin()
        world.clock.move_on_to(scenario.start + scenario.end)
        shown = [world.journal.session_at(commit.seq).status for commit in world.journal.read(0)]
        return distinct(shown)

    return replay


@pytest.fixture
def faulty():
    """The faults that an upstream can have."""
    where = pathlib.Path(__file__).parent / "faulty.py"
    spec = importlib.util.spec_from_file_location("faulty_upstreams", where)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def recorded(pytestconfig):
    """A function that gives the path of a recorded scenario, or of an example."""

    def find(name):
        root = pytestconfig.rootpath
        folders = (root / "tests" / "recorded" / "scenarios", root / "examples" / "scenarios")
        return next(path for folder in folders if (path := folder / f"{name}.tilt.yaml").exists())

    return find


@pytest.fixture
def environment(tmp_path):
    """Look for Tilt in a kubeconfig of this test's own."""
    return {**os.environ, "TILT_CONFIG": str(tmp_path / "config"), "TILT_PORT": "21360"}


@pytest.fixture
def tilt(tmp_path, recorded):
    """A program named tilt that is a fake: plays a recorded ``tilt ci`` as fast as it can and ends with its code."""

    def make(name):
        path = tmp_path / "bin" / "tilt"
        path.parent.mkdir()
        served = [
            *TILTSESSION, "serve", recorded(name), "--progress", "wall", "--speed", "2", "--exit-when-done",
            "--context", "tilt-21360", "--kubeconfig", tmp_path / "config", "--no-current-context",
        ]  # fmt: skip
        path.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in served) + "\n")
        path.chmod(0o755)
        return path

    return make
