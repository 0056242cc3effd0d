"""Times that follow from the step and the state before, and states that need none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_tiltsession.models import session
from pytest_tiltsession.scenario import states, steps

BASE = steps.DEFAULT_START
JOB = steps.Declaration("a:update", "job", ("a",))
SERVER = steps.Declaration("a:serve", "server", ("a",))
ACTIVE = steps.ScriptedState("active")
UNREADY = steps.ScriptedState("active", ready=False)
TERMINATED = steps.ScriptedState("terminated", error="boom")
WAITING = steps.ScriptedState("waiting")


def play(declared, *scripted):
    """Resolve states one second after the other; gives the last one with its times as offsets in seconds."""
    before = None
    for second, state in enumerate(scripted, 1):
        before = states.resolve(state, declared, before, BASE + second * 1_000_000, BASE).state
    shown = before.active or before.terminated

    def offset(instant):
        return None if instant is None else (instant - BASE) / 1_000_000

    if before.active is not None:
        return offset(shown.start_time), shown.ready, offset(shown.last_ready_time)
    return offset(shown.start_time), offset(shown.finish_time)


def test_a_job_runs_from_its_step_and_is_never_ready():
    """A job that becomes active starts at the step, not ready, never ready before."""
    assert play(JOB, ACTIVE) == (1, False, None)


def test_a_server_without_a_probe_is_ready_as_soon_as_it_runs():
    """A server that becomes active is ready, and was last ready at the step."""
    assert play(SERVER, ACTIVE) == (1, True, 1)


@pytest.mark.parametrize(
    ("scripted", "shown"),
    [
        ((UNREADY,), (1, False, None)),
        ((UNREADY, ACTIVE), (1, True, 2)),
        ((ACTIVE, ACTIVE, ACTIVE), (1, True, 1)),
        ((ACTIVE, UNREADY), (1, False, 1)),
        ((ACTIVE, UNREADY, ACTIVE), (1, True, 3)),
        ((ACTIVE, TERMINATED, UNREADY), (3, False, None)),
        ((ACTIVE, WAITING, ACTIVE), (3, True, 3)),
    ],
)
def test_a_server_keeps_its_start_and_when_it_was_last_ready(scripted, shown):
    """Start and last readiness stay while it stays active, and begin anew with a restart."""
    assert play(SERVER, *scripted) == shown


@pytest.mark.parametrize(
    ("scripted", "shown"),
    [
        ((TERMINATED,), (1, 1)),
        ((ACTIVE, TERMINATED), (1, 2)),
        ((ACTIVE, WAITING, TERMINATED), (3, 3)),
        ((steps.ScriptedState("terminated", finish_time=500_000),), (0.5, 0.5)),
        ((ACTIVE, steps.ScriptedState("terminated", start_time=250_000)), (0.25, 2)),
    ],
)
def test_what_ends_started_when_it_was_active(scripted, shown):
    """It finishes at the step and began with the active state before, or at its end where none was shown."""
    assert play(JOB, *scripted) == shown


def test_times_can_be_given_or_be_missing():
    """Offsets count from the session's start, and null is no time at all, as a restarting server shows it."""
    given_times = steps.ScriptedState("active", ready=False, start_time=None, last_ready_time=300_000)
    assert play(SERVER, given_times) == (None, False, 0.3)
    assert play(SERVER, given_times, ACTIVE) == (2, True, 2)


instants = st.none() | st.integers(BASE - 5, BASE + 5)
shown_states = st.one_of(
    st.builds(
        session.TargetState, waiting=st.builds(session.TargetStateWaiting, st.sampled_from(["", "unknown", "x"]))
    ),
    st.builds(session.TargetState, active=st.builds(session.TargetStateActive, instants, st.booleans(), instants)),
    st.builds(
        session.TargetState,
        terminated=st.builds(
            session.TargetStateTerminated,
            instants,
            instants,
            st.sampled_from(["", "boom"]),
            st.sampled_from(["", "Exceeded"]),
        ),
    ),
    st.sampled_from([session.DISABLED, session.INACTIVE]),
)


@given(st.sampled_from([JOB, SERVER]), shown_states, st.none() | shown_states, st.integers(BASE, BASE + 5))
def test_every_shown_state_can_be_scripted(declared, state, before, at):
    """The scripted form of any state resolves to that state again, whatever was before."""
    target = session.Target(declared.name, declared.type, declared.resources, state)
    scripted = states.scripted_from(target, declared, before, at, BASE)
    assert states.resolve(scripted, declared, before, at, BASE) == target


@given(st.sampled_from([JOB, SERVER]), st.none() | shown_states)
def test_natural_times_are_left_out(declared, before):
    """What a plain word comes to is scripted as that word again, so that files stay small."""
    for word in ("active", "terminated"):
        plain = steps.ScriptedState(word)
        target = states.resolve(plain, declared, before, BASE + 9, BASE)
        assert states.scripted_from(target, declared, before, BASE + 9, BASE) == plain
