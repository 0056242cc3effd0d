"""Which armed fault hits what: the first that fits, as often as it was to, and none twice."""

import pytest

from pytest_tiltsession import errors, faults


class Clock:
    """Tells the time since the start."""

    offset = 0

    def __call__(self):
        return self.offset


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def armed(clock):
    return faults.Faults(clock)


def hit(armed, operation="list", client="kr8s/1"):
    """Let a request come, and let its fault happen; give the fault's name."""
    claim = armed.take_for_request(operation, client)
    if claim is None:
        return None
    claim.meet()
    return str(claim.fault)


def test_the_first_one_that_fits_wins(armed):
    """Order is that of arming; what does not fit is passed over."""
    armed.arm(faults.Refuse(500, operation="get"), faults.Refuse(503, client="kr8s", times=1), faults.Refuse(429))
    assert [hit(armed), hit(armed), hit(armed, "get")] == [
        "refuse(client=kr8s, times=1)", "refuse(code=429)", "refuse(code=500, operation=get)",
    ]  # fmt: skip


def test_times_are_counted_when_it_happens(armed):
    """A fault that is taken is nobody else's; given back it is free again, and what has happened is not given back."""
    (item,) = armed.arm(faults.CutWatch(2, times=1))
    first = armed.take_for_request("watch", "")
    assert armed.take_for_request("watch", "") is None
    first.give_back()
    second = armed.take_for_request("watch", "")
    assert (second.meet(), second.meet(), item.met) == (True, False, 1)
    second.give_back()
    first.meet()
    assert (item.met, item.taken, item.spent) == (1, 0, True)
    assert armed.take_for_request("watch", "") is None


def test_a_span_is_simulated_time(armed, clock):
    """Before it and after it the next fault has its turn."""
    armed.arm(faults.Refuse(500, after="1s", until="2s"), faults.Refuse(429))
    found = []
    for clock.offset in (999_999, 1_000_000, 1_999_999, 2_000_000):
        found.append(hit(armed)[:16])
    assert found == ["refuse(code=429)", "refuse(code=500,", "refuse(code=500,", "refuse(code=429)"]


def test_connections_and_requests_have_faults_of_their_own(armed):
    """A fault of handshakes hits no request, and the other way round."""
    armed.arm(faults.FailHandshake(), faults.FullAcceptQueue(), faults.WatchFreeze(), faults.Refuse())
    assert str(armed.take_for_connection().fault) == "fail-handshake()"
    assert hit(armed, "watch") == "refuse()"
    armed.disarm(faults.FailHandshake())
    assert armed.take_for_connection() is None


def test_faults_are_disarmed_one_by_one_or_all(armed):
    """By what arming gave, by an equal value, or everything; listeners learn of each change."""
    told = []
    armed.on_change(lambda: told.append(len(armed)))
    one, two = armed.arm(faults.Refuse(500), faults.Refuse(503))
    armed.disarm(one)
    assert list(armed) == [two]
    armed.arm(faults.Delay())
    armed.disarm(faults.Refuse(503))
    armed.disarm()
    assert (told, len(armed)) == ([2, 1, 2, 1, 0], 0)


def test_what_is_no_fault_cannot_be_armed(armed):
    """And nothing is armed then."""
    with pytest.raises(errors.InvalidValue, match="is no fault"):
        armed.arm(faults.Refuse(), "refuse")
    assert len(armed) == 0


def test_only_faults_can_be_disarmed():
    """What is no fault is refused, instead of being ignored."""
    armed = faults.Faults(lambda: 0)
    armed.arm(faults.Refuse())
    with pytest.raises(errors.InvalidValue, match="3 is no fault"):
        armed.disarm(3)
    assert len(armed) == 1
