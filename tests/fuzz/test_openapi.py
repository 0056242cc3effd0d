"""Our own OpenAPI document, explored by schemathesis in a process of its own.

It is installed apart: it brings a pytest plugin, which would cost every run of pytest in the environment a second.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from clients import programs

from . import examining, exploring, hosting

FOLDER = pathlib.Path(__file__).parent / "schemathesis"
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]
DOCUMENT = "/openapi/v3/apis/tilt.dev/v1alpha1"
DEEP = os.environ.get("TILTSESSION_FUZZ") == "fuzz-deep"
EXAMPLES, PATIENCE = (60, 3600) if DEEP else (10, 300)  # of each operation; seconds of the machine's clock
DONE = {("GET", 200), ("POST", 201), ("PUT", 200), ("PATCH", 200), ("DELETE", 200)}


@pytest.fixture(scope="session")
def packages() -> pathlib.Path:
    """The folder with schemathesis; what it needs besides is installed with the project."""

    def install() -> None:
        command = [*PIP, "--target", "build", "-r", "requirements.txt"]
        programs.output(command, cwd=FOLDER, timeout=programs.INSTALLING)

    made: pathlib.Path = programs.installed(FOLDER, "requirements.txt", "build", install)
    return made


@pytest.mark.parametrize("profile", ["tilt", "kubernetes"])
def test_the_api_is_what_its_document_says(
    profile: str, packages: pathlib.Path, tmp_path: pathlib.Path, pytestconfig: pytest.Config
) -> None:
    """Whatever the document allows can be asked; the answers have the declared forms and are Tilt's."""
    with hosting.sound(profile=profile, tls=False) as fake:
        document = tmp_path / "openapi.json"
        served = json.loads(examining.ask(fake, "GET", DOCUMENT).body)
        document.write_text(json.dumps(exploring.prepared(served, profile)))
        found = os.pathsep.join((str(pytestconfig.rootpath / "tests"), str(packages)))
        ended = subprocess.run(
            exploring.command(str(document), fake.url, fake.token, examples=EXAMPLES, deep=DEEP),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": found, "SCHEMATHESIS_HOOKS": "fuzz.schemathesis.hooks"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert 0 == ended.returncode, ended.stdout + ended.stderr
        assert set() == DONE - {(record.method, record.status) for record in fake.requests}
