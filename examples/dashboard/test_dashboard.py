"""The dashboard is tested against a fake Tilt: no cluster, no sleeps, on asyncio and on trio."""

import contextlib

import pytest
from dashboard import Dashboard

pytestmark = pytest.mark.anyio


async def test_the_dashboard_shows_each_change_as_it_happens(tilt_session):
    """Every transition is one new screen, over a real HTTPS watch."""
    migrate = tilt_session.job("migrate")
    async with Dashboard(tilt_session.kubeconfig) as dashboard, contextlib.aclosing(dashboard.screens()) as screens:
        assert "migrate:update       waiting (tiltfile-reload)" in await anext(screens)
        migrate.start()
        assert "migrate:update       running" in await anext(screens)
        tilt_session.clock.advance("2.5s")
        migrate.fail("exit status 1")
        screen = await anext(screens)
    assert "migrate:update       failed: exit status 1" in screen
    assert screen.endswith("FAILED: exit status 1")
    tilt_session.expect_failed("exit status 1")


async def test_the_dashboard_shows_tilts_own_timeout(tilt_session):
    """Five minutes pass at once, and Tilt's verdict is on the screen."""
    api = tilt_session.server("api")
    async with Dashboard(tilt_session.kubeconfig) as dashboard, contextlib.aclosing(dashboard.screens()) as screens:
        await anext(screens)
        api.start()
        await anext(screens)
        tilt_session.clock.advance("5m")
        assert "FAILED: Readiness timeout after 5m0s: target api:serve not ready" in await anext(screens)


async def test_the_dashboard_celebrates(tilt_session):
    """When everything is healthy the dashboard says so."""
    api = tilt_session.server("api")
    async with Dashboard(tilt_session.kubeconfig) as dashboard, contextlib.aclosing(dashboard.screens()) as screens:
        await anext(screens)
        api.ready()
        assert (await anext(screens)).endswith("All done.")
    tilt_session.expect_succeeded()
