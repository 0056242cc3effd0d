"""What a target of a type may show, and with which payload."""

import pytest

from pytest_tiltsession.models import session
from pytest_tiltsession.rules import transitions


def target(name, type_, **state):
    """Make a target in a state."""
    return session.Target(name, type_, (name.partition(":")[0],), session.TargetState(**state))


def ended(error="", grace="", start=0, finish=1):
    """Make a terminated state."""
    return {"terminated": session.TargetStateTerminated(start, finish, error, grace)}


def running(*, ready=False, start=0, last=None):
    """Make an active state."""
    return {"active": session.TargetStateActive(start, ready, last)}


POSSIBLE = [
    target("a:update", "job"),
    target("a:update", "job", waiting=session.TargetStateWaiting("unknown")),
    target("a:update", "job", disabled=session.TargetStateDisabled()),
    target("a:update", "job", **running()),
    target("a:update", "job", **ended()),
    target("a:update", "job", **ended("boom")),
    target("a:serve", "server", **running(ready=True, last=0)),
    target("a:serve", "server", **running(start=None, last=0)),
    target("a:runtime", "job", **running(ready=True)),
    target("a:serve", "server", **ended("Process 0 exited with non-zero status")),
    target("a:runtime", "server", **ended()),
    target("a:runtime", "server", **ended("boom", "Tolerated")),
    target("a:runtime", "server", **ended("boom", finish=None)),
]
IMPOSSIBLE = [
    (target("a:update", "task"), "the type is 'task'; Tilt knows job and server"),
    (target("a:update", "job", waiting=session.TargetStateWaiting("x"), **running()), "waiting and active at once"),
    (target("a:update", "job", **running(ready=True)), "a running job is never ready"),
    (target("a:update", "job", **running(last=3)), "a running job is never ready"),
    (target("a:serve", "server", **running(start=None, ready=True, last=3)), "active without a start time"),
    (target("a:update", "job", **running(start=None)), "active without a start time"),
    (target("a:serve", "server", **ended()), "a server that ends is always an error"),
    (target("a:update", "job", **ended("boom", "Forgiven")), "it is Tolerated or Exceeded"),
    (target("a:update", "job", **ended("", "Tolerated")), "only beside an error"),
    (target("a:update", "job", **ended(start=2, finish=1)), "finishes at 1970-01-01T00:00:00.000001Z, before"),
]


@pytest.mark.parametrize("value", POSSIBLE, ids=lambda value: f"{value.name}-{value.state.word}")
def test_what_tilt_shows_has_no_objection(value):
    """States that the recordings hold are accepted."""
    assert transitions.objection(value) is None


@pytest.mark.parametrize(("value", "message"), IMPOSSIBLE, ids=range(len(IMPOSSIBLE)))
def test_what_tilt_never_shows_is_explained(value, message):
    """The objection names the target and what is wrong with it."""
    found = transitions.objection(value)
    assert found is not None
    assert found.startswith(value.name)
    assert message in found
