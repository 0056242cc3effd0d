"""Answers that come later, from another thread, while the server goes on."""

import dataclasses
import functools
import threading

from pytest_tiltsession.api import messages

ASK = b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n"


class Later:
    """An application that answers ``/now`` at once and everything else when the test says so."""

    def __init__(self):
        self.asked = threading.Semaphore(0)
        self.pending = []

    def __call__(self, request):
        said = messages.Response(200, (), request.path.encode())
        if request.path == "/now":
            return said
        later = messages.Later()
        self.pending.append((later, said))
        self.asked.release()
        return later

    def complete(self):
        """Give the answer that was asked for first."""
        later, said = self.pending.pop(0)
        later.complete(said)


def test_others_are_answered_meanwhile_and_each_client_in_order(served, transport):
    """One client waits for its first answer and gets its second one after it; another is not kept."""
    later = Later()
    host = served(later, **transport)
    with host.connect() as first, host.connect() as second:
        first.send(ASK % b"late" + ASK % b"now")
        assert later.asked.acquire(timeout=10)
        second.send(ASK % b"now")
        assert b"/now" == second.answer()[2]
        later.complete()
        assert [b"/late", b"/now"] == [first.answer()[2], first.answer()[2]]


def test_an_answer_that_is_there_before_anybody_waits_is_sent(served):
    """However fast the other thread is."""
    later = messages.Later()
    later.complete(messages.Response(200, (), b"fast"))
    with served(lambda _: later).connect() as client:
        assert b"fast" == client.send(ASK % b"x").answer()[2]


def test_a_client_that_goes_lets_the_work_be_given_up(served):
    """Whoever works on the answer learns it, at once or when he asks; an answer that comes all the same is lost."""
    later = Later()
    host = served(later)
    told = threading.Event()
    with host.connect() as client:
        client.send(ASK % b"late")
        assert later.asked.acquire(timeout=10)
        later.pending[0][0].on_abandon(told.set)
    assert told.wait(10)
    assert later.pending[0][0].abandoned
    again = threading.Event()
    later.pending[0][0].on_abandon(again.set)
    assert again.is_set()
    later.complete()
    with host.connect() as client:
        assert b"/now" == client.send(ASK % b"now").answer()[2]


def test_a_server_that_stops_waits_for_no_answer(served):
    """The client sees the end of its connection, and the work is given up."""
    later = Later()
    host = served(later)
    with host.connect() as client:
        client.send(ASK % b"late")
        assert later.asked.acquire(timeout=10)
        host.listener.close()
        assert b"" == client.rest()
    assert later.pending[0][0].abandoned


def test_what_is_to_happen_after_an_answer_happens_then(served):
    """As with an answer that was given at once."""
    later, done = messages.Later(), threading.Event()
    answer = messages.Response(200, (), b"last")
    later.complete(dataclasses.replace(answer, after=functools.partial(done.set)))
    with served(lambda _: later).connect() as client:
        assert b"last" == client.send(ASK % b"x").answer()[2]
        assert done.wait(10)


def test_another_application_takes_over_at_the_same_port(served, stream, echo):
    """Open watches end, clients are closed with what is written, and whoever comes is answered by the other."""
    watch = stream(b"one\n")
    host = served(lambda _: watch)
    with host.connect() as client:
        client.send(ASK % b"watch")
        head = client.head()
        assert "chunked" == head[1]["transfer-encoding"]

        def change(shared):
            for connection in list(shared.connections):
                connection.stop()
            shared.application = echo

        host.listener.hand_over(change)
        assert client.rest().endswith(b"0\r\n\r\n")
    assert watch.closed
    with host.connect() as client:
        assert b"GET /x? 0" == client.send(ASK % b"x").answer()[2]
