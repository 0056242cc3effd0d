"""Every kind of client under every way to freeze: requests, watches and timeouts work, and no loop hangs.

One way is left out: under a plain freezegun the timers of loops stand still, by freezegun's own design, so that no
timeout of an asynchronous client runs out there.
"""

import asyncio
import contextlib
import http.client
import json
import queue
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import aiohttp
import anyio
import anyio.lowlevel
import freezegun
import httpx
import kubernetes.client
import kubernetes.config
import kubernetes.watch
import pytest
import requests
import time_machine
import trio
import urllib3

from pytest_tiltsession import fake_tilt

START = "2026-01-01T00:00:00Z"
SESSIONS = "/apis/tilt.dev/v1alpha1/sessions"
SESSION = f"{SESSIONS}/Tiltfile"
WATCH = f"{SESSIONS}?watch=true"
LONG, SHORT = 30.0, 0.03  # seconds of a client's timeout: what must not run out, and what must


# -- ways to freeze: each gives a served fake, and a function that moves the session by five minutes ---------------


def unserved(**settings):
    """Make a fake whose server never gets ready."""
    fake = fake_tilt.FakeTilt(**settings)
    fake.server("api").start()
    return fake


@contextlib.contextmanager
def not_frozen():
    with unserved() as fake:
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def freezegun_alone():
    with unserved() as fake, freezegun.freeze_time("2027-01-14"):
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def freezegun_before():
    with freezegun.freeze_time("2027-01-14"), unserved() as fake:
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def session_leads():
    with unserved(freeze=True) as fake:
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def session_leads_within():
    with freezegun.freeze_time("2027-01-14"), unserved(freeze=True) as fake:
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def freezegun_handed_over():
    with freezegun.freeze_time(START) as frozen, unserved() as fake:
        fake.follow(frozen)
        yield fake, lambda: frozen.tick(300)


@contextlib.contextmanager
def time_machine_alone():
    with time_machine.travel(START, tick=False), unserved() as fake:
        yield fake, lambda: fake.clock.advance("5m")


@contextlib.contextmanager
def time_machine_handed_over():
    with unserved() as fake, time_machine.travel(START, tick=False) as traveller:
        fake.follow()
        yield fake, lambda: traveller.shift(300)


PLAIN = (freezegun_alone, freezegun_before)
WAYS = (
    not_frozen, *PLAIN, session_leads, session_leads_within, freezegun_handed_over, time_machine_alone,
    time_machine_handed_over,
)  # fmt: skip


# -- clients: each reads once, then watches, and yields at each event so that the session can be moved --------------


def done(text):
    """Read from an event whether the session is done."""
    return json.loads(text)["object"]["status"]["done"]


def trust(fake):
    """Give a context that trusts the fake's certificate."""
    return ssl.create_default_context(cafile=fake.ca)


def bearer(fake):
    """Give the headers of a client."""
    return {"Authorization": f"Bearer {fake.token}"}


def urllib_client(fake, timeout):
    def opened(path):
        return urllib.request.urlopen(
            urllib.request.Request(fake.url + path, headers=bearer(fake)), context=trust(fake), timeout=timeout
        )

    with opened(SESSION) as answer:
        yield json.load(answer)["status"]["done"]
    with opened(WATCH) as answer:
        yield from map(done, answer)


def http_client(fake, timeout):
    port = int(fake.url.rpartition(":")[2])
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=trust(fake), timeout=timeout)
    with contextlib.closing(connection):
        connection.request("GET", SESSION, headers=bearer(fake))
        yield json.load(connection.getresponse())["status"]["done"]
        connection.request("GET", WATCH, headers=bearer(fake))
        with connection.getresponse() as answer:
            yield from map(done, answer)


def requests_client(fake, timeout):
    with requests.Session() as session:
        session.headers.update(bearer(fake))
        session.verify, session.trust_env = str(fake.ca), False
        yield session.get(fake.url + SESSION, timeout=timeout).json()["status"]["done"]
        with session.get(fake.url + WATCH, stream=True, timeout=(LONG, timeout)) as answer:
            yield from map(done, answer.iter_lines(chunk_size=1))


def httpx_client(fake, timeout):
    with httpx.Client(base_url=fake.url, verify=trust(fake), headers=bearer(fake), timeout=timeout) as client:
        yield client.get(SESSION).json()["status"]["done"]
        with client.stream("GET", WATCH) as answer:
            yield from map(done, answer.iter_lines())


def kubernetes_client(fake, timeout):
    api_client = kubernetes.config.new_client_from_config(str(fake.kubeconfig), context=fake.context)
    with api_client:
        objects = kubernetes.client.CustomObjectsApi(api_client)
        where = ("tilt.dev", "v1alpha1", "sessions")
        found = objects.get_cluster_custom_object(*where, "Tiltfile", _request_timeout=timeout)
        yield found["status"]["done"]
        watch = kubernetes.watch.Watch()
        stream = watch.stream(objects.list_cluster_custom_object, *where, _request_timeout=(LONG, timeout))
        for event in stream:
            yield event["object"]["status"]["done"]


SUBPROCESS = """
import json, ssl, sys, urllib.request
url, token, ca, session, watch, timeout = sys.argv[1:]
for path in (session, watch):
    request = urllib.request.Request(url + path, headers={"Authorization": "Bearer " + token})
    context = ssl.create_default_context(cafile=ca)
    try:
        with urllib.request.urlopen(request, context=context, timeout=float(timeout)) as answer:
            for line in answer:
                found = json.loads(line)
                print(found.get("object", found)["status"]["done"], flush=True)
    except TimeoutError:
        print("timeout", flush=True)
"""


def subprocess_client(fake, timeout):
    arguments = [fake.url, fake.token, str(fake.ca), SESSION, WATCH, str(timeout)]
    with subprocess.Popen([sys.executable, "-c", SUBPROCESS, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout:
                if line == "timeout\n":
                    raise TimeoutError
                yield line == "True\n"
        finally:
            process.kill()


def thread_client(fake, timeout):
    found = queue.SimpleQueue()

    def read():
        try:
            for status in urllib_client(fake, timeout):
                found.put(status)
                if status:
                    break
        except TimeoutError as problem:
            found.put(problem)

    thread = threading.Thread(target=read)
    thread.start()
    while thread.is_alive() or not found.empty():
        item = found.get(timeout=20)
        if isinstance(item, Exception):
            raise item
        yield item
        if item:
            break
    thread.join(20)


async def httpx_task(fake, seconds):
    async with httpx.AsyncClient(
        base_url=fake.url, verify=trust(fake), headers=bearer(fake), timeout=seconds
    ) as client:
        yield (await client.get(SESSION)).json()["status"]["done"]
        async with client.stream("GET", WATCH) as answer:
            async for line in answer.aiter_lines():
                yield done(line)


async def aiohttp_task(fake, seconds):
    limits = aiohttp.ClientTimeout(total=None, sock_read=seconds, sock_connect=seconds)
    connector = aiohttp.TCPConnector(ssl=trust(fake))
    async with aiohttp.ClientSession(fake.url, headers=bearer(fake), timeout=limits, connector=connector) as client:
        async with client.get(SESSION) as answer:
            yield (await answer.json())["status"]["done"]
        async with client.get(WATCH) as answer:
            async for line in answer.content:
                yield done(line)


TIMEOUTS = (
    TimeoutError, urllib.error.URLError, requests.ConnectionError, httpx.TimeoutException, urllib3.exceptions.HTTPError
)  # fmt: skip
CLIENTS = (
    urllib_client, http_client, requests_client, httpx_client, kubernetes_client, subprocess_client, thread_client,
)  # fmt: skip
TASKS = (
    pytest.param(asyncio.run, httpx_task, id="httpx-asyncio"),
    pytest.param(trio.run, httpx_task, id="httpx-trio"),
    pytest.param(asyncio.run, aiohttp_task, id="aiohttp"),
)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("way", WAYS)
def test_clients_read_and_watch(way, client):
    """A read, the watch's first event, five minutes that take no time, and the event of the timeout."""
    with way() as (fake, move), contextlib.closing(client(fake, LONG)) as seen:
        before = [next(seen), next(seen)]
        move()
        assert [False, False, True] == [*before, next(seen)]
        assert 300_000_000 == fake.clock.elapsed


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("way", WAYS)
def test_timeouts_of_clients_run_out(way, client):
    """A watch in which nothing happens ends by the client's own timeout, which is the machine's."""
    with way() as (fake, _), contextlib.closing(client(fake, SHORT)) as seen, pytest.raises(TIMEOUTS):
        list(seen)


async def converse(way, client):
    """Read and watch in a task, which waits for the next event while the session is moved."""
    with way() as (fake, move):
        seen = []

        async def follow():
            async with contextlib.aclosing(client(fake, LONG)) as found:
                async for status in found:
                    seen.append(status)
                    if status:
                        fake.stop()  # read to its end: on trio a stream of httpx that is left early is a warning

        async with anyio.create_task_group() as group:
            group.start_soon(follow)
            while len(seen) < 2 or fake.activity.in_work:
                await anyio.lowlevel.checkpoint()
            move()
        assert [False, False, True] == seen


async def time_out(way, client):
    """Watch in vain, with a short timeout."""
    with way() as (fake, _), pytest.raises(TIMEOUTS):
        _ = [status async for status in client(fake, SHORT)]


@pytest.mark.parametrize(("run", "client"), TASKS)
@pytest.mark.parametrize("way", WAYS)
def test_tasks_read_and_watch(way, run, client):
    """Loops run on, whatever is frozen in them: a jump of five minutes ends no wait of theirs before its time."""
    run(converse, way, client) if run is trio.run else run(converse(way, client))


@pytest.mark.parametrize(("run", "client"), TASKS)
@pytest.mark.parametrize("way", [way for way in WAYS if way not in PLAIN])
def test_timeouts_of_tasks_run_out(way, run, client):
    """Timers of loops are the machine's, unless a plain freezegun has taken them."""
    run(time_out, way, client) if run is trio.run else run(time_out(way, client))


@pytest.mark.anyio
@pytest.mark.parametrize("way", WAYS)
async def test_a_loop_that_ran_before_goes_on(way):
    """Time may be frozen in the middle of a test's own loop, and the loop goes on afterwards too."""
    await converse(way, httpx_task)
    await converse(not_frozen, httpx_task)
    with anyio.fail_after(LONG):
        await anyio.sleep(0.001)
