"""Speakers are let speak once per turn of the loop, whoever wakes them."""

import asyncio
import threading

from pytest_tiltsession.server import waking


class Speaker:
    """Notes when it may speak."""

    def __init__(self, heard):
        self.heard = heard

    def pump(self):
        self.heard.append("spoken")


def test_one_that_is_woken_on_the_loop_speaks_in_its_next_turn():
    """Not before what woke it is done, and without waking the loop, which runs already."""

    async def converse():
        loop, heard = asyncio.get_running_loop(), []
        woken_from_outside = []
        loop.call_soon_threadsafe = woken_from_outside.append
        waker = waking.Waker(loop)
        waker.wake(Speaker(heard))
        waker.wake(Speaker(heard))
        heard.append("answered")
        await asyncio.sleep(0)
        return heard, woken_from_outside

    assert (["answered", "spoken", "spoken"], []) == asyncio.run(converse())


def test_one_that_is_woken_by_another_thread_speaks_on_the_loop():
    """A loop that waits for clients is woken, also where the other thread runs a loop of its own."""

    async def converse():
        loop, heard, done = asyncio.get_running_loop(), [], asyncio.Event()

        class Last(Speaker):
            def pump(self):
                heard.append(threading.current_thread() is threading.main_thread())
                done.set()

        async def elsewhere():
            waker.wake(Last(heard))

        waker = waking.Waker(loop)
        thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
        thread.start()
        await asyncio.wait_for(done.wait(), 30)
        thread.join()
        return heard

    assert asyncio.run(converse()) == [threading.current_thread() is threading.main_thread()]
