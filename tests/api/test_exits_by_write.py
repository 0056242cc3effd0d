"""What clients wrote to a real Tilt so that it ended or went on: the same write is judged the same here."""

import json
import pathlib
from typing import Any

import pytest

from pytest_tiltsession import times
from pytest_tiltsession.models import session

BEGUN = times.parse_micro_time("2026-01-01T00:00:00.000000Z")
RECORDED = pathlib.Path(__file__).parents[1] / "recorded/exits-by-write.jsonl"
WRITES = [
    case
    for case in map(json.loads, RECORDED.read_bytes().splitlines())
    if case["request"]["method"] != "GET" and case["request"]["body"] is not None
]
PATCHES = {"p-0012": "merge-patch", "p-0076": "json-patch", "p-0096": "strategic-merge-patch", "s-0013": "merge-patch"}


def targets(case: dict[str, Any]) -> list[session.Target]:
    """Give the targets that Tilt had: as the body repeats them, else those of the fixture or only good ones."""
    body = case["request"]["body"]
    status = body.get("status") if isinstance(body, dict) else None
    shown = [target["name"] for target in (status or {}).get("targets") or ()]
    names = shown or ["job:update", "tiltfile:update", "web:serve"]
    if not shown and "never" in "".join(case["last_line"]):
        names.append("never:serve")
    made = []
    for name in names:
        resource, _, kind = name.partition(":")
        ready = name != "never:serve"
        state = session.TargetState(active=session.TargetStateActive(BEGUN, ready, BEGUN if ready else None))
        if kind == "update":
            state = session.TargetState(terminated=session.TargetStateTerminated(BEGUN, BEGUN))
        made.append(session.Target(name, "job" if kind == "update" else "server", (resource,), state))
    return made


@pytest.mark.parametrize("case", WRITES, ids=[case["id"] for case in WRITES])
def test_a_write_ends_the_session_as_recorded(make_api: Any, case: dict[str, Any]) -> None:
    """The Session that was written is judged at once: done or not, and with the error that Tilt exits with."""
    api = make_api("tilt", *targets(case))
    api.world.clock.advance("5s")
    request = case["request"]
    name = request["path"].removesuffix("/status").rsplit("/", 1)[-1]
    if name not in ("Tiltfile", "sessions"):
        api.create(name)
    body = request["body"]
    if request["method"] == "PUT":
        body["metadata"] = api.get(name).body["metadata"]
    kind = f"application/{PATCHES[case['id']]}+json" if case["id"] in PATCHES else "application/json"

    answered = api.call(request["method"], request["path"], "", body, content_type=kind)

    assert answered.status == case["answer"]
    ended = [error for _, error in api.done]
    if case["tilt_exit_code"] is None:
        assert ended == []
    else:
        expected = "".join(case["last_line"]).removeprefix("Error: ")
        assert [error.strip() for error in ended] == [expected]
        assert bool(expected) == (case["tilt_exit_code"] != 0)
