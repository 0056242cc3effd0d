"""Durations of Python's own, wherever the package takes one."""

import datetime

import pytest

from pytest_tiltsession import FakeTilt, InvalidValue
from pytest_tiltsession.faults import Refuse
from pytest_tiltsession.scenario.builder import Scenario, active, after, failed, ready, waiting


def seconds(number):
    """Give a timedelta."""
    return datetime.timedelta(seconds=number)


def test_a_script_is_the_same_in_timedeltas():
    """A scenario told in timedeltas is the one that is told in Go's durations, in its file too."""
    python = (
        Scenario(timeout=datetime.timedelta(minutes=3), readiness_timeout=seconds(90), pace=seconds(0))
        .job("m", waiting(for_=seconds(1)), active(for_=seconds(3)), failed("x"))
        .server("a", after("m", started=seconds(1)), active(ready=False, for_=seconds(0.5)), ready())
        .reload(at=seconds(3), timeout=seconds(120), takes=seconds(0.25))
        .fault(Refuse(503, for_=seconds(10), retry_after=seconds(2)))
        .expect("failed", at=seconds(4))
    )
    go = (
        Scenario(timeout="3m", readiness_timeout="1m30s", pace="0s")
        .job("m", waiting(for_="1s"), active(for_="3s"), failed("x"))
        .server("a", after("m", started="1s"), active(ready=False, for_="500ms"), ready())
        .reload(at="3s", timeout="2m", takes="250ms")
        .fault(Refuse(503, for_="10s", retry_after="2s"))
        .expect("failed", at="4s")
    )
    assert python == go
    assert python.to_yaml() == go.to_yaml()


def test_clock_drivers_and_claims_take_timedeltas():
    """The clock is moved by them, a start lies in them, and claims and waits are bounded by them."""
    with FakeTilt(timeout=datetime.timedelta(minutes=1), limit=datetime.timedelta(hours=2)) as fake:
        job = fake.job("m")
        fake.clock.advance(seconds(2.5))
        job.start(started=seconds(1))
        assert job.state.active.start_time == fake.clock.start + 1_000_000
        fake.clock.advance_to(seconds(5))
        assert fake.clock.elapsed == 5_000_000
        fake.expect_target("m").was("active").at(seconds(2.5), within=seconds(0)).lasted(at_least=seconds(2))
        fake.reload(timeout=seconds(30))
        fake.run_until_done(limit=datetime.timedelta(minutes=1))
        fake.expect_failed("Timeout after 30s: 1 resources not ready (m:update)")
        fake.expect_done_at(seconds(30), within=seconds(0))


def test_settings_keep_timedeltas_as_go_writes_them():
    """Options that are durations take timedeltas and show them as Go does."""
    fake = FakeTilt(
        timeout=seconds(90), k8s_grace_period=seconds(0.3), limit=datetime.timedelta(days=1), progress="auto",
        patience=seconds(2),
    )  # fmt: skip
    settings = fake.settings
    assert (settings.timeout, settings.k8s_grace_period) == ("1m30s", "300ms")
    assert (settings.limit, settings.patience) == ("24h0m0s", "2s")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": 90}, 'timeout=90: give a Go duration as text, such as "30m" or "2.5s", or a timedelta'),
        ({"timeout": datetime.timedelta.max}, "too long for a Go duration"),
        ({"limit": seconds(0)}, "limit='0s': give a Go duration of more than 0s"),
        ({"offset": seconds(-1)}, "offset='-1s': give a Go duration of 0s or more"),
        ({"port": seconds(1)}, "give a port from 1 to 65535"),
    ],
)
def test_durations_that_no_setting_takes(options, said):
    """A number has no unit there; a timedelta is held to the same bounds as a text, and nothing else takes it."""
    with pytest.raises(InvalidValue) as caught:
        FakeTilt(**options)
    assert said in str(caught.value)
