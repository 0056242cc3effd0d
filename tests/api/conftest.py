"""An API over a small world, called without sockets, for the tests of requests and answers."""

import dataclasses
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.api import application, messages, watching
from pytest_tiltsession.clock import simulated
from pytest_tiltsession.engine import changes, gate, tilt, world
from pytest_tiltsession.models import session

PATH = "/apis/tilt.dev/v1alpha1/sessions"
TOKEN = "a-token"
START = times.parse_micro_time("2026-01-01T00:00:00.000000Z")
SPEC = {"tiltfilePath": "/w/Tiltfile", "exitCondition": "manual"}


@dataclasses.dataclass
class Seen:
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    raw: bytes
    warnings: list[str]

    @property
    def body(self) -> Any:
        """The body, parsed."""
        return json.loads(self.raw)

    @property
    def message(self) -> str:
        """What a refusal says."""
        return str(self.body["message"])

    @property
    def names(self) -> list[str]:
        """The names of a list's items."""
        return [item["metadata"]["name"] for item in self.body["items"]]


@dataclasses.dataclass
class Api:
    """The API with a client's verbs. ``done`` notes the Sessions that were judged done, with their errors."""

    application: application.Application
    world: world.World
    gate: gate.Gate
    done: list[tuple[str, str]]

    def request(self, method: str, path: str = PATH, query: str = "", body: Any = None, **headers: str) -> Any:
        """Make a request; give the answer itself. ``authorization=""`` leaves the token out."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {"user-agent": "tests/1.0", "authorization": f"Bearer {TOKEN}"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = tuple((name, value) for name, value in named.items() if value)
        return self.application(messages.Request(method, path, query, sent, raw))

    def call(self, method: str, path: str = PATH, query: str = "", body: Any = None, **headers: str) -> Seen:
        """Make a request and give what a client sees."""
        answer = self.request(method, path, query, body, **headers)
        raw = answer.body if isinstance(answer, messages.Response) else answer.pull(1 << 30)
        warnings = [value for name, value in answer.headers if name == "Warning"]
        return Seen(answer.status, {name.lower(): value for name, value in answer.headers}, raw, warnings)

    def get(self, name: str = "", query: str = "", **headers: str) -> Seen:
        """Get a Session, or list them."""
        return self.call("GET", f"{PATH}/{name}" if name else PATH, query, **headers)

    def create(self, name: str, query: str = "", *, spec: Any = SPEC, status: Any = None, **meta: Any) -> Seen:
        """Create a Session."""
        body = {"metadata": {"name": name, **meta} if name else meta, "spec": spec}
        return self.call("POST", PATH, query, body if status is None else {**body, "status": status})

    def put(self, value: Any, query: str = "", subresource: str = "", **headers: str) -> Seen:
        """Replace a Session, or its status."""
        return self.call("PUT", f"{PATH}/{value['metadata']['name']}{subresource}", query, value, **headers)

    def merge(self, name: str, patch: Any, query: str = "", subresource: str = "") -> Seen:
        """Patch a Session, or its status."""
        kind = "application/merge-patch+json"
        return self.call("PATCH", f"{PATH}/{name}{subresource}", query, patch, content_type=kind)

    def delete(self, name: str = "", query: str = "", body: Any = None) -> Seen:
        """Delete a Session, or those that the query selects."""
        return self.call("DELETE", f"{PATH}/{name}" if name else PATH, query, body)

    def watch(self, query: str = "", **headers: str) -> "Watching":
        """Start a watch."""
        answer = self.request("GET", PATH, f"watch=1&{query}", **headers)
        assert isinstance(answer, watching.Watch), answer
        return Watching(answer)


@dataclasses.dataclass
class Watching:
    """An open watch, read event by event."""

    stream: watching.Watch

    def events(self) -> list[Any]:
        """Give the events that have come since."""
        return [json.loads(line) for line in self.stream.pull(1 << 30).splitlines()]

    def told(self) -> list[tuple[str, str]]:
        """Give type and name of the events that have come since."""
        return [(event["type"], event["object"]["metadata"].get("name", "")) for event in self.events()]


MakeApi = Callable[..., Api]


@pytest.fixture
def make_api() -> MakeApi:
    """Make an API of a profile over a world with one target, which is loaded, or over other targets."""

    def make(profile: str = "tilt", *targets: session.Target) -> Api:
        clock = simulated.SimulatedClock(START)
        spec = session.SessionSpec("/app/Tiltfile", "manual")
        state = world.World(clock, tilt.Tilt(spec, start_time=START, pid=4242, seed=uuid.UUID(int=1)))
        done: list[tuple[str, str]] = []
        entry = gate.Gate(state, on_done=lambda name, error: done.append((name, error)))
        app = application.Application(state, entry, profile=profile, token=TOKEN)
        loaded = session.TargetState(terminated=session.TargetStateTerminated(START, START))
        first = session.Target("tiltfile:update", "job", ("(Tiltfile)",), loaded)
        entry.submit(changes.TiltChange(session="present", targets=(first, *targets)))
        return Api(app, state, entry, done)

    return make


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    """An API that answers as Tilt does."""
    return make_api()


@pytest.fixture
def strict(make_api: MakeApi) -> Api:
    """An API that answers as Kubernetes promises."""
    return make_api("kubernetes")
