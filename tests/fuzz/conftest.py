"""How much is tried: little and always the same by default, much and different each time on request.

``TILTSESSION_FUZZ=fuzz-deep pytest tests/fuzz`` searches; what it finds is kept in ``.hypothesis`` and tried first
the next time. Without the variable the profile is ``fuzz-ci``.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from . import hosting

UNHURRIED = tuple(check for check in HealthCheck if check is not HealthCheck.differing_executors)

settings.register_profile(
    "fuzz-ci",
    derandomize=True,
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=UNHURRIED,
)
settings.register_profile(
    "fuzz-deep",
    derandomize=False,
    max_examples=int(os.environ.get("TILTSESSION_FUZZ_EXAMPLES", "3000")),
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=UNHURRIED,
)
settings.register_profile("fuzz", settings.get_profile(os.environ.get("TILTSESSION_FUZZ", "fuzz-ci")))


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """Let the thread and the certificates that all fakes share be there before anybody counts what is left behind."""
    for tls in (False, True):
        with hosting.sound(counted=False, tls=tls):
            pass
