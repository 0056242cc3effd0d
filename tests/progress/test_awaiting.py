"""The twins that are awaited, on asyncio and trio, with a consumer in the same loop."""

import contextlib
import json
import ssl
import sys

import anyio
import freezegun
import httpx
import pytest

from pytest_tiltsession import errors
from pytest_tiltsession.clock import wall

pytestmark = pytest.mark.anyio

SESSION = "/apis/tilt.dev/v1alpha1/sessions/Tiltfile"
WATCH = "/apis/tilt.dev/v1alpha1/sessions?watch=true"


@contextlib.asynccontextmanager
async def connected(fake):
    """Give an HTTP client of a fake."""
    context = ssl.create_default_context(cafile=fake.ca)
    headers = {"Authorization": f"Bearer {fake.token}"}
    async with httpx.AsyncClient(base_url=fake.url, verify=context, headers=headers, timeout=20) as client:
        yield client


class Consumer:
    """A program under test: watches the session in a task of the test's own loop, and reads after each event."""

    def __init__(self, fake):
        self.fake = fake
        self.seen = []
        self.read = []

    async def run(self):
        async with connected(self.fake) as client, client.stream("GET", WATCH) as answer:
            async for line in answer.aiter_lines():
                status = json.loads(line)["object"]["status"]
                self.seen.append((self.fake.clock.elapsed, status["done"]))
                self.read.append((await client.get(SESSION)).json()["status"]["done"])


@pytest.fixture
def consumer(serve):
    """Give a consumer of a fake with a server that never gets ready."""
    fake = serve()
    fake.server("api").start()
    return Consumer(fake)


async def test_a_consumer_in_the_same_loop_sees_each_instant(consumer):
    """``aadvance`` stops at each instant until the consumer has seen it and read what it wants to know."""
    fake = consumer.fake
    fake.clock.call_at(fake.clock.start + 1_000_000, lambda: fake.job("late"))
    async with anyio.create_task_group() as group:
        group.start_soon(consumer.run)
        await fake.aadvance("0s")
        await fake.aadvance("10m")
        group.cancel_scope.cancel()
    assert [(0, False), (1_000_000, False), (300_000_000, True)] == consumer.seen
    assert [False, False, True] == consumer.read
    assert 600_000_000 == fake.clock.elapsed


async def test_step_by_step(consumer):
    """``astep`` plays one instant, and says when nothing is left."""
    fake = consumer.fake
    async with anyio.create_task_group() as group:
        group.start_soon(consumer.run)
        await fake.aadvance(0)
        steps = [await fake.astep(), await fake.astep()]
        group.cancel_scope.cancel()
    assert ([True, False], [(0, False), (300_000_000, True)]) == (steps, consumer.seen)


async def test_run_until_lets_the_consumer_come_along(consumer):
    """A task that was just started comes to its watch before the clock moves, and to each event afterwards."""
    async with anyio.create_task_group() as group:
        group.start_soon(consumer.run)
        done = await consumer.fake.arun_until_done()
        group.cancel_scope.cancel()
    assert done.status.error.startswith("Readiness timeout after 5m0s")
    assert [(0, False), (300_000_000, True)] == consumer.seen


async def test_a_predicate_may_ask_the_consumer(consumer):
    """``arun_until`` looks after each turn, so that it may wait for what the consumer did."""
    async with anyio.create_task_group() as group:
        group.start_soon(consumer.run)
        found = await consumer.fake.arun_until(lambda _: len(consumer.read) == 2)
        group.cancel_scope.cancel()
    assert found.status.done


async def test_a_limit_is_said(serve):
    """The twins fail as the plain methods do."""
    fake = serve()
    fake.server("api").start()
    with pytest.raises(errors.ExpectationFailed, match="beyond the limit of 1m") as failed:
        await fake.arun_until_done(limit="1m")
    assert "due next   deadline of Tiltfile" in str(failed.value)
    with pytest.raises(errors.ClockError, match=r"aadvance\('-1s'\): the clock never goes back"):
        await fake.aadvance("-1s")


async def test_claims_can_be_awaited(consumer):
    """``aeventually`` waits for each claim in turn; chains are awaited as a whole."""
    fake = consumer.fake
    eventually = fake.aeventually("10m")
    async with anyio.create_task_group() as group:
        group.start_soon(consumer.run)
        await eventually.expect_running(not_ready="api")
        await eventually.expect_requests("watch", count=1)
        await eventually.expect_failed(match="Readiness timeout")
        await eventually.expect_target("api").was("waiting", "active").at("0s")
        await eventually.expect_exit_code(1)
        await eventually.expect_done_at("5m")
        await eventually.expect_timeline([("api", "active"), ("session", "done")])
        group.cancel_scope.cancel()
    with pytest.raises(errors.ExpectationFailed, match="expected the session to succeed"):
        await eventually.expect_succeeded()
    with pytest.raises(errors.ExpectationFailed, match="at 00:00:01"):
        await eventually.expect_target("api").was("waiting", "active").at("1s")
    assert [False, True] == consumer.read


async def test_a_claim_of_no_sense_is_refused_at_once(serve):
    """What describes no state is refused when it is written, not when it is awaited."""
    fake = serve()
    fake.server("api")
    with pytest.raises(errors.InvalidValue):
        fake.aeventually().expect_target("api").was("flying")
    with pytest.raises(AttributeError):
        fake.aeventually().expect_target("api").wsa("active")


async def test_a_wait_that_is_cancelled_leaves_the_clock_and_the_loop_alone(serve):
    """Under ``auto`` a wait can be cancelled: nothing is moved afterwards, and no thread goes on waiting."""
    fake = serve(progress="auto")
    fake.server("api").start()
    async with fake.clock.hold("the test"), anyio.create_task_group() as group:
        group.start_soon(fake.arun_until_done)
        while not fake._moves.waiting:
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert 0 == fake._moves.waiting
    while fake._moves._waiters:
        await anyio.lowlevel.checkpoint()
    assert 0 == fake.clock.elapsed


async def test_a_task_that_holds_the_clock_does_not_wait_for_it(serve):
    """The hold of the task itself would never end; that of another may."""
    fake = serve(progress="auto")
    fake.server("api").start()
    async with fake.clock.hold("me"):
        with pytest.raises(errors.ClockError, match="held by 'me', and whoever took the hold now waits"):
            await fake.arun_until_done()


@pytest.mark.parametrize("settings", [{"progress": "auto"}, {"progress": "wall", "speed": 3000}], ids=str)
async def test_where_the_clock_moves_by_itself_the_loop_goes_on_meanwhile(serve, settings):
    """The twins wait for the clock, and the consumer's task runs on in the loop that they do not block."""
    fake = serve(**settings)
    fake.server("api").start()
    consumer = Consumer(fake)
    async with anyio.create_task_group() as group:
        async with fake.clock.hold("the consumer starts"):
            group.start_soon(consumer.run)
            while not consumer.read:
                await anyio.lowlevel.checkpoint()
        await fake.arun_until_done()
        await fake.aeventually().expect_failed()
        while len(consumer.read) < 2:
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert [False, True] == consumer.read


async def test_auto_refuses_what_lies_beyond_its_limit(serve):
    """A wait for longer than the clock goes by itself is refused, as in a thread."""
    fake = serve(progress="auto", limit="1m")
    fake.server("api").start()
    with pytest.raises(errors.ClockError, match="no further than 1m by itself"):
        await fake.arun_until_done(limit="1h")


async def test_no_timer_of_the_loop_is_needed(consumer):
    """Under a plain freezegun the loop's timers stand still, and the twins work all the same."""
    with freezegun.freeze_time("2012-01-14"):
        async with anyio.create_task_group() as group:
            group.start_soon(consumer.run)
            await consumer.fake.arun_until_done()
            group.cancel_scope.cancel()
    assert [False, True] == consumer.read


async def test_without_anyio_the_extra_is_named(serve, monkeypatch):
    """The error says what to install."""
    fake = serve()
    monkeypatch.setitem(sys.modules, "anyio", None)
    began = wall.seconds()
    with pytest.raises(errors.TiltSessionError, match=r'pip install "pytest-tiltsession\[async\]"'):
        await fake.astep()
    assert wall.seconds() >= began
