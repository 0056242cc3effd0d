"""A process that ends as Tilt's does: watches end, the port is closed, the config file names it no more."""

import json
import ssl
import threading

import anyio
import httpx
import pytest
import trio

from pytest_tiltsession import errors, fake_tilt, kubeconfig


def trusted(fake):
    return ssl.create_default_context(cafile=fake.ca)


WATCH = "/apis/tilt.dev/v1alpha1/sessions?watch=true"


def test_a_watch_ends_cleanly_with_what_it_was_owed(serve, program, refused):
    """The last event, then EOF, then no connection and no context: what a program sees of an exit."""
    fake = serve()
    job = fake.job("migrate")
    with program(fake).open(WATCH) as events:
        json.loads(events.readline())
        job.start()
        fake.exit()
        *_, last = [json.loads(line) for line in events]
    assert "active" in last["object"]["status"]["targets"][0]["state"]
    assert (True, True) == (refused(fake.url), refused(fake.web_url))
    assert () == kubeconfig.contexts(fake.kubeconfig)


def test_exit_when_done_comes_in_the_order_of_a_real_exit(serve, program, refused):
    """When a watch sees EOF after the verdict, one that asks again is refused; what was scripted later never shows."""
    fake = serve(exit_when_done=True)
    job = fake.job("migrate")
    fake.clock.call_at(fake.clock.start + 1_000_000, lambda: job.succeed(), what="the migration ends")
    seen = []

    def watch():
        with program(fake).open(WATCH) as events:
            watching.set()
            seen.extend(json.loads(line)["object"]["status"]["done"] for line in events)
        seen.append(refused(fake.url))

    watching = threading.Event()
    reader = threading.Thread(target=watch)
    reader.start()
    assert watching.wait(20)
    fake.clock.advance("1h")
    reader.join(20)
    assert [False, True, True] == seen
    assert (0, "exited", fake.clock.start + 1_000_000) == (fake.exit_code, fake.marks[-1].word, fake.marks[-1].at)
    assert () == kubeconfig.contexts(fake.kubeconfig)


@pytest.mark.parametrize(("ends", "code"), [("succeed", 0), ("fail", 1), (None, 0)])
def test_the_exit_code_follows_from_the_session(serve, ends, code):
    """Asked to end, Tilt exits with 0 unless its session has failed; a code that is given counts."""
    fake, other = serve(), serve()
    job = fake.job("migrate")
    if ends:
        getattr(job, ends)(*(["exit status 1"] if code else []))
    fake.exit()
    other.exit(1)
    fake.expect_exit_code(code)
    other.expect_exit_code(1)
    assert fake.exited


def test_driving_a_process_that_has_ended_is_refused(serve):
    """The error names what was to happen, when and why the process ended, and what to call; nothing is committed."""
    fake = serve(exit_when_done=True)
    job, web = fake.job("migrate"), fake.kubernetes("web")
    fake.clock.advance("2s")
    fake.cluster_fails()
    before = len(fake.commits)
    for drive, what in ((job.start, "migrate:update runs"), (web.build_started, "web:update"), (fake.reload, "reload")):
        with pytest.raises(errors.ImpossibleTransition) as caught:
            drive()
        assert what in str(caught.value)
        assert "exited with 1 at 00:00:02.000000, since its session was done" in str(caught.value)
        assert "restart()" in str(caught.value)
    with pytest.raises(errors.ImpossibleTransition, match=r"exit\(\).*restart\(\)"):
        fake.exit()
    assert before == len(fake.commits)


def test_nothing_comes_of_deadlines_and_steps_after_the_end(serve):
    """Neither a timeout nor a scenario goes on in a process that is not there, and none of it is planned any more."""
    fake = serve(scenario="up/green")
    fake.exit()
    before = len(fake.commits)
    assert fake.clock.next_due() is None
    fake.clock.advance("1h")
    assert (before, []) == (len(fake.commits), fake.problems())
    assert "process    Tilt exited with 0 at 00:00:00.000000; restart()" in str(fake.blocked())


def test_an_end_is_seen_in_timeline_and_claims(serve):
    """Lanes stop where the process did, an own line says so, and waiting for more fails with that."""
    fake = serve()
    fake.server("api").start()
    fake.clock.advance("3s")
    fake.exit()
    fake.clock.advance("1h")
    assert "00:00:03.000000  Tilt exited with 0" in fake.render_timeline()
    assert "1h" not in fake.render_timeline()
    fake.expect_timeline([("api", "active"), ("3s", "session", "exited")])
    with pytest.raises(
        errors.ExpectationFailed, match=r"not done when Tilt exited with 0 at 00:00:03(.|\n)*restart\(\)"
    ):
        fake.run_until_done()
    with pytest.raises(errors.ExpectationFailed, match="Tilt exited"):
        fake.expect_running()


def test_a_client_in_work_is_answered_before_the_process_exits(serve, program):
    """A write by which a client ends Tilt is answered; the watch of another one ends after the verdict."""
    fake = serve(exit_when_done=True, exit_condition="manual")
    fake.job("migrate").succeed()
    ended = threading.Event()
    fake.on_exit(ended.set)
    entry = program(fake).entry
    with httpx.Client(
        base_url=entry.server, verify=trusted(fake), headers={"Authorization": f"Bearer {entry.token}"}
    ) as http:
        answer = http.patch(
            "/apis/tilt.dev/v1alpha1/sessions/Tiltfile",
            json={"spec": {"exitCondition": "ci"}},
            headers={"Content-Type": "application/merge-patch+json"},
        )
    assert 200 == answer.status_code
    assert ended.wait(20)
    assert (True, 0) == (fake.exited, fake.exit_code)


async def follow_to_the_end(fake):
    """Watch in a task, end the process from the loop, and see the watch end there."""
    ended = anyio.Event()
    begun = anyio.Event()

    async def watch():
        headers = {"Authorization": f"Bearer {fake.token}"}
        http = httpx.AsyncClient(verify=trusted(fake), headers=headers)
        async with http, http.stream("GET", fake.url + WATCH) as answer:
            async for _ in answer.aiter_lines():
                begun.set()
        ended.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await begun.wait()
        await fake.aexit()
        assert fake.exited
        with anyio.fail_after(20):
            await ended.wait()
    await fake.arestart()
    async with httpx.AsyncClient(verify=trusted(fake), headers={"Authorization": f"Bearer {fake.token}"}) as http:
        assert 200 == (await http.get(f"{fake.url}/readyz")).status_code
    await fake.acrash()
    assert fake is await fake.astart()


@pytest.mark.asyncio
async def test_it_is_awaited_on_asyncio(serve):
    """The twins end, crash and start while tasks of the loop watch."""
    await follow_to_the_end(serve())


def test_it_is_awaited_on_trio(serve):
    """The twins end, crash and start while tasks of the loop watch."""
    trio.run(follow_to_the_end, serve())


@pytest.mark.asyncio
async def test_the_plain_methods_do_not_keep_a_loop(serve):
    """In a loop whose own task watches and cannot read meanwhile, exit and crash return at once all the same."""
    for end in ("exit", "crash"):
        fake = serve()
        headers = {"Authorization": f"Bearer {fake.token}"}
        http = httpx.AsyncClient(verify=trusted(fake), headers=headers)
        async with http, http.stream("GET", fake.url + WATCH) as answer:
            lines = answer.aiter_lines()
            await anext(lines)
            getattr(fake, end)()
            with pytest.raises((StopAsyncIteration, httpx.HTTPError)):
                await anext(lines)


def test_a_fake_that_serves_nothing_has_no_process_to_end():
    """Without a server there is nothing to end or to start again; the error says what to do."""
    unserved = fake_tilt.FakeTilt()
    for call in (unserved.exit, unserved.crash, unserved.restart):
        with pytest.raises(errors.ServerError, match=r"start\(\) first"):
            call()


def test_in_the_middle_of_an_instant_nothing_is_closed(serve):
    """What a test does within an instant, under the lock that requests need, has its effect on ports after it."""
    fake, seen = serve(exit_when_done=True), []
    job = fake.job("migrate")

    def fail():
        job.fail("exit status 1")
        seen.append((fake.exit_code, fake.exited))

    fake.clock.call_at(fake.clock.start + 1_000_000, fail)
    fake.on_exit(lambda: seen.append((fake.exit_code, fake.exited)))
    fake.clock.advance("1s")
    assert [(1, False), (1, True)] == seen


def test_an_instant_that_has_passed_is_refused(serve):
    """``at`` lies before the present, or is one to come, as an offset or a MicroTime."""
    fake = serve()
    fake.clock.advance("5s")
    with pytest.raises(errors.ClockError, match="has passed"):
        fake.exit(at="4s")
    fake.exit(1, at="2026-01-01T00:00:06.000000Z")
    assert "exit() at 00:00:06.000000, in 1s" in str(fake.blocked())
    fake.clock.advance("2s")
    assert (1, fake.clock.start + 6_000_000) == (fake.exit_code, fake.marks[-1].at)
    with pytest.raises(errors.ImpossibleTransition, match=r"crash\(\)"):
        fake.crash()
