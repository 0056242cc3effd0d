"""cloudcoil, whose objects are pydantic models, in programs beside the test.

It is installed apart: it brings a pytest plugin, which would cost every run of pytest in the environment half a second,
and break it where filelock is missing.
"""

import json
import os
import pathlib
import sys

import pytest

from . import programs, story

FOLDER = pathlib.Path(__file__).parent / "cloudcoil"
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]


@pytest.fixture(scope="session")
def packages():
    """The folder with cloudcoil; what it needs besides is installed with the project."""

    def install():
        programs.output([*PIP, "--target", "build", "-r", "requirements.txt"], cwd=FOLDER, timeout=programs.INSTALLING)

    return programs.installed(FOLDER, "requirements.txt", "build", install)


@pytest.fixture
def cloudcoil(packages, program_env):
    """Give the command and the options to run one of the programs."""
    env = program_env | {"STORY": json.dumps(story.NIGHTLY), "PYTHONPATH": os.fspath(packages)}
    return lambda name: {"command": [sys.executable, name], "cwd": FOLDER, "env": env}


def test_cycle(tilt_session, cloudcoil):
    """Models find their kind by discovery, and list, create, update and delete themselves."""
    results = json.loads(programs.output(**cloudcoil("cycle.py")))
    assert {
        "listed": ["Tiltfile"],
        "found": "ci",
        "created": story.NIGHTLY["spec"],
        "again": "ResourceConflict",
        "updated": {"timeout": "1m30s"},
        "stale": "ResourceConflict",
        "pid": 99,
        "found asynchronously": ["Tiltfile", "nightly"],
        "gone": "ResourceNotFound",
    } == results
    tilt_session.expect_requests().used_the_token().came_in_order(
        "list", "get", "create", "get", "update", "update status", "list", "delete", "get"
    )


def test_watch(tilt_session, cloudcoil):
    """The watch gives the Session as it is, then every change of it."""
    migration = story.Migration(tilt_session)
    with programs.running(**cloudcoil("watch.py")) as program:
        for line in programs.lines(program):
            migration.goes_on(line["event"], line["session"])
    assert migration.STORY == migration.seen
