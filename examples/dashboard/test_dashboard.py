"""The dashboard is tested against a fake Tilt: no cluster, no sleeps, on asyncio and on trio."""

import pytest
from dashboard import Dashboard

# As with a real `tilt ci`, the process ends when the session is done: the watch ends after its last event.
pytestmark = [pytest.mark.anyio, pytest.mark.tilt_session(exit_when_done=True)]


async def test_the_dashboard_shows_each_change_as_it_happens(tilt_session):
    """Every transition is one new screen, over a real HTTPS watch."""
    migrate = tilt_session.job("migrate")
    async with Dashboard(tilt_session.kubeconfig) as dashboard:
        screens = dashboard.screens()
        assert "migrate:update       waiting (tiltfile-reload)" in await anext(screens)
        migrate.start()
        assert "migrate:update       running" in await anext(screens)
        tilt_session.clock.advance("2.5s")
        migrate.fail("exit status 1")
        (last,) = [screen async for screen in screens]
    assert "migrate:update       failed: exit status 1" in last
    assert last.endswith("FAILED: exit status 1")
    tilt_session.expect_failed("exit status 1")


async def test_the_dashboard_shows_tilts_own_timeout(tilt_session):
    """Five minutes pass at once, and Tilt's verdict is on the screen."""
    tilt_session.server("api").start()
    async with Dashboard(tilt_session.kubeconfig) as dashboard:
        screens = dashboard.screens()
        assert "api:serve            running" in await anext(screens)
        tilt_session.clock.advance("5m")
        (last,) = [screen async for screen in screens]
    assert last.endswith("FAILED: Readiness timeout after 5m0s: target api:serve not ready")


async def test_the_dashboard_celebrates(tilt_session):
    """When everything is healthy the dashboard says so."""
    api = tilt_session.server("api")
    async with Dashboard(tilt_session.kubeconfig) as dashboard:
        screens = dashboard.screens()
        await anext(screens)
        api.ready()
        (last,) = [screen async for screen in screens]
    assert last.endswith("All done.")
    tilt_session.expect_succeeded()
