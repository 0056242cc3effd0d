"""Freezing that fails half-way leaves the time running."""

import datetime
import sys
import time
import types

import freezegun
import pytest

from pytest_tiltsession import fake_tilt


class Broken(types.ModuleType):
    """A module whose names cannot be looked at."""

    raises = True

    def __dir__(self):
        if self.raises:
            raise RuntimeError("this module is broken")
        return []


@pytest.fixture
def broken(monkeypatch):
    """Have such a module loaded, seen by freezegun for the first time."""
    module = Broken("a_broken_module")
    monkeypatch.setitem(sys.modules, "a_broken_module", module)
    return module


def frozen():
    """Tell whether any of the usual ways to read the time is frozen."""
    names = ("time", "monotonic", "perf_counter", "time_ns", "gmtime", "localtime", "strftime")
    fake = [name for name in names if getattr(time, name).__name__.startswith("fake_")]
    return fake or datetime.datetime is freezegun.api.FakeDatetime


def test_a_start_that_cannot_freeze_leaves_the_time_running(broken):
    """The fake is not started, the error is the module's own, and another fake can freeze afterwards."""
    fake = fake_tilt.FakeTilt(freeze=True, tls=False)
    with pytest.raises(RuntimeError, match="this module is broken"):
        fake.start()
    assert not frozen()
    assert not fake.serving
    broken.raises = False
    with fake_tilt.FakeTilt(freeze=True, tls=False):
        assert 2026 == time.gmtime().tm_year
        assert frozen()
    assert not frozen()


def test_an_end_that_fails_leaves_the_time_running(monkeypatch):
    """A module that was loaded meanwhile, and breaks when the freeze ends, is told of; the time runs."""
    with pytest.raises(RuntimeError, match="this module is broken"), fake_tilt.FakeTilt(freeze=True, tls=False):
        monkeypatch.setitem(sys.modules, "another_broken_module", Broken("another_broken_module"))
    assert not frozen()


def test_a_freezer_of_the_tests_own_stays_in_force(broken):
    """What the test has frozen before is frozen afterwards."""
    broken.raises = False
    with freezegun.freeze_time("2020-05-05"):
        with pytest.raises(KeyError), fake_tilt.FakeTilt(freeze=True, tls=False):
            raise KeyError("the test fails")
        assert 2020 == time.gmtime().tm_year
    assert not frozen()
