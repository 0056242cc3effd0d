"""A Tilt without server, told step by step: what the tests of expectations make claims about."""

import dataclasses
import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from pytest_tiltsession import errors, times
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import changes, gate, tilt, world
from pytest_tiltsession.expectations import checks, lettering
from pytest_tiltsession.models import metadata
from pytest_tiltsession.models import session as sessions
from pytest_tiltsession.store import journal, requests

START = times.parse_time("2026-01-01T00:00:00Z")
CI = sessions.SessionSpec(
    "/app/Tiltfile",
    "ci",
    sessions.SessionCISpec(timeout=30 * times.MINUTE, readiness_timeout=5 * times.MINUTE),
)
MANUAL = dataclasses.replace(CI, exit_condition="manual")


@dataclasses.dataclass(slots=True)
class VersionedRecord(requests.RequestRecord):
    """A record that also tells the last resourceVersion that its answer showed."""

    version: int | None = None


def state(word: str, detail: str = "", *, at: int = START, grace: str = "") -> sessions.TargetState:
    """Make a target's state from its word, as the steps of a scenario do."""
    match word:
        case "waiting":
            return sessions.TargetState(waiting=sessions.TargetStateWaiting(detail or "unknown"))
        case "active":
            return sessions.TargetState(active=sessions.TargetStateActive(at, False, None))
        case "ready":
            return sessions.TargetState(active=sessions.TargetStateActive(at, True, at))
        case "succeeded":
            return sessions.TargetState(terminated=sessions.TargetStateTerminated(at, at))
        case "failed":
            return sessions.TargetState(
                terminated=sessions.TargetStateTerminated(at, at, detail or "exit status 1", grace)
            )
        case "disabled":
            return sessions.DISABLED
        case "inactive":
            return sessions.INACTIVE
    raise ValueError(word)


class Story:
    """One session, moved by verbs; times are offsets from its start."""

    def __init__(
        self, spec: sessions.SessionSpec = CI, *, present: bool = True, style: lettering.Style | None = None
    ) -> None:
        self.clock = simulated.SimulatedClock(START)
        seed = uuid.UUID(int=1)
        self.world = world.World(self.clock, tilt.Tilt(spec, start_time=START, pid=1, seed=seed))
        self.gate = gate.Gate(self.world)
        self.requests: list[requests.RequestRecord] = []
        self._numbers = itertools.count(1)
        self.expectations = checks.Expectations(self.world, self.requests, style=style)
        if present:
            self.submit(session="present", targets=[self.target("tiltfile:update", "succeeded")])

    def target(self, name: str, word: str, detail: str = "", type_: str = "", grace: str = "") -> sessions.Target:
        """Make a target, by its name a job or a server, in a state that begins now."""
        resource = name.partition(":")[0]
        known = type_ or ("server" if name.endswith(":serve") else "job")
        owner = "(Tiltfile)" if resource == "tiltfile" else resource
        before = self.world.tilt.target(name)
        at = self.clock.now
        if word in ("ready", "succeeded", "failed") and before is not None and before.state.active is not None:
            at = before.state.active.start_time or at
        return sessions.Target(name, known, (owner,), state(word, detail, at=at, grace=grace))

    def submit(self, **change: Any) -> list[journal.Committed]:
        """Hand one change to the gate."""
        return self.gate.submit(changes.TiltChange(**change))

    def at(self, when: str, note: str = "", **targets: str) -> "Story":
        """Move to a time and put targets into states: ``api__serve="failed: exit status 1"``."""
        self.clock.advance_to(when)
        changed = []
        for name, described in targets.items():
            word, _, detail = described.partition(": ")
            changed.append(self.target(name.replace("__", ":"), word, detail))
        if changed or note:
            self.submit(targets=changed, note=note)
        return self

    def asked(self, line: str, status: int = 200, client: str = "kubectl/v1.33.1 (linux/amd64)", **more: Any) -> None:
        """Write down a request of a client, now: ``asked("GET /apis/…?watch=true")``."""
        method, _, where = line.partition(" ")
        path, _, query = where.partition("?")
        ended = START + times.micros_of(more.pop("ended")) if "ended" in more else None
        made = VersionedRecord(
            next(self._numbers), self.clock.now, method, path, query, client, status, ended=ended,
            **{"watch": "watch=" in query, **more},
        )  # fmt: skip
        self.requests.append(made)

    def write(self, change: Callable[[sessions.Session | None], sessions.Session], name: str = "Tiltfile") -> None:
        """Let a client write a Session, made from the one that is stored."""
        self.gate.submit(_ClientWrite(name, change))

    def remove(self, name: str) -> None:
        """Let a client delete a Session."""
        self.gate.submit(_ClientDelete(name))

    def refusal(self, claim: Callable[[], Any]) -> str:
        """Give the text with which a claim fails."""
        with pytest.raises(errors.ExpectationFailed) as caught:
            claim()
        return str(caught.value)


@dataclasses.dataclass
class _ClientWrite:
    name: str
    change: Callable[[sessions.Session | None], sessions.Session]
    cause: str = changes.CLIENT

    def commit(self, world: world.World) -> list[journal.Committed]:
        value = self.change(world.objects.get(self.name))
        return [world.objects.commit(value, at=world.clock.now, cause=self.cause)]


@dataclasses.dataclass
class _ClientDelete:
    name: str
    cause: str = changes.CLIENT

    def commit(self, world: world.World) -> list[journal.Committed]:
        value = world.objects.get(self.name)
        assert value is not None
        return [world.objects.remove(value, at=world.clock.now, cause=self.cause)]


def other_session(name: str, exit_condition: str = "ci", **status: Any) -> sessions.Session:
    """Make a Session as a client creates one."""
    spec = sessions.SessionSpec("/w/Tiltfile", exit_condition)
    return sessions.Session(metadata.ObjectMeta(name=name), spec, sessions.SessionStatus(**status))
