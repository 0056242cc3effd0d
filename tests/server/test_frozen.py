"""Frozen and shifted clocks: the server's thread never looks at one."""

import datetime as dt
import http.client
import logging
import ssl

import freezegun
import httpx
import pytest
import time_machine

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import host, service, tls


@pytest.fixture(
    params=["freezegun 2012", "freezegun 2035", "freezegun ticking", "time-machine", "time-machine ticking"]
)
def frozen(request):
    """Give a context manager that freezes or moves the clock, one way each."""
    moment = dt.datetime(2035 if "2035" in request.param else 2012, 1, 14, tzinfo=dt.UTC)
    ticking = request.param.endswith("ticking")
    if request.param.startswith("freezegun"):
        return freezegun.freeze_time(moment, tick=ticking)
    return time_machine.travel(moment, tick=ticking)


@pytest.fixture
def converse(served, stream, limits):
    """Have a whole conversation with a fresh fake over TLS: a request, a watch with a timeout, a slow sender."""

    def converse():
        watch = stream(b"{}\n", timeout=0.03)
        application = lambda request: watch if request.path == "/watch" else messages.Response(200, (), b"ok")  # noqa: E731
        fake = served(application, tls=tls.server_context())
        # Its patience would be for TLS handshakes as well, which may take a while.
        hasty = served(application, limits=limits(patience=0.03))
        context = ssl.create_default_context(cadata=tls.ca_pem().decode())
        with httpx.Client(verify=context, base_url=fake.listener.url) as client:
            assert client.get("/").text == "ok"
            assert client.get("/watch").text == "{}\n"  # ends by its timeout
        with hasty.connect() as slow:
            assert slow.send(b"GET").rest() == b""  # ends by the server's patience
        fake.listener.close()
        hasty.listener.close()
        return watch.closed

    return converse


def test_everything_works_while_the_clock_is_frozen(frozen, converse):
    """Started, used and stopped under a frozen clock, timers included."""
    with frozen:
        assert converse() == 1
        assert converse() == 1


def test_a_clock_frozen_after_the_start_does_not_matter(frozen, served, stream):
    """A watch that was opened before the freeze gets its events during it, and its end after it."""
    watch = stream()
    fake = served(lambda _: watch)
    with fake.connect() as client:
        client.watch()
        with frozen:
            watch.say(b"during\n")
            assert client.chunk() == b"during\n"
        watch.say(b"after\n")
        watch.finish()
        assert (client.chunk(), client.chunk()) == (b"after\n", b"")


def test_a_server_started_under_a_frozen_clock_outlives_it(frozen, served, stream):
    """The thread, the loop and the certificates may be made while the clock is frozen."""
    host.shutdown()
    watch = stream(timeout=0.03)
    with frozen:
        fake = served(lambda _: watch, tls=tls.server_context())
        with fake.connect() as client:
            client.watch()
            assert client.chunk() == b""
    with fake.connect() as client:
        client.watch()


def test_certificates_made_under_a_frozen_clock_are_valid(frozen, monkeypatch, served, echo):
    """The machine's real date and the frozen one lie both within the years for which certificates are made."""
    monkeypatch.setattr(tls, "_shared", None)
    with frozen:
        fake = served(echo, tls=tls.server_context())
        with fake.connect() as client:
            assert client.get()[0] == "HTTP/1.1 200 OK"
    with fake.connect() as client:
        assert client.get()[0] == "HTTP/1.1 200 OK"


def test_the_machine_clock_runs_on(frozen):
    """What the server takes for time passes, whatever is frozen."""
    with frozen:
        before = service.machine_seconds()
        while service.machine_seconds() == before:
            pass


def test_debug_mode_of_the_loop_works_while_frozen(frozen, served, echo, caplog):
    """asyncio's own timing of slow callbacks reads the loop's clock too."""
    fake = served(echo)
    loop = fake.listener._loop
    loop.slow_callback_duration = 0.0
    loop.set_debug(True)
    try:
        with frozen, caplog.at_level(logging.WARNING, "asyncio"):
            client = http.client.HTTPConnection("127.0.0.1", fake.listener.port, timeout=10)
            client.request("GET", "/")
            assert client.getresponse().read() == b"GET /? 0"
            client.close()
            fake.listener.close()
    finally:
        loop.set_debug(False)
        loop.slow_callback_duration = 0.1
    assert any("took" in record.getMessage() for record in caplog.records)
