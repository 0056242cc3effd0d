"""Letting the server do what there is to do."""

import threading

import anyio
import anyio.lowlevel
import pytest

from pytest_tiltsession.progress import settling
from pytest_tiltsession.server import host


def test_what_a_client_has_sent_is_answered(serve, client_of):
    """A request that left the client before is answered when the wait is over."""
    fake = serve(tls=False)
    client = client_of(fake)
    with client.raw() as sock:
        sock.sendall(client.request_bytes())
        settling.Settling(fake._serving.listener).wait()
        sock.setblocking(False)
        assert sock.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_half_a_request_is_not_waited_for_for_ever(serve, client_of):
    """A client that never sends the rest ends the wait after some rounds."""
    fake = serve(tls=False)
    with client_of(fake).raw() as sock:
        sock.sendall(b"GET /ver")
        settling.Settling(fake._serving.listener).wait()
        assert 1 == fake.activity.in_work


@pytest.mark.anyio
async def test_tasks_of_the_loop_have_their_turns(serve):
    """Other tasks run on until they have nothing to do, or wait for something else."""
    fake = serve()
    turns = []

    async def count():
        while True:
            turns.append(1)
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as group:
        group.start_soon(count)
        await settling.Settling(fake._serving.listener).turn(anyio.lowlevel.checkpoint)
        group.cancel_scope.cancel()
    assert len(turns) >= 3


def test_the_servers_own_thread_waits_for_nothing(serve):
    """There it would wait for itself."""
    fake = serve()
    listener = fake._serving.listener
    done = threading.Event()

    def settle():
        settling.Settling(listener).wait()
        done.set()

    listener.loop.call_soon_threadsafe(settle)
    assert done.wait(20)


def test_a_server_that_is_gone_is_not_waited_for(serve):
    """After the end of the thread there is nobody to wait for."""
    fake = serve()
    settles = settling.Settling(fake._serving.listener)
    fake.stop()
    host.shutdown()
    settles.wait()


def test_a_request_whose_answer_has_come_is_not_said_to_be_in_work(serve, monkeypatch):
    """The server notes that it is done a moment after the client has read the answer; who looks waits for that."""
    fake = serve()
    loop, activity, looked = fake._serving.listener.loop, fake.activity, threading.Event()
    begin_round = settling.Settling._round

    def waits(self):
        looked.set()
        return begin_round(self)

    def note():
        looked.wait(20)
        activity.in_work -= 1

    monkeypatch.setattr(settling.Settling, "_round", waits)
    monkeypatch.setattr(settling, "_BRIEFLY", 20.0)

    activity.in_work += 1
    loop.call_soon_threadsafe(note)
    assert 0 == fake.blocked().in_work


def test_who_looks_does_not_wait_for_a_server_that_stands(serve):
    """As where the caller holds what the server waits for."""
    fake = serve()
    listener, released = fake._serving.listener, threading.Event()
    listener.activity.in_work += 1
    listener.loop.call_soon_threadsafe(released.wait)
    assert 1 == fake.blocked().in_work
    listener.activity.in_work -= 1
    released.set()
