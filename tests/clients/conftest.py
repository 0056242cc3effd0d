"""What the tests of this folder share."""

import os

import pytest


@pytest.fixture
def program_env(tilt_env):
    """The environment of a program that is to find this test's Tilt: its own variables win over the machine's."""
    return {**os.environ, **tilt_env}
