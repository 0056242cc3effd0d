"""Programs that stand in for a real Tilt: they take its command line, and serve the fake."""

import pathlib
import sys

import pytest

TILT = """#!{python}
import argparse, os, pathlib, signal, subprocess, sys

version = "v0.37.6, built 2026-11-24"
if sys.argv[1:] == ["version"]:
    print(version)
    sys.exit()
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("command", choices=["up"])
parser.add_argument("--stream", action="store_true", required=True)
parser.add_argument("--web-mode", choices=["local", "prod"])
parser.add_argument("--host", default="localhost")
parser.add_argument("--port", type=int, default=10350)
parser.add_argument("-f", "--file", default="Tiltfile")
given = parser.parse_args()
home = pathlib.Path(os.environ["HOME"])
config = pathlib.Path(os.environ.get("TILT_CONFIG", home / ".tilt-dev" / "config"))
context = "tilt-default" if given.port == 10350 else f"tilt-{{given.port}}"
assert "local_resource('api'" in pathlib.Path(given.file).read_text()
print("Tilt started on", given.port, flush=True)
scenario = home / "standing.tilt.yaml"
scenario.write_text('''{scenario}''')
pathlib.Path({trace!r}).write_text(f"{{os.getpid()}} {{home}}")
{more}
command = [sys.executable, "-m", "pytest_tiltsession", "serve", scenario, "--progress", "wall"]
os.execv(sys.executable, [*command, "--context", context, "--kubeconfig", config, "--no-current-context"])
"""
AT_REST = """\
version: 1
title: a job that is done beside a server that is ready
session: {exitCondition: manual}
targets:
  migrate:update: {type: job, resources: [migrate]}
  api:serve: {type: server, resources: [api]}
steps:
  - at: 10ms
    set: {migrate:update: terminated, api:serve: active}
"""
FAILS = AT_REST.replace("migrate:update: terminated", "migrate:update: {terminated: {error: no such table}}")
WAITS = AT_REST.replace("migrate:update: terminated", "migrate:update: {waiting: waiting-for-dep}")


class StandIns:
    """Makes the programs; each leaves its process id and its home in ``trace`` where it starts."""

    at_rest, fails, waits = AT_REST, FAILS, WAITS

    def __init__(self, folder: pathlib.Path) -> None:
        self.trace = folder / "trace"
        self._folder = folder

    def tilt(self, scenario: str = AT_REST, more: str = "") -> str:
        """Make a Tilt that plays a scenario, after some lines of Python of its own; give its path."""
        text = TILT.format(python=sys.executable, scenario=scenario, trace=str(self.trace), more=more)
        return self.program("tilt", text)

    def program(self, name: str, text: str, mode: int = 0o755) -> str:
        """Make any program; give its path."""
        path = self._folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def left(self) -> tuple[bool, bool]:
        """Tell whether the process of the Tilt that was started is there, and its home."""
        pid, home = self.trace.read_text().split()
        return pathlib.Path("/proc", pid).exists(), pathlib.Path(home).exists()


@pytest.fixture
def stand_ins(tmp_path):
    """Programs that stand in for a Tilt."""
    return StandIns(tmp_path)
