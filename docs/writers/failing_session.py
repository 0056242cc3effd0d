"""The picture of a failing session that the tutorial shows: its story, and the one request of its program."""

import ssl
import urllib.request

from pytest_tiltsession import FakeTilt, Scenario, active, after, ready, succeeded

_SLOW = (
    Scenario("a slow server")
    .job("migrate", active(for_="3s"), succeeded())
    .server("api", after("migrate"), active(ready=False, for_="1m"), ready())
)


def picture() -> str:
    """Give the picture as SVG."""
    with FakeTilt(scenario=_SLOW) as fake:
        fake.clock.advance("30s")
        request = urllib.request.Request(
            f"{fake.url}/apis/tilt.dev/v1alpha1/sessions/Tiltfile",
            headers={"Authorization": f"Bearer {fake.token}", "User-Agent": "light/1.0"},
        )
        with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=fake.ca)):
            pass
        return fake.render_svg("test_slow.py::test_green_when_everything_is_ready", width=900)
