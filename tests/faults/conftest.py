"""Fakes that serve over TLS until their test is over."""

import contextlib

import pytest

from pytest_tiltsession import fake_tilt

from . import meeting


@pytest.fixture
def meet():
    """Make fakes that serve until the test is over, with these faults or other settings."""
    with contextlib.ExitStack() as stack:

        def make(*armed, **settings):
            return meeting.Meeting(stack.enter_context(fake_tilt.FakeTilt(faults=armed, **settings)))

        yield make
