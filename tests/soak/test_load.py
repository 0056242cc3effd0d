"""The parts of the soak with small numbers; ``python -m benchmarks soak`` runs them at full size."""

import json
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(("watchers", 30, 60, 3), id="watchers get all events in order, beside others that do not read"),
        pytest.param(("lives", 150), id="fakes that come and go leave nothing"),
        pytest.param(("objects", 2_000), id="many Sessions are listed in one response, in linear time"),
        pytest.param(("workers", 2, 8), id="each worker of xdist has its own"),
    ],
)
def test_what_holds_under_load_holds_in_the_small(part):
    """Each part counts threads, files, folders, memory, events or time, and says what is wrong."""
    words = [sys.executable, "-m", "benchmarks.soak", *map(str, part)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (0, "") == (ran.returncode, ran.stderr)
    assert json.loads(ran.stdout)
