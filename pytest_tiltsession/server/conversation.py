"""One client's requests and answers, in order: HTTP/1.1 as Go's net/http speaks it; knows nothing of Tilt."""

import asyncio
import functools
import socket

from pytest_tiltsession.api import messages
from pytest_tiltsession.server import (
    answering,
    holding,
    pending,
    reading,
    request_line,
    responding,
    service,
    watching,
    wire,
)

_REQUESTS_PER_TURN = 32  # of one pipelining client; then the other connections have their turn
_UNREAD = 65_536  # bytes of later requests that are taken while one is being answered
_EVERYTHING = messages.Response(200)  # what Go answers to OPTIONS *


class Conversation:
    """Reads requests, answers them and waits. Every method runs on the server's loop.

    One request is in work at a time. Later ones wait unread, here up to 64 KiB and then in the operating system,
    while a watch is open or the client does not read its answers.
    """

    def __init__(self, shared: service.Service, loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
        self.service = shared
        self.wire = wire.Wire(shared, loop, sock)
        self._loop = loop
        self._reader = reading.RequestReader(shared.limits)
        self._watch: watching.Watch | pending.Pending | holding.Holding | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False  # the client has said that it sends no more
        self._busy = False
        self._working = False

    def watch_ended(self) -> None:
        """Go on with the next request after a watch, or close."""
        self._watch = None
        if not self._reader.keep_alive or self.service.stopping:
            self.wire.close()
        self._work()

    # Requests

    def _work(self) -> None:
        """Answer what has come, as far as the client reads its answers."""
        if self._working or self.wire.closing:
            return
        self._working = True
        self._set_busy(busy=True)
        try:
            for _ in range(_REQUESTS_PER_TURN):
                outcome = None if self._held() else self._reader.next()
                if outcome is None:
                    break
                self._stop_timer()
                self._take(outcome)
            else:
                self._loop.call_soon(self._work)
                return
        finally:
            self._working = False
        self._settle()

    def _held(self) -> bool:
        return self._watch is not None or self.wire.paused or self.wire.closing

    def _take(self, outcome: reading.Outcome) -> None:
        if isinstance(outcome, messages.Request):
            self._answer(outcome, self.service.application)
        elif isinstance(outcome, reading.TooLarge):
            self._reader.keep_alive = False
            self._answer(outcome.request, self.service.too_large, linger=True)
        else:
            self._refuse(outcome)

    def _refuse(self, refused: request_line.Refused) -> None:
        self.wire.send(answering.refusal(refused.line, refused.body))
        self._linger()

    def _linger(self) -> None:
        """Close so that a client that is still sending can read why; one that has ended has nothing left to send."""
        if self._ended:
            self.wire.close()
        else:
            self.wire.linger()

    def _answer(self, request: messages.Request, ask: messages.Application, *, linger: bool = False) -> None:
        self.service.activity.requests += 1
        answer: messages.Answer | messages.Later | messages.Held
        try:
            answer = _EVERYTHING if request.path == "*" else ask(request)
            if isinstance(answer, messages.Later):
                self._watch = waiting = pending.Pending(self, answer, functools.partial(self._respond, request))
                waiting.start()
                return
            if isinstance(answer, messages.Held):
                let_go = functools.partial(self._let_go, request, answer.answer)
                self._watch = held = holding.Holding(self, answer, let_go)
                held.start(self._loop)
                return
            answer = _bare(request, answer)
        except messages.BreakOff as error:
            self.wire.break_off(reset=error.reset, goodbye=error.goodbye)
            return
        except BaseException as error:  # pytest.fail and sys.exit in a test's own handler must not end the server
            self.service.on_error(error, request)
            answer = answering.FAILED
        if isinstance(answer, messages.Response):
            self._respond(request, answer)
            if linger:
                self._linger()
            elif not self._reader.keep_alive:
                self.wire.close()
        else:
            self._open_watch(request, answer)

    def _respond(self, request: messages.Request, answer: messages.Response) -> None:
        responding.respond(self.wire, self._reader, self.service, request, answer)

    def _let_go(self, request: messages.Request, answer: messages.Answer) -> None:
        """Send an answer that was held back."""
        self._watch = None
        answer = _bare(request, answer)
        if isinstance(answer, messages.Response):
            self._respond(request, answer)
            self.watch_ended()
        else:
            self._open_watch(request, answer)
            self._work()

    def _open_watch(self, request: messages.Request, stream: messages.WatchStream) -> None:
        reader = self._reader
        if reader.old or self.service.stopping or answering.asks_to_close(stream.headers):
            reader.keep_alive = False
        self._watch = watch = watching.Watch(self, request, stream, chunked=not reader.old)
        self.wire.gather()
        self.wire.send(answering.opening(stream, self.service.date(), old=reader.old, keep=reader.keep_alive))
        watch.start(self._loop)
        self.wire.flush()
        if self._ended and self._watch is watch:  # the client sends no more, which ends this watch like any other
            watch.end()

    # Waiting

    def _settle(self) -> None:
        """After everything that could be answered: wait for more, close, or slow the client down."""
        if self.wire.closing:
            self._set_busy(busy=False)
            return
        held = self._held()
        partial = not held and (self._reader.begun or self.wire.greeting)
        self._set_busy(busy=partial or (self.wire.paused and self._watch is None))
        if partial and self._reader.take_expectation():
            self.wire.send(answering.CONTINUE)
        if self._ended and not held:
            if self._reader.begun:
                self._refuse(request_line.BAD_REQUEST)
            else:
                self.wire.close()
        elif not partial:
            self._stop_timer()
        elif self._timer is None:
            # Then the connection is closed without a word, as Go does after its read timeout.
            self._timer = self._loop.call_later(self.service.limits.patience, self.wire.close)
        self.wire.hold(reading=not held or self._reader.waiting < _UNREAD)

    def _input_ended(self) -> None:
        self._ended = True
        if self._watch is not None:
            self._watch.end()  # Go ends a watch when its client closes, even one half of the connection
        elif self.wire.closing:
            self.wire.close()
        else:
            self._work()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_busy(self, *, busy: bool) -> None:
        if busy is not self._busy:
            self._busy = busy
            self.service.activity.in_work += 1 if busy else -1


def _bare(request: messages.Request, answer: messages.Answer) -> messages.Answer:
    """Give an answer as its request has it: the head of a watch is all that HEAD asks for."""
    if request.method != "HEAD" or isinstance(answer, messages.Response):
        return answer
    answer.close()
    return messages.Response(answer.status, answer.headers)
