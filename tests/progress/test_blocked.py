"""Who waits for what."""

import contextlib

import pytest

from pytest_tiltsession import fake_tilt
from pytest_tiltsession.progress import blocked, settling


def test_targets_are_named_with_what_they_wait_for():
    """Waiting with their reasons, not ready, failed, each since when; what is due next; who holds the clock."""
    fake = fake_tilt.FakeTilt()
    fake.job("migrate").wait("waiting-for-dep")
    fake.clock.advance("1s")
    fake.server("api").start()
    with fake.clock.hold("the browser starts"):
        found = fake.blocked()
    assert {"migrate:update": "waiting-for-dep"} == found.waiting
    assert ("api:serve",) == found.not_ready
    assert (1_000_000, ("the browser starts",), 0, ()) == (found.at, found.holds, found.in_work, found.watching)
    assert blocked.Planned(301_000_000, "deadline of Tiltfile") in found.planned
    assert (
        "  waiting    migrate:update   waiting-for-dep       since 00:00:00.000000\n"
        "  not ready  api:serve        active, never ready   since 00:00:01.000000\n"
        "  due next   deadline of Tiltfile at 00:05:01.000000, in 5m\n"
        "  held by    'the browser starts'"
    ) == str(found)


def test_where_nothing_is_in_the_way_it_says_so():
    """A `tilt up` with nothing but its Tiltfile waits for nothing."""
    found = fake_tilt.FakeTilt(exit_condition="manual").blocked()
    assert "  no target is in the way\n  due next   nothing is planned" == str(found)


@pytest.mark.parametrize("count", [1, 7])
def test_clients_are_named(serve, client_of, count):
    """Open watches are told by who watches what, a request that has half come is counted."""
    fake = serve(tls=False)
    client = client_of(fake)
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            next(stack.enter_context(client.watch()))
        slow = stack.enter_context(client.raw())
        slow.sendall(b"GET /ver")
        settling.Settling(fake._serving.listener).wait()
        found = fake.blocked()
        assert (1, count) == (found.in_work, len(found.watching))
        assert all(name.startswith("Python-urllib/") for name in found.watching)
        text = str(found)
        assert "  in work    1 request\n  watching   Python-urllib/" in text
        assert ("and 2 more" in text) is (count == 7)
