"""The official client of JavaScript, @kubernetes/client-node, in programs that Node runs beside the test."""

import json
import pathlib

import pytest
import requests

from . import programs, story

FOLDER = pathlib.Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def packages():
    """The folder of the packages that the programs import."""
    return programs.installed(FOLDER, "package-lock.json", "node_modules", lambda: programs.npm_ci(FOLDER))


@pytest.fixture
def node(packages, program_env):
    """Give the command and the options to run one of the programs."""
    told = {
        "nightly": story.NIGHTLY,
        "merge": story.MERGE,
        "json": story.JSON,
        "strategic": story.STRATEGIC,
        "applied": story.APPLIED,
    }
    env = program_env | {"STORY": json.dumps(told)}
    return lambda *command: {"command": ["node", *command], "cwd": FOLDER, "env": env}


def test_custom_objects(tilt_session, node):
    """CustomObjectsApi goes through the whole cycle, with every patch type by its content type."""
    results = json.loads(programs.output(**node("custom_objects.mjs")))
    assert {"sessions", "sessions/status"} <= set(results.pop("resources"))
    assert {
        "listed": ["Tiltfile"],
        "found": "ci",
        "created": story.NIGHTLY["spec"],
        "again": [409, "AlreadyExists"],
        "updated": {"timeout": "1m30s"},
        "stale": [409, "Conflict"],
        "pid": 99,
        "labels": sorted(story.LABELS),
        "patchedPid": 100,
        "left": ["Tiltfile"],
        "gone": [404, "NotFound"],
    } == results
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "update", "update status", "patch", "patch status", "get status", "delete", "list"
    )


def test_object_api(tilt_session, node):
    """KubernetesObjectApi finds the kind by discovery and goes through the cycle; times are dates."""
    results = json.loads(programs.output(**node("object_api.mjs")))
    assert {
        "listed": ["Tiltfile"],
        "isDate": True,
        "created": story.NIGHTLY["spec"],
        "updated": {"timeout": "1m30s"},
        "labels": ["applied", "merge", "team"],
        "gone": 404,
    } == results
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "create", "get", "update", "patch", "delete", "get"
    )


def test_watch(tilt_session, node):
    """Watch calls back for the Session as it is, then for every change of it."""
    migration = story.Migration(tilt_session)
    with programs.running(**node("watch.mjs", str(story.SECONDS))) as program:
        for line in programs.lines(program):
            migration.goes_on(line["event"], line["session"])
    assert migration.STORY == migration.seen


def test_informer(tilt_session, node):
    """An informer lists, watches from there, and keeps its cache as Sessions come, change and go."""
    migration, seen = story.Migration(tilt_session), []
    url, token = tilt_session.url + story.PATH, {"Authorization": f"Bearer {tilt_session.token}"}
    with programs.running(**node("informer.mjs")) as program, requests.Session() as http:
        http.trust_env = False
        http.headers.update(token)
        http.verify = str(tilt_session.ca)
        for line in programs.lines(program):
            seen.append((line["event"], line["name"], line["cached"]))
            if line["name"] == "Tiltfile":
                if not migration.goes_on(line["event"], line["session"]):
                    http.post(url, json=story.NIGHTLY)
            elif line["event"] == "update":
                http.delete(f"{url}/nightly")
            elif line["event"] == "delete":
                program.stdin.close()
    assert [
        ("add", "Tiltfile", ["Tiltfile"]),
        ("update", "Tiltfile", ["Tiltfile"]),
        ("update", "Tiltfile", ["Tiltfile"]),
        ("add", "nightly", ["Tiltfile", "nightly"]),
        ("update", "nightly", ["Tiltfile", "nightly"]),  # the controller has filled in its targets
        ("delete", "nightly", ["Tiltfile"]),
    ] == seen
    tilt_session.expect_requests(client="node").came_in_order("list", "watch")
